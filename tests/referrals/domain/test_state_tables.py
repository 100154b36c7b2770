"""Every command in every state: what is not written here is not possible."""

from typing import Any, get_args

import pytest

from chronicle.decider import Decider
from services.referrals.api.roles import ROLES
from services.referrals.domain import (
    agenda,
    closing,
    plan,
    referral,
    route,
    stage1_meeting,
    young_person,
)

MODULES = (young_person, stage1_meeting, agenda, route, referral, closing, plan)


def test_a_young_person_is_registered_once_and_first() -> None:
    assert young_person.decider.table() == {
        "Unregistered": {
            "RegisterYoungPerson": "YoungPersonRegistered",
            "RecordActivityStatus": "REF-01",
            "UpdateProfile": "REF-01",
        },
        "Registered": {
            "RegisterYoungPerson": "ALL-01",
            "RecordActivityStatus": "ActivityStatusRecorded",
            "UpdateProfile": "ProfileUpdated",
        },
    }


def test_a_meeting_goes_from_scheduled_to_held() -> None:
    assert stage1_meeting.decider.table() == {
        "Unscheduled": {
            "ScheduleStage1Meeting": "Stage1MeetingScheduled",
            "HoldStage1Meeting": "REF-16",
        },
        "Scheduled": {"ScheduleStage1Meeting": "REF-16", "HoldStage1Meeting": "Stage1MeetingHeld"},
        "Held": {"ScheduleStage1Meeting": "REF-16", "HoldStage1Meeting": "REF-16"},
    }


def test_the_agenda_takes_items_at_any_time_and_discussions_in_held_meetings() -> None:
    assert agenda.decider.table() == {
        "Unregistered": {"AddToAgenda": "REF-01", "DiscussCase": "REF-01"},
        "Registered, meeting Unscheduled": {
            "AddToAgenda": "AgendaItemAdded",
            "DiscussCase": "REF-10",
        },
        "Registered, meeting Scheduled": {
            "AddToAgenda": "AgendaItemAdded",
            "DiscussCase": "REF-10",
        },
        "Registered, meeting Held": {
            "AddToAgenda": "AgendaItemAdded",
            "DiscussCase": "CaseDiscussed",
        },
    }


def test_a_route_is_decided_after_the_discussion_and_agreed_after_the_decision() -> None:
    assert route.decider.table() == {
        "Undecided": {"DecideRoute": "REF-13", "AgreeRoute": "REF-13"},
        "Discussed": {"DecideRoute": "RouteDecided", "AgreeRoute": "REF-13"},
        "Decided": {"DecideRoute": "RouteDecided", "AgreeRoute": "RouteAgreedByYoungPerson"},
        "Agreed": {"DecideRoute": "RouteDecided", "AgreeRoute": "REF-13"},
        "Referred": {"DecideRoute": "REF-03", "AgreeRoute": "REF-13"},
    }


def test_a_referral_is_made_in_one_state_alone() -> None:
    assert referral.decider.table() == {
        "Unregistered": {"MakeReferral": "REF-01"},
        "Not in scheme": {"MakeReferral": "REF-02"},
        "Undecided": {"MakeReferral": "REF-14"},
        "Discussed": {"MakeReferral": "REF-14"},
        "Decided": {"MakeReferral": "REF-14"},
        "Agreed, no profile": {"MakeReferral": "REF-18"},
        "Agreed, exit not planned for": {"MakeReferral": "REF-09"},
        "Agreed": {"MakeReferral": "ReferralMade"},
        "Referred": {"MakeReferral": "REF-03"},
    }


def test_a_referral_is_closed_while_it_is_open() -> None:
    assert closing.decider.table() == {
        "Undecided": {"CloseReferral": "REF-15"},
        "Discussed": {"CloseReferral": "REF-15"},
        "Decided": {"CloseReferral": "REF-15"},
        "Agreed": {"CloseReferral": "REF-15"},
        "Referred": {"CloseReferral": "ReferralClosed"},
    }


def test_a_plan_waits_for_the_discussion_of_an_exit() -> None:
    assert plan.decider.table() == {
        "Unregistered": {"RevisePlan": "REF-01"},
        "Registered, exit not discussed": {"RevisePlan": "REF-17"},
        "Registered": {"RevisePlan": "EetPlanRevised"},
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_state_of_the_samples_has_a_row_of_its_own(module: Any) -> None:
    decider: Decider[Any, Any, Any] = module.decider
    assert len(decider.table()) == len(decider.samples.states)
    assert decider.named(decider.initial) in decider.table()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_samples_hold_every_command(module: Any) -> None:
    assert set(module.decider.commands) == set(get_args(module.Command) or [module.Command])


def test_every_command_has_a_decider_and_roles() -> None:
    given = [command for module in MODULES for command in module.decider.commands]
    assert len(given) == 12
    assert set(given) == set(ROLES)
