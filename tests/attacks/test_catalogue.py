"""Each attack on a service's database against each layer of proof, at random placements.

The rows are read once from a real PostgreSQL and attacked in memory, so that a thousand placements
of a kind (`PLACEMENTS=1000`) are a matter of minutes; `test_on_real_tables.py` attacks the tables.
"""

import os
from random import Random, SystemRandom

import pytest

from tests.attacks import attacks as a
from tests.attacks.attacks import Attack, re_sealed
from tests.attacks.conftest import PLACEMENTS, Town
from tests.attacks.layers import held_by_reporting, own_arithmetic, receipts_shown, seal_outside

ALL, NONE, SOME = "found", "missed", "some"
LAYERS = (
    "own arithmetic, careless", "own arithmetic, re-seals", "held by reporting",
    "seal outside", "receipts, careless", "receipts, re-seals",
)  # fmt: skip
TABLE: dict[Attack, tuple[str, ...]] = {
    a.edit_a_payload: (ALL, NONE, ALL, ALL, ALL, ALL),
    a.edit_who_or_when: (ALL, NONE, ALL, ALL, ALL, ALL),
    a.delete_in_the_middle: (ALL, NONE, ALL, ALL, ALL, ALL),
    a.drop_a_streams_last: (ALL, NONE, ALL, ALL, ALL, ALL),
    a.remove_a_stream: (ALL, NONE, ALL, ALL, ALL, ALL),
    a.rewrite_what_follows: (ALL, NONE, ALL, ALL, ALL, ALL),
    a.swap_in_one_stream: (ALL, NONE, ALL, ALL, NONE, ALL),
    a.swap_across_streams: (ALL, NONE, ALL, ALL, NONE, NONE),
    a.insert_into_the_past: (ALL, NONE, ALL, ALL, NONE, SOME),
    a.copy_one_in_twice: (ALL, NONE, ALL, ALL, NONE, SOME),
    a.cut_the_sealed_tail: (ALL, NONE, ALL, ALL, ALL, ALL),
    a.edit_a_block_row: (ALL, ALL, ALL, ALL, NONE, NONE),
    a.split_the_blocks_elsewhere: (NONE, NONE, ALL, ALL, NONE, NONE),
    a.cut_the_unsealed_tail: (NONE, NONE, NONE, NONE, ALL, ALL),
    a.edit_the_unsealed_tail: (NONE, NONE, NONE, NONE, ALL, ALL),
}


async def test_each_layer_finds_what_the_catalogue_says_and_nothing_less(
    town: Town, request: pytest.FixtureRequest
) -> None:
    seed = os.environ.get("SEED") or str(SystemRandom().getrandbits(32))
    random = Random(seed)
    found = {attack: finds(attack, town, random) for attack in TABLE}
    show(request, found, seed)
    wrong = {
        attack.__name__: [
            f"{layer}: {count} of {PLACEMENTS}"
            for layer, count, word in zip(LAYERS, found[attack], row, strict=True)
            if count != {ALL: PLACEMENTS, NONE: 0}.get(word, count)
        ]
        for attack, row in TABLE.items()
    }
    assert {name: cells for name, cells in wrong.items() if cells} == {}, f"SEED={seed}"


async def test_clean_logs_raise_no_alarm_in_any_layer(town: Town) -> None:
    for layer in (own_arithmetic, held_by_reporting, seal_outside, receipts_shown):
        assert not layer(town.log, town.held), layer.__name__


def finds(attack: Attack, town: Town, random: Random) -> list[int]:
    """How many of the placements each layer found."""
    counts = [0] * len(LAYERS)
    for _ in range(PLACEMENTS):
        state = random.getstate()
        careless = town.log.copy()
        attack(careless, random)
        random.setstate(state)
        careful = town.log.copy()
        re_sealed(attack, careful, random)
        was_found = (
            own_arithmetic(careless, town.held),
            own_arithmetic(careful, town.held),
            all(held_by_reporting(log, town.held) for log in (careless, careful)),
            seal_outside(careful, town.held),
            receipts_shown(careless, town.held),
            receipts_shown(careful, town.held),
        )
        counts = [count + found for count, found in zip(counts, was_found, strict=True)]
    return counts


def show(request: pytest.FixtureRequest, found: dict[Attack, list[int]], seed: str) -> None:
    """The table, on the terminal whatever pytest captures."""
    captured = request.config.pluginmanager.get_plugin("capturemanager")
    terminal = request.config.pluginmanager.get_plugin("terminalreporter")
    assert captured is not None
    assert terminal is not None
    with captured.global_and_fixture_disabled():
        terminal.write_line(f"\nfound, of {PLACEMENTS} placements (SEED={seed})")
        for number, layer in enumerate(LAYERS):
            terminal.write_line(" " * 32 + "    " * number + layer)
        for attack, counts in found.items():
            said = attack.__name__.replace("_", " ")
            terminal.write_line(f"{said:29}" + "".join(f"{count:4}" for count in counts))
