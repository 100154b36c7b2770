"""Counts by route and outcome: one definition per figure, and an event behind each one counted."""

from datetime import date
from typing import Any

from chronicle.given import Told
from services.reporting.read_models.counts import counts, figures
from services.reporting.read_models.placement_outcomes import placement_outcomes
from services.reporting.read_models.review_outcomes import review_outcomes
from tests.reporting import facts
from tests.reporting.facts import NOV_7, again, id_of, until
from tests.reporting.folding import rows
from tests.reporting.read_models.test_risk_watchlist import completed


def counted(*told: Told[Any], today: date = facts.AUG_20) -> dict[tuple[str, ...], list[int]]:
    """The numbers of the events behind each figure, by what it measures."""
    found = figures(
        rows(counts, *told), rows(placement_outcomes, *told), rows(review_outcomes, *told), today
    )
    assert all(figure.count == len(figure.events) for figure in found)
    return {
        tuple(part for part in (f.measure, f.route, f.kind, f.cause, f.outcome) if part): [
            event.int - 100 for event in f.events
        ]
        for f in found
    }


def test_the_whole_story_counts_each_thing_once() -> None:
    assert counted(*facts.STORY) == {
        ("again after an exit",): [41],
        ("closed", "apprenticeship", "ended_early"): [30],
        ("first referrals",): [10],
        ("left early", "apprenticeship"): [28],
        ("referred", "apprenticeship", "early_exit"): [41],
        ("referred", "apprenticeship", "first"): [10],
        ("reviews brought forward",): [25],
        ("risks exited",): [23],
        ("risks raised",): [23],
        ("started", "apprenticeship"): [17],
        ("waiting", "apprenticeship"): [41],
    }


def test_a_referral_waits_until_it_starts_or_closes_and_preparatory_ones_never_do() -> None:
    assert ("waiting", "apprenticeship") in counted(*until(facts.arranged))
    assert ("waiting", "apprenticeship") not in counted(*until(facts.started))
    preparatory = again(facts.made, 50, route="preparatory")
    assert ("waiting", "preparatory") not in counted(preparatory)


def test_a_placement_is_live_until_it_ends_and_completed_only_at_its_end() -> None:
    assert counted(*until(facts.started))["live", "apprenticeship"] == [17]
    found = counted(*until(facts.held), completed)
    assert ("live", "apprenticeship") not in found
    assert found["completed", "apprenticeship"] == [52]
    assert found["risks sustained",] == [23]
    assert ("risks exited",) not in found


def test_an_exit_is_without_warning_when_no_risk_was_recorded_before_the_last_day() -> None:
    quiet = tuple(t for t in until(facts.ended) if t is not facts.at_risk)
    assert counted(*quiet)["exits without warning", "apprenticeship"] == [28]
    late = again(facts.at_risk, 50, occurred_on=facts.AUG_5)
    assert counted(*quiet, late)["exits without warning", "apprenticeship"] == [28]
    assert ("exits without warning", "apprenticeship") not in counted(*until(facts.ended))
    better = again(facts.ended, 51, positive_move=True)
    assert ("exits without warning", "apprenticeship") not in counted(*quiet[:-1], better)


def test_a_second_raise_is_the_same_risk() -> None:
    second = again(facts.at_risk, 50, level="urgent")
    assert counted(*until(facts.at_risk), second)["risks raised",] == [23]


def test_a_review_is_due_when_its_day_came_during_a_placement() -> None:
    told = until(facts.scheduled)
    assert ("reviews due",) not in counted(*told, today=date(2024, 11, 6))
    assert counted(*told, today=NOV_7)["reviews due",] == [19]
    assert ("reviews due",) not in counted(*until(facts.held), today=facts.JULY_15)
    assert counted(*until(facts.held), today=NOV_7)["reviews due",] == [19]
    assert ("reviews due",) not in counted(*until(facts.ended), today=NOV_7)
    sooner = again(facts.scheduled, 50, placement=None)
    assert counted(*told, sooner, today=NOV_7)["reviews due",] == [50]
    assert ("reviews due",) not in counted(sooner, today=NOV_7)


def test_a_review_is_brought_forward_for_the_placement_that_the_move_names() -> None:
    plain = again(facts.scheduled, 50, placement=None)
    assert counted(plain, facts.forward)["reviews brought forward",] == [25]
    for_nobody = again(facts.forward, 51, placement=None)
    assert ("reviews brought forward",) not in counted(plain, for_nobody)


def test_what_was_received_but_not_heard_to_be_made_is_not_counted_yet() -> None:
    assert counted(facts.received) == {}
    assert counted(facts.received, facts.made)["first referrals",] == [id_of(10).int - 100]
