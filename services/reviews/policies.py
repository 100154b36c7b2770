"""When reviews hears this, or a day has passed, it asks itself for that."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from chronicle.decider import Envelope, derived
from contracts.event import SYSTEM
from contracts.matching import PlacementStarted
from contracts.policy import in_force
from services.reviews.domain.due import ReviewInterval, WorkingDays
from services.reviews.domain.escalation import Escalation, reached
from services.reviews.domain.open_placement import OpenPlacement
from services.reviews.domain.overdue import MarkReviewOverdue, MarkRiskResponseOverdue
from services.reviews.read_models.deadlines import Deadline, Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    interval: ReviewInterval
    calendar: WorkingDays


def rules_on(day: date) -> Rules:
    return Rules(
        interval=in_force("review.interval", day, ReviewInterval),
        calendar=in_force("calendar", day, WorkingDays),
    )


Heard: TypeAlias = PlacementStarted
Overdue: TypeAlias = MarkReviewOverdue | MarkRiskResponseOverdue


def react(event: Heard, about: Envelope, rules: Rules) -> list[OpenPlacement]:
    match event:
        case PlacementStarted():
            return [open_placement(event, about, rules)]


def open_placement(started: PlacementStarted, about: Envelope, rules: Rules) -> OpenPlacement:
    command = derived(about.id, "OpenPlacement")
    return OpenPlacement(
        id=command, today=about.on, on=about.on, by=SYSTEM, via="policy",
        person=started.person, placement=started.placement, referral=started.referral,
        started=about.id, started_on=started.occurred_on, planned_end_on=started.planned_end_on,
        kind=started.kind, host=started.host, employer=started.employer, provider=started.provider,
        review=derived(command, "review"), interval=rules.interval, calendar=rules.calendar,
    )  # fmt: skip


def due(row: Deadline, today: date) -> list[Overdue]:
    """What is late by now, once for each level whose day has come; a repeat asks for the same."""
    match row.what:
        case "review":
            return [late for wait in row.waits for late in review_overdue(row, wait, today)]
        case "risk_response":
            return [late for wait in row.waits for late in response_overdue(row, wait, today)]


def review_overdue(row: Deadline, wait: Wait, today: date) -> list[MarkReviewOverdue]:
    escalation = in_force("review.overdue", wait.due_by, Escalation)
    return [
        MarkReviewOverdue(
            id=derived(wait.because, f"review-overdue/{level}"), today=today, on=today, by=SYSTEM,
            via="timer", person=row.person, review=row.deadline, started=wait.because,
            correlation=wait.correlation, level=level, escalation=escalation,
        )
        for level in reached(escalation, wait.due_by, today)
    ]  # fmt: skip


def response_overdue(row: Deadline, wait: Wait, today: date) -> list[MarkRiskResponseOverdue]:
    escalation = in_force("risk.overdue", wait.due_by, Escalation)
    return [
        MarkRiskResponseOverdue(
            id=derived(wait.because, f"risk-response-overdue/{level}"), today=today, on=today,
            by=SYSTEM, via="timer", person=row.person, placement=row.deadline,
            started=wait.because, correlation=wait.correlation, level=level, escalation=escalation,
        )
        for level in reached(escalation, wait.due_by, today)
    ]  # fmt: skip
