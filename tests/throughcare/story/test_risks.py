"""What is noticed before an exit raises a risk exactly once, by the rule in force."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

import pytest

from contracts.codes import ExitReason
from contracts.policy import in_force
from throughcare.story import risks
from throughcare.story.scenario import Scenario

DAY = date(2024, 9, 2)
ALWAYS = Scenario(risk_before_exit=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    rule: str
    at_risk_from: int
    window_days: int
    at_once: frozenset[str]
    weights: "Weights"


Weights = dict[str, int]


@pytest.mark.parametrize("reason", risks.WARNINGS)
def test_only_the_last_signal_raises_the_risk(reason: ExitReason) -> None:
    rule = in_force("risk.rule", DAY, Rule)
    kinds = [kind for kind, _ in risks.WARNINGS[reason]]
    sums = list(accumulate(rule.weights[kind] for kind in kinds))
    assert all(total < rule.at_risk_from for total in sums[:-1])
    assert not set(kinds[:-1]) & rule.at_once
    assert sums[-1] >= rule.at_risk_from


@pytest.mark.parametrize("reason", risks.WARNINGS)
def test_all_signals_count_on_the_day_of_the_last(reason: ExitReason) -> None:
    warned = risks.foreseen(Random(1), ALWAYS, reason, DAY, DAY + timedelta(days=120))
    assert warned
    window = timedelta(days=in_force("risk.rule", DAY, Rule).window_days)
    assert all(warned.raised_on - signal.on < window for signal in warned.signals)


def test_every_reason_has_its_signs() -> None:
    assert set(Scenario().reasons) == set(risks.WARNINGS)


def test_nobody_foresees_an_exit_in_the_first_days() -> None:
    soon = DAY + timedelta(days=12)
    assert risks.foreseen(Random(1), ALWAYS, "health", DAY, soon) is None


def test_a_risk_is_raised_before_the_last_day_and_after_the_first() -> None:
    for seed in range(200):
        last = DAY + timedelta(days=20 + seed)
        warned = risks.foreseen(Random(seed), ALWAYS, "course_or_provider", DAY, last)
        if warned:
            assert warned.signals[0].on >= DAY
            assert warned.raised_on < last
