"""What was not done in time is told to somebody, once for each level, and decides nothing."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from chronicle.given import Deciding, told
from contracts.event import SYSTEM
from contracts.policy import in_force
from contracts.reviews import ReviewOverdue, RiskResponseOverdue
from services.reviews.domain.escalation import Escalation
from services.reviews.domain.overdue import MarkReviewOverdue, MarkRiskResponseOverdue, decider
from tests.reviews.facts import (
    ABOUT,
    AMI,
    COMMAND,
    DUE,
    FIRST_RAISE,
    JULY_8,
    JULY_15,
    PLACEMENT,
    REVIEW,
    RISK,
    SCHEDULED,
    SECOND_RAISE,
    SOMEBODY_ELSE,
    at_risk,
    brought_forward,
    completed,
    declined,
    ended_early,
    held,
    opened,
    scheduled,
    urgent,
)

given = Deciding(decider, ABOUT).given
NOVEMBER_8, NOVEMBER_22, JULY_9 = date(2024, 11, 8), date(2024, 11, 22), date(2024, 7, 9)
planned = told(scheduled, ABOUT, SCHEDULED)
first_raise = told(at_risk, ABOUT, FIRST_RAISE)
second_raise = told(urgent.model_copy(update={"respond_by": JULY_15}), ABOUT, SECOND_RAISE)

late = MarkReviewOverdue(
    id=COMMAND, today=NOVEMBER_8, on=NOVEMBER_8, by=SYSTEM, via="timer", person=AMI, review=REVIEW,
    started=SCHEDULED, correlation=COMMAND, level=1,
    escalation=in_force("review.overdue", DUE, Escalation),
)  # fmt: skip
later = replace(late, today=NOVEMBER_22, on=NOVEMBER_22, level=2)
review_overdue = ReviewOverdue(
    review=REVIEW, person=AMI, placement=PLACEMENT, due_by=DUE, days_late=1,
    escalated_to="leaving_care_manager", **late.said,
)  # fmt: skip
review_long_overdue = ReviewOverdue(
    review=REVIEW, person=AMI, placement=PLACEMENT, due_by=DUE, days_late=15,
    escalated_to="head_of_service", **later.said,
)  # fmt: skip
silence = MarkRiskResponseOverdue(
    id=COMMAND, today=JULY_9, on=JULY_9, by=SYSTEM, via="timer", person=AMI, placement=PLACEMENT,
    started=FIRST_RAISE, correlation=COMMAND, level=1,
    escalation=in_force("risk.overdue", JULY_8, Escalation),
)  # fmt: skip
response_overdue = RiskResponseOverdue(
    risk=RISK, placement=PLACEMENT, person=AMI, because=FIRST_RAISE, respond_by=JULY_8,
    escalated_to="leaving_care_manager", **silence.said,
)  # fmt: skip


def test_the_manager_hears_of_a_review_the_day_after_it_was_due() -> None:
    given(planned).when(late).then(review_overdue)
    given(planned).when(replace(late, today=DUE)).then_nothing()


def test_the_head_of_service_hears_of_it_two_weeks_later() -> None:
    given(planned, review_overdue).when(later).then(review_long_overdue)
    given(planned, review_overdue).when(replace(later, today=date(2024, 11, 21))).then_nothing()


def test_each_level_hears_of_a_due_day_once() -> None:
    given(planned, review_overdue).when(late).then_nothing()
    given(planned, review_overdue, review_long_overdue).when(later).then_nothing()


def test_a_review_that_was_held_is_not_overdue() -> None:
    given(planned, held).when(late).then_nothing()
    given().when(late).then_nothing()


def test_a_wait_that_a_sooner_due_day_has_replaced_says_nothing() -> None:
    sooner = told(scheduled.model_copy(update={"due_by": JULY_15}), ABOUT, UUID(int=99))
    given(planned, sooner).when(late).then_nothing()


def test_a_sooner_due_day_of_the_same_review_is_told_anew() -> None:
    again = UUID(int=99)
    sooner = told(scheduled.model_copy(update={"due_by": JULY_15}), ABOUT, again)
    given(planned, review_overdue, sooner).when(replace(late, started=again)).then(
        review_overdue.model_copy(update={"due_by": JULY_15, "days_late": 116})
    )


def test_a_review_brought_forward_but_not_held_is_overdue_by_its_due_day() -> None:
    given(planned, brought_forward).when(late).then(review_overdue)
    given(planned, brought_forward).when(replace(late, today=date(2024, 7, 16))).then_nothing()


def test_the_manager_hears_of_a_risk_nobody_answered_the_day_after() -> None:
    given(opened, first_raise).when(silence).then(response_overdue)
    given(opened, first_raise).when(replace(silence, today=JULY_8)).then_nothing()


def test_a_risk_nobody_answered_is_told_once() -> None:
    given(opened, first_raise, response_overdue).when(silence).then_nothing()


@pytest.mark.parametrize("answer", [brought_forward, declined])
def test_a_risk_that_was_answered_is_not_overdue(answer: object) -> None:
    given(opened, planned, first_raise, answer).when(silence).then_nothing()


def test_each_raise_needs_its_own_answer() -> None:
    rise = replace(silence, started=SECOND_RAISE, today=date(2024, 7, 16))
    given(opened, planned, first_raise, second_raise, declined).when(rise).then(
        response_overdue.model_copy(update={"because": SECOND_RAISE, "respond_by": JULY_15})
    )
    given(opened, planned, first_raise, second_raise, declined).when(silence).then_nothing()
    given(opened, first_raise, second_raise, response_overdue).when(rise).then(
        response_overdue.model_copy(update={"because": SECOND_RAISE, "respond_by": JULY_15})
    )


@pytest.mark.parametrize("ending", [completed, ended_early])
def test_a_risk_to_a_placement_that_has_ended_waits_for_nobody(ending: object) -> None:
    given(opened, first_raise, ending).when(silence).then_nothing()


def test_a_raise_that_was_never_said_is_not_overdue() -> None:
    given(opened).when(silence).then_nothing()
    given(opened, first_raise).when(replace(silence, started=UUID(int=99))).then_nothing()
    theirs = opened.model_copy(update={"person": SOMEBODY_ELSE})
    given(theirs, first_raise).when(silence).then_nothing()


def test_a_late_review_reads_the_pathway_and_a_late_answer_the_risk_too() -> None:
    assert decider.reads(late) == [f"pathway-{AMI}"]
    assert decider.reads(silence) == [
        f"risk-{PLACEMENT}", f"pathway-{AMI}", f"placement-{PLACEMENT}"
    ]  # fmt: skip
