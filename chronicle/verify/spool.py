"""Every event id of the file, kept on disk, so that memory does not grow with the log."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from struct import Struct
from types import TracebackType
from typing import NamedTuple, Self

PARTS = 64
MOST_IN_MEMORY = 64 * 1024
"""Bytes of one part that wait before they are written out."""
SEEN = Struct(">16sIQQ32s")


class Seen(NamedTuple):
    """Where an event was: section by its number in the file, block, position, and its leaf."""

    event: bytes
    section: int
    block: int
    position: int
    leaf: bytes


class Spool:
    """Put in the order of the file, taken out by event id, one part of all ids at a time."""

    def __init__(self) -> None:
        self._files = ExitStack()
        self._parts = [self._files.enter_context(on_disk()) for _ in range(PARTS)]
        self._waiting = [bytearray() for _ in range(PARTS)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._files.close()

    def put(self, event: bytes, section: int, block: int, position: int, leaf: bytes) -> None:
        part = event[15] % PARTS
        waiting = self._waiting[part]
        waiting += SEEN.pack(event, section, block, position, leaf)
        if len(waiting) > MOST_IN_MEMORY:
            self._parts[part].write(waiting)
            waiting.clear()

    def by_event(self) -> Iterator[list[Seen]]:
        """Every place of each id, in the order of the file."""
        for file, waiting in zip(self._parts, self._waiting, strict=True):
            file.seek(0)
            places: dict[bytes, list[Seen]] = defaultdict(list)
            for seen in SEEN.iter_unpack(file.read() + waiting):
                places[seen[0]].append(Seen(*seen))
            yield from places.values()


def on_disk() -> "tempfile.SpooledTemporaryFile[bytes]":
    """A file that is made when something is written to it, and gone when it is closed."""
    return tempfile.SpooledTemporaryFile(1)
