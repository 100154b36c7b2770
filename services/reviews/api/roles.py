"""Who may give which command (domain.md 11)."""

from typing import Any, Final, get_args

from contracts.codes import TEAM_OF, Role, Team
from services.reviews.domain.bring_forward import BringReviewForward, DeclineBringForward
from services.reviews.domain.end_placement import CompletePlacement, EndPlacementEarly
from services.reviews.domain.hold_review import HoldReview
from services.reviews.domain.open_placement import OpenPlacement
from services.reviews.domain.overdue import MarkReviewOverdue, MarkRiskResponseOverdue
from services.reviews.domain.risk import RaiseRisk, RecordRiskSignal
from services.reviews.domain.schedule_review import ScheduleReview

LEAVING_CARE: Final[frozenset[Role]] = frozenset({"leaving_care_adviser", "leaving_care_manager"})
EET: Final[frozenset[Role]] = frozenset({"eet_adviser", "eet_manager"})
OFFICERS: Final[frozenset[Role]] = frozenset(
    {"apprenticeships_officer", "traineeships_officer", "work_experience_officer"}
)
PLACEMENTS: Final[frozenset[Role]] = frozenset({"placements_liaison", "placements_support"})
ANY_WORKER: Final[frozenset[Team]] = frozenset(
    {"leaving_care", "eet", "apprenticeships", "city_placements", "adult_learning"}
)
WORKERS: Final[frozenset[Role]] = frozenset(
    role for role in get_args(Role) if TEAM_OF[role] in ANY_WORKER
)
SYSTEM: Final[frozenset[Role]] = frozenset({"system"})
MACHINE: Final[frozenset[Role]] = frozenset({"machine"})
"""The case system and other registered publishers (domain.md 5.6)."""

ROLES: Final[dict[type[Any], frozenset[Role]]] = {
    ScheduleReview: LEAVING_CARE | MACHINE,
    HoldReview: LEAVING_CARE,
    BringReviewForward: LEAVING_CARE | EET | OFFICERS,
    DeclineBringForward: LEAVING_CARE | EET | OFFICERS,
    RecordRiskSignal: WORKERS | MACHINE | {"provider", "line_manager", "young_person"},
    RaiseRisk: WORKERS,
    CompletePlacement: LEAVING_CARE | EET | OFFICERS | PLACEMENTS | {"assessor"},
    EndPlacementEarly: LEAVING_CARE | EET | OFFICERS | PLACEMENTS | {"assessor"},
    OpenPlacement: SYSTEM,
    MarkReviewOverdue: SYSTEM,
    MarkRiskResponseOverdue: SYSTEM,
}
