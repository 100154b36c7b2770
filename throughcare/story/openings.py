"""The places that departments and local businesses open, month by month (domain.md 19.1)."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from contracts.calendar_days import add_months
from contracts.codes import HostKind, Kind, Level
from contracts.parts import Length
from throughcare.story import office
from throughcare.story.scenario import Scenario

AREAS: Final = ("centre", "north", "east", "south", "west", "outer")
SKILLS: Final = (
    "cooking", "customer_service", "driving_licence", "first_aid", "it_basics", "languages",
    "literacy", "maths", "organisation", "practical", "teamwork", "timekeeping",
)  # fmt: skip
INTERESTS: Final = (
    "animals", "art", "building", "caring", "children", "computers", "cooking", "machines",
    "music", "nature", "numbers", "people", "sport", "travel",
)  # fmt: skip
SECTORS: Final = (
    "business_admin", "care", "construction", "creative", "digital", "early_years", "engineering",
    "grounds", "hospitality", "retail", "sport", "transport",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    title: str
    sector: str
    level: Level
    standard: str


JOBS: Final = (
    Job(
        title="Business administrator", sector="business_admin", level="3",
        standard="business_administrator_3",
    ),
    Job(title="Care worker", sector="care", level="2", standard="adult_care_worker_2"),
    Job(title="Bricklayer", sector="construction", level="2", standard="bricklayer_2"),
    Job(
        title="Nursery worker", sector="early_years", level="3",
        standard="early_years_educator_3",
    ),
    Job(
        title="Customer adviser", sector="retail", level="2",
        standard="customer_service_practitioner_2",
    ),
    Job(
        title="Support technician", sector="digital", level="3",
        standard="digital_support_technician_3",
    ),
    Job(title="Gardener", sector="grounds", level="2", standard="horticulture_operative_2"),
)  # fmt: skip
MANAGER: Final = Job(
    title="Trainee manager", sector="business_admin", level="6", standard="chartered_manager_6"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One opportunity as it is opened; `host` names an invented organisation."""

    number: int
    opened_on: date
    kind: Kind
    title: str
    host: str
    host_kind: HostKind
    provider: str | None
    sector: str
    level: Level
    standard: str | None
    area: str
    places: int
    ringfenced: bool
    hours_per_week: int
    pay_pence_per_hour: int
    planned_length: Length
    starts_from: date | None
    requirements: tuple[str, ...]


def openings(scenario: Scenario) -> tuple[Opening, ...]:
    """Every opening of the window, by day and number."""
    opened: list[Opening] = []
    for month in range(scenario.months):
        dice = Random(f"{scenario.seed}/openings/{month}")
        first = office.open_on(add_months(scenario.first_day, month) + timedelta(days=1))
        for kind, host_kind, places, ringfenced in due(scenario, month):
            opened.append(
                opening(dice, len(opened) + 1, first, kind, host_kind, places, ringfenced)
            )
    return tuple(sorted(opened, key=lambda opening: (opening.opened_on, opening.number)))


def due(scenario: Scenario, month: int) -> list[tuple[Kind, HostKind, int, bool]]:
    """What opens in the n-th month: kind, host, places, whether for care leavers alone.

    Over 24 months 36 council and 32 business apprenticeships, 12 more that are ring-fenced, two
    degree and one foundation apprenticeship, 24 traineeships, 80 work-experience slots, 10 trials.
    """
    day = add_months(scenario.first_day, month)
    host: HostKind = "department" if month % 2 else "local_business"
    listed: list[tuple[Kind, HostKind, int, bool]] = [
        ("apprenticeship", "department", 1, False),
        ("apprenticeship", "local_business", 1, False),
        ("traineeship", host, 2 if month else 4, False),
        ("work_experience", "department", 2, False),
        ("work_experience", "local_business", 2 if month % 3 == 2 else 1, False),
    ]
    if month % 2 == 0:
        listed.append(("apprenticeship", "department", 1, False))
    if month % 3 == 0:
        listed.append(("apprenticeship", "local_business", 1, False))
    if month % 12 in (0, 1, 4, 7, 10):
        listed.append(("work_trial", "local_business", 1, False))
    if month % 12 == 5:
        listed.append(("degree_apprenticeship", "department", 1, False))
    if day.month == 8:
        listed.append(("apprenticeship", "department", 6, True))
    if (day.year, day.month) == (2025, 7):
        listed.append(("foundation_apprenticeship", "department", 1, False))
    return listed


def opening(
    dice: Random,
    number: int,
    opened_on: date,
    kind: Kind,
    host_kind: HostKind,
    places: int,
    ringfenced: bool,
) -> Opening:
    job = MANAGER if kind == "degree_apprenticeship" else dice.choice(JOBS)
    trained = kind in ("apprenticeship", "foundation_apprenticeship", "degree_apprenticeship")
    foundation = kind == "foundation_apprenticeship"
    return Opening(
        number=number, opened_on=opened_on, kind=kind, title=f"{job.title}, {kind}",
        host=f"{host_kind}-{dice.randrange(14 if host_kind == 'department' else 22)}",
        host_kind=host_kind,
        provider=f"provider-{dice.randrange(5)}" if trained or kind == "traineeship" else None,
        sector=job.sector, level=job.level, standard=job.standard if trained else None,
        area=dice.choice(AREAS), places=places, ringfenced=ringfenced,
        hours_per_week=37 if trained else 30 if kind == "work_experience" else 20,
        pay_pence_per_hour=pay(opened_on, kind), planned_length=length(dice, kind),
        starts_from=date(2025, 8, 4) if foundation else None,
        requirements=tuple(sorted(dice.sample(SKILLS, dice.randint(0, 2)))),
    )  # fmt: skip


def pay(day: date, kind: Kind) -> int:
    """Pence an hour: the apprentice rate of the day, which rises in April 2025, or nothing."""
    if kind in ("work_experience", "traineeship"):
        return 0
    return 640 if day < date(2025, 4, 1) else 755


def length(dice: Random, kind: Kind) -> Length:
    match kind:
        case "work_experience":
            return Length(count=4, unit="weeks")
        case "work_trial":
            return Length(count=4, unit="weeks")
        case "traineeship":
            return Length(count=dice.randint(2, 6), unit="months")
        case "foundation_apprenticeship":
            return Length(count=8, unit="months")
        case _:
            return Length(count=dice.choice((12, 12, 13, 15, 15, 18)), unit="months")
