"""When signals add up to a risk."""

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args
from uuid import UUID

import pytest

from contracts.codes import RiskLevel, SignalKind
from services.reviews.domain.risk_rule import Signal, counting, groups, level_by_rule, rank, total
from tests.reviews.facts import RULE

TODAY = date(2024, 7, 1)
SEEN = Signal(event=UUID(int=1), on=TODAY, group="attendance", weight=2)


@pytest.mark.parametrize(("days_ago", "counts"), [(0, True), (41, True), (42, False)])
def test_signals_of_the_last_forty_two_days_count_today_being_one_of_them(
    days_ago: int, counts: bool
) -> None:
    seen = replace(SEEN, on=TODAY - timedelta(days=days_ago))
    assert (seen in counting((seen,), TODAY, RULE)) is counts


def test_a_signal_dated_after_today_does_not_count_yet() -> None:
    assert counting((replace(SEEN, on=TODAY + timedelta(days=1)),), TODAY, RULE) == ()


@pytest.mark.parametrize(
    ("weight", "at_once", "level"),
    [
        (0, False, None),
        (3, False, None),
        (4, False, "at_risk"),
        (6, False, "at_risk"),
        (7, False, "urgent"),
        (1, True, "at_risk"),
        (7, True, "urgent"),
    ],
)
def test_a_placement_is_at_risk_from_four_urgent_from_seven_and_some_kinds_are_at_once(
    weight: int, at_once: bool, level: RiskLevel | None
) -> None:
    assert level_by_rule(weight, at_once, RULE) == level


def test_urgent_is_above_at_risk_and_both_are_above_watch() -> None:
    assert rank(None) < rank("at_risk") < rank("urgent")


def test_weights_add_up_and_each_group_is_named_once_in_the_order_seen() -> None:
    money, again = replace(SEEN, group="money", weight=1), replace(SEEN, weight=3)
    assert total((SEEN, money, again)) == 6
    assert groups((SEEN, money, again)) == ("attendance", "money")


def test_the_rule_in_force_weighs_every_kind_and_the_daggers_are_those_of_the_book() -> None:
    assert set(RULE.weights) == set(get_args(SignalKind))
    assert RULE.at_once == {
        "disciplinary", "dismissal_notice", "housing_crisis", "lost_contact", "wants_to_leave"
    }  # fmt: skip
    assert (RULE.window_days, RULE.at_risk_from, RULE.urgent_from) == (42, 4, 7)
