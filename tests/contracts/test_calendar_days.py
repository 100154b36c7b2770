"""Months, working days and London, at the edges where they are usually got wrong."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendar_days import (
    add_months,
    is_working_day,
    last_working_day_on_or_before,
    london_day,
    working_days_after,
)

EASTER = frozenset({date(2024, 3, 29), date(2024, 4, 1)})
DAYS = st.dates(date(2018, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2024, 5, 7), 6, date(2024, 11, 7)),
        (date(2024, 12, 31), 2, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 6, 30), 6, date(2024, 12, 30)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 1, 15), -1, date(2023, 12, 15)),
    ],
)
def test_a_month_end_is_clamped_to_the_last_day_there_is(
    day: date, months: int, then: date
) -> None:
    assert add_months(day, months) == then


def test_three_months_from_august_are_not_ninety_days() -> None:
    assert add_months(date(2025, 8, 31), 3) == date(2025, 11, 30)
    assert add_months(date(2025, 8, 1), 3) != date(2025, 8, 1) + timedelta(days=90)


@given(DAYS, st.integers(0, 48))
def test_months_later_is_that_month_and_never_a_later_day(day: date, months: int) -> None:
    then = add_months(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day <= day.day
    assert then.day == day.day or (then + timedelta(days=1)).day == 1


def test_working_days_pass_over_weekends_and_bank_holidays() -> None:
    assert working_days_after(date(2024, 7, 1), 5, frozenset()) == date(2024, 7, 8)
    assert working_days_after(date(2024, 3, 28), 1, EASTER) == date(2024, 4, 2)
    assert working_days_after(date(2024, 7, 6), 1, frozenset()) == date(2024, 7, 8)
    assert working_days_after(date(2024, 7, 6), 0, frozenset()) == date(2024, 7, 6)


def test_a_review_due_on_a_bank_holiday_is_planned_for_the_working_day_before() -> None:
    assert last_working_day_on_or_before(date(2024, 4, 1), EASTER) == date(2024, 3, 28)
    assert last_working_day_on_or_before(date(2024, 11, 7), EASTER) == date(2024, 11, 7)
    assert last_working_day_on_or_before(date(2024, 11, 10), EASTER) == date(2024, 11, 8)


@given(DAYS, st.integers(1, 30))
def test_the_nth_working_day_is_one_and_has_n_behind_it(day: date, count: int) -> None:
    then = working_days_after(day, count, EASTER)
    between = [day + timedelta(days=n) for n in range(1, (then - day).days + 1)]
    assert is_working_day(then, EASTER)
    assert sum(is_working_day(each, EASTER) for each in between) == count


def test_the_day_is_the_one_in_london_also_when_the_clock_changes() -> None:
    assert london_day(datetime(2024, 4, 9, 23, 30, tzinfo=UTC)) == date(2024, 4, 10)
    assert london_day(datetime(2024, 1, 9, 23, 30, tzinfo=UTC)) == date(2024, 1, 9)
    assert london_day(datetime(2024, 3, 30, 23, 59, tzinfo=UTC)) == date(2024, 3, 30)
    assert london_day(datetime(2024, 3, 31, 23, 0, tzinfo=UTC)) == date(2024, 4, 1)
    assert london_day(datetime(2024, 10, 26, 23, 0, tzinfo=UTC)) == date(2024, 10, 27)
    assert london_day(datetime(2024, 10, 27, 23, 30, tzinfo=UTC)) == date(2024, 10, 27)


def test_a_time_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        london_day(datetime(2024, 4, 9, 12))  # noqa: DTZ001  it is the mistake under test
