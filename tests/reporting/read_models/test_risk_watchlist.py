"""Live placements to worry about: every figure names its events."""

from dataclasses import asdict
from datetime import date
from typing import Any

import pytest

from chronicle.given import Told
from contracts.policy import in_force
from contracts.reviews import BringForwardDeclined, PlacementCompleted, RiskResponseOverdue
from services.reporting.read_models.risk_watchlist import (
    AtRisk,
    Watched,
    Window,
    at_risk,
    risk_watchlist,
)
from tests.reporting import facts
from tests.reporting.facts import JULY_1, JULY_3, JULY_8, again, fact, id_of, on, until
from tests.reporting.folding import rows

WINDOW = in_force("risk.rule", JULY_1, Window)
declined = fact(50, BringForwardDeclined(
    review=facts.REVIEW, person=facts.AMI, placement=facts.PLACEMENT, risk=facts.RISK,
    because=id_of(23), reason="mitigation_in_place", rationale="a mentor", planned_on=facts.NOV_7,
    decided_by_roles=("leaving_care_adviser",), **on(JULY_3),
))  # fmt: skip
unanswered = fact(51, RiskResponseOverdue(
    risk=facts.RISK, placement=facts.PLACEMENT, person=facts.AMI, because=id_of(23),
    respond_by=JULY_8, escalated_to="leaving_care_manager", **on(date(2024, 7, 9)),
))  # fmt: skip
completed = fact(52, PlacementCompleted(
    placement=facts.PLACEMENT, person=facts.AMI, referral=facts.REFERRAL, kind="apprenticeship",
    result="achieved", next_step_agreed=True, **on(facts.AUG_5),
))  # fmt: skip


def watched(*told: Told[Any]) -> list[Watched]:
    return rows(risk_watchlist, *told)


def asked(today: date, *told: Told[Any]) -> AtRisk:
    (row,) = watched(*told)
    return at_risk(asdict(row), today, WINDOW)


def test_a_placement_is_quiet_until_a_signal_is_on_watch_until_a_raise() -> None:
    assert [w.level for w in watched(*until(facts.opened))] == ["quiet"]
    assert [w.level for w in watched(*until(facts.first_signal))] == ["watch"]
    assert [w.level for w in watched(*until(facts.at_risk))] == ["at_risk"]
    urgent = again(facts.at_risk, 60, level="urgent")
    signal = again(facts.first_signal, 61)
    assert [w.level for w in watched(*until(facts.at_risk), urgent, signal)] == ["urgent"]


def test_a_raise_names_the_signals_that_count_and_its_answer_the_day_it_moved_to() -> None:
    (row,) = watched(*until(facts.forward))
    (raised,) = row.raises
    assert raised.signals == tuple(signal.event for signal in row.signals)
    assert raised.answer is not None
    assert (raised.answer.event, raised.answer.to_on) == (id_of(25), facts.JULY_15)
    assert row.respond_by is None


def test_each_raise_waits_for_an_answer_of_its_own() -> None:
    urgent = again(facts.at_risk, 60, level="urgent", respond_by=facts.JULY_15)
    (row,) = watched(*until(facts.at_risk), urgent, facts.forward)
    assert [bool(r.answer) for r in row.raises] == [True, False]
    assert row.respond_by == facts.JULY_15
    (first,) = watched(*until(facts.at_risk), urgent)
    assert first.respond_by == JULY_8


def test_moving_the_review_for_another_reason_answers_nothing() -> None:
    other = again(facts.forward, 60, because=id_of(19), risk=None)
    assert asked(JULY_3, *until(facts.at_risk), other).answer == "waiting"
    assert watched(again(facts.forward, 60, placement=None)) == []


@pytest.mark.parametrize(
    ("told", "today", "answer"),
    [
        (until(facts.first_signal), JULY_1, "none asked"),
        (until(facts.at_risk), JULY_8, "waiting"),
        (until(facts.at_risk), date(2024, 7, 9), "overdue"),
        (until(facts.forward), date(2024, 7, 9), "brought forward"),
        ((*until(facts.at_risk), declined), date(2024, 7, 9), "declined"),
    ],
)
def test_the_answer_is_that_of_the_newest_raise_on_the_day(
    told: tuple[Told[Any], ...], today: date, answer: str
) -> None:
    assert asked(today, *told).answer == answer


def test_an_escalation_stands_with_the_raise_nobody_answered() -> None:
    (row,) = watched(*until(facts.at_risk), unanswered)
    assert (row.raises[0].overdue, row.raises[0].escalated_to) == (
        id_of(51),
        "leaving_care_manager",
    )
    assert row.respond_by == JULY_8


def test_signals_count_for_as_many_days_as_the_policy_says() -> None:
    told = until(facts.at_risk)
    assert (asked(JULY_1, *told).weight, asked(JULY_1, *told).counting) == (
        4,
        (id_of(21), id_of(22)),
    )
    july_21, july_22 = date(2024, 7, 21), date(2024, 7, 22)
    assert asked(july_21, *told).weight == 4
    assert (asked(july_22, *told).weight, asked(july_22, *told).counting) == (3, (id_of(22),))


@pytest.mark.parametrize("ending", [facts.ended, completed])
def test_a_placement_that_ended_is_watched_no_more(ending: Told[Any]) -> None:
    assert watched(*until(facts.forward), ending) == []
