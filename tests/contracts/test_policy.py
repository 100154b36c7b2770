"""A rule is looked up by its day: the entry in force, in the shape the domain wants, by name."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from contracts import codes
from contracts.codes import (
    AgeBand,
    Category,
    Check,
    Interest,
    Kind,
    Role,
    Route,
    ScorePart,
    Sector,
    SignalKind,
)
from contracts.parts import Length
from contracts.policy import NATIONAL, NoPolicy, council_layer, in_force

TODAY = date(2024, 4, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Days(Rule):
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Months(Rule):
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes(Rule):
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays(Rule):
    working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backdate(WorkingDays):
    beyond: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks(Rule):
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours(Rule):
    hours_per_week: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay(Rule):
    pence_per_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes(Rule):
    codes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Categories(Rule):
    categories: frozenset[Category]


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes(Rule):
    routes: frozenset[Route]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams(Rule):
    teams: tuple[frozenset[Role], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTeams(Teams):
    urgent: tuple[frozenset[Role], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar(Rule):
    holidays: frozenset[date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands(Rule):
    bands: Mapping[Kind, frozenset[AgeBand]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    shortest: Length | None = None
    longest: Length | None = None
    longest_at_school: Length | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths(Rule):
    lengths: Mapping[Kind, Bounds]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks(Rule):
    checks: Mapping[Kind, tuple[Check, ...]]
    never_waived: frozenset[Check]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    days: int
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels(Rule):
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRule(Rule):
    window_days: int
    at_risk_from: int
    urgent_from: int
    weights: Mapping[SignalKind, int]
    at_once: frozenset[SignalKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Rule):
    weights: Mapping[ScorePart, int]
    level_equal: int
    level_one_apart: int
    support_fit: int
    reason_at: int
    sector_interests: Mapping[Sector, frozenset[Interest]]


SHAPES: dict[str, type[Any]] = {
    "activity.full_time": Hours,
    "age.kinds": Bands,
    "area": Codes,
    "calendar": Calendar,
    "catalogue.routes": Routes,
    "category.in_scheme": Categories,
    "exit.discuss_within": Days,
    "handover.receipt_within": Minutes,
    "interest": Codes,
    "match.score": Score,
    "pay.apprentice_minimum": Pay,
    "placement.checks": Checks,
    "placement.length": Lengths,
    "referral.decide_within": Days,
    "review.interval": Months,
    "review.overdue": Levels,
    "review.warn": Weeks,
    "risk.overdue": Levels,
    "risk.respond_within": WorkingDays,
    "risk.review_within": WorkingDays,
    "risk.rule": RiskRule,
    "risk.warn": WorkingDays,
    "route.teams": RouteTeams,
    "sector": Codes,
    "skill": Codes,
    "stage1.discuss_within": Days,
    "stage1.quorum": Teams,
    "standard": Codes,
    "start.backdate_within": Backdate,
}
FILES = sorted(NATIONAL.glob("*.toml"))
EVERY = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


@pytest.fixture(autouse=True)
def no_council() -> Iterator[None]:
    yield
    council_layer()


def dated(file: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads(file.read_text("utf-8"))["entry"]
    return entries


def test_every_setting_has_a_shape_here_and_a_row_in_the_table() -> None:
    names = {file.stem for file in FILES}
    told = set()
    for row in (NATIONAL / "README.md").read_text("utf-8").splitlines():
        if row.startswith("| `"):
            told |= set(re.findall(r"`([^`]+)`", row.split("|")[1]))
    assert names == told == SHAPES.keys()


@EVERY
def test_a_setting_loads_on_each_of_its_dates_and_says_which_entry(file: Path) -> None:
    for entry in dated(file):
        rule = in_force(file.stem, entry["from"], SHAPES[file.stem])
        assert rule.rule == f"{file.stem}@{entry['from']}"


@EVERY
def test_a_setting_has_exactly_the_keys_of_its_shape(file: Path) -> None:
    for entry in dated(file):
        keys = set(SHAPES[file.stem].__dataclass_fields__) - {"rule"}
        assert entry.keys() - {"from", "source"} == keys


@EVERY
def test_entries_stand_in_order_each_with_its_source_and_none_before_its_first_day(
    file: Path,
) -> None:
    days = [entry["from"] for entry in dated(file)]
    assert days == sorted(set(days))
    assert all(entry["source"] for entry in dated(file))
    with pytest.raises(NoPolicy, match=f"no entry of {file.stem} is in force on 2001-01-01"):
        in_force(file.stem, date(2001, 1, 1), SHAPES[file.stem])


@EVERY
def test_every_setting_covers_the_story_from_its_first_scheme_year(file: Path) -> None:
    assert dated(file)[0]["from"] <= date(2018, 10, 1)


def test_an_unknown_setting_is_told() -> None:
    with pytest.raises(NoPolicy, match=r"no entry of review\.intervall is in force"):
        in_force("review.intervall", TODAY, Months)


def test_the_newest_entry_of_the_day_counts_from_its_first_day() -> None:
    before = in_force("pay.apprentice_minimum", date(2025, 3, 31), Pay)
    after = in_force("pay.apprentice_minimum", date(2025, 4, 1), Pay)
    assert (before.pence_per_hour, after.pence_per_hour) == (640, 755)


def test_apprenticeships_become_shorter_in_august_2025() -> None:
    before = in_force("placement.length", date(2025, 7, 31), Lengths).lengths
    after = in_force("placement.length", date(2025, 8, 1), Lengths).lengths
    assert before["apprenticeship"].shortest == Length(count=12, unit="months")
    assert after["apprenticeship"].shortest == Length(count=8, unit="months")
    assert "foundation_apprenticeship" not in before
    assert "foundation_apprenticeship" in after


def test_a_shape_may_leave_out_what_it_does_not_need() -> None:
    assert in_force("route.teams", TODAY, Teams).teams == (
        frozenset({"leaving_care_adviser", "leaving_care_manager", "head_of_service"}),
        frozenset({"eet_adviser", "eet_manager"}),
    )


def test_the_weights_of_a_score_add_up_and_every_sector_has_interests_of_the_list() -> None:
    score = in_force("match.score", TODAY, Score)
    assert sum(score.weights.values()) == 100
    assert set(score.weights) == set(get_args(ScorePart))
    assert set(score.sector_interests) == in_force("sector", TODAY, Codes).codes
    liked = frozenset().union(*score.sector_interests.values())
    assert liked == in_force("interest", TODAY, Codes).codes


def test_every_signal_has_a_weight_and_what_counts_at_once_reaches_the_threshold() -> None:
    risk = in_force("risk.rule", TODAY, RiskRule)
    assert set(risk.weights) == set(get_args(SignalKind))
    assert {kind for kind, weight in risk.weights.items() if weight >= risk.at_risk_from} == (
        risk.at_once
    )


def test_every_local_code_fits_the_pattern_of_its_field() -> None:
    for name in ("sector", "area", "standard", "interest", "skill"):
        for code in in_force(name, TODAY, Codes).codes:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", code)
            assert hasattr(codes, name.capitalize())


def test_the_calendar_knows_the_moved_and_the_extra_holidays() -> None:
    holidays = in_force("calendar", TODAY, Calendar).holidays
    assert {date(2020, 5, 8), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)} <= holidays
    assert date(2020, 5, 4) not in holidays
    assert not [day for day in holidays if day.weekday() > 4]
    years = [day.year for day in holidays]
    assert {year: years.count(year) for year in sorted(set(years))} == {
        2018: 8, 2019: 8, 2020: 8, 2021: 8, 2022: 10, 2023: 9, 2024: 8, 2025: 8, 2026: 8, 2027: 8,
    }  # fmt: skip


def test_a_council_replaces_single_values_and_both_entries_are_named(tmp_path: Path) -> None:
    (tmp_path / "start.backdate_within.toml").write_text(
        '[[entry]]\nfrom = 2024-04-01\nsource = "cabinet"\nworking_days = 3\n', "utf-8"
    )
    council_layer(tmp_path)
    before = in_force("start.backdate_within", date(2024, 3, 31), Backdate)
    after = in_force("start.backdate_within", date(2024, 4, 1), Backdate)
    assert (before.rule, before.working_days) == ("start.backdate_within@2018-01-01", 10)
    assert after == Backdate(
        rule="start.backdate_within@2018-01-01,council.start.backdate_within@2024-04-01",
        working_days=3,
        beyond=before.beyond,
    )
    assert in_force("review.interval", TODAY, Months).rule == "review.interval@2018-01-01"


def test_a_council_cannot_replace_what_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "review.interval.toml"
    file.write_text('[[entry]]\nfrom = 2024-04-01\nsource = "x"\nmonth = 12\n', "utf-8")
    with pytest.raises(NoPolicy, match=r"review\.interval\.toml has nothing to replace in month"):
        council_layer(tmp_path)
    assert in_force("review.interval", TODAY, Months).months == 6
