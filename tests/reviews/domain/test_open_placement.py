"""A placement that started is followed once, with its first review by the earlier of two clocks."""

from dataclasses import replace
from datetime import date

import pytest

from chronicle.given import Deciding
from contracts.event import SYSTEM
from contracts.reviews import PlacementOpened
from services.reviews.domain.open_placement import OpenPlacement, decider
from tests.reviews.facts import (
    ABOUT,
    AMI,
    CALENDAR,
    DUE,
    HOST,
    JULY_15,
    NEW,
    PLACEMENT,
    PLANNED_END,
    REFERRAL,
    REVIEW,
    SIX_MONTHS,
    START,
    STARTED,
    brought_forward,
    completed,
    ended_early,
    hears,
    held,
    opened,
    scheduled,
)

given = Deciding(decider, ABOUT).given
HEARD_ON = date(2024, 5, 8)
by_policy = {"by": SYSTEM, "via": "policy", "occurred_on": HEARD_ON}

follow = OpenPlacement(
    **hears(HEARD_ON), person=AMI, placement=PLACEMENT, referral=REFERRAL, started=STARTED,
    started_on=START, planned_end_on=PLANNED_END, kind="apprenticeship", host=HOST, employer=HOST,
    review=NEW, interval=SIX_MONTHS, calendar=CALENDAR,
)  # fmt: skip
first = opened.model_copy(update={**by_policy, "first_review": NEW})
first_review = scheduled.model_copy(update={**by_policy, "review": NEW})


def test_the_first_review_is_due_six_months_after_the_first_day() -> None:
    given().when(follow).then(first, first_review)


def test_a_plan_review_held_before_the_start_makes_it_due_sooner() -> None:
    before = held.model_copy(update={"occurred_on": date(2024, 2, 29), "placement": None})
    given(before).when(follow).then(
        first.model_copy(update={"first_review_due_by": date(2024, 8, 29)}),
        first_review.model_copy(
            update={
                "clock": "last_review_plus_interval",
                "last_held_on": date(2024, 2, 29),
                "due_by": date(2024, 8, 29),
                "planned_on": date(2024, 8, 29),
            }
        ),
    )


@pytest.mark.parametrize("due_by", [date(2024, 6, 25), DUE])
def test_a_review_already_open_and_due_no_later_is_the_first_one(due_by: date) -> None:
    already = scheduled.model_copy(update={"placement": None, "due_by": due_by})
    given(already).when(follow).then(
        first.model_copy(update={"first_review": REVIEW, "first_review_due_by": due_by})
    )


def test_a_review_already_open_but_due_later_is_said_again_sooner() -> None:
    already = scheduled.model_copy(
        update={"placement": None, "due_by": date(2024, 11, 8), "planned_on": date(2024, 11, 8)}
    )
    given(already).when(follow).then(
        first.model_copy(update={"first_review": REVIEW}),
        first_review.model_copy(update={"review": REVIEW}),
    )


def test_a_review_brought_forward_keeps_its_day_when_said_again() -> None:
    already = scheduled.model_copy(update={"due_by": date(2024, 12, 2)})
    given(already, brought_forward).when(follow).then(
        first.model_copy(update={"first_review": REVIEW}),
        first_review.model_copy(update={"review": REVIEW, "planned_on": JULY_15}),
    )


def test_the_last_day_of_a_month_is_clamped() -> None:
    [then, _] = decider.decide(replace(follow, started_on=date(2024, 8, 31)), decider.initial)
    assert isinstance(then, PlacementOpened)
    assert then.first_review_due_by == date(2025, 2, 28)


def test_a_start_recorded_late_is_due_from_the_first_day_and_not_from_the_recording() -> None:
    late = replace(follow, today=date(2024, 7, 1), on=date(2024, 7, 1))
    [then, _] = decider.decide(late, decider.initial)
    assert isinstance(then, PlacementOpened)
    assert (then.started_on, then.first_review_due_by) == (START, DUE)
    assert then.occurred_on == date(2024, 7, 1)


def test_a_placement_is_opened_once() -> None:
    given(opened).when(follow).then_nothing()
    given(opened, completed).when(follow).then_nothing()
    given(opened, ended_early).when(follow).then_nothing()
