"""What reviews says, from the first day of a placement to its end."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.codes import (
    CompletionResult,
    DeclineReason,
    ExitGroup,
    ExitReason,
    HandBackPurpose,
    InitiatedBy,
    Kind,
    Observer,
    Progress,
    RaisedBy,
    ReviewBasis,
    ReviewClock,
    RiskLevel,
    Role,
    SignalGroup,
    SignalKind,
)
from contracts.event import Event, FreeText, Identifier, Plain, Special
from contracts.parts import Action, Apology, EetPoint


class PlacementOpened(Event, stream="placement-{placement}"):
    """We follow this placement from its first day, and know when its first review is due."""

    placement: Identifier[UUID]
    person: Identifier[UUID]
    referral: Identifier[UUID]
    started: Identifier[UUID]
    started_on: Plain[date]
    planned_end_on: Plain[date]
    kind: Plain[Kind]
    host: Identifier[UUID]
    employer: Identifier[UUID]
    provider: Identifier[UUID | None] = None
    first_review: Identifier[UUID]
    first_review_due_by: Plain[date]


class ReviewScheduled(Event, stream="pathway-{person}"):
    """The next review is planned for this day, and this is the last day it may be held."""

    review: Identifier[UUID]
    person: Identifier[UUID]
    placement: Identifier[UUID | None] = None
    basis: Plain[ReviewBasis]
    clock: Plain[ReviewClock]
    last_held_on: Plain[date | None] = None
    planned_on: Plain[date]
    due_by: Plain[date]


class ReviewHeld(Event, stream="pathway-{person}"):
    """The review took place, with the young person's views and what was settled."""

    review: Identifier[UUID]
    person: Identifier[UUID]
    placement: Identifier[UUID | None] = None
    due_by: Plain[date]
    days_late: Plain[int]
    chair_role: Plain[Role]
    attendee_roles: Plain[tuple[Role, ...]]
    apologies: Plain[tuple[Apology, ...]]
    young_person_present: Plain[bool]
    absence_reason: FreeText | None = None
    views_recorded: Plain[bool]
    views: FreeText | None = None
    progress: Plain[Progress]
    progress_note: FreeText
    eet_points: Annotated[tuple[EetPoint, ...], Field(min_length=1)]
    actions: tuple[Action, ...]


class RiskSignalRecorded(Event, stream="risk-{placement}"):
    """Somebody noticed something about the placement that may matter."""

    signal: Identifier[UUID]
    placement: Identifier[UUID]
    person: Identifier[UUID]
    group: Plain[SignalGroup]
    kind: Special[SignalKind]
    weight: Plain[int]
    observer: Plain[Observer]
    source: Identifier[UUID | None] = None
    note: FreeText | None = None


class EarlyExitRisk(Event, stream="risk-{placement}"):
    """The placement may break down; these signals say so, and an answer is due by this day."""

    risk: Identifier[UUID]
    placement: Identifier[UUID]
    person: Identifier[UUID]
    level: Plain[RiskLevel]
    raised_by: Plain[RaisedBy]
    signals: Identifier[tuple[UUID, ...]]
    groups: Plain[tuple[SignalGroup, ...]]
    weight: Plain[int]
    next_review: Identifier[UUID | None] = None
    next_review_on: Plain[date | None] = None
    respond_by: Plain[date]
    note: FreeText | None = None


class ReviewBroughtForward(Event, stream="pathway-{person}"):
    """The review will be held sooner than planned; the last day it is due stays as it was."""

    review: Identifier[UUID]
    person: Identifier[UUID]
    placement: Identifier[UUID | None] = None
    risk: Identifier[UUID | None] = None
    because: Identifier[UUID]
    from_on: Plain[date]
    to_on: Plain[date]
    due_by: Plain[date]
    decided_by_roles: Plain[tuple[Role, ...]]
    note: FreeText | None = None


class BringForwardDeclined(Event, stream="pathway-{person}"):
    """The risk was considered and the review stays on its day, for this reason."""

    review: Identifier[UUID]
    person: Identifier[UUID]
    placement: Identifier[UUID]
    risk: Identifier[UUID]
    because: Identifier[UUID]
    reason: Plain[DeclineReason]
    rationale: FreeText
    planned_on: Plain[date]
    decided_by_roles: Plain[tuple[Role, ...]]


class ReviewOverdue(Event, stream="pathway-{person}"):
    """The review was not held in time, and this role now knows."""

    review: Identifier[UUID]
    person: Identifier[UUID]
    placement: Identifier[UUID | None] = None
    due_by: Plain[date]
    days_late: Plain[int]
    escalated_to: Plain[Role]


class RiskResponseOverdue(Event, stream="risk-{placement}"):
    """Nobody answered the risk in time, and this role now knows."""

    risk: Identifier[UUID]
    placement: Identifier[UUID]
    person: Identifier[UUID]
    because: Identifier[UUID]
    respond_by: Plain[date]
    escalated_to: Plain[Role]


class PlacementCompleted(Event, stream="placement-{placement}"):
    """The young person reached the end of the placement."""

    placement: Identifier[UUID]
    person: Identifier[UUID]
    referral: Identifier[UUID]
    kind: Plain[Kind]
    result: Plain[CompletionResult]
    qualification: Plain[str | None] = None
    next_step_agreed: Plain[bool]
    note: FreeText | None = None


class PlacementEndedEarly(Event, stream="placement-{placement}"):
    """The placement ended before its time: why, and who ended it."""

    placement: Identifier[UUID]
    person: Identifier[UUID]
    referral: Identifier[UUID]
    kind: Plain[Kind]
    reason_group: Plain[ExitGroup]
    reason_code: Special[ExitReason]
    secondary_reasons: Special[tuple[ExitReason, ...]]
    initiated_by: Plain[InitiatedBy]
    positive_move: Plain[bool]
    last_day_on: Plain[date]
    notice_given: Plain[bool]
    risk: Identifier[UUID | None] = None
    risk_answered: Plain[bool | None] = None
    restricted_handling: Plain[bool]
    note: FreeText


class CaseHandedBackToStage1(Event, stream="placement-{placement}"):
    """The young person goes back to the stage 1 meeting, to be discussed by this day."""

    placement: Identifier[UUID]
    person: Identifier[UUID]
    referral: Identifier[UUID]
    ending: Identifier[UUID]
    purpose: Plain[HandBackPurpose]
    discuss_by: Plain[date]
    summary: FreeText
