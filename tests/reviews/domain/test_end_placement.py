"""A placement ends once; an early end says why and goes back to stage 1 in the same append."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args
from uuid import UUID

import pytest

from chronicle.decider import derived
from chronicle.given import Deciding, told
from contracts.codes import EXIT_GROUP_OF, ExitReason
from contracts.reviews import CaseHandedBackToStage1, PlacementEndedEarly
from services.reviews.domain.end_placement import (
    CompletePlacement,
    DiscussWithin,
    EndPlacementEarly,
    decider,
)
from tests.reviews.facts import (
    ABOUT,
    AMI,
    AUGUST_5,
    COMMAND,
    FIRST_RAISE,
    PLACEMENT,
    REFERRAL,
    RISK,
    SECOND_RAISE,
    SOMEBODY_ELSE,
    START,
    asks,
    at_risk,
    brought_forward,
    completed,
    declined,
    ended_early,
    opened,
    said,
    scheduled,
    urgent,
)

given = Deciding(decider, ABOUT).given
first_raise, second_raise = told(at_risk, ABOUT, FIRST_RAISE), told(urgent, ABOUT, SECOND_RAISE)
second_declined = declined.model_copy(update={"because": SECOND_RAISE})

complete = CompletePlacement(
    **asks(AUGUST_5), person=AMI, placement=PLACEMENT, result="achieved", next_step_agreed=True
)
end = EndPlacementEarly(
    **asks(AUGUST_5), person=AMI, placement=PLACEMENT, reason_code="workload",
    initiated_by="young_person", last_day_on=AUGUST_5, notice_given=True,
    summary="too much at once", discuss_within=DiscussWithin(rule="exit.discuss_within", days=31),
)  # fmt: skip
handed_back = CaseHandedBackToStage1(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, ending=derived(COMMAND, "reviews/1"),
    purpose="replan", discuss_by=date(2024, 9, 5), summary="too much at once", **said(AUGUST_5),
)  # fmt: skip


def test_a_placement_is_completed() -> None:
    given(opened).when(complete).then(completed)
    told_more = replace(
        complete, result="completed_programme", qualification="bricklayer_2",
        next_step_agreed=False, note="stays on",
    )  # fmt: skip
    given(opened).when(told_more).then(
        completed.model_copy(
            update={
                "result": "completed_programme", "qualification": "bricklayer_2",
                "next_step_agreed": False, "note": "stays on",
            }
        )
    )  # fmt: skip


def test_an_early_end_goes_back_to_stage_1_and_names_the_ending_of_the_same_append() -> None:
    given(opened).when(end).then(ended_early, handed_back)


def test_an_exit_found_late_is_dated_when_it_was_and_discussed_within_a_month_of_today() -> None:
    found_late = replace(end, today=date(2024, 8, 14), last_day_on=date(2024, 8, 2))
    given(opened).when(found_late).then(
        ended_early.model_copy(update={"last_day_on": date(2024, 8, 2)}),
        handed_back.model_copy(update={"discuss_by": date(2024, 9, 14)}),
    )


GROUPS = {
    "better_job": "positive_move", "better_course": "positive_move",
    "dismissed_conduct": "dismissed", "dismissed_performance": "dismissed",
    "redundancy_or_host_closed": "host_closed", "employer_support_or_study_time": "employer",
    "course_or_provider": "course_or_provider", "workload": "course_or_provider",
    "pay_benefits_or_travel_cost": "money", "health": "personal_circumstances",
    "mental_health": "personal_circumstances", "pregnancy_or_caring": "personal_circumstances",
    "housing_crisis": "personal_circumstances", "custody": "personal_circumstances",
    "moved_area": "personal_circumstances", "right_to_work_ended": "personal_circumstances",
    "died": "personal_circumstances", "lost_contact": "contact_lost",
    "programme_withdrawn": "programme", "other": "other",
}  # fmt: skip


@pytest.mark.parametrize("reason", get_args(ExitReason))
def test_every_reason_has_its_group_and_only_a_better_place_is_a_positive_move(
    reason: ExitReason,
) -> None:
    [ended, *_] = decider.decide(
        replace(end, reason_code=reason, note="in words"), decider.fold([(opened, ABOUT)])
    )
    assert isinstance(ended, PlacementEndedEarly)
    assert ended.reason_group == GROUPS[reason] == EXIT_GROUP_OF[reason]
    assert ended.positive_move is (reason in {"better_job", "better_course"})


def test_a_positive_move_is_handed_back_for_information() -> None:
    given(opened).when(replace(end, reason_code="better_job")).then(
        ended_early.model_copy(
            update={
                "reason_code": "better_job",
                "reason_group": "positive_move",
                "positive_move": True,
            }
        ),
        handed_back.model_copy(update={"purpose": "information"}),
    )


def test_restricted_handling_hands_nothing_back() -> None:
    given(opened).when(replace(end, restricted_handling=True)).then(
        ended_early.model_copy(update={"restricted_handling": True})
    )


def test_a_death_is_always_handled_with_restriction() -> None:
    given(opened).when(replace(end, reason_code="died", initiated_by="mutual")).then(
        ended_early.model_copy(
            update={
                "reason_code": "died",
                "reason_group": "personal_circumstances",
                "initiated_by": "mutual",
                "restricted_handling": True,
            }
        )
    )


@pytest.mark.parametrize(
    ("before", "answered"),
    [
        ((first_raise,), False),
        ((first_raise, brought_forward), True),
        ((first_raise, declined), True),
        ((first_raise, second_raise, declined), False),
        ((first_raise, second_raise, second_declined), False),
        ((first_raise, second_raise, declined, second_declined), True),
        ((declined, first_raise), True),
    ],
)
def test_a_risk_was_answered_when_every_raise_was_in_whatever_order_the_streams_are_read(
    before: tuple[Any, ...], answered: bool
) -> None:
    given(opened, scheduled, *before).when(end).then(
        ended_early.model_copy(update={"risk": RISK, "risk_answered": answered}), handed_back
    )


def test_an_exit_without_warning_says_of_no_risk_whether_it_was_answered() -> None:
    given(opened, scheduled).when(end).then(ended_early, handed_back)


@pytest.mark.parametrize("command", [complete, end])
@pytest.mark.parametrize("ending", [completed, ended_early])
def test_a_placement_ends_once(
    command: CompletePlacement | EndPlacementEarly, ending: object
) -> None:
    given(opened, ending).when(command).then_refused("REV-11")


def test_it_has_ended_is_said_before_anything_else_is_asked() -> None:
    given(opened, completed).when(replace(end, reason_code=None)).then_refused("REV-11")


@pytest.mark.parametrize("command", [complete, end])
def test_only_a_placement_of_this_young_person_ends(
    command: CompletePlacement | EndPlacementEarly,
) -> None:
    given().when(command).then_refused("REV-01")
    theirs = opened.model_copy(update={"person": SOMEBODY_ELSE})
    given(theirs).when(command).then_refused("REV-01")


@pytest.mark.parametrize(
    "silent",
    [
        replace(end, reason_code=None),
        replace(end, initiated_by=None),
        replace(end, last_day_on=None),
        replace(end, reason_code="other"),
        replace(end, reason_code="other", note="  "),
    ],
)
def test_an_exit_has_a_reason_an_initiator_and_a_last_day_and_other_has_words(
    silent: EndPlacementEarly,
) -> None:
    given(opened).when(silent).then_refused("REV-09")
    given(opened).when(replace(silent, on=date(2030, 1, 1))).then_refused("REV-09")
    given().when(silent).then_refused("REV-01")


def test_other_with_words_is_an_answer() -> None:
    given(opened).when(replace(end, reason_code="other", note="the bus was cut")).then(
        ended_early.model_copy(
            update={"reason_code": "other", "reason_group": "other", "note": "the bus was cut"}
        ),
        handed_back,
    )


BEFORE_START, TOMORROW = date(2024, 5, 6), date(2024, 8, 6)


@pytest.mark.parametrize(
    "impossible",
    [
        replace(complete, on=BEFORE_START),
        replace(complete, on=TOMORROW),
        replace(end, on=BEFORE_START),
        replace(end, on=TOMORROW),
        replace(end, last_day_on=BEFORE_START),
        replace(end, last_day_on=TOMORROW),
    ],
)
def test_no_end_is_before_the_start_or_in_the_future(
    impossible: CompletePlacement | EndPlacementEarly,
) -> None:
    given(opened).when(impossible).then_refused("REV-10")


def test_a_placement_may_end_on_its_first_day() -> None:
    given(opened).when(replace(complete, on=START)).then(
        completed.model_copy(update={"occurred_on": START})
    )
    given(opened).when(replace(end, on=START, last_day_on=START)).then(
        ended_early.model_copy(update={"occurred_on": START, "last_day_on": START}),
        handed_back.model_copy(update={"occurred_on": START}),
    )


def test_an_exit_reads_the_risk_and_its_answers_and_a_completion_does_not() -> None:
    assert decider.reads(complete) == [f"placement-{PLACEMENT}"]
    assert decider.reads(end) == [
        f"placement-{PLACEMENT}", f"risk-{PLACEMENT}", f"pathway-{AMI}"
    ]  # fmt: skip


def test_what_else_was_said_of_the_exit_is_carried() -> None:
    more = replace(
        end, secondary_reasons=("health",), notice_given=False, initiated_by="host", note="tired"
    )
    given(opened).when(more).then(
        ended_early.model_copy(
            update={
                "secondary_reasons": ("health",), "notice_given": False, "initiated_by": "host",
                "note": "tired",
            }
        ),
        handed_back,
    )  # fmt: skip


def test_the_hand_back_names_another_ending_for_another_command() -> None:
    [_, back] = decider.decide(replace(end, id=UUID(int=99)), decider.fold([(opened, ABOUT)]))
    assert isinstance(back, CaseHandedBackToStage1)
    assert back.ending == derived(UUID(int=99), "reviews/1") != handed_back.ending
