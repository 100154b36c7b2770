"""The judge sees every fault it is there for, and none in a sound log."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from tests.stress.judge import (
    Stored,
    Tables,
    broken_promises,
    faults,
    header,
    leaf,
    spelled,
    tree,
)  # fmt: skip
from tests.stress.told import Told
from tests.stress.verdict import WILD, too_tame

SAID = [("a", 1), ("a", 2), ("b", 1), ("a", 3), ("b", 2)]
CUTS = ((10, 11), (12, 13, 14))
TOLD = (
    Told(1, (("a", 1, 2),), "one", (("a", 2),), False),
    Told(2, (("b", 1, 1), ("a", 3, 1)), "two", (("b", 1), ("a", 3)), False),
    Told(3, (), "two", (("b", 1), ("a", 3)), True),
    Told(4, (("b", 2, 1),), None, None, False),
)


def sound(cuts: tuple[tuple[int, ...], ...] = CUTS) -> Tables:
    """Five events of two streams in two blocks, and what was answered."""
    events = {
        ticket: Stored(stream, version, leaf(b"{}", f"{stream}{version}".encode()))
        for ticket, (stream, version) in enumerate(SAID, 10)
    }
    answers = {one.command: spelled(one) for one in TOLD if one.command}
    return sealed(Tables(before=b"0", events=events, blocks=(), answers=answers), cuts)


def sealed(tables: Tables, cuts: tuple[tuple[int, ...], ...]) -> Tables:
    """In blocks of these tickets, properly chained."""
    blocks: list[dict[str, Any]] = []
    before, position = tables.before, 1
    for number, tickets in enumerate(cuts, 1):
        root = tree([tables.events[ticket].leaf for ticket in tickets])
        block = {
            "block_no": number, "first_pos": position, "n": len(tickets), "tickets": tickets,
            "root": root,
        }  # fmt: skip
        before = block["hash"] = header(before, block)
        position += len(tickets)
        blocks.append(block)
    return replace(tables, blocks=blocks)


def test_a_sound_log_has_no_fault_and_keeps_every_promise() -> None:
    assert not any(faults(sound()).values())
    assert not any(broken_promises(sound(), TOLD).values())


def other(number: int, **members: Any) -> Tables:
    """With a block row that says something else."""
    tables = sound()
    blocks = [*tables.blocks]
    blocks[number - 1] = blocks[number - 1] | members
    return replace(tables, blocks=blocks)


def edited() -> Tables:
    tables = sound()
    return replace(tables, events=tables.events | {12: Stored("b", 1, leaf(b"{}", b"else"))})


@pytest.mark.parametrize(
    ("tables", "fault"),
    [
        (sound(((10, 11), (12, 13))), "missed"),
        (sound(((10, 11), (12, 13, 11, 14))), "twice"),
        (other(2, tickets=(12, 13, 99)), "unknown"),
        (sound(((11, 10), (12, 13, 14))), "inverted"),
        (other(2, first_pos=4), "not dense"),
        (other(2, n=4), "not dense"),
        (other(2, block_no=3), "not dense"),
        (other(1, root=bytes(32)), "not chained"),
        (other(1, hash=bytes(32)), "not chained"),
        (edited(), "not chained"),
    ],
)
def test_a_fault_is_counted_by_its_name(tables: Tables, fault: str) -> None:
    assert faults(tables)[fault] > 0


Change: TypeAlias = Callable[[Tables], tuple[Tables, tuple[Told, ...]]]


def without_event(tables: Tables) -> tuple[Tables, tuple[Told, ...]]:
    return replace(tables, events={t: e for t, e in tables.events.items() if t != 13}), TOLD


def without_answer(tables: Tables) -> tuple[Tables, tuple[Told, ...]]:
    return replace(tables, answers={"one": tables.answers["one"]}), TOLD


def with_another_answer(tables: Tables) -> tuple[Tables, tuple[Told, ...]]:
    return replace(tables, answers=tables.answers | {"two": "[]"}), TOLD


def acknowledged_twice(tables: Tables) -> tuple[Tables, tuple[Told, ...]]:
    return tables, (*TOLD, TOLD[0])


def never_acknowledged(tables: Tables) -> tuple[Tables, tuple[Told, ...]]:
    return tables, TOLD[1:]


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (without_event, {"events lost"}),
        (without_answer, {"commands lost", "other answers"}),
        (with_another_answer, {"other answers"}),
        (acknowledged_twice, {"events lost", "commands done twice"}),
        (never_acknowledged, {"events nobody was told of", "commands nobody was told of"}),
    ],
)
def test_a_broken_promise_is_counted_by_its_name(change: Change, broken: set[str]) -> None:
    counted = broken_promises(*change(sound()))
    assert {name for name, count in counted.items() if count} == broken


@pytest.mark.parametrize("lacking", WILD)
def test_a_run_that_lacks_what_could_go_wrong_is_too_tame(lacking: str) -> None:
    met = dict.fromkeys(WILD, 1)
    assert list(too_tame(met, 5_000, 5.0)) == []
    assert list(too_tame(met | {lacking: 0}, 5_000, 5.0)) == [f"no {lacking}"]


def test_a_run_that_is_small_or_has_nobody_foreign_in_it_is_too_tame() -> None:
    assert len(list(too_tame(dict.fromkeys(WILD, 1), 4_999, 4.9))) == 2
