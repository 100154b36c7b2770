"""Which clock decides when a review is due, and on which day it is planned."""

from datetime import date

import pytest

from services.reviews.domain.due import (
    Due,
    ReviewInterval,
    WorkingDays,
    clocks,
    earliest,
    planned_day,
)

SIX_MONTHS = ReviewInterval(rule="", months=6)
CHRISTMAS = WorkingDays(rule="", holidays=frozenset({date(2024, 12, 25), date(2024, 12, 26)}))


@pytest.mark.parametrize(
    ("held_on", "due_by"),
    [
        (date(2024, 1, 15), date(2024, 7, 15)),
        (date(2023, 8, 31), date(2024, 2, 29)),
        (date(2024, 8, 31), date(2025, 2, 28)),
        (date(2024, 10, 31), date(2025, 4, 30)),
        (date(2024, 2, 29), date(2024, 8, 29)),
    ],
)
def test_six_months_end_on_the_same_day_or_on_the_last_the_month_has(
    held_on: date, due_by: date
) -> None:
    assert clocks(SIX_MONTHS, last_held_on=held_on) == [
        Due(by=due_by, clock="last_review_plus_interval")
    ]


def test_the_start_counts_while_no_review_was_held_since() -> None:
    start = date(2024, 5, 7)
    from_start = Due(by=date(2024, 11, 7), clock="placement_start_plus_interval")
    assert from_start in clocks(SIX_MONTHS, started_on=start)
    assert from_start in clocks(SIX_MONTHS, started_on=start, last_held_on=date(2024, 5, 6))
    assert clocks(SIX_MONTHS, started_on=start, last_held_on=start) == [
        Due(by=date(2024, 11, 7), clock="last_review_plus_interval")
    ]


def test_the_earliest_of_the_clocks_decides() -> None:
    dues = clocks(
        SIX_MONTHS, last_held_on=date(2024, 3, 1), started_on=date(2024, 5, 7),
        given=date(2024, 8, 1),
    )  # fmt: skip
    assert earliest(dues) == Due(by=date(2024, 8, 1), clock="date_given")


def test_where_two_clocks_agree_the_last_review_decides() -> None:
    dues = clocks(SIX_MONTHS, last_held_on=date(2024, 3, 1), given=date(2024, 9, 1))
    assert earliest(dues).clock == "last_review_plus_interval"


def test_without_any_clock_nothing_is_due() -> None:
    assert clocks(SIX_MONTHS) == []


def test_a_council_may_review_more_often_but_never_less() -> None:
    assert ReviewInterval(rule="", months=3).months == 3
    with pytest.raises(ValueError, match="at most 6 months apart"):
        ReviewInterval(rule="council.review.interval@2024-04-01", months=12)


@pytest.mark.parametrize(
    ("due_by", "planned_on"),
    [
        (date(2024, 11, 7), date(2024, 11, 7)),
        (date(2024, 11, 10), date(2024, 11, 8)),
        (date(2024, 12, 26), date(2024, 12, 24)),
    ],
)
def test_a_review_is_planned_on_the_last_working_day_by_its_due_day(
    due_by: date, planned_on: date
) -> None:
    assert planned_day(Due(by=due_by, clock="date_given"), CHRISTMAS) == planned_on


def test_a_review_planned_sooner_stays_on_its_day() -> None:
    due = Due(by=date(2024, 11, 7), clock="date_given")
    assert planned_day(due, CHRISTMAS, already=date(2024, 7, 15)) == date(2024, 7, 15)
    assert planned_day(due, CHRISTMAS, already=date(2024, 12, 2)) == date(2024, 11, 7)
