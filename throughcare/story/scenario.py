"""What Westmere is like: the window, the seed, and the rates of domain.md 19.1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from contracts.codes import ExitReason, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A day on which the longest waiting are matched together, to start four weeks later."""

    matched_on: date
    places: int
    ringfenced: bool = False
    foundation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Shares are of one, spans are lowest and highest; months are counted from `first_day`."""

    seed: int = 446
    first_day: date = date(2024, 4, 1)
    months: int = 24
    first_referrals_a_month: float = 5.0
    extraordinary_on: date | None = date(2025, 3, 25)

    routes: Mapping[Route, float] = field(
        default_factory=lambda: {
            "preparatory": 45, "work_experience": 20, "traineeship": 15, "apprenticeship": 15,
            "none": 5,
        }
    )  # fmt: skip
    route_agreed: float = 0.88

    preparatory_months: tuple[int, int] = (3, 6)
    preparatory_progress: float = 0.60
    preparatory_repeat: float = 0.20
    routes_after_preparatory: Mapping[Route, float] = field(
        default_factory=lambda: {"work_experience": 45, "traineeship": 30, "apprenticeship": 25}
    )

    starts: float = 0.85
    never_closed: float = 0.1
    work_experience_days: tuple[int, int] = (7, 28)
    work_experience_completes: float = 0.80
    work_trial: float = 0.12
    traineeship_after_work_experience: float = 0.20
    again_after_work_experience: float = 0.10

    traineeship_months: tuple[int, int] = (2, 6)
    traineeship_completes: float = 0.78
    apprenticeship_after_traineeship: float = 0.35

    apprenticeship_matched_a_month: float = 0.24
    apprenticeship_months: tuple[int, ...] = (12, 12, 13, 15, 15, 18)
    shorter_apprenticeship_months: tuple[int, ...] = (8, 9, 10, 11)
    shorter_from: date = date(2025, 8, 1)
    shorter: float = 0.25
    apprenticeship_exits: float = 0.42
    apprenticeship_exit_months: float = 4.5
    intakes: tuple[Intake, ...] = (
        Intake(matched_on=date(2024, 8, 12), places=6, ringfenced=True),
        Intake(matched_on=date(2025, 7, 7), places=6, foundation=True),
        Intake(matched_on=date(2025, 8, 11), places=6, ringfenced=True),
    )
    foundation_age: int = 23

    risk_before_exit: float = 0.70
    risk_of_survivors: float = 0.30
    brought_forward: float = 0.85
    declined: float = 0.10
    again_after_exit: float = 0.80
    routes_after_exit: Mapping[Route, float] = field(
        default_factory=lambda: {"preparatory": 35, "traineeship": 25, "apprenticeship": 40}
    )
    found_late: float = 0.06
    reasons: Mapping[ExitReason, float] = field(
        default_factory=lambda: {
            "employer_support_or_study_time": 20, "better_job": 8, "better_course": 6,
            "pay_benefits_or_travel_cost": 13, "health": 7, "mental_health": 6,
            "course_or_provider": 10, "housing_crisis": 8, "dismissed_conduct": 7,
            "redundancy_or_host_closed": 6, "pregnancy_or_caring": 4, "lost_contact": 3,
            "custody": 1, "other": 1,
        }
    )  # fmt: skip

    reviews_on_time: tuple[float, float] = (0.79, 0.92)
    """In the first twelve months, and after them."""
    chair_away_from: date | None = date(2026, 3, 19)
    """Nobody holds reviews from this day on: what comes due then is overdue at the end."""
    young_person_at_review: float = 0.93
    unready_starts: float = 0.08
    """Of starts: the officer tries before every check is done, and is refused (MAT-10)."""
    unplanned_referrals: float = 0.5
    """Of referrals after an exit: tried before the plan is revised, and refused (REF-09)."""
