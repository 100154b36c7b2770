"""A review is held by the right people, late or not, and the next one follows at once."""

from dataclasses import replace
from datetime import date
from typing import get_args
from uuid import UUID

import pytest

from chronicle.given import Deciding
from contracts.codes import TEAM_OF, Role
from contracts.parts import Action, Apology
from contracts.reviews import ReviewScheduled
from services.reviews.domain.hold_review import HoldReview, decider
from tests.reviews.facts import (
    ABOUT,
    AMI,
    AUGUST_5,
    CALENDAR,
    JULY_15,
    NEXT_REVIEW,
    PLACEMENT,
    REVIEW,
    SIX_MONTHS,
    SOMEBODY_ELSE,
    asks,
    completed,
    ended_early,
    held,
    opened,
    said,
    scheduled,
)

given = Deciding(decider, ABOUT).given

hold = HoldReview(
    **asks(JULY_15), person=AMI, review=REVIEW, next_review=NEXT_REVIEW, placement=PLACEMENT,
    chair_role=held.chair_role, attendee_roles=held.attendee_roles, young_person_present=True,
    views_recorded=True, views="likes the team", progress=held.progress,
    progress_note="missed two visits", eet_points=held.eet_points, interval=SIX_MONTHS,
    calendar=CALENDAR,
)  # fmt: skip
next_one = ReviewScheduled(
    review=NEXT_REVIEW, person=AMI, placement=PLACEMENT, basis="statutory",
    clock="last_review_plus_interval", last_held_on=JULY_15, planned_on=date(2025, 1, 15),
    due_by=date(2025, 1, 15), **said(JULY_15),
)  # fmt: skip
without = {"placement": None}


def test_a_review_held_early_restarts_the_clock_from_that_day() -> None:
    given(opened, scheduled).when(hold).then(held, next_one)


def test_what_was_said_at_the_meeting_is_carried_word_for_word() -> None:
    action = Action(what="ask for a mentor", owner="assessor", due_by=AUGUST_5)
    away = Apology(role="assessor")
    told = replace(
        hold, apologies=(away,), young_person_present=False, absence_reason="at work",
        views_recorded=False, views=None, actions=(action,),
    )  # fmt: skip
    given(opened, scheduled).when(told).then(
        held.model_copy(
            update={
                "apologies": (away,),
                "young_person_present": False,
                "absence_reason": "at work",
                "views_recorded": False,
                "views": None,
                "actions": (action,),
            }
        ),
        next_one,
    )


@pytest.mark.parametrize(
    ("held_on", "days_late", "next_due"),
    [
        (date(2024, 11, 7), 0, date(2025, 5, 7)),
        (date(2024, 11, 8), 1, date(2025, 5, 8)),
        (date(2024, 12, 7), 30, date(2025, 6, 7)),
    ],
)
def test_a_review_held_after_its_due_day_is_late_for_ever(
    held_on: date, days_late: int, next_due: date
) -> None:
    [was_held, then] = decider.decide(
        replace(hold, on=held_on, today=held_on),
        decider.fold([(opened, ABOUT), (scheduled, ABOUT)]),
    )
    assert was_held == held.model_copy(update={"occurred_on": held_on, "days_late": days_late})
    assert isinstance(then, ReviewScheduled)
    assert then.due_by == next_due


def test_the_end_of_the_month_is_clamped_and_the_plan_falls_on_a_working_day() -> None:
    held_on = date(2024, 8, 31)
    [_, then] = decider.decide(
        replace(hold, on=held_on, today=held_on),
        decider.fold([(opened, ABOUT), (scheduled, ABOUT)]),
    )
    assert isinstance(then, ReviewScheduled)
    assert (then.due_by, then.planned_on) == (date(2025, 2, 28), date(2025, 2, 28))


def test_the_next_review_counts_from_the_latest_one_though_recorded_out_of_order() -> None:
    told_of = scheduled.model_copy(update={"last_held_on": date(2024, 7, 20)})
    given(opened, told_of).when(hold).then(
        held,
        next_one.model_copy(
            update={
                "last_held_on": date(2024, 7, 20),
                "due_by": date(2025, 1, 20),
                "planned_on": date(2025, 1, 20),
            }
        ),
    )


def test_only_the_open_review_is_held() -> None:
    given(opened).when(hold).then_refused("REV-17")
    given(opened, scheduled).when(replace(hold, review=UUID(int=99))).then_refused("REV-17")
    given(opened, scheduled, held).when(hold).then_refused("REV-17")


