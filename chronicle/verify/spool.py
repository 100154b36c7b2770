"""Every event id of the file, kept on disk, so that memory does not grow with the log."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from struct import Struct
from typing import NamedTuple

MOST_IN_MEMORY = 4 * 2**20
"""Bytes that wait before they are written out."""
SEEN = Struct(">16sQQQ32s")


class Seen(NamedTuple):
    """Where an event was: section by its number in the file, block, position, and its leaf."""

    event: bytes
    section: int
    block: int
    position: int
    leaf: bytes


class Spool:
    """Put in as they come, by any number of processes; taken out a part of all ids at a time."""

    def __init__(self, folder: Path, parts: int, name: str) -> None:
        """`name` is that of the one process which puts in here."""
        self._folder, self._parts, self._name = folder, parts, name
        self._waiting = [bytearray() for _ in range(parts)]
        self._size = 0

    def put(self, event: bytes, tag: int, block: int, position: int, leaf: bytes) -> None:
        self._waiting[event[15] % self._parts] += SEEN.pack(event, tag, block, position, leaf)
        self._grown(SEEN.size)

    def put_all(self, packed: Sequence[bytes | bytearray]) -> None:
        """Of each part, any number."""
        for waiting, more in zip(self._waiting, packed, strict=True):
            waiting += more
            self._grown(len(more))

    def _grown(self, size: int) -> None:
        self._size += size
        if self._size > MOST_IN_MEMORY:
            self.write_out()

    def write_out(self) -> None:
        for part, waiting in enumerate(self._waiting):
            if waiting:
                of_part = self._folder / str(part)
                of_part.mkdir(exist_ok=True)
                with (of_part / self._name).open("ab") as file:
                    file.write(waiting)
                waiting.clear()
        self._size = 0


def unusual(
    folder: Path, part: int, sections: Mapping[int, int], unsound: Sequence[set[int]]
) -> list[list[Seen]]:
    """Every place of each id, in the order of the file, of which there is something to be said.

    There is nothing to say of an event that is there once, or of two that are one another's copies,
    in blocks that nothing is wrong with. `sections` are those of the tags that count; tags rise in
    the order of the file.
    """
    of_part = folder / str(part)
    if not of_part.exists():
        return []
    records = b"".join(file.read_bytes() for file in sorted(of_part.iterdir()))
    first: dict[bytes, tuple[bytes, int, int, int, bytes]] = {}
    again = set()
    strange = set()
    for record in SEEN.iter_unpack(records):
        event, tag, block, _, leaf = record
        section = sections.get(tag)
        if section is None:
            continue
        if block in unsound[section]:
            strange.add(event)
        if (other := first.setdefault(event, record)) is not record:
            if event in again or other[4] != leaf or sections[other[1]] == section:
                strange.add(event)
            again.add(event)
    if not strange:
        return []
    places: dict[bytes, list[tuple[int, Seen]]] = defaultdict(list)
    for event, tag, block, position, leaf in SEEN.iter_unpack(records):
        if event in strange and tag in sections:
            places[event].append((tag, Seen(event, sections[tag], block, position, leaf)))
    return [[seen for _, seen in sorted(found, key=first_of)] for found in places.values()]


def first_of(pair: tuple[int, Seen]) -> int:
    return pair[0]
