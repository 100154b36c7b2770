"""Who may give which command (domain.md 11)."""

from typing import Any, Final

from contracts.codes import Role
from services.referrals.domain.agenda import AddToAgenda, DiscussCase
from services.referrals.domain.closing import CloseReferral
from services.referrals.domain.plan import RevisePlan
from services.referrals.domain.referral import MakeReferral
from services.referrals.domain.route import AgreeRoute, DecideRoute
from services.referrals.domain.stage1_meeting import HoldStage1Meeting, ScheduleStage1Meeting
from services.referrals.domain.young_person import (
    RecordActivityStatus,
    RegisterYoungPerson,
    UpdateProfile,
)

EET: Final[frozenset[Role]] = frozenset({"eet_adviser", "eet_manager"})
LEAVING_CARE: Final[frozenset[Role]] = frozenset({"leaving_care_adviser", "leaving_care_manager"})
ADVISERS: Final[frozenset[Role]] = frozenset({"leaving_care_adviser", "eet_adviser"})
MEETING: Final[frozenset[Role]] = EET | {"leaving_care_manager"}

ROLES: Final[dict[type[Any], frozenset[Role]]] = {
    RegisterYoungPerson: LEAVING_CARE | EET,
    RecordActivityStatus: LEAVING_CARE | EET,
    UpdateProfile: LEAVING_CARE | EET,
    AddToAgenda: LEAVING_CARE | EET,
    RevisePlan: LEAVING_CARE | EET,
    ScheduleStage1Meeting: MEETING,
    HoldStage1Meeting: MEETING,
    DiscussCase: MEETING,
    DecideRoute: MEETING,
    AgreeRoute: ADVISERS,
    MakeReferral: EET,
    CloseReferral: MEETING,
}
