"""A service's tables and its witness's, read once from PostgreSQL and then attacked in memory."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chronicle.fact import canonical
from chronicle.merkle import chained, genesis, leaf, root
from chronicle.seal import public_text
from chronicle.verify import lines
from chronicle.verify.lines import Row, Seal
from tests.chronicle.hearing.home import Home

EVENTS = """
select ticket, event_id, stream, version, type, recorded, key, meta, body
from chronicle.event order by ticket
"""
BLOCKS = "select block_no, first_pos, n, root, hash, tickets from chronicle.block order by block_no"
SEALS = "select seal_no, body, signature from chronicle.seal order by seal_no"


@dataclass(frozen=True, slots=True)
class Event:
    ticket: int
    event_id: UUID
    stream: str
    version: int
    type: str
    recorded: datetime
    key: str
    meta: bytes
    body: bytes

    def saying(self, **attributes: str) -> "Event":
        """With other attributes, in its columns as well."""
        said = json.loads(self.meta) | attributes
        return replace(
            self, meta=canonical(said), version=int(said["sequence"]), event_id=UUID(said["id"])
        )


@dataclass(frozen=True, slots=True)
class Block:
    row: Row
    tickets: tuple[int, ...]


@dataclass(kw_only=True)
class Log:
    """One service's tables: its events by ticket, its blocks, its seals."""

    service: str
    id: UUID
    key: Ed25519PrivateKey
    events: dict[int, Event]
    blocks: list[Block]
    seals: list[Seal]

    def copy(self) -> "Log":
        return replace(
            self, events=dict(self.events), blocks=list(self.blocks), seals=list(self.seals)
        )

    @property
    def sealed(self) -> list[Event]:
        """In the order of their positions, as far as they are there."""
        return [
            self.events[ticket]
            for block in self.blocks
            for ticket in block.tickets
            if ticket in self.events
        ]

    @property
    def unsealed(self) -> list[Event]:
        named = {ticket for block in self.blocks for ticket in block.tickets}
        return [event for ticket, event in self.events.items() if ticket not in named]

    def section(self, seals: Sequence[Seal]) -> list[bytes]:
        """Its section of an export: its own blocks and events, under these seals."""
        last = lines_of(seals)[-1].last if seals else 0
        written = [lines.heading(self.id, self.service, last)]
        for block in self.blocks:
            written.append(lines.header(block.row))
            written += [
                lines.stored(block.row.first + place, event.meta, event.body)
                for place, ticket in enumerate(block.tickets)
                if (event := self.events.get(ticket))
            ]
        return written + [lines.seal(*seal) for seal in seals]

    def cut_anew(self, cuts: Iterable[Sequence[int]], blocks_in_seals: Sequence[int]) -> None:
        """Blocks of these tickets and seals over so many blocks each, all of them well made."""
        self.blocks = list(self._chained(cuts))
        self.sign_anew(blocks_in_seals)

    def sign_anew(self, blocks_in_seals: Sequence[int]) -> None:
        """Seals over the block rows as they stand, each of the time it had."""
        times = [json.loads(seal.body)["sealed_at"] for seal in self.seals]
        self.seals, first = [], 0
        for number, count in enumerate(blocks_in_seals, 1):
            rows = [block.row for block in self.blocks[first : first + count]]
            first += count
            if rows:
                self.seals.append(self._signed(number, rows, times[number - 1]))

    def _chained(self, cuts: Iterable[Sequence[int]]) -> Iterator[Block]:
        previous, first = genesis(self.service, self.id), 1
        for number, tickets in enumerate(filter(None, cuts), 1):
            of_block = root(leaf(self.events[t].meta, self.events[t].body) for t in tickets)
            previous = chained(previous, number, first, len(tickets), of_block)
            yield Block(Row(number, first, len(tickets), of_block, previous), tuple(tickets))
            first += len(tickets)

    def _signed(self, number: int, rows: Sequence[Row], at: str) -> Seal:
        body = canonical({
            "log": str(self.id), "service": self.service, "seal_no": number,
            "sealed_at": at, "key": public_text(self.key),
            "blocks": [lines.spelled(row) for row in rows],
        })  # fmt: skip
        return Seal(number, body, self.key.sign(body))

    def re_seal(self) -> None:
        """Every version, position, block and hash that would give it away, made anew."""
        self.renumber()
        kept = [[t for t in block.tickets if t in self.events] for block in self.blocks]
        self.cut_anew(kept, self.blocks_in_seals)

    def renumber(self) -> None:
        """Versions 1, 2, 3 in each stream, in the order of the log and then of what waits."""
        versions: Counter[str] = Counter()
        for event in [*self.sealed, *self.unsealed]:
            versions[event.stream] += 1
            self.events[event.ticket] = event.saying(sequence=str(versions[event.stream]))

    @property
    def blocks_in_seals(self) -> list[int]:
        return [len(json.loads(seal.body)["blocks"]) for seal in self.seals]


def lines_of(seals: Sequence[Seal]) -> list[Row]:
    return [lines.block(said) for seal in seals for said in json.loads(seal.body)["blocks"]]


async def read(home: Home) -> Log:
    """What stands in the tables now."""
    admin = await home.admin()
    blocks = [tuple(row) for row in await admin.fetch(BLOCKS)]
    return Log(
        service=home.name, id=home.log, key=home.key,
        events={row["ticket"]: Event(*row) for row in await admin.fetch(EVENTS)},
        blocks=[Block(Row(*row), tuple(tickets)) for *row, tickets in blocks],
        seals=[Seal(*row) for row in await admin.fetch(SEALS)],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever gave the command was answered."""

    stream: str
    version: int
    leaf: bytes


def receipts(log: Log) -> list[Receipt]:
    return [Receipt(e.stream, e.version, leaf(e.meta, e.body)) for e in log.events.values()]
