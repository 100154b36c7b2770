"""One invented young person's placement, for the tests of reviews to begin from (domain.md 7.6)."""

from datetime import UTC, date, datetime
from typing import TypedDict
from uuid import UUID

from chronicle.decider import Envelope
from contracts.codes import Via
from contracts.event import SYSTEM, Actor, Said
from contracts.parts import EetPoint
from contracts.policy import in_force
from contracts.reviews import (
    BringForwardDeclined,
    EarlyExitRisk,
    PlacementCompleted,
    PlacementEndedEarly,
    PlacementOpened,
    ReviewBroughtForward,
    ReviewHeld,
    ReviewScheduled,
    RiskSignalRecorded,
)
from services.reviews.domain.due import ReviewInterval, WorkingDays
from services.reviews.domain.risk_rule import RespondWithin, RiskRule

AMI, SOMEBODY_ELSE, PLACEMENT, REFERRAL, HOST, WORKER = (UUID(int=n) for n in range(1, 7))
REVIEW, NEXT_REVIEW, NEW, RISK, STARTED = (UUID(int=n) for n in range(10, 15))
COMMAND = UUID("01900000-0000-7000-8000-000000000001")
OPENED, SCHEDULED, FIRST_RAISE, SECOND_RAISE, ENDED = (UUID(int=n) for n in range(20, 25))
START, DUE = date(2024, 5, 7), date(2024, 11, 7)
JULY_1, JULY_3, JULY_8, JULY_15 = (date(2024, 7, day) for day in (1, 3, 8, 15))
AUGUST_5 = date(2024, 8, 5)
PLANNED_END = date(2025, 5, 6)
ABOUT = Envelope(id=UUID(int=30), time=datetime(2024, 6, 30, 23, 30, tzinfo=UTC))  # JULY_1 here
PA = Actor(worker=WORKER, role="leaving_care_adviser", team="leaving_care")


class Asks(TypedDict):
    id: UUID
    today: date
    on: date
    by: Actor
    via: Via


def asks(on: date, today: date | None = None) -> Asks:
    """A command of a person's, about `on`, asked the same day unless said otherwise."""
    return Asks(id=COMMAND, today=today or on, on=on, by=PA, via="api")


def hears(today: date) -> Asks:
    return Asks(id=COMMAND, today=today, on=today, by=SYSTEM, via="policy")


def said(on: date) -> Said:
    return Said(occurred_on=on, by=PA, via="api")


SIX_MONTHS = ReviewInterval(rule="review.interval@2018-01-01", months=6)
CALENDAR = in_force("calendar", START, WorkingDays)
WITHIN = RespondWithin(rule="risk.respond_within@2018-01-01", working_days=5)
RULE = in_force("risk.rule", START, RiskRule)

opened = PlacementOpened(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, started=STARTED, started_on=START,
    planned_end_on=PLANNED_END, kind="apprenticeship", host=HOST, employer=HOST,
    first_review=REVIEW, first_review_due_by=DUE, **said(START),
)  # fmt: skip
scheduled = ReviewScheduled(
    review=REVIEW, person=AMI, placement=PLACEMENT, basis="placement_start",
    clock="placement_start_plus_interval", planned_on=DUE, due_by=DUE, **said(START),
)  # fmt: skip
held = ReviewHeld(
    review=REVIEW, person=AMI, placement=PLACEMENT, due_by=DUE, days_late=0,
    chair_role="leaving_care_adviser", attendee_roles=("eet_adviser", "apprenticeships_officer"),
    apologies=(), young_person_present=True, views_recorded=True, views="likes the team",
    progress="some_concern", progress_note="missed two visits",
    eet_points=(EetPoint(kind="travel", text="an earlier bus"),), actions=(), **said(JULY_15),
)  # fmt: skip


def signal(on: date, weight: int) -> RiskSignalRecorded:
    return RiskSignalRecorded(
        signal=NEW, placement=PLACEMENT, person=AMI, group="attendance", kind="visit_missed",
        weight=weight, observer="assessor", **said(on),
    )  # fmt: skip


at_risk = EarlyExitRisk(
    risk=RISK, placement=PLACEMENT, person=AMI, level="at_risk", raised_by="person", signals=(),
    groups=(), weight=0, next_review=REVIEW, next_review_on=DUE, respond_by=JULY_8, **said(JULY_1),
)  # fmt: skip
urgent = at_risk.model_copy(update={"level": "urgent"})
brought_forward = ReviewBroughtForward(
    review=REVIEW, person=AMI, placement=PLACEMENT, risk=RISK, because=FIRST_RAISE, from_on=DUE,
    to_on=JULY_15, due_by=DUE,
    decided_by_roles=("leaving_care_adviser", "apprenticeships_officer"), **said(JULY_3),
)  # fmt: skip
declined = BringForwardDeclined(
    review=REVIEW, person=AMI, placement=PLACEMENT, risk=RISK, because=FIRST_RAISE,
    reason="mitigation_in_place", rationale="a new mentor starts on Monday", planned_on=DUE,
    decided_by_roles=("leaving_care_adviser", "apprenticeships_officer"), **said(JULY_3),
)  # fmt: skip
completed = PlacementCompleted(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, kind="apprenticeship", result="achieved",
    next_step_agreed=True, **said(AUGUST_5),
)  # fmt: skip
ended_early = PlacementEndedEarly(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, kind="apprenticeship",
    reason_group="course_or_provider", reason_code="workload", secondary_reasons=(),
    initiated_by="young_person", positive_move=False, last_day_on=AUGUST_5, notice_given=True,
    restricted_handling=False, note="", **said(AUGUST_5),
)  # fmt: skip
