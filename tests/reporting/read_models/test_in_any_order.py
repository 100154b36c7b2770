"""Order holds within a service alone: however the three are heard, the boards come out the same."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chronicle.given import Told
from services.reporting.main import ROOMS
from tests.reporting.facts import STORY

SERVICES = ("referrals", "matching", "reviews")


def rows_of(story: list[Told[Any]]) -> dict[str, dict[Any, Any]]:
    boards: dict[str, dict[Any, Any]] = {model.name: {} for model in ROOMS.models}
    for told in story:
        for model in ROOMS.models:
            if isinstance(told.event, model.hears):
                model.folded(boards[model.name], told.event, told.about)
    return boards


@settings(max_examples=25, deadline=None)
@given(st.permutations([told.event.said_by for told in STORY]))
def test_the_boards_do_not_depend_on_which_service_is_heard_first(order: list[str]) -> None:
    said = {name: iter([t for t in STORY if t.event.said_by == name]) for name in SERVICES}
    heard = [next(said[name]) for name in order]
    mixed, straight = rows_of(heard), rows_of(list(STORY))
    for name, rows in straight.items():
        assert mixed[name] == rows, name
