"""A review is due at the earliest of what is known, and one is open at a time."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from chronicle.given import Deciding
from contracts.reviews import ReviewScheduled
from services.reviews.domain.schedule_review import ScheduleReview, decider
from tests.reviews.facts import (
    ABOUT,
    AMI,
    CALENDAR,
    DUE,
    JULY_15,
    NEW,
    NEXT_REVIEW,
    PLACEMENT,
    REVIEW,
    SIX_MONTHS,
    START,
    asks,
    brought_forward,
    held,
    said,
    scheduled,
)

given = Deciding(decider, ABOUT).given
HELD_ON = date(2024, 3, 1)

schedule = ScheduleReview(
    **asks(START), person=AMI, review=NEW, basis="statutory", last_held_on=HELD_ON,
    interval=SIX_MONTHS, calendar=CALENDAR,
)  # fmt: skip
first = ReviewScheduled(
    review=NEW, person=AMI, basis="statutory", clock="last_review_plus_interval",
    last_held_on=HELD_ON, planned_on=date(2024, 8, 30), due_by=date(2024, 9, 1), **said(START),
)  # fmt: skip


def test_a_review_is_due_six_months_after_the_one_the_case_system_tells_of() -> None:
    given().when(schedule).then(first)


def test_a_day_given_decides_when_it_is_sooner() -> None:
    given().when(replace(schedule, due_by=date(2024, 6, 3))).then(
        first.model_copy(
            update={
                "clock": "date_given",
                "due_by": date(2024, 6, 3),
                "planned_on": date(2024, 6, 3),
            }
        )
    )
    given().when(replace(schedule, due_by=date(2024, 12, 2))).then(first)


def test_a_review_is_planned_on_the_day_that_was_sent_up_to_the_due_day() -> None:
    given().when(replace(schedule, planned_on=date(2024, 9, 1))).then(
        first.model_copy(update={"planned_on": date(2024, 9, 1)})
    )


def test_no_review_is_planned_past_its_due_day() -> None:
    given().when(replace(schedule, planned_on=date(2024, 9, 2))).then_refused("REV-02")


def test_without_a_day_to_count_from_nothing_is_scheduled() -> None:
    given().when(replace(schedule, last_held_on=None)).then_refused("REV-02")


def test_the_last_review_held_counts_even_if_the_case_system_tells_of_an_older_one() -> None:
    alone = decider.fold([(held, ABOUT)])
    [said_now] = decider.decide(schedule, alone)
    assert isinstance(said_now, ReviewScheduled)
    assert (said_now.last_held_on, said_now.due_by) == (JULY_15, date(2025, 1, 15))


def test_a_second_review_is_not_opened() -> None:
    later = replace(schedule, last_held_on=date(2024, 5, 8))
    given(scheduled).when(later).then_refused("REV-19")


def test_the_same_due_day_is_not_said_again() -> None:
    same = replace(schedule, last_held_on=None, due_by=DUE)
    given(scheduled).when(same).then_refused("REV-19")


def test_an_open_review_comes_before_the_question_when_it_is_due() -> None:
    given(scheduled).when(replace(schedule, last_held_on=None)).then_refused("REV-19")


def test_an_earlier_due_day_is_said_again_under_the_same_review_and_placement() -> None:
    given(scheduled).when(schedule).then(
        first.model_copy(update={"review": REVIEW, "placement": PLACEMENT})
    )


def test_an_earlier_due_day_may_name_another_placement() -> None:
    other = UUID(int=99)
    given(scheduled).when(replace(schedule, placement=other)).then(
        first.model_copy(update={"review": REVIEW, "placement": other})
    )


def test_a_review_brought_forward_keeps_its_day_when_it_falls_due_earlier() -> None:
    given(scheduled, brought_forward).when(schedule).then(
        first.model_copy(update={"review": REVIEW, "placement": PLACEMENT, "planned_on": JULY_15})
    )


def test_after_a_review_was_held_the_next_is_open_again() -> None:
    next_one = scheduled.model_copy(update={"review": NEXT_REVIEW, "due_by": date(2025, 1, 15)})
    earlier = replace(schedule, due_by=date(2024, 9, 2))
    given(scheduled, held, next_one).when(earlier).then(
        first.model_copy(
            update={
                "review": NEXT_REVIEW,
                "placement": PLACEMENT,
                "clock": "date_given",
                "last_held_on": JULY_15,
                "due_by": date(2024, 9, 2),
                "planned_on": date(2024, 9, 2),
            }
        )
    )