def test_the_open_review_is_asked_for_before_the_placement() -> None:
    given().when(hold).then_refused("REV-17")


def test_the_placement_named_must_have_been_opened_and_be_this_young_persons() -> None:
    given(scheduled).when(hold).then_refused("REV-01")
    theirs = opened.model_copy(update={"person": SOMEBODY_ELSE})
    given(theirs, scheduled).when(hold).then_refused("REV-01")


@pytest.mark.parametrize("ending", [completed, ended_early])
def test_no_review_about_a_placement_is_dated_after_its_end(ending: object) -> None:
    after = replace(hold, on=date(2024, 8, 6), today=date(2024, 8, 6))
    given(opened, scheduled, ending).when(after).then_refused("REV-01")
    theirs = opened.model_copy(update={"person": SOMEBODY_ELSE})
    ended = ending.model_copy(update={"person": SOMEBODY_ELSE})  # type: ignore[attr-defined]
    given(theirs, scheduled, ended).when(hold).then_refused("REV-01")


def test_a_review_without_a_placement_is_always_allowed() -> None:
    alone = replace(hold, placement=None, attendee_roles=())
    given(scheduled).when(alone).then(
        held.model_copy(update={"placement": None, "attendee_roles": ()}),
        next_one.model_copy(update=without),
    )


def test_a_review_recorded_late_carries_on_the_placement_that_was_active_that_day() -> None:
    late = replace(hold, today=date(2024, 8, 20))
    given(opened, scheduled, ended_early).when(late).then(held, next_one)


def test_the_review_after_one_on_the_last_day_carries_no_placement() -> None:
    last = replace(hold, on=AUGUST_5, today=AUGUST_5)
    due = date(2025, 2, 5)
    for ending in (completed, ended_early):
        given(opened, scheduled, ending).when(last).then(
            held.model_copy(update={"occurred_on": AUGUST_5}),
            next_one.model_copy(
                update={
                    "placement": None, "last_held_on": AUGUST_5, "due_by": due, "planned_on": due,
                    "occurred_on": AUGUST_5,
                }
            ),
        )  # fmt: skip


@pytest.mark.parametrize("chair", [r for r in get_args(Role) if TEAM_OF[r] != "leaving_care"])
def test_nobody_but_leaving_care_chairs_a_review(chair: Role) -> None:
    given(opened, scheduled).when(replace(hold, chair_role=chair)).then_refused("REV-03")


@pytest.mark.parametrize("chair", ["leaving_care_manager", "head_of_service"])
def test_a_manager_of_leaving_care_may_chair(chair: Role) -> None:
    given(opened, scheduled).when(replace(hold, chair_role=chair)).then(
        held.model_copy(update={"chair_role": chair}), next_one
    )


@pytest.mark.parametrize("absent", held.attendee_roles)
def test_a_review_of_a_placement_has_the_eet_adviser_and_the_apprenticeships_team(
    absent: Role,
) -> None:
    rest = tuple(role for role in held.attendee_roles if role != absent)
    given(opened, scheduled).when(replace(hold, attendee_roles=rest)).then_refused("REV-03")


@pytest.mark.parametrize("absent", held.attendee_roles)
def test_an_apology_or_a_substitute_stands_for_somebody_who_was_not_there(absent: Role) -> None:
    rest = tuple(role for role in held.attendee_roles if role != absent)
    for apology in (Apology(role=absent), Apology(role=absent, substitute="eet_manager")):
        excused = replace(hold, attendee_roles=rest, apologies=(apology,))
        given(opened, scheduled).when(excused).then(
            held.model_copy(update={"attendee_roles": rest, "apologies": (apology,)}), next_one
        )


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_the_young_persons_absence_has_a_reason(reason: str | None) -> None:
    absent = replace(hold, young_person_present=False, absence_reason=reason)
    given(opened, scheduled).when(absent).then_refused("REV-03")


def test_a_review_plans_at_least_one_step_of_education_employment_or_training() -> None:
    given(opened, scheduled).when(replace(hold, eet_points=())).then_refused("REV-04")


def test_who_was_there_is_asked_before_what_was_planned() -> None:
    neither = replace(hold, eet_points=(), attendee_roles=())
    given(opened, scheduled).when(neither).then_refused("REV-03")
    given(scheduled).when(neither).then_refused("REV-01")


def test_the_placement_is_read_only_when_it_is_named() -> None:
    assert decider.reads(hold) == [f"pathway-{AMI}", f"placement-{PLACEMENT}"]
    assert decider.reads(replace(hold, placement=None)) == [f"pathway-{AMI}"]
