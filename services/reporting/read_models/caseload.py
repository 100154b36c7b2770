"""Whose case is where, since when, by which event, and what has to be done next."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.matching import MatchChosen, PlacementArranged, PlacementStarted, ReferralReceived
from contracts.referrals import (
    AgendaItemAdded,
    CaseDiscussed,
    ReferralClosed,
    ReferralMade,
    RouteAgreedByYoungPerson,
    RouteDecided,
    YoungPersonRegistered,
)
from contracts.reviews import PlacementCompleted, PlacementEndedEarly
from services.reporting.read_models import reviews_due, risk_watchlist, stage1_agenda
from services.reporting.read_models.reviews_due import Review
from services.reporting.read_models.risk_watchlist import Watched
from services.reporting.read_models.stage1_agenda import Agenda

Stage: TypeAlias = Literal[
    "registered", "on agenda", "discussed", "route decided", "agreed", "referred", "received",
    "matched", "arranged", "placed", "at risk", "ended",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    stage: Stage
    since: date
    because: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How far a referral came: in matching to a start, in reviews to an ending."""

    referral: UUID
    step: Step
    decide_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What each service said so far. Order holds within a service alone, so each has a part.

    `step` and `referral` are the case in referrals and its open referral; the owner is that of the
    latest referral.
    """

    step: Step | None = None
    referral: UUID | None = None
    owner: UUID | None = None
    owner_because: UUID | None = None
    ways: tuple[Way, ...] = ()
    endings: tuple[Way, ...] = ()
    agenda: Agenda | None = None
    review: Review | None = None
    watched: tuple[Watched, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One young person; `because`, `owner_because` and `next_because` are the events behind."""

    person: UUID
    stage: Stage
    since: date
    because: UUID
    owner: UUID | None
    owner_because: UUID | None
    next_what: str | None
    next_due_by: date | None
    next_because: UUID | None
    known: Known


InReferrals: TypeAlias = (
    YoungPersonRegistered
    | AgendaItemAdded
    | CaseDiscussed
    | RouteDecided
    | RouteAgreedByYoungPerson
    | ReferralMade
    | ReferralClosed
)
InMatching: TypeAlias = ReferralReceived | MatchChosen | PlacementArranged | PlacementStarted
Heard: TypeAlias = InReferrals | InMatching | reviews_due.Heard | risk_watchlist.Heard


def fold(row: Case | None, event: Heard, about: Envelope) -> Case:
    known = row.known if row else Known()
    if isinstance(event, AgendaItemAdded | CaseDiscussed | RouteDecided):
        known = replace(known, agenda=stage1_agenda.fold(known.agenda, event, about))
    if isinstance(event, reviews_due.Heard):
        known = replace(known, review=reviews_due.fold(known.review, event, about))
    if isinstance(event, risk_watchlist.Heard):
        known = replace(known, watched=watched(known.watched, event, about))
    match event:
        case PlacementCompleted() | PlacementEndedEarly():
            ended = Way(referral=event.referral, step=step("ended", event, about))
            known = replace(known, endings=(*known.endings, ended))
        case ReferralReceived() | MatchChosen() | PlacementArranged() | PlacementStarted():
            known = replace(known, ways=on_its_way(known.ways, event, about))
        case ReferralMade(referral=referral, owner=owner):
            known = replace(
                known, step=step("referred", event, about), referral=referral, owner=owner,
                owner_because=about.id,
            )  # fmt: skip
        case ReferralClosed():
            waits = known.agenda is not None and bool(known.agenda.items)
            stage: Stage = "on agenda" if waits else "ended"
            known = replace(known, step=step(stage, event, about), referral=None)
        case _ if reached := stage_of_case(known, event):
            known = replace(known, step=step(reached, event, about))
    return shown(event.person, known, step("registered", event, about))


def stage_of_case(known: Known, event: Heard) -> Stage | None:
    """The stage that this event opens; none when the case stays where it is."""
    now = known.step.stage if known.step else None
    before_a_route = now in (None, "registered", "on agenda", "discussed", "ended")
    match event:
        case YoungPersonRegistered():
            return "registered"
        case AgendaItemAdded() if before_a_route and now != "on agenda":
            return "on agenda"
        case CaseDiscussed() if before_a_route:
            return "discussed"
        case RouteDecided(route="none"):
            return "on agenda" if known.agenda and known.agenda.items else "discussed"
        case RouteDecided():
            return "route decided"
        case RouteAgreedByYoungPerson():
            return "agreed"
        case _:
            return None


