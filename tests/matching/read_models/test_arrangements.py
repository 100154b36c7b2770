"""Each young person's latest arrangement, folded."""

from dataclasses import replace
from datetime import date

from chronicle.given import Folding, told
from services.matching.read_models.arrangements import Arrangement, CheckDone, arrangements
from tests.matching.facts import (
    ABOUT,
    AMI,
    EMPLOYER,
    END,
    HOST,
    MADE,
    MATCH,
    NEXT,
    OPPORTUNITY,
    PLACEMENT,
    REFERRAL,
    START,
    arranged,
    concluded,
    contract,
    enrolment,
    right_to_work,
    started,
)

folding = Folding(arrangements, ABOUT).given
row = Arrangement(
    person=AMI, placement=PLACEMENT, referral=REFERRAL, match=MATCH, opportunity=OPPORTUNITY,
    follows=None, kind="apprenticeship", host=HOST, employer=EMPLOYER, provider=None,
    planned_start_on=START, planned_end_on=END,
    missing=("contract", "right_to_work", "provider_enrolment"), state="arranged",
    because=ABOUT.id,
)  # fmt: skip
done = tuple(
    CheckDone(check=event.check, result="passed", done_on=date(2024, 4, 29), because=ABOUT.id)
    for event in (contract, right_to_work, enrolment)
)


def test_an_arrangement_begins_with_every_check_missing() -> None:
    folding(arranged).shows(row)


def test_a_check_done_is_missing_no_more() -> None:
    folding(arranged, right_to_work).shows(
        replace(
            row, state="checks under way", done=(done[1],),
            missing=("contract", "provider_enrolment"),
        )
    )  # fmt: skip


def test_the_last_result_of_a_check_stands() -> None:
    waived = contract.model_copy(update={"result": "waived"})
    folding(arranged, contract, right_to_work, told(waived, ABOUT, MADE)).shows(
        replace(
            row, state="checks under way", missing=("provider_enrolment",), because=MADE,
            done=(done[1], replace(done[0], result="waived", because=MADE)),
        )
    )  # fmt: skip


def test_with_every_check_done_it_is_ready() -> None:
    ready = replace(row, state="ready", done=done, missing=())
    folding(arranged, contract, right_to_work, enrolment).shows(ready)


def test_a_start_and_an_end_are_shown_with_their_days() -> None:
    later = started.model_copy(update={"planned_end_on": date(2025, 6, 6)})
    begun = replace(
        row, state="started", started_on=START, planned_end_on=date(2025, 6, 6), because=MADE
    )
    folding(arranged, told(later, ABOUT, MADE)).shows(begun)
    folding(arranged, told(later, ABOUT, MADE), concluded).shows(
        replace(
            begun, state="concluded", ended_on=date(2024, 8, 5), ending="ended_early",
            because=ABOUT.id,
        )
    )  # fmt: skip


def test_the_next_arrangement_replaces_the_last_one() -> None:
    following = arranged.model_copy(update={"placement": NEXT, "follows": PLACEMENT})
    folding(arranged, contract, started, concluded, following).shows(
        replace(row, placement=NEXT, follows=PLACEMENT)
    )


def test_nothing_is_shown_of_what_was_not_arranged() -> None:
    for event in (contract, started, concluded):
        folding(event).shows()
