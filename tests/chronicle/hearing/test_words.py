"""Older versions are read as today's; a version nobody knows is named."""

import json
from typing import Any

import pytest

from chronicle.words import UnknownVersion, Words
from tests.chronicle.hearing.allotment import V1_PLOT_TAKEN, WORDS, FenceMended, PlotTaken
from tests.chronicle.hearing.home import AMI

V0 = "throughcare.allotments.PlotTaken.v0"
FIRST_STORED = b'{"holder":"00000000-0000-0000-0000-000000000001","number":4}'


def test_a_stored_first_version_is_read_as_the_second() -> None:
    assert WORDS.read(V1_PLOT_TAKEN, FIRST_STORED) == PlotTaken(holder=AMI, plot=4)


def test_upcasts_are_chained_one_version_at_a_time() -> None:
    def named(said: dict[str, Any]) -> dict[str, Any]:
        return {"holder": said["who"], "number": said["number"]}

    chained = Words([PlotTaken], {**WORDS.upcasts, V0: named})
    stored = json.dumps({"who": str(AMI), "number": 5}).encode()
    assert chained.read(V0, stored) == PlotTaken(holder=AMI, plot=5)


def test_the_newest_version_is_read_as_it_is() -> None:
    taken = PlotTaken(holder=AMI, plot=4)
    assert WORDS.read("throughcare.allotments.PlotTaken.v2", taken.to_json()) == taken


@pytest.mark.parametrize(
    "kind", ["throughcare.allotments.PlotTaken.v9", "throughcare.allotments.PlotSold.v1", ""]
)
def test_a_version_nobody_knows_is_named_and_not_guessed(kind: str) -> None:
    with pytest.raises(UnknownVersion, match=f"^{kind}$"):
        WORDS.read(kind, b"{}")


def test_an_upcast_into_a_version_without_a_class_names_that_version() -> None:
    gone = Words([FenceMended], WORDS.upcasts)
    with pytest.raises(UnknownVersion, match=r"PlotTaken\.v2"):
        gone.read(V1_PLOT_TAKEN, FIRST_STORED)


def test_words_of_tomorrow_are_read_without_what_they_added() -> None:
    taken = b'{"holder":"00000000-0000-0000-0000-000000000001","plot":4,"shade":"half"}'
    assert WORDS.read("throughcare.allotments.PlotTaken.v2", taken) == PlotTaken(holder=AMI, plot=4)
