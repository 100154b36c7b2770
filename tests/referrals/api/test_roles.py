"""Who may give which command: the table of domain.md 11, role by role."""

from typing import Any, get_args

import pytest

from contracts.codes import Role
from services.referrals.api.roles import ROLES
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

RECORDS = {RegisterYoungPerson, RecordActivityStatus, UpdateProfile, AddToAgenda, RevisePlan}
MEETS = {ScheduleStage1Meeting, HoldStage1Meeting, DiscussCase, DecideRoute}
MAY: dict[Role, set[type[Any]]] = {
    "leaving_care_adviser": RECORDS | {AgreeRoute},
    "leaving_care_manager": RECORDS | MEETS | {CloseReferral},
    "eet_adviser": RECORDS | MEETS | {AgreeRoute, MakeReferral, CloseReferral},
    "eet_manager": RECORDS | MEETS | {MakeReferral, CloseReferral},
}
EVERY_ROLE: tuple[Role, ...] = get_args(Role)


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_a_role_may_give_these_commands_and_no_others(role: Role) -> None:
    assert {command for command, roles in ROLES.items() if role in roles} == MAY.get(role, set())
