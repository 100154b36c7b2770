"""What reviews asks itself for, when it hears of a start and when a day has passed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from chronicle.decider import derived
from chronicle.given import Reacting
from contracts.event import SYSTEM
from contracts.matching import PlacementStarted
from contracts.policy import in_force
from services.reviews.domain.escalation import Escalation
from services.reviews.domain.open_placement import OpenPlacement
from services.reviews.domain.overdue import MarkReviewOverdue, MarkRiskResponseOverdue
from services.reviews.policies import Rules, due, react, rules_on
from services.reviews.read_models.deadlines import Deadline, Wait
from tests.reviews.facts import (
    ABOUT,
    AMI,
    CALENDAR,
    DUE,
    FIRST_RAISE,
    HOST,
    JULY_1,
    JULY_8,
    JULY_15,
    PLACEMENT,
    PLANNED_END,
    REFERRAL,
    REVIEW,
    SCHEDULED,
    SECOND_RAISE,
    SIX_MONTHS,
    START,
    WORKER,
    said,
)

hearing = Reacting(react, ABOUT, Rules(interval=SIX_MONTHS, calendar=CALENDAR)).given
PROVIDER, CORRELATION = UUID(int=80), UUID(int=81)
started = PlacementStarted(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, opportunity=UUID(int=82),
    kind="apprenticeship", sector="construction", level="2", host=HOST, host_kind="local_business",
    employer=WORKER, provider=PROVIDER, planned_end_on=PLANNED_END, hours_per_week=37, paid=True,
    supernumerary=False, ringfenced=False, age_band="18_20", **said(START),
)  # fmt: skip
OPEN = derived(ABOUT.id, "OpenPlacement")
open_it = OpenPlacement(
    id=OPEN, today=JULY_1, on=JULY_1, by=SYSTEM, via="policy", person=AMI, placement=PLACEMENT,
    referral=REFERRAL, started=ABOUT.id, started_on=START, planned_end_on=PLANNED_END,
    kind="apprenticeship", host=HOST, employer=WORKER, provider=PROVIDER,
    review=derived(OPEN, "review"), interval=SIX_MONTHS, calendar=CALENDAR,
)  # fmt: skip


def test_a_placement_that_started_is_opened_on_the_day_it_was_heard() -> None:
    hearing(started).asks(open_it)


@pytest.mark.parametrize("kind", ["work_experience", "traineeship"])
def test_every_kind_of_placement_is_followed(kind: Any) -> None:
    hearing(started.model_copy(update={"kind": kind})).asks(replace(open_it, kind=kind))


def test_a_start_recorded_late_is_followed_from_its_first_day() -> None:
    late = replace(ABOUT, time=datetime(2024, 9, 1, 12, tzinfo=UTC))
    asked = replace(open_it, today=date(2024, 9, 1), on=date(2024, 9, 1))
    rules = Rules(interval=SIX_MONTHS, calendar=CALENDAR)
    Reacting(react, late, rules).given(started).asks(asked)


def test_the_rules_are_those_in_force_on_the_day() -> None:
    rules = rules_on(START)
    assert (rules.interval, rules.calendar) == (SIX_MONTHS, CALENDAR)
    assert rules.calendar.rule == "calendar@2018-01-01"
    assert date(2024, 5, 6) in rules.calendar.holidays


review_open = Deadline(
    deadline=REVIEW, what="review", person=AMI, due_by=DUE,
    waits=(Wait(because=SCHEDULED, correlation=CORRELATION, due_by=DUE),),
)  # fmt: skip
raises_wait = Deadline(
    deadline=PLACEMENT, what="risk_response", person=AMI, due_by=JULY_8,
    waits=(
        Wait(because=FIRST_RAISE, correlation=CORRELATION, due_by=JULY_8),
        Wait(because=SECOND_RAISE, correlation=CORRELATION, due_by=JULY_15),
    ),
)  # fmt: skip


def review_overdue(level: int, today: date) -> MarkReviewOverdue:
    return MarkReviewOverdue(
        id=derived(SCHEDULED, f"review-overdue/{level}"), today=today, on=today, by=SYSTEM,
        via="timer", person=AMI, review=REVIEW, started=SCHEDULED, correlation=CORRELATION,
        level=level, escalation=in_force("review.overdue", DUE, Escalation),
    )  # fmt: skip


def response_overdue(raised: UUID, today: date) -> MarkRiskResponseOverdue:
    return MarkRiskResponseOverdue(
        id=derived(raised, "risk-response-overdue/1"), today=today, on=today, by=SYSTEM,
        via="timer", person=AMI, placement=PLACEMENT, started=raised, correlation=CORRELATION,
        level=1, escalation=in_force("risk.overdue", JULY_8, Escalation),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("today", "levels"),
    [
        (DUE, ()),
        (date(2024, 11, 8), (1,)),
        (date(2024, 11, 21), (1,)),
        (date(2024, 11, 22), (1, 2)),
        (date(2025, 3, 1), (1, 2)),
    ],
)
def test_a_review_is_told_to_each_level_whose_day_has_come(
    today: date, levels: tuple[int, ...]
) -> None:
    assert due(review_open, today) == [review_overdue(level, today) for level in levels]


@pytest.mark.parametrize(
    ("today", "raises"),
    [
        (JULY_8, ()),
        (date(2024, 7, 9), (FIRST_RAISE,)),
        (JULY_15, (FIRST_RAISE,)),
        (date(2024, 7, 16), (FIRST_RAISE, SECOND_RAISE)),
    ],
)
def test_each_raise_that_waits_is_told_the_day_after_its_answer_was_due(
    today: date, raises: tuple[UUID, ...]
) -> None:
    assert due(raises_wait, today) == [response_overdue(raised, today) for raised in raises]


def test_a_second_pass_asks_under_the_same_ids() -> None:
    first, second = due(review_open, date(2024, 11, 22)), due(review_open, date(2024, 11, 23))
    assert [command.id for command in first] == [command.id for command in second]
