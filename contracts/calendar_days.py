"""Days as the law and the office count them: calendar months, working days, the day in London."""

from calendar import monthrange
from collections.abc import Set
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")


def london_day(instant: datetime) -> date:
    """The local day of an instant. A time without a zone is refused: nobody knows its day."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone, so it has no day in London")
    return instant.astimezone(LONDON).date()


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or the last one that month has."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_working_day(day: date, holidays: Set[date]) -> bool:
    return day.weekday() < 5 and day not in holidays


def working_days_after(day: date, count: int, holidays: Set[date]) -> date:
    """The `count`-th working day after `day`, which itself is not counted."""
    while count > 0:
        day += DAY
        count -= is_working_day(day, holidays)
    return day


def last_working_day_on_or_before(day: date, holidays: Set[date]) -> date:
    while not is_working_day(day, holidays):
        day -= DAY
    return day
