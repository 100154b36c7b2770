"""The checks before a start, and the end of an arrangement."""

from dataclasses import replace
from datetime import date

from chronicle.given import Deciding
from contracts.event import SYSTEM
from contracts.matching import ArrangementConcluded, PreStartCheckCompleted
from services.matching.domain.arrangement import CompletePreStartCheck, ConcludeArrangement, decider
from tests.matching.facts import (
    ABOUT,
    AMI,
    CHECKS,
    COMMAND,
    LIAISON,
    MADE,
    NEXT,
    OFFICER,
    OPPORTUNITY,
    PLACEMENT,
    arranged,
    concluded,
    contract,
    enrolment,
    right_to_work,
    started,
)

given = Deciding(decider, ABOUT).given
DAY = date(2024, 4, 29)
check = CompletePreStartCheck(
    id=COMMAND, today=DAY, on=DAY, by=OFFICER, via="page", placement=PLACEMENT, person=AMI,
    check="contract", result="passed", checks=CHECKS,
)  # fmt: skip
waive = replace(check, result="waived", waived_because="the contract is with the agency")
conclude = ConcludeArrangement(
    id=COMMAND, today=date(2024, 8, 6), on=date(2024, 8, 6), by=SYSTEM, via="policy",
    placement=PLACEMENT, person=AMI, ending="ended_early", ended_on=date(2024, 8, 5), because=MADE,
)  # fmt: skip
over = ArrangementConcluded(
    placement=PLACEMENT, person=AMI, opportunity=OPPORTUNITY, ending="ended_early",
    ended_on=date(2024, 8, 5), because=MADE, **conclude.said,
)  # fmt: skip


def test_a_check_is_passed() -> None:
    given(arranged).when(check).then(contract)
    given(arranged).when(replace(check, evidence="doc-17")).then(
        contract.model_copy(update={"evidence": "doc-17"})
    )


def test_a_check_may_be_done_again() -> None:
    given(arranged, contract).when(check).then(contract)


def test_a_check_is_waived_with_a_reason() -> None:
    given(arranged).when(waive).then(
        PreStartCheckCompleted(
            placement=PLACEMENT, person=AMI, check="contract", result="waived",
            waived_because="the contract is with the agency", **waive.said,
        )
    )  # fmt: skip
    given(arranged).when(replace(waive, waived_because=None)).then_refused("MAT-10")
    given(arranged).when(replace(waive, waived_because=" ")).then_refused("MAT-10")


def test_nobody_may_waive_the_right_to_work() -> None:
    given(arranged).when(replace(waive, check="right_to_work")).then_refused("MAT-14")
    given(arranged).when(
        replace(waive, check="right_to_work", waived_because=None)
    ).then_refused("MAT-14")  # fmt: skip
    given(arranged).when(replace(check, check="right_to_work")).then(right_to_work)


def test_a_check_beyond_those_of_the_kind_is_recorded_too() -> None:
    given(arranged).when(replace(check, check="support_plan")).then(
        contract.model_copy(update={"check": "support_plan"})
    )


def test_checks_belong_to_an_arrangement_that_has_not_started() -> None:
    given().when(check).then_refused("MAT-23")
    given(arranged, started).when(check).then_refused("MAT-23")
    given(arranged, started, concluded).when(check).then_refused("MAT-23")
    given(arranged).when(replace(check, placement=NEXT)).then_refused("MAT-23")
    given(arranged).when(replace(waive, placement=NEXT, check="right_to_work")).then_refused(
        "MAT-23"
    )


def test_city_placements_check_work_experience_and_nothing_else() -> None:
    given(arranged).when(replace(check, by=LIAISON)).then_refused("ALL-07")
    theirs = arranged.model_copy(update={"kind": "work_experience"})
    given(theirs).when(replace(check, by=LIAISON)).then(
        contract.model_copy(update={"by": LIAISON})
    )  # fmt: skip


def test_an_ending_concludes_the_arrangement_that_started() -> None:
    given(arranged, started).when(conclude).then(over)
    given(arranged, started).when(replace(conclude, ending="completed")).then(
        over.model_copy(update={"ending": "completed"})
    )


def test_an_ending_heard_again_concludes_nothing() -> None:
    given(arranged, started, concluded).when(conclude).then_nothing()


def test_a_late_ending_leaves_the_next_arrangement_alone() -> None:
    following = arranged.model_copy(update={"placement": NEXT})
    begun = started.model_copy(update={"placement": NEXT})
    given(arranged, started, concluded, following).when(conclude).then_nothing()
    given(arranged, started, concluded, following, begun).when(conclude).then_nothing()


def test_an_ending_of_what_never_started_here_concludes_nothing() -> None:
    given().when(conclude).then_nothing()
    given(arranged).when(conclude).then_nothing()


def test_after_the_end_the_person_is_free_and_the_next_arrangement_begins_unchecked() -> None:
    following = arranged.model_copy(update={"placement": NEXT})
    past = (arranged, contract, right_to_work, enrolment, started, concluded)
    assert decider.named(given(*past).state) == "concluded"
    assert decider.named(given(*past, following).state) == "arranged"


def test_the_state_is_how_far_the_checks_are() -> None:
    def named(*events: object) -> str:
        return decider.named(given(*events).state)

    assert named() == "none"
    assert named(arranged) == "arranged"
    assert named(arranged, contract) == "checks under way"
    assert named(arranged, contract, contract, right_to_work) == "checks under way"
    assert named(arranged, contract, right_to_work, enrolment) == "ready"
    assert named(arranged, contract, right_to_work, enrolment, started) == "started"


def test_the_state_table_says_what_may_be_done() -> None:
    checked = {"CompletePreStartCheck": "PreStartCheckCompleted", "ConcludeArrangement": "nothing"}
    refused = {"CompletePreStartCheck": "MAT-23", "ConcludeArrangement": "nothing"}
    assert decider.table() == {
        "none": refused,
        "arranged": checked,
        "checks under way": checked,
        "ready": checked,
        "started": refused | {"ConcludeArrangement": "ArrangementConcluded"},
        "concluded": refused,
    }
    assert decider.reads(check) == decider.reads(conclude) == [f"arrangement-{AMI}"]
