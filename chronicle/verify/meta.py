"""What verify must know of an event: its id, its log, its version, its stream."""

import json
from binascii import a2b_hex
from typing import NamedTuple
from uuid import UUID

from chronicle.verify.lines import text

LENIENT = json.JSONDecoder(strict=False)
NAMES = (b"id", b"log", b"sequence", b"subject")
MOST_LAYOUTS = 64


class About(NamedTuple):
    event: bytes
    log: str
    version: int
    stream: str


def about(meta: bytes) -> About:
    """Raises KeyError, ValueError, TypeError and the like for what is no event's."""
    said = LENIENT.decode(meta.decode())
    event = UUID(said["id"]).bytes
    return About(event, text(said["log"]), int(said["sequence"]), text(said["subject"]))


class Layouts:
    """Attributes laid out as we lay them out are read by their quotation marks, 3 times as fast.

    One layout is remembered for each number of attributes.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[list[bytes], list[bytes], int, int, int, int]] = {}

    def quickly(self, meta: bytes) -> tuple[bytes, bytes, bytes, bytes]:
        """Event id, log, version and stream, as written. Raises ValueError for another layout."""
        if b"\\" in meta or not meta.isascii():
            raise ValueError("not only plain text")
        pieces = meta.split(b'"')
        names, between, event, log, sequence, subject = self._known.get(
            len(pieces)
        ) or self._learned(pieces)
        if pieces[1::4] != names or pieces[::2] != between:
            raise ValueError("another layout")
        event_id = a2b_hex(pieces[event].replace(b"-", b""))
        if len(event_id) != 16:
            raise ValueError("no UUID")
        return event_id, pieces[log], pieces[sequence], pieces[subject]

    def _learned(self, pieces: list[bytes]) -> tuple[list[bytes], list[bytes], int, int, int, int]:
        """The layout of a flat object of strings, its first of this length."""
        names, between = pieces[1::4], pieces[::2]
        flat = [b"{", *[b":", b","] * (len(names) - 1), b":", b"}"]
        if between != flat or names != sorted(set(names)) or len(self._known) == MOST_LAYOUTS:
            raise ValueError("no flat object of strings")
        event, log, sequence, subject = (3 + 4 * names.index(name) for name in NAMES)
        self._known[len(pieces)] = names, between, event, log, sequence, subject
        return self._known[len(pieces)]
