"""A run is good only if something was done, something was broken, and nothing is left wrong."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.good import good
from tests.faults.judge import judge
from tests.faults.plan import Fault
from tests.faults.report import Report
from tests.faults.strikes import Struck

FAULT = Fault(kind="kill", victim="matching", after=1, moment=0)
HIT = Struck(fault=FAULT, hit=True, ready=1.0, caught_up=2.0)


def report(**other: Any) -> Report:
    history = good()
    it = Report(
        seed=1, broker="none", seconds=60, history=history, verdict=judge(history), struck=[HIT],
        repeated=0, lived=1, given_up=Counter(), by_themselves=Counter(), because=Counter(),
        lag_after_load=3, settled_in=0.1, lag=0,
    )  # fmt: skip
    return replace(it, **other)


def test_a_run_in_which_all_held_is_good() -> None:
    assert report().good
    assert report().as_text().endswith("GOOD\n")
    assert json.loads(report().as_json())["commands"]["acknowledged"] == 3


@pytest.mark.parametrize(
    "other",
    [
        {"struck": []},
        {"struck": [replace(HIT, hit=False)]},
        {"struck": [replace(HIT, wrong="it did not come back")]},
        {"history": replace(good(), told=[])},
        {"verdict": replace(judge(good()), lost=("one",))},
        {"given_up": Counter({"NotHeard": 1})},
        {"lag": 1},
    ],
    ids=["no faults", "no fault struck", "not mended", "no command", "lost", "given up", "lag"],
)
def test_a_run_is_not_good_when_anything_is_amiss_or_nothing_was_tried(
    other: dict[str, Any],
) -> None:
    assert not report(**other).good
    assert not report(**other).as_text().endswith("GOOD\n")
