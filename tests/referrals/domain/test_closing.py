"""Only the open referral closes; a person closes it only with what no placement says."""

from dataclasses import replace
from typing import get_args
from uuid import UUID

import pytest

from chronicle.given import Deciding
from contracts.codes import ReferralOutcome
from services.referrals.domain.closing import CloseReferral, decider
from tests.referrals.facts import (
    ABOUT,
    AMI,
    ASKS,
    EXIT,
    HEARS,
    REFERRAL,
    agreed,
    decided,
    discussed,
    made,
    no_place,
)

given = Deciding(decider, ABOUT).given

close = CloseReferral(**ASKS, person=AMI, referral=REFERRAL, outcome="no_place")
heard = CloseReferral(**HEARS, person=AMI, referral=REFERRAL, outcome="ended_early", because=EXIT)
heard_closed = no_place.model_copy(update={"outcome": "ended_early", "because": EXIT, **heard.said})
BY_HAND = {"moved_away", "record_closed", "no_place", "made_in_error"}
OUTCOMES: tuple[ReferralOutcome, ...] = get_args(ReferralOutcome)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_person_closes_only_with_an_outcome_no_placement_says(outcome: ReferralOutcome) -> None:
    when = given(made).when(replace(close, outcome=outcome))
    if outcome in BY_HAND:
        when.then(no_place.model_copy(update={"outcome": outcome}))
    else:
        when.then_refused("REF-15")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_preparatory_work_may_also_be_completed_by_a_person(outcome: ReferralOutcome) -> None:
    preparatory = made.model_copy(update={"route": "preparatory"})
    when = given(preparatory).when(replace(close, outcome=outcome))
    if outcome in BY_HAND | {"completed"}:
        when.then(no_place.model_copy(update={"outcome": outcome}))
    else:
        when.then_refused("REF-15")


def test_a_closing_keeps_its_cause_and_its_note() -> None:
    given(made).when(replace(close, because=EXIT, note="moved to the coast")).then(
        no_place.model_copy(update={"because": EXIT, "note": "moved to the coast"})
    )


def test_what_was_heard_closes_with_the_outcome_of_the_ending() -> None:
    given(made).when(heard).then(heard_closed)


def test_a_person_closes_only_the_open_referral() -> None:
    for before in ((), (discussed,), (decided,), (agreed,), (made, no_place)):
        given(*before).when(close).then_refused("REF-15")
    given(made).when(replace(close, referral=UUID(int=70))).then_refused("REF-15")


def test_what_was_heard_of_a_closed_referral_changes_nothing() -> None:
    given(made, no_place).when(heard).then_nothing()


def test_a_late_ending_leaves_the_next_referral_open() -> None:
    next_one = made.model_copy(update={"referral": UUID(int=70)})
    given(made, no_place, next_one).when(heard).then_nothing()
    given(made, no_place, next_one).when(replace(heard, referral=UUID(int=70))).then(
        heard_closed.model_copy(update={"referral": UUID(int=70)})
    )


def test_what_was_heard_of_a_referral_nobody_made_is_refused() -> None:
    given().when(heard).then_refused("REF-15")
    given(made).when(replace(heard, referral=UUID(int=70))).then_refused("REF-15")


def test_closing_reads_the_case_alone() -> None:
    assert decider.reads(close) == [f"case-{AMI}"]
