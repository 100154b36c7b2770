"""When the next review is due, which clock says so, and on which day it is planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from chronicle.decider import Policy
from contracts.calendar_days import add_months, last_working_day_on_or_before
from contracts.codes import ReviewClock

LONGEST_INTERVAL: Final = 6
"""Months. A council may review more often, never less (domain.md D04)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewInterval(Policy):
    months: int

    def __post_init__(self) -> None:
        if self.months > LONGEST_INTERVAL:
            raise ValueError(f"{self.rule}: reviews are at most {LONGEST_INTERVAL} months apart")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays(Policy):
    holidays: frozenset[date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    by: date
    clock: ReviewClock


def clocks(
    interval: ReviewInterval,
    *,
    last_held_on: date | None = None,
    started_on: date | None = None,
    given: date | None = None,
) -> list[Due]:
    """Every day by which the next review is due; the start counts while none was held since."""
    dues: list[Due] = []
    if last_held_on:
        by = add_months(last_held_on, interval.months)
        dues.append(Due(by=by, clock="last_review_plus_interval"))
    if started_on and (last_held_on is None or last_held_on < started_on):
        by = add_months(started_on, interval.months)
        dues.append(Due(by=by, clock="placement_start_plus_interval"))
    if given:
        dues.append(Due(by=given, clock="date_given"))
    return dues


def earliest(dues: Sequence[Due]) -> Due:
    """The due day that counts; of two clocks that agree, the first in the order of `clocks`."""
    return min(dues, key=lambda due: due.by)


def planned_day(due: Due, calendar: WorkingDays, already: date | None = None) -> date:
    """The last working day by the due day, but never later than `already` planned."""
    day = last_working_day_on_or_before(due.by, calendar.holidays)
    return min(day, already) if already else day
