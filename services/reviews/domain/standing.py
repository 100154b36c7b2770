"""How things stand when reviews decides: the placement, the open review, the risk, the answers."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Envelope
from contracts.codes import Kind, RiskLevel, Role
from contracts.reviews import (
    BringForwardDeclined,
    CaseHandedBackToStage1,
    EarlyExitRisk,
    PlacementCompleted,
    PlacementEndedEarly,
    PlacementOpened,
    ReviewBroughtForward,
    ReviewHeld,
    ReviewOverdue,
    ReviewScheduled,
    RiskResponseOverdue,
    RiskSignalRecorded,
)
from services.reviews.domain.risk_rule import Signal


@dataclass(frozen=True, slots=True)
class NotOpened: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    person: UUID
    referral: UUID
    kind: Kind
    started_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    person: UUID
    ended_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedEarly:
    person: UUID
    ended_on: date


@dataclass(frozen=True, slots=True)
class NoReview: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReview:
    """`scheduled` is the `ReviewScheduled` that counts, the latest of this review."""

    review: UUID
    scheduled: UUID
    placement: UUID | None
    planned_on: date
    due_by: date


@dataclass(frozen=True, slots=True)
class NoRisk: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    event: UUID
    respond_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """`raises` holds every raise in order; each needs its own answer."""

    risk: UUID
    level: RiskLevel
    raises: tuple[Raise, ...]


Placement: TypeAlias = NotOpened | Active | Completed | EndedEarly
Review: TypeAlias = NoReview | OpenReview
Risk: TypeAlias = NoRisk | Raised


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`answered`: raises that have their answer. `told`: which review or raise was late by which
    day, and who was told."""

    placement: Placement = field(default_factory=NotOpened)
    review: Review = field(default_factory=NoReview)
    risk: Risk = field(default_factory=NoRisk)
    signals: tuple[Signal, ...] = ()
    last_held_on: date | None = None
    answered: frozenset[UUID] = frozenset()
    told: frozenset[tuple[UUID, date, Role]] = frozenset()


Event: TypeAlias = (
    PlacementOpened
    | PlacementCompleted
    | PlacementEndedEarly
    | CaseHandedBackToStage1
    | ReviewScheduled
    | ReviewHeld
    | ReviewBroughtForward
    | BringForwardDeclined
    | ReviewOverdue
    | RiskSignalRecorded
    | EarlyExitRisk
    | RiskResponseOverdue
)
EVENTS: Final = get_args(Event)


def live(placement: Placement, person: UUID) -> bool:
    """Whether it is this young person's placement, and active."""
    return isinstance(placement, Active) and placement.person == person


def covers(placement: Placement, person: UUID, day: date) -> bool:
    """Whether it is this young person's placement, and had not ended before that day."""
    match placement:
        case NotOpened():
            return False
        case Active(person=whose):
            return whose == person
        case Completed(person=whose, ended_on=on) | EndedEarly(person=whose, ended_on=on):
            return whose == person and day <= on


def still_active(placement: Placement, day: date) -> bool:
    """Whether the placement goes on after that day."""
    match placement:
        case NotOpened():
            return False
        case Active():
            return True
        case Completed(ended_on=on) | EndedEarly(ended_on=on):
            return day < on


def placement_named(was: Standing) -> str:
    match was.placement:
        case NotOpened():
            return "not opened"
        case Active():
            return "active"
        case Completed():
            return "completed"
        case EndedEarly():
            return "ended early"


def raises(was: Standing) -> tuple[Raise, ...]:
    return was.risk.raises if isinstance(was.risk, Raised) else ()


def unanswered(was: Standing) -> tuple[Raise, ...]:
    return tuple(raised for raised in raises(was) if raised.event not in was.answered)


def latest(*days: date | None) -> date | None:
    return max((day for day in days if day), default=None)


def evolve(was: Standing, event: Event, about: Envelope) -> Standing:
    match event:
        case PlacementOpened(person=person, referral=referral, kind=kind, started_on=on):
            active = Active(person=person, referral=referral, kind=kind, started_on=on)
            return replace(was, placement=active)
        case PlacementCompleted(person=person, occurred_on=on):
            return replace(was, placement=Completed(person=person, ended_on=on))
        case PlacementEndedEarly(person=person, occurred_on=on):
            return replace(was, placement=EndedEarly(person=person, ended_on=on))
        case CaseHandedBackToStage1():
            return was
        case ReviewScheduled(last_held_on=held_on):
            held = latest(was.last_held_on, held_on)
            return replace(was, review=opened(event, about), last_held_on=held)
        case ReviewHeld(occurred_on=on):
            return replace(was, review=NoReview(), last_held_on=latest(was.last_held_on, on))
        case ReviewBroughtForward(to_on=to_on, because=because):
            review = moved(was.review, to_on)
            return replace(was, review=review, answered=was.answered | {because})
        case BringForwardDeclined(because=because):
            return replace(was, answered=was.answered | {because})
        case ReviewOverdue(review=late, due_by=due_by, escalated_to=role):
            return replace(was, told=was.told | {(late, due_by, role)})
        case RiskSignalRecorded():
            return replace(was, signals=(*was.signals, noticed(event, about.id)))
        case EarlyExitRisk(risk=risk, level=level, respond_by=respond_by):
            every = (*raises(was), Raise(event=about.id, respond_by=respond_by))
            return replace(was, risk=Raised(risk=risk, level=level, raises=every))
        case RiskResponseOverdue(because=because, respond_by=respond_by, escalated_to=role):
            return replace(was, told=was.told | {(because, respond_by, role)})


def opened(event: ReviewScheduled, about: Envelope) -> OpenReview:
    return OpenReview(
        review=event.review,
        scheduled=about.id,
        placement=event.placement,
        planned_on=event.planned_on,
        due_by=event.due_by,
    )


def noticed(event: RiskSignalRecorded, event_id: UUID) -> Signal:
    return Signal(event=event_id, on=event.occurred_on, group=event.group, weight=event.weight)


def moved(review: Review, to_on: date) -> Review:
    return replace(review, planned_on=to_on) if isinstance(review, OpenReview) else review
