"""Each placement, from the event that opened it to the one that ended it."""

from dataclasses import replace
from uuid import UUID

from chronicle.given import Folding, told
from services.reviews.read_models.placements import Placement, placements
from tests.reviews.facts import (
    ABOUT,
    AMI,
    AUGUST_5,
    DUE,
    ENDED,
    HOST,
    OPENED,
    PLACEMENT,
    PLANNED_END,
    REFERRAL,
    REVIEW,
    START,
    completed,
    ended_early,
    opened,
)

folding = Folding(placements, ABOUT).given
begun = told(opened, ABOUT, OPENED)
active = Placement(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, kind="apprenticeship", host=HOST,
    started_on=START, planned_end_on=PLANNED_END, first_review=REVIEW, first_review_due_by=DUE,
    opened=OPENED, state="active",
)  # fmt: skip


def test_an_opened_placement_is_active() -> None:
    folding(begun).shows(active)


def test_a_placement_shows_how_and_when_it_ended_and_which_event_said_so() -> None:
    folding(begun, told(completed, ABOUT, ENDED)).shows(
        replace(active, state="completed", ended_on=AUGUST_5, ended=ENDED)
    )
    folding(begun, told(ended_early, ABOUT, ENDED)).shows(
        replace(active, state="ended_early", ended_on=AUGUST_5, ended=ENDED)
    )


def test_another_placement_is_a_row_of_its_own() -> None:
    second = UUID(int=99)
    other = opened.model_copy(update={"placement": second})
    folding(begun, told(completed, ABOUT, ENDED), told(other, ABOUT, UUID(int=98))).shows(
        replace(active, state="completed", ended_on=AUGUST_5, ended=ENDED),
        replace(active, placement=second, opened=UUID(int=98)),
    )
