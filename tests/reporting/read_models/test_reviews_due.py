"""The open review: its two clocks, and the days that are worked out when asked."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest

from chronicle.given import Told
from contracts.policy import in_force
from contracts.reviews import ReviewOverdue
from services.reporting.read_models.reviews_due import Due, Review, Warn, due, reviews_due
from tests.reporting import facts
from tests.reporting.facts import NOV_7, again, fact, id_of, until
from tests.reporting.folding import rows

WARN = in_force("review.warn", NOV_7, Warn)
overdue = fact(50, ReviewOverdue(
    review=facts.REVIEW, person=facts.AMI, placement=facts.PLACEMENT, due_by=NOV_7, days_late=1,
    escalated_to="leaving_care_manager", **facts.on(date(2024, 11, 8)),
))  # fmt: skip


def reviews(*told: Told[Any]) -> list[Review]:
    return rows(reviews_due, *told)


def asked(today: date, *told: Told[Any]) -> Due:
    (review,) = reviews(*told)
    return due(asdict(review), today, WARN)


def test_a_scheduled_review_says_which_clock_decided_and_by_which_event() -> None:
    (review,) = reviews(*until(facts.scheduled))
    assert (review.clock, review.due_by) == ("placement_start_plus_interval", NOV_7)
    assert (review.scheduled, review.because) == (id_of(19), id_of(19))


def test_a_review_brought_forward_keeps_its_due_day_and_names_who_moved_it() -> None:
    (review,) = reviews(*until(facts.forward))
    assert (review.planned_on, review.due_by) == (facts.JULY_15, NOV_7)
    assert (review.scheduled, review.because) == (id_of(19), id_of(25))
    assert review.brought_forward == id_of(25)


def test_a_held_review_goes_and_the_next_one_stands() -> None:
    assert reviews(*until(facts.held)) == []
    (review,) = reviews(*until(facts.next_scheduled))
    assert (review.review, review.brought_forward) == (facts.NEXT_REVIEW, None)


@pytest.mark.parametrize(
    ("days", "warning"), [(57, None), (56, 8), (29, 8), (28, 4), (14, 2), (0, 2), (-1, None)]
)
def test_the_warning_is_the_nearest_of_the_weeks_in_the_policy(
    days: int, warning: int | None
) -> None:
    found = asked(NOV_7 - timedelta(days=days), *until(facts.scheduled))
    assert (found.days_left, found.warning) == (days, warning)


def test_each_escalation_is_a_level() -> None:
    head = again(overdue, 51, escalated_to="head_of_service")
    told = [*until(facts.scheduled), overdue, head]
    found = asked(date(2024, 11, 22), *told)
    assert (found.level, found.days_left) == (2, -15)
    assert [o.event for o in found.overdue] == [id_of(50), id_of(51)]
    assert asked(NOV_7, *until(facts.scheduled)).level == 0
