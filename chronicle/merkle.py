"""Leaves, roots and the chain of blocks: what makes a changed byte show."""

from collections.abc import Iterable
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
        paired = [
            sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def genesis(service: str, log: UUID) -> bytes:
    """What stands before block 1."""
    return sha256(b"throughcare" + service.encode() + log.bytes).digest()


def chained(previous: bytes, block_no: int, first_pos: int, n: int, block_root: bytes) -> bytes:
    """The hash of a block: SHA-256(previous, block_no, first_pos, n as u64 big-endian, root)."""
    return sha256(previous + pack(">QQQ", block_no, first_pos, n) + block_root).digest()
