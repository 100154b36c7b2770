"""When this is heard, exactly that is asked for."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chronicle.decider import derived
from chronicle.given import Reacting
from contracts.codes import Activity, Kind, Oc3
from contracts.event import SYSTEM
from contracts.matching import PlacementStarted
from contracts.reviews import (
    CaseHandedBackToStage1,
    EarlyExitRisk,
    PlacementCompleted,
    PlacementEndedEarly,
)
from services.referrals.domain.agenda import AddToAgenda
from services.referrals.domain.closing import CloseReferral
from services.referrals.domain.young_person import RecordActivityStatus
from services.referrals.policies import Rules, react, rules_on
from tests.referrals.facts import (
    ABOUT,
    AMI,
    EXIT,
    FULL_TIME,
    HEARD,
    NINTH,
    PLACEMENT,
    REFERRAL,
    SAID,
    TENTH,
    WITHIN,
    WORKER,
    neet,
)

hearing = Reacting(react, ABOUT, Rules(discuss_within=WITHIN, full_time=FULL_TIME)).given

to_discuss = AddToAgenda(
    id=derived(HEARD, "AddToAgenda"), today=TENTH, on=TENTH, by=SYSTEM, via="policy", person=AMI,
    cause="new_neet", source=HEARD, discuss_by=WITHIN,
)  # fmt: skip
to_close = CloseReferral(
    id=derived(HEARD, "CloseReferral"), today=TENTH, on=TENTH, by=SYSTEM, via="policy",
    person=AMI, referral=REFERRAL, outcome="ended_early", because=HEARD,
)  # fmt: skip
to_record = RecordActivityStatus(
    id=derived(HEARD, "RecordActivityStatus"), today=TENTH, on=NINTH, by=SYSTEM, via="policy",
    person=AMI, status="eet", oc3="F4", age_band="18_20", verified_by="placement",
    placement=PLACEMENT, judged_by=FULL_TIME,
)  # fmt: skip

started = PlacementStarted(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, opportunity=WORKER, kind="apprenticeship",
    sector="construction", level="2", host=WORKER, host_kind="department", employer=WORKER,
    planned_end_on=date(2025, 4, 8), hours_per_week=30, paid=True, supernumerary=True,
    ringfenced=False, age_band="18_20", **SAID,
)  # fmt: skip
risk = EarlyExitRisk(
    risk=WORKER, placement=PLACEMENT, person=AMI, level="at_risk", raised_by="rule", signals=(),
    groups=(), weight=4, respond_by=date(2024, 4, 17), **SAID,
)  # fmt: skip
ended = PlacementEndedEarly(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, kind="apprenticeship",
    reason_group="money", reason_code="pay_benefits_or_travel_cost", secondary_reasons=(),
    initiated_by="young_person", positive_move=False, last_day_on=NINTH, notice_given=True,
    restricted_handling=False, note="the fares", **SAID,
)  # fmt: skip
completed = PlacementCompleted(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, kind="apprenticeship", result="achieved",
    next_step_agreed=True, **SAID,
)  # fmt: skip
handed_back = CaseHandedBackToStage1(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, ending=EXIT, purpose="replan",
    discuss_by=date(2024, 5, 10), summary="too far", **SAID,
)  # fmt: skip


def test_a_new_neet_is_put_on_the_agenda() -> None:
    hearing(neet).asks(to_discuss)


@pytest.mark.parametrize("status", ["eet", "not_known"])
def test_any_other_status_puts_nobody_on_the_agenda(status: Activity) -> None:
    hearing(neet.model_copy(update={"status": status})).asks()


@pytest.mark.parametrize(
    ("kind", "full_time", "part_time"),
    [
        ("apprenticeship", "F4", "P4"),
        ("foundation_apprenticeship", "F4", "P4"),
        ("degree_apprenticeship", "F4", "P4"),
        ("traineeship", "F5", "P5"),
    ],
)
def test_a_start_makes_somebody_eet_from_the_first_day(
    kind: Kind, full_time: Oc3, part_time: Oc3
) -> None:
    for hours, oc3 in ((16, full_time), (40, full_time), (15, part_time)):
        start = started.model_copy(update={"kind": kind, "hours_per_week": hours})
        hearing(start).asks(replace(to_record, oc3=oc3))


@pytest.mark.parametrize("kind", ["work_experience", "work_trial", "work_ready"])
def test_a_taste_of_work_changes_no_status(kind: Kind) -> None:
    hearing(started.model_copy(update={"kind": kind})).asks()


def test_the_age_band_is_carried_on_as_heard() -> None:
    hearing(started.model_copy(update={"age_band": "16_17"})).asks(
        replace(to_record, age_band="16_17")
    )


def test_a_risk_is_put_on_the_agenda() -> None:
    hearing(risk).asks(replace(to_discuss, cause="at_risk", placement=PLACEMENT))


def test_an_early_exit_closes_the_referral_and_leaves_the_agenda_to_the_hand_back() -> None:
    hearing(ended).asks(to_close)
    hearing(ended.model_copy(update={"positive_move": True})).asks(to_close)


def test_an_exit_of_restricted_handling_closes_the_record_quietly() -> None:
    hearing(ended.model_copy(update={"restricted_handling": True})).asks(
        replace(to_close, outcome="record_closed")
    )


def test_a_completed_placement_closes_the_referral_and_is_discussed() -> None:
    hearing(completed).asks(
        replace(to_close, outcome="completed"),
        replace(to_discuss, cause="completed", placement=PLACEMENT),
    )


def test_two_commands_from_one_event_have_two_ids() -> None:
    asked = hearing(completed).commands
    assert len({command.id for command in asked}) == len(asked) == 2


@pytest.mark.parametrize("purpose", ["replan", "information"])
def test_a_case_handed_back_is_discussed_by_the_day_it_says(purpose: str) -> None:
    hearing(handed_back.model_copy(update={"purpose": purpose})).asks(
        replace(
            to_discuss, cause="early_exit", exit=EXIT, placement=PLACEMENT,
            discuss_by=date(2024, 5, 10),
        )
    )  # fmt: skip


def test_hearing_twice_asks_for_the_same() -> None:
    assert hearing(completed).commands == hearing(completed).commands


def test_today_is_the_london_day_on_which_the_event_was_recorded() -> None:
    late = replace(ABOUT, time=datetime(2024, 10, 27, 0, 30, tzinfo=UTC))
    (asked,) = react(neet, late, Rules(discuss_within=WITHIN, full_time=FULL_TIME))
    assert (asked.today, asked.on) == (date(2024, 10, 27), date(2024, 10, 27))


def test_the_rules_are_those_in_force_that_day() -> None:
    rules = rules_on(TENTH)
    assert rules.discuss_within == WITHIN
    assert rules.full_time == FULL_TIME
