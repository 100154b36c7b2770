"""A review is brought forward, or a risk is answered by a recorded decision not to."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from chronicle.decider import Decider, Refused, Samples
from contracts.codes import DeclineReason, Role
from contracts.event import SYSTEM, Asked
from contracts.reviews import BringForwardDeclined, ReviewBroughtForward
from services.reviews.domain.standing import (
    EVENTS,
    Active,
    Event,
    NoReview,
    NoRisk,
    OpenReview,
    Raise,
    Raised,
    Standing,
    evolve,
    live,
    unanswered,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BringReviewForward(Asked):
    """`because` is the raise this answers; empty, it answers the newest that waits."""

    person: UUID
    review: UUID
    placement: UUID | None = None
    risk: UUID | None = None
    because: UUID | None = None
    to_on: date
    decided_by_roles: tuple[Role, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineBringForward(Asked):
    """`because` is the raise this answers; empty, it answers the newest that waits."""

    person: UUID
    review: UUID
    placement: UUID
    risk: UUID
    because: UUID | None = None
    reason: DeclineReason | None
    rationale: str
    decided_by_roles: tuple[Role, ...]


Command: TypeAlias = BringReviewForward | DeclineBringForward


def decide(command: Command, was: Standing) -> list[Event]:
    match command, was.review, raise_answered(command, was):
        case DeclineBringForward(), _, None:
            raise Refused("REV-08", "no raise of this risk on a live placement waits for an answer")
        case _, NoReview(), _:
            raise Refused("REV-17", "no review is open for this young person: schedule one first")
        case _, OpenReview(review=review), _ if command.review != review:
            raise Refused("REV-17", "another review is open: look it up and name that one")
        case BringReviewForward(risk=UUID()), _, None:
            raise Refused(
                "REV-08", "no such risk is raised on a live placement: leave the risk out"
            )
        case BringReviewForward(placement=UUID()) as c, _, _ if not live(was.placement, c.person):
            raise Refused("REV-08", "this placement is not live: leave it out")
        case BringReviewForward(because=UUID(), risk=None), _, _:
            raise Refused("REV-08", "name the risk that the review is brought forward for")
        case BringReviewForward() as c, OpenReview(planned_on=day), _ if (
            not c.today <= c.to_on < day
        ):
            raise Refused("REV-16", f"choose a day from today to before {day}, when it is planned")
        case BringReviewForward() as c, OpenReview() as review, answered:
            return [brought_forward(c, review, answered or review.scheduled)]
        case DeclineBringForward(
            reason=str() as why
        ) as c, OpenReview() as review, UUID() as answered if c.rationale.strip():
            return [declined(c, review, why, answered)]
        case DeclineBringForward(), _, _:
            raise Refused("REV-18", "choose a reason, and say in words why the review stays")


def raise_answered(c: Command, was: Standing) -> UUID | None:
    """The raise named, else the newest that waits; a review may move again for an answered one."""
    match was.risk:
        case Raised(risk=risk, raises=raises) if risk == c.risk and live(was.placement, c.person):
            waiting = [raised.event for raised in unanswered(was)]
            every = [raised.event for raised in raises]
            fitting = every if isinstance(c, BringReviewForward) else waiting
            if c.because:
                return c.because if c.because in fitting else None
            return next(reversed(waiting or fitting), None)
        case _:
            return None


def brought_forward(
    c: BringReviewForward, review: OpenReview, because: UUID
) -> ReviewBroughtForward:
    return ReviewBroughtForward(
        review=c.review,
        person=c.person,
        placement=c.placement,
        risk=c.risk,
        because=because,
        from_on=review.planned_on,
        to_on=c.to_on,
        due_by=review.due_by,
        decided_by_roles=c.decided_by_roles,
        note=c.note,
        **c.said,
    )


def declined(
    c: DeclineBringForward, review: OpenReview, reason: DeclineReason, because: UUID
) -> BringForwardDeclined:
    return BringForwardDeclined(
        review=c.review,
        person=c.person,
        placement=c.placement,
        risk=c.risk,
        because=because,
        reason=reason,
        rationale=c.rationale,
        planned_on=review.planned_on,
        decided_by_roles=c.decided_by_roles,
        **c.said,
    )


def reads(command: Command) -> list[str]:
    streams = [f"pathway-{command.person}"]
    if command.placement:
        streams += [f"risk-{command.placement}", f"placement-{command.placement}"]
    return streams


def named(was: Standing) -> str:
    review = "no review open" if isinstance(was.review, NoReview) else "review open"
    match was.placement, was.risk:
        case Active(), NoRisk():
            return f"{review}, no risk raised"
        case Active(), Raised():
            return f"{review}, risk {'unanswered' if unanswered(was) else 'answered'}"
        case _:
            return f"{review}, no live placement"


ID, DAY, DUE = UUID(int=0), date(2024, 1, 1), date(2024, 7, 1)
OPEN = OpenReview(review=ID, scheduled=ID, placement=None, planned_on=DUE, due_by=DUE)
ACTIVE = Active(person=ID, referral=ID, kind="apprenticeship", started_on=DAY)
RISK = Raised(risk=ID, level="at_risk", raises=(Raise(event=ID, respond_by=DAY),))
samples: Samples[Command, Standing] = Samples(
    commands=(
        BringReviewForward(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, review=ID, to_on=DAY,
            decided_by_roles=(),
        ),
        DeclineBringForward(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, review=ID, placement=ID,
            risk=ID, reason="other", rationale="a word", decided_by_roles=(),
        ),
    ),
    states=tuple(
        state
        for review in (NoReview(), OPEN)
        for state in (
            Standing(review=review),
            Standing(review=review, placement=ACTIVE),
            Standing(review=review, placement=ACTIVE, risk=RISK),
            Standing(review=review, placement=ACTIVE, risk=RISK, answered=frozenset({ID})),
        )
    ),
)  # fmt: skip
decider: Decider[Command, Standing, Event] = Decider(
    reads=reads, events=EVENTS, initial=Standing(), decide=decide, evolve=evolve, samples=samples,
    named=named,
)  # fmt: skip
