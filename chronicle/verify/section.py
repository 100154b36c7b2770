"""One log of the file, line by line: its blocks with their events, then its seals."""

from typing import Any
from uuid import UUID

from chronicle.merkle import leaf as leaf_of
from chronicle.merkle import root
from chronicle.verify.chain import UNREADABLE, Chain, Events
from chronicle.verify.finding import Finding, Kind
from chronicle.verify.lines import Heading, Redacted, Row, Seal, Stored
from chronicle.verify.meta import about
from chronicle.verify.seals import Outside, Signatures
from chronicle.verify.spool import Spool
from chronicle.verify.streams import Streams
from chronicle.verify.stretch import Stretch


class Section:
    """Keeps the leaves of one block at a time; `copied` names the logs it holds events of."""

    def __init__(self, heading: Heading, number: int, outside: Outside, spool: Spool) -> None:
        self.heading, self.number = heading, number
        self.findings: list[Finding] = []
        self.events = self.redacted = 0
        self.copied: set[str] = set()
        self.streams, self._copies = Streams(), Streams()
        self.chain = Chain(heading, self._find)
        self.signatures = Signatures(heading, outside, self._find)
        self.tag = 0
        """Under which its events are spooled."""
        self._spool, self._log = spool, str(heading.log)
        self._row: Row | None = None
        self._block = 0
        self._last = -1
        self._positions: list[int] = []
        self._leaves: list[bytes] = []
        self._unread = 0
        self._sealing = False

    def _find(
        self, kind: Kind, said: str, *, block: int | None = None, position: int | None = None,
        event: UUID | None = None,
    ) -> None:  # fmt: skip
        found = Finding(
            kind=kind, said=said, service=self.heading.service, log=self.heading.log, block=block,
            position=position, event=event,
        )  # fmt: skip
        self.findings.append(found)

    def edited(self, raw_kind: type[Any], *, read: bool) -> None:
        """The line that comes now is not what we would have written."""
        said = "its line is not written as it was" if read else "its line cannot be read"
        if raw_kind is Heading:
            self._find(Kind.EDITED, said)
        elif raw_kind is Row:
            self._find(Kind.EDITED, f"its header: {said}", block=self._after)
        elif raw_kind is Seal:
            self._find(Kind.EDITED, f"a seal: {said}")
        else:
            self._find(Kind.EDITED, said, block=self._block, position=self._next)

    def unreadable(self, kind: type[Any]) -> None:
        """What a line that cannot be read stood for is counted as being there."""
        self._unread += 1
        if kind is Row:
            self.row(UNREADABLE)
        elif kind is Seal:
            self._seal_next()
            self.signatures.unreadable()
            self.chain.not_sealed()
        else:
            self.edited(kind, read=False)
            self._positions.append(self._next)
            self._leaves.append(b"")

    @property
    def _next(self) -> int:
        if self._positions:
            return self._positions[-1] + 1
        return self._row.first if self._row else self._last + 1

    @property
    def _after(self) -> int:
        return self._block + 1

    def row(self, row: Row) -> None:
        if self._sealing:
            self._find(Kind.INSERTED, "a block after the seals", block=row.block_no)
            return
        if row == UNREADABLE:
            self.edited(Row, read=False)
        last = self._next
        self._end_block()
        self._block = row.block_no or self._after
        self._row = row if row.block_no else row._replace(first=last)

    def stored(self, event: Stored) -> None:
        position, meta, body = event
        if self._row is None or self._sealing:
            self._find(Kind.INSERTED, "an event outside every block", position=position)
            return
        leaf = leaf_of(meta, body)
        self._positions.append(position)
        self._leaves.append(leaf)
        self.events += 1
        try:
            event_id, log, version, stream = about(meta)
            self._spool.put(event_id, self.tag, self._block, position, leaf)
        except (ValueError, KeyError, TypeError, AttributeError, LookupError, RecursionError):
            self._unread += 1
            self._find(
                Kind.EDITED, "its attributes cannot be read", block=self._block, position=position
            )
            return
        if log != self._log:
            self.copied.add(log)
        if self._streams(log).saw((log, stream), version, self._block) == "again":
            kind = Kind.INSERTED if log == self._log else Kind.FORK
            twice = f"version {version} of {stream} is there twice"
            self._find(
                kind, twice, block=self._block, position=position, event=UUID(bytes=event_id)
            )

    def stretch(self, read: Stretch) -> bool:
        """Blocks that were read at once; False, and nothing done, when they do not follow on."""
        if self._sealing or (self._row is None and self._positions):
            return False
        if not all(
            self._streams(log).follows((log, stream), first)
            for (log, stream), (first, _) in read.runs.items()
        ):
            return False
        self._end_block()
        for (log, stream), (_, last) in read.runs.items():
            self._streams(log).goes_on((log, stream), last)
        self.copied |= {log for log, _ in read.runs} - {self._log}
        self.chain.add_all(read.rows, read.count)
        self.events += read.events
        self._row, self._block, self._last = None, read.last_block, read.last_position
        return True

    def _streams(self, log: str) -> Streams:
        return self.streams if log == self._log else self._copies

    def shown_by_leaf(self, event: Redacted) -> None:
        if self._row is None or self._sealing:
            self._find(Kind.INSERTED, "an event outside every block", position=event.position)
            return
        self._positions.append(event.position)
        self._leaves.append(event.leaf)
        self.redacted += 1

    def seal(self, seal: Seal) -> None:
        self._seal_next()
        before = self.signatures.next
        said = self.signatures.believed(seal)
        if self.signatures.next > before + 1 or said is None:
            self.chain.not_sealed()
        if said is not None:
            self.chain.sealed(said.blocks)

    def _seal_next(self) -> None:
        if not self._sealing:
            self._end_block()
            self._row, self._sealing = None, True

    def _end_block(self) -> None:
        if self._row is None:
            return
        named = b"" in self._leaves
        found = root(self._leaves) if self._leaves and not named else None
        row = self._row if self._row.block_no else UNREADABLE
        self.chain.add(row, Events(self._positions, found, named))
        self._last = self._next - 1
        self._positions, self._leaves = [], []

    def close(self) -> None:
        self._seal_next()
        self.chain.close(self.heading.through)
        for block in self.streams.disordered & self.chain.doubtful.keys():
            row = self.chain.doubtful.pop(block)
            self._find(
                Kind.REORDERED, "its events are not in the order of their streams", block=block,
                position=row.first,
            )  # fmt: skip
        if not (self.redacted or self._unread):
            for (_, stream), version, block in self.streams.gaps():
                self._find(Kind.MISSING, f"version {version} of {stream} is not here", block=block)
