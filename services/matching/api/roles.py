"""Who may give which command (domain.md 11); the deciders narrow it by kind and by day."""

from typing import Any, Final

from contracts.codes import Role
from services.matching.domain.arrangement import CompletePreStartCheck, ConcludeArrangement
from services.matching.domain.arranging import ArrangePlacement
from services.matching.domain.desk import CITY_PLACEMENTS
from services.matching.domain.match import ChooseMatch, ProposeMatch
from services.matching.domain.opportunity import OpenOpportunity, ReleasePlace
from services.matching.domain.receiving import ReceiveReferral
from services.matching.domain.starting import StartPlacement

OFFICERS: Final[frozenset[Role]] = frozenset(
    {"apprenticeships_officer", "traineeships_officer", "work_experience_officer"}
)
MANAGERS: Final[frozenset[Role]] = frozenset(
    {"leaving_care_manager", "eet_manager", "head_of_service"}
)
SYSTEM: Final[frozenset[Role]] = frozenset({"system"})

ROLES: Final[dict[type[Any], frozenset[Role]]] = {
    OpenOpportunity: OFFICERS | CITY_PLACEMENTS,
    ProposeMatch: OFFICERS | CITY_PLACEMENTS,
    ChooseMatch: OFFICERS | CITY_PLACEMENTS,
    ArrangePlacement: OFFICERS | CITY_PLACEMENTS,
    CompletePreStartCheck: OFFICERS | CITY_PLACEMENTS,
    StartPlacement: OFFICERS | CITY_PLACEMENTS | MANAGERS,
    ReceiveReferral: SYSTEM,
    ConcludeArrangement: SYSTEM,
    ReleasePlace: SYSTEM,
}
