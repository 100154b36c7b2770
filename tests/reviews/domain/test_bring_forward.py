"""A risk is answered by a review brought forward, or by a recorded decision not to."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from chronicle.given import Deciding, told
from contracts.reviews import BringForwardDeclined, ReviewBroughtForward
from services.reviews.domain.bring_forward import BringReviewForward, DeclineBringForward, decider
from tests.reviews.facts import (
    ABOUT,
    AMI,
    DUE,
    FIRST_RAISE,
    JULY_3,
    JULY_15,
    PLACEMENT,
    REVIEW,
    RISK,
    SCHEDULED,
    SECOND_RAISE,
    SOMEBODY_ELSE,
    asks,
    at_risk,
    brought_forward,
    completed,
    declined,
    ended_early,
    held,
    opened,
    scheduled,
    urgent,
)

given = Deciding(decider, ABOUT).given
planned = told(scheduled, ABOUT, SCHEDULED)
first_raise = told(at_risk, ABOUT, FIRST_RAISE)
second_raise = told(urgent, ABOUT, SECOND_RAISE)
at_risk_now: tuple[Any, ...] = (opened, planned, first_raise)
urgent_now: tuple[Any, ...] = (*at_risk_now, second_raise)

bring = BringReviewForward(
    **asks(JULY_3), person=AMI, review=REVIEW, placement=PLACEMENT, risk=RISK, to_on=JULY_15,
    decided_by_roles=("leaving_care_adviser", "apprenticeships_officer"),
)  # fmt: skip
alone = replace(bring, placement=None, risk=None)
decline = DeclineBringForward(
    **asks(JULY_3), person=AMI, review=REVIEW, placement=PLACEMENT, risk=RISK,
    reason="mitigation_in_place", rationale="a new mentor starts on Monday",
    decided_by_roles=("leaving_care_adviser", "apprenticeships_officer"),
)  # fmt: skip


def because(event: UUID) -> ReviewBroughtForward:
    return brought_forward.model_copy(update={"because": event})


def not_because(event: UUID) -> BringForwardDeclined:
    return declined.model_copy(update={"because": event})


def test_bringing_the_review_forward_answers_the_raise_and_leaves_the_due_day() -> None:
    given(*at_risk_now).when(bring).then(brought_forward)


def test_declining_answers_the_raise_and_says_when_the_review_stays_planned() -> None:
    given(*at_risk_now).when(decline).then(declined)
    moved = ReviewBroughtForward(**{**dict(brought_forward), "risk": None, "because": SCHEDULED})
    given(*at_risk_now, moved).when(decline).then(
        declined.model_copy(update={"planned_on": JULY_15})
    )


def test_with_no_risk_the_review_is_brought_forward_because_it_was_scheduled() -> None:
    given(planned).when(alone).then(
        because(SCHEDULED).model_copy(update={"placement": None, "risk": None})
    )


def test_naming_the_live_placement_alone_answers_no_raise() -> None:
    given(*at_risk_now).when(replace(bring, risk=None)).then(
        because(SCHEDULED).model_copy(update={"risk": None})
    )


def test_the_newest_raise_that_waits_is_answered_unless_another_is_named() -> None:
    given(*urgent_now).when(bring).then(because(SECOND_RAISE))
    given(*urgent_now).when(decline).then(not_because(SECOND_RAISE))
    given(*urgent_now).when(replace(bring, because=FIRST_RAISE)).then(because(FIRST_RAISE))
    given(*urgent_now).when(replace(decline, because=FIRST_RAISE)).then(not_because(FIRST_RAISE))


def test_once_the_newest_is_answered_the_older_one_still_waits() -> None:
    given(*urgent_now, not_because(SECOND_RAISE)).when(bring).then(because(FIRST_RAISE))
    sooner = replace(decline, on=JULY_3)
    given(*urgent_now, because(SECOND_RAISE)).when(sooner).then(
        not_because(FIRST_RAISE).model_copy(update={"planned_on": JULY_15})
    )


def test_a_review_may_be_moved_again_for_a_raise_already_answered() -> None:
    again = replace(bring, to_on=date(2024, 7, 10))
    moved = {"from_on": JULY_15, "to_on": date(2024, 7, 10)}
    given(*at_risk_now, brought_forward).when(again).then(brought_forward.model_copy(update=moved))
    given(*at_risk_now, brought_forward).when(replace(again, because=FIRST_RAISE)).then(
        brought_forward.model_copy(update=moved)
    )
    given(*at_risk_now, declined).when(bring).then(brought_forward)


@pytest.mark.parametrize("answer", [brought_forward, declined])
def test_a_raise_that_has_its_answer_is_not_declined(answer: object) -> None:
    given(*at_risk_now, answer).when(decline).then_refused("REV-08")
    named = replace(decline, because=FIRST_RAISE)
    given(*at_risk_now, answer).when(named).then_refused("REV-08")


@pytest.mark.parametrize("command", [bring, decline])
def test_only_a_raised_risk_is_answered(command: BringReviewForward | DeclineBringForward) -> None:
    other = UUID(int=99)
    given(opened, planned).when(command).then_refused("REV-08")
    given(*at_risk_now).when(replace(command, risk=other)).then_refused("REV-08")
    given(*at_risk_now).when(replace(command, because=other)).then_refused("REV-08")


@pytest.mark.parametrize("command", [bring, decline])
@pytest.mark.parametrize("ending", [completed, ended_early])
def test_a_risk_to_a_placement_that_has_ended_is_not_answered(
    command: BringReviewForward | DeclineBringForward, ending: object
) -> None:
    given(*at_risk_now, ending).when(command).then_refused("REV-08")


@pytest.mark.parametrize("command", [bring, decline])
def test_nobody_answers_for_another_young_persons_placement(
    command: BringReviewForward | DeclineBringForward,
) -> None:
    theirs = opened.model_copy(update={"person": SOMEBODY_ELSE})
    given(theirs, planned, first_raise).when(command).then_refused("REV-08")


def test_a_placement_or_a_raise_that_does_not_belong_is_left_out() -> None:
    given(planned).when(replace(alone, placement=PLACEMENT)).then_refused("REV-08")
    given(planned).when(replace(alone, because=FIRST_RAISE)).then_refused("REV-08")
    given(planned).when(replace(alone, risk=RISK)).then_refused("REV-08")


@pytest.mark.parametrize("command", [bring, alone, decline])
def test_only_the_open_review_is_moved_or_declined(
    command: BringReviewForward | DeclineBringForward,
) -> None:
    given(opened, first_raise).when(command).then_refused("REV-17")
    given(*at_risk_now, held).when(command).then_refused("REV-17")
    given(*at_risk_now).when(replace(command, review=UUID(int=99))).then_refused("REV-17")


def test_a_wrong_review_is_said_before_a_wrong_risk_but_after_it_when_declining() -> None:
    given(opened, planned).when(replace(bring, review=UUID(int=99))).then_refused("REV-17")
    given(opened, planned).when(replace(decline, review=UUID(int=99))).then_refused("REV-08")


@pytest.mark.parametrize(
    ("to_on", "allowed"),
    [
        (date(2024, 7, 2), False),
        (JULY_3, True),
        (date(2024, 11, 6), True),
        (DUE, False),
        (date(2024, 11, 8), False),
    ],
)
def test_forward_is_from_today_to_the_day_before_it_was_planned(to_on: date, allowed: bool) -> None:
    asked = given(*at_risk_now).when(replace(bring, to_on=to_on))
    if allowed:
        asked.then(brought_forward.model_copy(update={"to_on": to_on}))
    else:
        asked.then_refused("REV-16")


def test_forward_is_counted_from_today_and_not_from_the_day_it_was_decided() -> None:
    told_late = replace(bring, today=date(2024, 7, 16))
    given(*at_risk_now).when(told_late).then_refused("REV-16")


def test_forward_is_measured_from_where_the_review_was_last_moved_to() -> None:
    given(*at_risk_now, brought_forward).when(bring).then_refused("REV-16")


def test_a_wrong_risk_is_said_before_a_wrong_day() -> None:
    given(opened, planned).when(replace(bring, to_on=DUE)).then_refused("REV-08")


@pytest.mark.parametrize(
    "wordless", [replace(decline, reason=None), replace(decline, rationale=" ")]
)
def test_declining_takes_a_reason_and_words(wordless: DeclineBringForward) -> None:
    given(*at_risk_now).when(wordless).then_refused("REV-18")
    closed = replace(wordless, review=UUID(int=99))
    given(*at_risk_now).when(closed).then_refused("REV-17")


def test_the_placement_and_its_risk_are_read_only_when_they_are_named() -> None:
    every = [f"pathway-{AMI}", f"risk-{PLACEMENT}", f"placement-{PLACEMENT}"]
    assert decider.reads(bring) == every
    assert decider.reads(decline) == every
    assert decider.reads(alone) == [f"pathway-{AMI}"]
