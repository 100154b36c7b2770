"""The open review of a young person: when it is due, by which clock, and for when it is planned."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from chronicle.given import Folding, told
from contracts.reviews import ReviewOverdue
from services.reviews.read_models.reviews import Review, reviews
from tests.reviews.facts import (
    ABOUT,
    AMI,
    DUE,
    JULY_15,
    NEXT_REVIEW,
    PLACEMENT,
    REVIEW,
    SCHEDULED,
    brought_forward,
    declined,
    held,
    said,
    scheduled,
)

folding = Folding(reviews, ABOUT).given
planned = told(scheduled, ABOUT, SCHEDULED)
open_one = Review(
    person=AMI, review=REVIEW, placement=PLACEMENT, basis="placement_start",
    clock="placement_start_plus_interval", last_held_on=None, due_by=DUE, scheduled=SCHEDULED,
    planned_on=DUE, because=SCHEDULED,
)  # fmt: skip


def test_a_scheduled_review_shows_the_clock_that_decided() -> None:
    folding(planned).shows(open_one)


def test_a_review_brought_forward_is_planned_sooner_and_due_as_before() -> None:
    folding(planned, brought_forward).shows(replace(open_one, planned_on=JULY_15, because=ABOUT.id))


def test_a_decision_not_to_bring_it_forward_leaves_it_as_it_was() -> None:
    folding(planned, declined).shows(open_one)


def test_an_overdue_review_shows_who_was_told_last() -> None:
    late = ReviewOverdue(
        review=REVIEW, person=AMI, placement=PLACEMENT, due_by=DUE, days_late=1,
        escalated_to="leaving_care_manager", **said(date(2024, 11, 8)),
    )  # fmt: skip
    later = late.model_copy(update={"escalated_to": "head_of_service"})
    folding(planned, late, later).shows(replace(open_one, escalated_to="head_of_service"))


def test_a_held_review_makes_room_for_the_next_one() -> None:
    next_one = scheduled.model_copy(
        update={
            "review": NEXT_REVIEW,
            "basis": "statutory",
            "clock": "last_review_plus_interval",
            "last_held_on": JULY_15,
        }
    )
    folding(planned, held).shows()
    folding(planned, held, told(next_one, ABOUT, UUID(int=99))).shows(
        replace(
            open_one, review=NEXT_REVIEW, basis="statutory", clock="last_review_plus_interval",
            last_held_on=JULY_15, scheduled=UUID(int=99), because=UUID(int=99),
        )
    )  # fmt: skip
