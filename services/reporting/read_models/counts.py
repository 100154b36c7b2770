"""Each referral: on which route, for which cause, what started from it and how it ended."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import Kind, ReferralCause, ReferralOutcome, Route
from contracts.matching import PlacementStarted, ReferralReceived
from contracts.referrals import ReferralClosed, ReferralMade
from services.reporting.read_models.placement_outcomes import Placement
from services.reporting.read_models.review_outcomes import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """`made`, `received`, `started` and `closed` are events; any of them may be heard first."""

    referral: UUID
    person: UUID
    route: Route | None = None
    cause: ReferralCause | None = None
    prior: UUID | None = None
    made: UUID | None = None
    made_on: date | None = None
    received: UUID | None = None
    kind: Kind | None = None
    started: UUID | None = None
    started_on: date | None = None
    outcome: ReferralOutcome | None = None
    closed: UUID | None = None
    closed_on: date | None = None


Heard: TypeAlias = ReferralMade | ReferralReceived | PlacementStarted | ReferralClosed


def fold(row: Referral | None, event: Heard, about: Envelope) -> Referral:
    row = row or Referral(referral=event.referral, person=event.person)
    match event:
        case ReferralMade(route=route, cause=cause, prior_referral=prior, occurred_on=on):
            return replace(row, route=route, cause=cause, prior=prior, made=about.id, made_on=on)
        case ReferralReceived():
            return replace(row, received=about.id)
        case PlacementStarted(kind=kind, occurred_on=on):
            return replace(row, kind=kind, started=about.id, started_on=on)
        case ReferralClosed(outcome=outcome, occurred_on=on):
            return replace(row, outcome=outcome, closed=about.id, closed_on=on)


counts: ReadModel[Referral, Heard] = ReadModel(
    version=1, row=Referral, hears=get_args(Heard), key=lambda event: event.referral, fold=fold
)


async def all_made(db: Db) -> list[Referral]:
    rows = await db.fetch(
        "select referral, person, route, cause, prior, made, made_on, received, kind, started,"
        " started_on, outcome, closed, closed_on from counts where made is not null"
        " order by made_on, referral"
    )
    return [counts.of(row) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Measure:
    """What is counted, and of what: the fields that do not part it are empty."""

    measure: str
    route: str = ""
    kind: str = ""
    cause: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Measure):
    count: int
    events: tuple[UUID, ...]


def figures(
    referrals: Sequence[Referral],
    placements: Sequence[Placement],
    reviews: Sequence[Review],
    today: date,
) -> list[Figure]:
    """Every count, with one event behind each one counted (domain.md 14.2)."""
    events: defaultdict[Measure, list[UUID]] = defaultdict(list)
    for each in (
        of_referrals(referrals),
        of_placements(placements),
        of_reviews(reviews, placements, today),
    ):
        for measure, event in each:
            events[measure].append(event)
    return [
        Figure(**asdict(measure), count=len(found), events=tuple(found))
        for measure, found in sorted(events.items())
    ]


def of_referrals(referrals: Sequence[Referral]) -> Iterator[tuple[Measure, UUID]]:
    for r in referrals:
        if r.made is None or r.route is None or r.cause is None:
            continue
        if r.cause == "first":
            yield Measure(measure="first referrals"), r.made
        if r.cause == "early_exit":
            yield Measure(measure="again after an exit"), r.made
        yield Measure(measure="referred", route=r.route, cause=r.cause), r.made
        if r.closed and r.outcome:
            yield Measure(measure="closed", route=r.route, outcome=r.outcome), r.closed
        elif r.route != "preparatory" and r.started is None:
            yield Measure(measure="waiting", route=r.route), r.made


def of_placements(placements: Sequence[Placement]) -> Iterator[tuple[Measure, UUID]]:
    for p in placements:
        if p.started is None or p.kind is None:
            continue
        yield Measure(measure="started", kind=p.kind), p.started
        if p.ended is None:
            yield Measure(measure="live", kind=p.kind), p.started
        elif p.ending == "completed":
            yield Measure(measure="completed", kind=p.kind), p.ended
        else:
            yield Measure(measure="left early", kind=p.kind), p.ended
            if not p.positive_move and not p.warned:
                yield Measure(measure="exits without warning", kind=p.kind), p.ended
        if p.raised:
            yield Measure(measure="risks raised"), p.raised
            how = "risks exited" if p.ending == "ended_early" else "risks sustained"
            yield Measure(measure=how), p.raised


def of_reviews(
    reviews: Sequence[Review], placements: Sequence[Placement], today: date
) -> Iterator[tuple[Measure, UUID]]:
    """Those whose day came during a placement, and those brought forward for one."""
    for r in reviews:
        if r.due_by <= today and any(
            p.person == r.person and lasts_until(p, r.due_by) for p in placements
        ):
            yield Measure(measure="reviews due"), r.scheduled
        if r.brought_forward and r.forward_for:
            yield Measure(measure="reviews brought forward"), r.brought_forward


def lasts_until(placement: Placement, day: date) -> bool:
    """Whether the placement had begun before that day, and had not ended."""
    begun = placement.started_on is not None and placement.started_on < day
    return begun and (placement.ended_on is None or day <= placement.ended_on)
