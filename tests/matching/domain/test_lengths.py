"""How long a placement may last."""

from datetime import date, timedelta

import pytest

from contracts.codes import AgeBand, Kind, LengthUnit
from contracts.event import Sealed
from contracts.parts import Length
from contracts.policy import in_force
from services.matching.domain.lengths import (
    Bounds,
    PlacementLengths,
    has_words,
    last_day,
    length_refused,
)
from tests.matching.facts import LENGTHS

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("count", "unit", "start", "end"),
    [
        (1, "days", date(2024, 5, 7), date(2024, 5, 7)),
        (30, "days", date(2024, 5, 1), date(2024, 5, 30)),
        (6, "weeks", date(2024, 5, 6), date(2024, 6, 16)),
        (12, "months", date(2024, 5, 7), date(2025, 5, 6)),
        (6, "months", date(2023, 8, 31), date(2024, 2, 28)),
        (6, "months", date(2024, 8, 31), date(2025, 2, 27)),
        (12, "months", date(2024, 2, 29), date(2025, 2, 27)),
    ],
)
def test_a_start_and_n_units_less_a_day_count_as_n(
    count: int, unit: LengthUnit, start: date, end: date
) -> None:
    assert last_day(start, Length(count=count, unit=unit)) == end


@pytest.mark.parametrize(
    ("kind", "band", "start", "end"),
    [
        ("work_experience", None, date(2024, 5, 1), date(2024, 5, 1)),
        ("work_experience", None, date(2024, 5, 1), date(2024, 5, 30)),
        ("work_experience", "16_17", date(2024, 5, 1), date(2024, 5, 30)),
        ("work_experience", "under_16", date(2024, 5, 1), date(2024, 5, 20)),
        ("work_trial", "18_20", date(2024, 5, 1), date(2024, 5, 14)),
        ("work_trial", "18_20", date(2024, 5, 1), date(2024, 6, 25)),
        ("traineeship", "18_20", date(2024, 8, 31), date(2024, 10, 11)),
        ("traineeship", "18_20", date(2024, 8, 31), date(2025, 2, 27)),
        ("apprenticeship", "18_20", date(2024, 5, 7), date(2025, 5, 6)),
        ("apprenticeship", "18_20", date(2024, 5, 7), date(2028, 5, 6)),
    ],
)
def test_a_length_at_its_bounds_is_allowed(
    kind: Kind, band: AgeBand | None, start: date, end: date
) -> None:
    assert length_refused(LENGTHS, kind, start, end, band=band) == ""


@pytest.mark.parametrize(
    ("kind", "band", "start", "end", "says"),
    [
        ("work_experience", None, date(2024, 5, 1), date(2024, 4, 30), "before its start"),
        ("work_experience", None, date(2024, 5, 1), date(2024, 5, 31), "at most 30 days"),
        ("work_experience", "under_16", date(2024, 5, 1), date(2024, 5, 21), "at most 20 days"),
        ("traineeship", "18_20", date(2024, 8, 31), date(2024, 10, 10), "at least 6 weeks"),
        ("traineeship", "18_20", date(2024, 8, 31), date(2025, 2, 28), "2025-02-27 or earlier"),
        ("apprenticeship", "18_20", date(2024, 5, 7), date(2025, 5, 5), "2025-05-06 or later"),
        ("foundation_apprenticeship", "18_20", date(2024, 5, 7), date(2026, 5, 6), "there was no"),
    ],
)
def test_a_day_outside_the_bounds_is_refused_with_what_to_do(
    kind: Kind, band: AgeBand | None, start: date, end: date, says: str
) -> None:
    assert says in length_refused(LENGTHS, kind, start, end, band=band)


def test_a_reason_makes_longer_possible_and_shorter_never() -> None:
    start, because = date(2024, 5, 1), "two half days a week"
    longer = length_refused(LENGTHS, "work_trial", start, start + 90 * DAY, longer_because=because)
    shorter = length_refused(LENGTHS, "work_trial", start, start + DAY, longer_because=because)
    assert not longer
    assert "at least 2 weeks" in shorter


def test_blank_words_are_no_reason_and_sealed_words_are_one() -> None:
    assert not has_words(None)
    assert not has_words("  ")
    assert has_words("ill in May")
    assert has_words(Sealed(sealed="b64", key="care_record.1"))


def test_a_kind_without_a_shortest_length_still_ends_after_its_start() -> None:
    none = PlacementLengths(rule="", lengths={"traineeship": Bounds()})
    start = date(2015, 1, 5)
    assert length_refused(none, "traineeship", start, start) == ""
    assert "before its start" in length_refused(none, "traineeship", start, start - DAY)


def test_an_apprenticeship_of_eight_months_exists_from_august_2025() -> None:
    start, end = date(2025, 8, 1), date(2026, 3, 31)
    before = in_force("placement.length", date(2025, 7, 31), PlacementLengths)
    since = in_force("placement.length", start, PlacementLengths)
    assert "at least 12 months" in length_refused(before, "apprenticeship", start, end)
    assert length_refused(since, "apprenticeship", start, end) == ""
    assert "there was no" in length_refused(before, "foundation_apprenticeship", start, end)
    assert length_refused(since, "foundation_apprenticeship", start, end) == ""


def test_one_day_is_said_in_the_singular() -> None:
    one = PlacementLengths(
        rule="", lengths={"work_trial": Bounds(longest=Length(count=1, unit="days"))}
    )
    start = date(2024, 5, 1)
    assert "at most 1 day:" in length_refused(one, "work_trial", start, start + DAY)
