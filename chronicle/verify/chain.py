"""The blocks of one log against their events, one another, and the seals that name them."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import TypeAlias

from chronicle.merkle import chained, genesis
from chronicle.verify.finding import Kind
from chronicle.verify.lines import Heading, Row

Find: TypeAlias = Callable[..., None]
"""`find(kind, said, block=, position=)`: a finding of this log."""
ROW = Struct(">QQQ32s32s")
IN_MEMORY = 8 * 2**20
UNREADABLE = Row(0, 0, 0, bytes(32), bytes(32))


@dataclass(frozen=True, slots=True)
class Events:
    """What stood under a block header: positions as written, and the root of the leaves.

    `named` says that one of its lines could not be read, which is a finding already.
    """

    positions: Sequence[int]
    root: bytes | None
    named: bool = False

    def fit(self, row: Row) -> bool:
        return (
            self.root == row.root
            and len(self.positions) == row.n
            and list(self.positions) == list(row.positions)
        )


@dataclass(frozen=True, slots=True)
class Odd:
    """A block whose positions are not those it should have."""

    row: Row
    missing: frozenset[int]
    extra: tuple[int, ...]
    same_root: bool


class Chain:
    """Headers and events come first, the seals after them: until then they wait on disk."""

    def __init__(self, heading: Heading, find: Find) -> None:
        self._heading, self._find = heading, find
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- closed by close
        self._suspects: dict[int, Events] = {}
        self.count = 0
        self._rows: Iterator[tuple[int, Row]] | None = None
        self._row: tuple[int, Row] | None = None
        self._hash: bytes | None = genesis(heading.service, heading.log)
        self._block = self._end = 0
        self._gap = False
        self._odd: list[Odd] = []
        self._lost: dict[bytes, Row] = {}
        self._stray: list[Row] = []
        self.doubtful: dict[int, Row] = {}
        """Blocks whose root is not that of their events, though nothing else tells why."""
        self.unsound: set[int] = set()
        """Blocks that something is wrong with, so that a differing copy is to be believed."""

    def add(self, row: Row, events: Events) -> None:
        """A header, UNREADABLE for one that cannot be read, and what stood under it."""
        if not events.fit(row):
            self._suspects[self.count] = events
        self._file.write(ROW.pack(*row))
        self.count += 1

    def add_all(self, packed: bytes, count: int) -> None:
        """Rows that their events fit."""
        self._file.write(packed)
        self.count += count

    def sealed(self, rows: Sequence[Row]) -> None:
        """The blocks that a seal names, one after another, by a seal that can be believed."""
        for sealed in rows:
            while (found := self._peek()) is not None and not self._pairs(found[1], sealed):
                if found[1].block_no > sealed.block_no:
                    found = None
                    break
                self._unsealed(*self._take())
            if found is None:
                self._absent(sealed)
            else:
                self._settle(*self._take(), sealed)
        self._gap = False

    def not_sealed(self) -> None:
        """A seal that is not here or cannot be believed: the blocks it names stand alone."""
        self._gap = True

    def close(self, through: int) -> None:
        """No more seals: what they did not name, and what the heading promised."""
        named = self._end
        while self._peek() is not None:
            index, row = self._take()
            if not self._gap and row.last > through:
                self._stray.append(row)
            else:
                if not self._gap:
                    self._find(Kind.MISSING, "no seal names it", block=row.block_no)
                self._settle(index, row, None)
        if through > self._end:
            self._find(
                Kind.MISSING, f"it ends at position {self._end}, the heading says {through}",
                position=self._end + 1,
            )  # fmt: skip
        elif through < named:
            self._find(Kind.EDITED, f"the heading says {through}, the seals say {named}")
        self._explain_blocks()
        self._explain_positions()
        self._file.close()

    def _peek(self) -> tuple[int, Row] | None:
        if self._rows is None:
            self._rows = self._read()
            self._row = next(self._rows, None)
        return self._row

    def _take(self) -> tuple[int, Row]:
        taken = self._peek()
        assert taken is not None
        assert self._rows is not None
        self._row = next(self._rows, None)
        return taken

    def _read(self) -> Iterator[tuple[int, Row]]:
        self._file.seek(0)
        for index in range(self.count):
            yield index, Row(*ROW.unpack(self._file.read(ROW.size)))

    def _pairs(self, row: Row, sealed: Row) -> bool:
        return row == UNREADABLE or row.block_no == sealed.block_no or row.hash == sealed.hash

    def _unsealed(self, index: int, row: Row) -> None:
        if self._gap:
            self._settle(index, row, None)
        else:
            self._stray.append(row)

    def _absent(self, sealed: Row) -> None:
        self._lost[sealed.hash] = sealed
        self._go_on(sealed)

    def _go_on(self, row: Row) -> None:
        self._block, self._end, self._hash = row.block_no, row.last, row.hash

    def _settle(self, index: int, row: Row, sealed: Row | None) -> None:
        events = self._suspects.pop(index, None)
        if row == UNREADABLE:
            if sealed is None:
                self._hash, self._block = None, self._block + 1
                self._end = max([self._end, *(events.positions if events else ())])
                return
            truth = sealed
        else:
            truth = self._true(row, sealed)
            events = events or (Events(row.positions, row.root) if truth is not row else None)
        self._go_on(truth)
        if events is not None and not events.fit(truth):
            self._suspect(truth, events)

    def _true(self, row: Row, sealed: Row | None) -> Row:
        """The header itself; the seal's, where the header does not follow and the seal differs."""
        follows = self._hash is not None and self._hash_of(row) == row.hash
        self._begins(row if follows else sealed or row)
        if sealed is not None and row != sealed:
            if follows:
                self._find(Kind.FORK, "it is not the block that its seal names", block=row.block_no)
                self.unsound.add(row.block_no)
                return row
            self._find(
                Kind.CHAIN_BROKEN, "its header is not what its seal says", block=sealed.block_no
            )
            return sealed
        if not follows and self._hash is not None:
            self._find(
                Kind.CHAIN_BROKEN, "its hash does not follow from the block before",
                block=row.block_no,
            )  # fmt: skip
        return row

    def _hash_of(self, row: Row) -> bytes:
        assert self._hash is not None
        return chained(self._hash, row.block_no, row.first, row.n, row.root)

    def _begins(self, row: Row) -> None:
        """Where the one before ended; behind a gap there is nothing to chain it to."""
        if row.first > self._end + 1:
            self._find(
                Kind.MISSING, f"positions {self._end + 1} to {row.first - 1} are not here",
                block=self._block + 1, position=self._end + 1,
            )  # fmt: skip
            self._hash = None
        elif (row.first, row.block_no) != (self._end + 1, self._block + 1):
            self._find(
                Kind.CHAIN_BROKEN, f"it begins at {row.first}, and {self._end + 1} is next",
                block=row.block_no, position=row.first,
            )  # fmt: skip

    def _suspect(self, truth: Row, events: Events) -> None:
        self.unsound.add(truth.block_no)
        if events.named:
            return
        want, have = frozenset(truth.positions), Counter(events.positions)
        missing = want - have.keys()
        extra = tuple(sorted((have - Counter(want)).elements()))
        if missing or extra:
            self._odd.append(Odd(truth, missing, extra, events.root == truth.root))
        elif list(events.positions) != list(truth.positions):
            self._find(Kind.REORDERED, "its events are not in order", block=truth.block_no)
        else:
            self.doubtful[truth.block_no] = truth

    def _explain_blocks(self) -> None:
        for row in self._stray:
            if self._lost.pop(row.hash, None):
                self._find(Kind.REORDERED, "it is not in its place", block=row.block_no)
            else:
                self._find(
                    Kind.INSERTED, "no seal names it", block=row.block_no, position=row.first
                )
            self.unsound.add(row.block_no)
        for row in self._lost.values():
            self._find(
                Kind.MISSING, f"positions {row.first} to {row.last} are not here",
                block=row.block_no, position=row.first,
            )  # fmt: skip

    def _explain_positions(self) -> None:
        """What one block lacks and another has too much was moved."""
        missing = {position for odd in self._odd for position in odd.missing}
        extra = {position for odd in self._odd for position in odd.extra}
        for odd in self._odd:
            block, count = odd.row.block_no, odd.row.n
            for position in sorted(odd.missing - extra):
                if odd.same_root:
                    said = "its position is written otherwise"
                    self._find(Kind.EDITED, said, block=block, position=position)
                else:
                    said = f"the block has {count} events, and this one is not here"
                    self._find(Kind.MISSING, said, block=block, position=position)
            for position in odd.extra:
                if position in missing:
                    self._find(
                        Kind.REORDERED, "it is not in its place", block=block, position=position
                    )
                elif not odd.same_root:
                    said = f"the block has {count} events, and this one is too many"
                    self._find(Kind.INSERTED, said, block=block, position=position)
