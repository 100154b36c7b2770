"""Ids: time-ordered when new, derived when a repeat must ask for the same thing."""

import os
from datetime import datetime
from hashlib import sha256
from uuid import UUID


def uuid7(now: datetime) -> UUID:
    """A new time-ordered id (UUIDv7) at the instant `now`."""
    random = int.from_bytes(os.urandom(10), "big")
    return _shaped((int(now.timestamp() * 1000) << 80) | random, version=7)


def derived(source: UUID, purpose: str) -> UUID:
    """The id that `source` gives for this purpose: a UUIDv8 that keeps the time of `source`.

    The same source and purpose always give the same id; another purpose gives another.
    """
    return _shaped((source.int >> 80 << 80) | (_hashed(source, purpose) >> 48), version=8)


def opaque(source: UUID, purpose: str) -> UUID:
    """An id that tells nothing, not even when: shaped as v4, from a hash alone."""
    return _shaped(_hashed(source, purpose), version=4)


def _hashed(source: UUID, purpose: str) -> int:
    return int.from_bytes(sha256(source.bytes + b"\0" + purpose.encode()).digest()[:16], "big")


def _shaped(bits: int, version: int) -> UUID:
    bits &= ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=bits | version << 76 | 0x2 << 62)
