"""A day has passed and nobody did what was due: somebody else now knows. Nothing is decided."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from chronicle.decider import Decider, Samples
from contracts.event import SYSTEM, Asked
from contracts.reviews import ReviewOverdue, RiskResponseOverdue
from services.reviews.domain.escalation import Escalation, Level, reached, role_at
from services.reviews.domain.standing import (
    EVENTS,
    Active,
    Event,
    NoReview,
    OpenReview,
    Raise,
    Raised,
    Standing,
    evolve,
    live,
    unanswered,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkReviewOverdue(Asked):
    """`started` is the `ReviewScheduled` whose day has passed; `level` counts from 1."""

    person: UUID
    review: UUID
    started: UUID
    correlation: UUID
    level: int
    escalation: Escalation


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRiskResponseOverdue(Asked):
    """`started` is the `EarlyExitRisk` that nobody answered; `level` counts from 1."""

    person: UUID
    placement: UUID
    started: UUID
    correlation: UUID
    level: int
    escalation: Escalation


Command: TypeAlias = MarkReviewOverdue | MarkRiskResponseOverdue


def decide(command: Command, was: Standing) -> list[Event]:
    match command, was:
        case MarkReviewOverdue() as c, Standing(review=OpenReview() as review) if (
            review.scheduled == c.started and due_now(c, was, c.review, review.due_by)
        ):
            return [review_overdue(c, review)]
        case MarkReviewOverdue(), _:
            return []
        case MarkRiskResponseOverdue() as c, Standing(risk=Raised(risk=risk)) if live(
            was.placement, c.person
        ):
            return [
                response_overdue(c, risk, late.respond_by)
                for late in unanswered(was)
                if late.event == c.started and due_now(c, was, late.event, late.respond_by)
            ]
        case MarkRiskResponseOverdue(), _:
            return []


def due_now(c: Command, was: Standing, of: UUID, due_by: date) -> bool:
    """Whether this level's day has come, and its role was not told of this deadline before."""
    told = (of, due_by, role_at(c.escalation, c.level)) in was.told
    return c.level in reached(c.escalation, due_by, c.today) and not told


def review_overdue(c: MarkReviewOverdue, review: OpenReview) -> ReviewOverdue:
    return ReviewOverdue(
        review=review.review,
        person=c.person,
        placement=review.placement,
        due_by=review.due_by,
        days_late=(c.today - review.due_by).days,
        escalated_to=role_at(c.escalation, c.level),
        **c.said,
    )


def response_overdue(
    c: MarkRiskResponseOverdue, risk: UUID, respond_by: date
) -> RiskResponseOverdue:
    return RiskResponseOverdue(
        risk=risk,
        placement=c.placement,
        person=c.person,
        because=c.started,
        respond_by=respond_by,
        escalated_to=role_at(c.escalation, c.level),
        **c.said,
    )


def reads(command: Command) -> list[str]:
    match command:
        case MarkReviewOverdue(person=person):
            return [f"pathway-{person}"]
        case MarkRiskResponseOverdue(person=person, placement=placement):
            return [f"risk-{placement}", f"pathway-{person}", f"placement-{placement}"]


def named(was: Standing) -> str:
    review = "no review open" if isinstance(was.review, NoReview) else "review open"
    match was.placement:
        case Active():
            return f"{review}, {'risk unanswered' if unanswered(was) else 'nothing to answer'}"
        case _:
            return f"{review}, no live placement"


ID, DAY, LATE = UUID(int=0), date(2024, 1, 1), date(2024, 7, 1)
LEVEL = Escalation(rule="", levels=(Level(days=1, role="leaving_care_manager"),))
OPEN = OpenReview(review=ID, scheduled=ID, placement=None, planned_on=DAY, due_by=DAY)
ACTIVE = Active(person=ID, referral=ID, kind="apprenticeship", started_on=DAY)
RISK = Raised(risk=ID, level="at_risk", raises=(Raise(event=ID, respond_by=DAY),))
samples: Samples[Command, Standing] = Samples(
    commands=(
        MarkReviewOverdue(
            id=ID, today=LATE, on=LATE, by=SYSTEM, via="timer", person=ID, review=ID, started=ID,
            correlation=ID, level=1, escalation=LEVEL,
        ),
        MarkRiskResponseOverdue(
            id=ID, today=LATE, on=LATE, by=SYSTEM, via="timer", person=ID, placement=ID,
            started=ID, correlation=ID, level=1, escalation=LEVEL,
        ),
    ),
    states=tuple(
        state
        for review in (NoReview(), OPEN)
        for state in (
            Standing(review=review, risk=RISK),
            Standing(review=review, placement=ACTIVE),
            Standing(review=review, placement=ACTIVE, risk=RISK),
        )
    ),
)  # fmt: skip
decider: Decider[Command, Standing, Event] = Decider(
    reads=reads, events=EVENTS, initial=Standing(), decide=decide, evolve=evolve, samples=samples,
    named=named,
)  # fmt: skip
