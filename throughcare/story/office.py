"""The days on which the council works, and the days on which its stage 1 meeting comes together."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from contracts.calendar_days import (
    DAY,
    add_months,
    is_working_day,
    last_working_day_on_or_before,
    working_days_after,
)
from contracts.policy import in_force
from throughcare.story.scenario import Scenario

TUESDAY = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """`calendar` (domain.md 15)."""

    rule: str
    holidays: frozenset[date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    on: date
    extraordinary: bool = False


@cache
def holidays() -> frozenset[date]:
    return in_force("calendar", date(2024, 4, 1), WorkingDays).holidays


def open_on(day: date) -> date:
    """This day, or the next on which the office is open."""
    while not is_working_day(day, holidays()):
        day += DAY
    return day


def open_before(day: date) -> date:
    return last_working_day_on_or_before(day, holidays())


def after(day: date, working_days: int) -> date:
    return working_days_after(day, working_days, holidays())


def second_tuesday(month: date) -> date:
    return month + timedelta(days=(TUESDAY - month.weekday()) % 7 + 7)


def monthly_meetings(scenario: Scenario) -> tuple[date, ...]:
    months = (add_months(scenario.first_day, n) for n in range(scenario.months))
    return tuple(second_tuesday(month) for month in months)


def meetings(scenario: Scenario) -> tuple[Meeting, ...]:
    held = [Meeting(on=day) for day in monthly_meetings(scenario)]
    special = scenario.extraordinary_on
    if special and special <= last_day(scenario):
        held.append(Meeting(on=special, extraordinary=True))
    return tuple(sorted(held, key=lambda meeting: meeting.on))


def last_day(scenario: Scenario) -> date:
    return add_months(scenario.first_day, scenario.months) - DAY
