"""Whose case is where: each step of the way, from all three services, in any order of hearing."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from chronicle.given import Told
from services.reporting.read_models.caseload import Case, Stage, caseload
from tests.reporting import facts
from tests.reporting.facts import STORY, about, again, id_of, until
from tests.reporting.folding import rows


def case(*told: Told[Any]) -> Case:
    (row,) = rows(caseload, *told)
    return row


STEPS: tuple[tuple[Told[Any], Stage, int], ...] = (
    (facts.registered, "registered", 1),
    (facts.new_neet, "on agenda", 5),
    (facts.discussed, "discussed", 7),
    (facts.decided, "route decided", 8),
    (facts.agreed, "agreed", 9),
    (facts.made, "referred", 10),
    (facts.received, "received", 11),
    (facts.proposed, "received", 11),
    (facts.chosen, "matched", 14),
    (facts.arranged, "arranged", 15),
    (facts.started, "placed", 17),
    (facts.second_signal, "placed", 17),
    (facts.at_risk, "at risk", 23),
    (facts.held, "at risk", 23),
    (facts.ended, "ended", 28),
    (facts.closed, "on agenda", 30),
    (facts.exit_discussed, "discussed", 37),
    (facts.received_again, "received", 42),
)


@pytest.mark.parametrize(("last", "stage", "because"), STEPS)
def test_a_case_is_where_the_last_step_left_it(last: Told[Any], stage: Stage, because: int) -> None:
    row = case(*until(last))
    assert (row.stage, row.because) == (stage, id_of(because))
    told = next(t for t in STORY if t.about.id == row.because)
    assert row.since == told.event.occurred_on


def test_no_route_puts_the_items_of_the_discussion_back_on_the_agenda() -> None:
    none = again(facts.decided, 50, route="none")
    assert case(*until(facts.discussed), none).stage == "on agenda"
    assert case(facts.registered, none).stage == "discussed"


def test_a_match_the_young_person_does_not_want_is_no_match() -> None:
    refused = again(facts.chosen, 50, young_person_agrees=False)
    assert case(*until(facts.received), refused).stage == "received"


def test_a_new_item_does_not_take_a_case_back_that_is_on_a_route() -> None:
    item = again(facts.new_neet, 50, cause="progress")
    assert case(*until(facts.agreed), item).stage == "agreed"
    assert case(*until(facts.made), item).stage == "referred"


def test_a_second_item_leaves_the_day_the_case_came_to_the_agenda() -> None:
    later = again(facts.new_neet, 50, cause="progress", occurred_on=date(2024, 4, 5))
    assert case(*until(facts.new_neet), later).because == id_of(5)


def test_a_case_closed_with_nothing_to_discuss_has_ended() -> None:
    away = again(facts.closed, 50, outcome="moved_away", occurred_on=facts.APRIL_16)
    row = case(*until(facts.received), away)
    assert (row.stage, row.next_what) == ("ended", None)


@pytest.mark.parametrize(
    ("last", "what", "due_by", "because"),
    [
        (facts.registered, None, None, None),
        (facts.new_neet, "discuss at stage 1", facts.MAY_7, 5),
        (facts.discussed, None, None, None),
        (facts.received, "find a place", date(2024, 5, 16), 11),
        (facts.chosen, None, None, None),
        (facts.scheduled, "hold the review", facts.NOV_7, 19),
        (facts.at_risk, "answer the risk", facts.JULY_8, 23),
        (facts.forward, "discuss at stage 1", facts.AUG_5, 24),
    ],
)
def test_the_next_thing_to_do_is_what_is_due_first(
    last: Told[Any], what: str | None, due_by: date | None, because: int | None
) -> None:
    row = case(*until(last))
    assert (row.next_what, row.next_due_by) == (what, due_by)
    assert row.next_because == (because and id_of(because))


def test_the_end_of_a_placement_ends_the_wait_for_an_answer() -> None:
    unanswered = [t for t in until(facts.ended) if t is not facts.forward]
    assert case(*unanswered).next_what == "discuss at stage 1"


def test_the_owner_is_that_of_the_latest_referral() -> None:
    assert case(*until(facts.agreed)).owner is None
    other = again(facts.made_again, 50, owner=UUID(int=77))
    row = case(*until(facts.agreed_again), other)
    assert (row.owner, row.owner_because) == (UUID(int=77), id_of(50))
    assert case(*until(facts.closed)).owner == facts.WORKER


def test_a_placement_followed_before_its_referral_is_heard_waits_for_it() -> None:
    early = [facts.registered, facts.received, facts.chosen, facts.arranged, facts.started]
    assert case(*early).stage == "registered"
    assert case(*early, facts.agreed, facts.made).stage == "placed"


def test_a_case_known_from_matching_alone_is_shown() -> None:
    assert case(facts.received).stage == "registered"


def test_a_second_placement_is_not_at_risk_because_the_first_one_was() -> None:
    again_started = again(
        facts.started, 50, referral=facts.SECOND, placement=UUID(int=99), occurred_on=facts.AUG_20
    )
    row = case(*STORY, again_started)
    assert (row.stage, row.because) == ("placed", id_of(50))
    assert replace(row, known=case(*STORY).known).owner == facts.WORKER
    assert about(50, facts.AUG_20).id == row.because
