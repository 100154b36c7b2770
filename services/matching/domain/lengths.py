"""How long a placement may last: start + n months - 1 day counts as n months (MAT-12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from chronicle.decider import Policy
from contracts.calendar_days import add_months
from contracts.codes import AgeBand, Kind
from contracts.event import Sealed
from contracts.parts import Length


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    shortest: Length | None = None
    longest: Length | None = None
    longest_at_school: Length | None = None

    def longest_for(self, band: AgeBand | None) -> Length | None:
        if band == "under_16" and self.longest_at_school:
            return self.longest_at_school
        return self.longest


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementLengths(Policy):
    """`placement.length`, as in force on the day of the start."""

    lengths: Mapping[Kind, Bounds]


def last_day(start: date, length: Length) -> date:
    """The last day of a placement of exactly this length."""
    match length.unit:
        case "days":
            return start + timedelta(days=length.count - 1)
        case "weeks":
            return start + timedelta(weeks=length.count, days=-1)
        case "months":
            return add_months(start, length.count) - timedelta(days=1)


def length_refused(
    policy: PlacementLengths,
    kind: Kind,
    start: date,
    end: date,
    *,
    band: AgeBand | None = None,
    longer_because: str | Sealed | None = None,
) -> str:
    """Why a placement may not last from `start` to `end`, with what to do; empty if it may.

    `band` is the age band of the young person, none while an opportunity has nobody yet.
    """
    bounds = policy.lengths.get(kind)
    if bounds is None:
        return f"there was no {kind} on {start}: choose another kind or another start"
    if end < start:
        return f"it would end on {end}, before its start on {start}: give a later end"
    if bounds.shortest and end < (least := last_day(start, bounds.shortest)):
        return (
            f"a {kind} that starts on {start} lasts at least {in_words(bounds.shortest)}:"
            f" give an end on {least} or later"
        )
    longest = bounds.longest_for(band)
    if longest and not has_words(longer_because) and end > (most := last_day(start, longest)):
        return (
            f"a {kind} that starts on {start} lasts at most {in_words(longest)}:"
            f" give an end on {most} or earlier; an arrangement may be longer if it says why"
        )
    return ""


def in_words(length: Length) -> str:
    return f"{length.count} {length.unit.removesuffix('s') if length.count == 1 else length.unit}"


def has_words(words: str | Sealed | None) -> bool:
    """Whether a reason was given: blanks are none, sealed words are some."""
    return isinstance(words, Sealed) or bool(words and words.strip())
