"""Leaves, roots and the chain of blocks: what makes a changed byte show."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from struct import pack
from uuid import UUID


def leaf(meta: bytes, body: bytes) -> bytes:
    """SHA-256(0x00, length of meta as u32 big-endian, meta, body): exactly what travels."""
    return sha256(b"\0" + pack(">I", len(meta)) + meta + body).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle root of at least one leaf; an odd node is promoted."""
    level = list(leaves)
    while len(level) > 1:
        level = above(level)
    return level[0]


def above(level: Sequence[bytes]) -> list[bytes]:
    """The nodes over these."""
    paired = [sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
    return paired + list(level[len(paired) * 2 :])


def path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """What stands beside the leaf at this place (from 0) and beside each node over it, upwards.

    A promoted node has nobody beside it, and adds nothing.
    """
    level, beside = list(leaves), list[bytes]()
    while len(level) > 1:
        if (place ^ 1) < len(level):
            beside.append(level[place ^ 1])
        level, place = above(level), place // 2
    return beside


def climbed(leaf: bytes, place: int, count: int, beside: Sequence[bytes]) -> bytes:
    """The root over `count` leaves to which a leaf at this place climbs by its path.

    Raises ValueError when the path is not as long as such a tree is high.
    """
    if not 0 <= place < count:
        raise ValueError("no such place")
    node, left = leaf, list(beside)
    while count > 1:
        if (place ^ 1) < count:
            if not left:
                raise ValueError("the path is too short")
            other = left.pop(0)
            node = sha256(b"\1" + (other + node if place & 1 else node + other)).digest()
        place, count = place // 2, (count + 1) // 2
    if left:
        raise ValueError("the path is too long")
    return node


def genesis(service: str, log: UUID) -> bytes:
    """What stands before block 1."""
    return sha256(b"throughcare" + service.encode() + log.bytes).digest()


def chained(previous: bytes, block_no: int, first_pos: int, n: int, block_root: bytes) -> bytes:
    """The hash of a block: SHA-256(previous, block_no, first_pos, n as u64 big-endian, root)."""
    return sha256(previous + pack(">QQQ", block_no, first_pos, n) + block_root).digest()
