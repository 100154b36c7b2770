"""What strangers send to the doors of reviews."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chronicle.doors import Body, Words
from contracts.codes import (
    CompletionResult,
    DeclineReason,
    ExitReason,
    InitiatedBy,
    Observer,
    Progress,
    ReviewBasis,
    RiskLevel,
    Role,
    SignalKind,
)
from contracts.parts import Action, Apology, EetPoint


class ScheduleReview(Body):
    person: UUID
    placement: UUID | None = None
    basis: ReviewBasis = "statutory"
    last_held_on: date | None = None
    due_by: date | None = None
    planned_on: date | None = None


class HoldReview(Body):
    person: UUID
    review: UUID
    placement: UUID | None = None
    chair_role: Role
    attendee_roles: tuple[Role, ...]
    apologies: tuple[Apology, ...] = ()
    young_person_present: bool
    absence_reason: Words | None = None
    views_recorded: bool
    views: Words | None = None
    progress: Progress
    progress_note: Words
    eet_points: tuple[EetPoint, ...] = ()
    actions: tuple[Action, ...] = ()


class RecordRiskSignal(Body):
    person: UUID
    placement: UUID
    kind: SignalKind
    observer: Observer
    note: Words | None = None


class RaiseRisk(Body):
    person: UUID
    placement: UUID
    level: RiskLevel
    note: Words | None = None


class BringReviewForward(Body):
    person: UUID
    review: UUID
    placement: UUID | None = None
    risk: UUID | None = None
    because: UUID | None = None
    to_on: date
    decided_by_roles: tuple[Role, ...]
    note: Words | None = None


class DeclineBringForward(Body):
    person: UUID
    review: UUID
    placement: UUID
    risk: UUID
    because: UUID | None = None
    reason: DeclineReason | None = None
    rationale: Words | None = None
    decided_by_roles: tuple[Role, ...]


class CompletePlacement(Body):
    person: UUID
    placement: UUID
    result: CompletionResult
    qualification: Annotated[str, Field(max_length=200)] | None = None
    next_step_agreed: bool
    note: Words | None = None


class EndPlacementEarly(Body):
    """`summary` is what the stage 1 meeting is told; `note` stays with the exit."""

    person: UUID
    placement: UUID
    reason_code: ExitReason | None = None
    secondary_reasons: tuple[ExitReason, ...] = ()
    initiated_by: InitiatedBy | None = None
    last_day_on: date | None = None
    notice_given: bool = False
    restricted_handling: bool = False
    note: Words | None = None
    summary: Words | None = None
