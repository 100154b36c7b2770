"""What the timers wait for, from the event that starts a wait to the one that ends it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from chronicle.given import Folding, told
from services.reviews.read_models.deadlines import Deadline, Wait, deadlines
from tests.reviews.facts import (
    ABOUT,
    AMI,
    DUE,
    FIRST_RAISE,
    JULY_8,
    JULY_15,
    NEXT_REVIEW,
    PLACEMENT,
    REVIEW,
    SCHEDULED,
    SECOND_RAISE,
    at_risk,
    brought_forward,
    completed,
    declined,
    ended_early,
    held,
    scheduled,
    urgent,
)

CORRELATION = UUID(int=81)
folding = Folding(deadlines, replace(ABOUT, correlation=CORRELATION)).given
about = replace(ABOUT, correlation=CORRELATION)
planned = told(scheduled, about, SCHEDULED)
first_raise = told(at_risk, about, FIRST_RAISE)
second_raise = told(urgent.model_copy(update={"respond_by": JULY_15}), about, SECOND_RAISE)

review = Deadline(
    deadline=REVIEW, what="review", person=AMI, due_by=DUE,
    waits=(Wait(because=SCHEDULED, correlation=CORRELATION, due_by=DUE),),
)  # fmt: skip
first = Wait(because=FIRST_RAISE, correlation=CORRELATION, due_by=JULY_8)
second = Wait(because=SECOND_RAISE, correlation=CORRELATION, due_by=JULY_15)
answer = Deadline(
    deadline=PLACEMENT, what="risk_response", person=AMI, due_by=JULY_8, waits=(first,)
)


def test_a_scheduled_review_is_waited_for_until_its_due_day() -> None:
    folding(planned).shows(review)


def test_the_latest_due_day_of_a_review_starts_the_wait_anew() -> None:
    sooner = told(scheduled.model_copy(update={"due_by": JULY_15}), about, UUID(int=99))
    wait = Wait(because=UUID(int=99), correlation=CORRELATION, due_by=JULY_15)
    folding(planned, sooner).shows(replace(review, due_by=JULY_15, waits=(wait,)))


def test_a_review_brought_forward_is_waited_for_until_the_same_day() -> None:
    alone = {"placement": None, "risk": None, "because": SCHEDULED}
    folding(planned, brought_forward.model_copy(update=alone)).shows(review)
    folding(planned, brought_forward).shows(review)


def test_a_review_moved_without_a_placement_changes_no_row_but_its_own() -> None:
    alone = brought_forward.model_copy(update={"placement": None, "risk": None})
    assert deadlines.keyed(alone, about) == REVIEW
    assert deadlines.keyed(brought_forward, about) == PLACEMENT


def test_a_review_that_was_held_is_waited_for_no_more_and_the_next_one_is() -> None:
    due_by = date(2025, 1, 15)
    next_one = scheduled.model_copy(update={"review": NEXT_REVIEW, "due_by": due_by})
    wait = Wait(because=UUID(int=98), correlation=CORRELATION, due_by=due_by)
    folding(planned, held).shows()
    folding(planned, held, told(next_one, about, UUID(int=98))).shows(
        replace(review, deadline=NEXT_REVIEW, due_by=due_by, waits=(wait,))
    )


def test_each_raise_waits_for_an_answer_of_its_own() -> None:
    folding(first_raise).shows(answer)
    folding(first_raise, second_raise).shows(replace(answer, waits=(first, second)))
    folding(second_raise, first_raise).shows(replace(answer, waits=(second, first)))


@pytest.mark.parametrize("said", [brought_forward, declined])
def test_an_answer_ends_the_wait_of_the_raise_it_names(said: object) -> None:
    folding(first_raise, said).shows()
    folding(first_raise, second_raise, said).shows(replace(answer, due_by=JULY_15, waits=(second,)))
    folding(said).shows()


def test_moving_the_review_for_another_reason_answers_nothing() -> None:
    other = brought_forward.model_copy(update={"risk": None, "because": SCHEDULED})
    folding(first_raise, other).shows(answer)


@pytest.mark.parametrize("ending", [completed, ended_early])
def test_the_end_of_a_placement_ends_its_raises_and_leaves_the_review(ending: object) -> None:
    folding(planned, first_raise, second_raise, ending).shows(review)


def test_an_event_that_began_its_own_chain_is_its_own_correlation() -> None:
    alone = Wait(because=SCHEDULED, correlation=SCHEDULED, due_by=DUE)
    Folding(deadlines, ABOUT).given(told(scheduled, ABOUT, SCHEDULED)).shows(
        replace(review, waits=(alone,))
    )