def watched(
    before: tuple[Watched, ...], event: risk_watchlist.Heard, about: Envelope
) -> tuple[Watched, ...]:
    placement = risk_watchlist.key(event)
    was = next((w for w in before if w.placement == placement), None)
    now = risk_watchlist.fold(was, event, about)
    return (*(w for w in before if w.placement != placement), *([now] if now else []))


def on_its_way(ways: tuple[Way, ...], event: InMatching, about: Envelope) -> tuple[Way, ...]:
    was = next((way for way in ways if way.referral == event.referral), None)
    match event:
        case ReferralReceived():
            now = Way(
                referral=event.referral, step=step("received", event, about),
                decide_by=event.decide_by,
            )  # fmt: skip
        case MatchChosen(young_person_agrees=False):
            return ways
        case MatchChosen():
            now = Way(referral=event.referral, step=step("matched", event, about))
        case PlacementArranged():
            now = Way(referral=event.referral, step=step("arranged", event, about))
        case PlacementStarted():
            now = Way(referral=event.referral, step=step("placed", event, about))
    return (*(way for way in ways if way != was), now)


def step(stage: Stage, event: Heard, about: Envelope) -> Step:
    return Step(stage=stage, since=event.occurred_on, because=about.id)


def shown(person: UUID, known: Known, otherwise: Step) -> Case:
    at = reached(known) or otherwise
    due = min(deadlines(known), key=lambda d: (d[1], d[0]), default=(None, None, None))
    return Case(
        person=person, stage=at.stage, since=at.since, because=at.because, owner=known.owner,
        owner_because=known.owner_because, next_what=due[0], next_due_by=due[1],
        next_because=due[2], known=known,
    )  # fmt: skip


def reached(known: Known) -> Step | None:
    """The furthest that any service says of the open referral, else where the case stands."""
    here = known.referral
    ended = [way.step for way in known.endings if way.referral == here]
    raises = [r for w in known.watched if w.referral == here for r in w.raises]
    at_risk = [Step(stage="at risk", since=r.on, because=r.event) for r in raises]
    on_the_way = [way.step for way in known.ways if way.referral == here]
    return next(iter((*ended, *at_risk, *on_the_way)), known.step)


def deadlines(known: Known) -> Iterator[tuple[str, date, UUID]]:
    """What is to be done, by when, and which event says so."""
    for item in known.agenda.items if known.agenda else ():
        yield "discuss at stage 1", item.discuss_by, item.event
    for way in known.ways:
        if way.referral == known.referral and way.decide_by:
            yield "find a place", way.decide_by, way.step.because
    for r in (r for w in known.watched for r in w.raises if r.answer is None):
        yield "answer the risk", r.respond_by, r.event
    if known.review:
        yield "hold the review", known.review.due_by, known.review.scheduled


caseload: ReadModel[Case, Heard] = ReadModel(
    version=1, row=Case, hears=get_args(Heard), key=lambda event: event.person, fold=fold
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNow:
    """`days_left` is below 0 when the day of what comes next has passed."""

    person: UUID
    stage: Stage
    since: date
    days_in_stage: int
    because: UUID
    owner: UUID | None
    owner_because: UUID | None
    next_what: str | None
    next_due_by: date | None
    days_left: int | None
    next_because: UUID | None


async def by_what_needs_doing(db: Db, today: date, *, stage: Stage | None = None) -> list[CaseNow]:
    """Every case, or those in one stage: what is due soonest first, the longest waiting next."""
    rows = await db.fetch(
        "select person, stage, since, $1 - since as days_in_stage, because, owner, owner_because,"
        " next_what, next_due_by, next_due_by - $1 as days_left, next_because from caseload"
        " where $2::text is null or stage = $2 order by next_due_by nulls last, since, person",
        today, stage,
    )  # fmt: skip
    return [CaseNow(**row) for row in rows]


async def ownerless(db: Db, today: date) -> list[CaseNow]:
    """Cases that nobody owns yet, and that are not over, the longest in their stage first."""
    rows = await db.fetch(
        "select person, stage, since, $1 - since as days_in_stage, because, owner, owner_because,"
        " next_what, next_due_by, next_due_by - $1 as days_left, next_because from caseload"
        " where owner is null and stage <> 'ended' order by since, person",
        today,
    )
    return [CaseNow(**row) for row in rows]


async def of_person(db: Db, person: UUID, today: date) -> CaseNow | None:
    row = await db.fetchrow(
        "select person, stage, since, $1 - since as days_in_stage, because, owner, owner_because,"
        " next_what, next_due_by, next_due_by - $1 as days_left, next_because from caseload"
        " where person = $2",
        today, person,
    )  # fmt: skip
    return CaseNow(**row) if row else None
