"""Roots and paths are those of another library that builds the tree of RFC 9162."""

import contextlib
from random import Random
from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]

from chronicle.merkle import climbed, leaf, path, root

SIZES = range(1, 301)


@pytest.fixture(scope="module")
def theirs() -> Any:
    """It hashes 0x00 and the entry: our entry is the length of meta, meta and body."""
    tree = InmemoryTree(algorithm="sha256")
    for number in SIZES:
        tree.append_entry(pack(">I", len(meta(number))) + meta(number) + body(number))
    return tree


def meta(number: int) -> bytes:
    return b'{"id":"%d"}' % number


def body(number: int) -> bytes:
    return b"x" * (number % 70)


LEAVES = [leaf(meta(number), body(number)) for number in SIZES]


def test_leaves_and_roots_are_the_same_for_every_size(theirs: Any) -> None:
    assert [theirs.get_leaf(number) for number in SIZES] == LEAVES
    assert [theirs.get_root(size) for size in SIZES] == [root(LEAVES[:size]) for size in SIZES]


def test_paths_are_the_same_for_every_size(theirs: Any) -> None:
    random = Random(300)
    for size in SIZES:
        for place in {0, size - 1, size // 2, random.randrange(size)}:
            proof = theirs.prove_inclusion(place + 1, size).serialize()
            assert [bytes.fromhex(node) for node in proof["path"][1:]] == path(LEAVES[:size], place)


@given(st.integers(1, 300), st.data())
def test_a_leaf_climbs_to_the_root_from_its_own_place_alone(
    count: int, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, count - 1))
    leaves, beside = LEAVES[:count], path(LEAVES[:count], place)
    assert climbed(leaves[place], place, count, beside) == root(leaves)
    other = data.draw(st.integers(0, count - 1).filter(lambda n: n != place) | st.just(-1))
    with contextlib.suppress(ValueError):
        assert climbed(leaves[place], other, count, beside) != root(leaves)


@given(st.integers(2, 300), st.data())
def test_a_path_with_anything_changed_does_not_lead_to_the_root(
    count: int, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, count - 1))
    beside = path(LEAVES[:count], place)
    at = data.draw(st.integers(0, len(beside) - 1))
    wrong = data.draw(
        st.sampled_from([
            [*beside[:at], bytes(32), *beside[at + 1 :]], beside[:at] + beside[at + 1 :],
            [*beside, bytes(32)],
        ])
    )  # fmt: skip
    with contextlib.suppress(ValueError):
        assert climbed(LEAVES[place], place, count, wrong) != root(LEAVES[:count])


@pytest.mark.parametrize(("place", "count"), [(-1, 3), (3, 3), (0, 0)])
def test_a_place_that_is_not_there_is_no_place(place: int, count: int) -> None:
    with pytest.raises(ValueError, match="no such place"):
        climbed(LEAVES[0], place, count, [])
