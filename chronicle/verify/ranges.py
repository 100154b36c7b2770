"""The file in pieces that can be read apart: each begins with the header of a block."""

from collections.abc import Callable, Iterator
from io import SEEK_END
from typing import Any, BinaryIO, TypeAlias

Moved: TypeAlias = Callable[[int], Any]
"""Told the bytes that were read so far."""
AT_ONCE = 4 * 2**20
BEGINS = b'\n{"block_no":'
STEP = 64 * 1024


def size_of(file: BinaryIO) -> int:
    return file.seek(0, SEEK_END)


def ranges(file: BinaryIO, size: int, at_once: int) -> Iterator[tuple[int, int]]:
    """From and to which byte: what stands before the first block, then blocks worth `at_once`."""
    start = 0
    while start < size:
        end = _next_block(file, min(start + at_once, size) if start else 0, size)
        yield start, end
        start = end


def _next_block(file: BinaryIO, at: int, size: int) -> int:
    """Where a block begins after this byte; the end of the file where none does."""
    file.seek(at)
    before = b""
    while piece := file.read(STEP):
        found = (before + piece).find(BEGINS)
        if found >= 0:
            return at - len(before) + found + 1
        at += len(piece)
        before = (before + piece)[1 - len(BEGINS) :]
    return size


def lines_of(file: BinaryIO, start: int, end: int) -> Iterator[list[bytes]]:
    """The lines of a range with their ends, some of them at a time."""
    file.seek(start)
    while start < end:
        lines = []
        for raw in file.readlines(min(AT_ONCE, end - start)):
            if start < end:
                lines.append(raw)
                start += len(raw)
        yield lines
