"""Export every log that is held, its own among them, in lines that verify can check alone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from chronicle.db import Db
from chronicle.feed import page
from chronicle.verify.lines import Row, Seal, Stored, ending, header, heading, seal, stored
from chronicle.verify.seals import Sealed

AT_ONCE = 1_000
SEALS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Held:
    """A log as far as its seals go; `own` is the log of whoever exports."""

    log: UUID
    service: str
    through: int
    last_seal: int
    own: bool


HELD = """
select l.log, l.service, coalesce(max(w.last_pos), 0) as through,
       coalesce(max(w.seal_no), 0) as last_seal, false as own
from (select log, service from chronicle.heard union select log, service from chronicle.witness) l
left join chronicle.witness w on w.log = l.log group by l.log, l.service
union all
select o.id, o.service, coalesce(b.first_pos + b.n - 1, 0), coalesce(s.seal_no, 0), true
from chronicle.log o
left join (select * from chronicle.seal order by seal_no desc limit 1) s on true
left join chronicle.block b on b.block_no = s.last_block
order by service, log
"""
EVENTS = """
select o.position, e.meta, e.body from chronicle.origin o join chronicle.event e using (event_id)
where o.log = $1 and o.position > $2 and o.position <= $3 order by o.position limit $4
"""
BLOCKS = """
select block_no, first_pos, n, root, hash from chronicle.block
where block_no > $1 and first_pos <= $2 order by block_no limit $3
"""
SEALS = """
select seal_no, body, signature from chronicle.seal
where seal_no > $1 and seal_no <= $2 order by seal_no limit $3
"""
WITNESSED = """
select seal_no, body, signature from chronicle.witness
where log = $4 and seal_no > $1 and seal_no <= $2 order by seal_no limit $3
"""


async def export(db: Db) -> AsyncIterator[bytes]:
    """The file, in pieces (`event-log.md` 4.5): only what is sealed, none of it kept in memory.

    The logs only grow, and where each ends is asked once, so no transaction is held open.
    """
    digest = sha256()
    for row in await db.fetch(HELD):
        async for piece in section(db, Held(*row)):
            digest.update(piece)
            yield piece
    yield ending(digest.digest())


async def section(db: Db, held: Held) -> AsyncIterator[bytes]:
    """One log: its heading, its blocks with their events, its seals."""
    yield heading(held.log, held.service, held.through)
    blocks = own_blocks(db, held) if held.own else sealed_blocks(db, held)
    events = own_events(db, held) if held.own else heard_events(db, held)
    async for piece in merged(blocks, events):
        yield piece
    async for one in seals(db, held):
        yield seal(*one)


async def merged(blocks: AsyncIterator[Row], events: AsyncIterator[Stored]) -> AsyncIterator[bytes]:
    """Each block's header, then those of its events that are here; both come in order."""
    event = await anext(events, None)
    lines: list[bytes] = []
    async for row in blocks:
        lines.append(header(row))
        while event is not None and event.position <= row.last:
            if event.position >= row.first:
                lines.append(stored(*event))
            event = await anext(events, None)
            if len(lines) >= AT_ONCE:
                yield b"".join(lines)
                lines.clear()
    yield b"".join(lines)


async def sealed_blocks(db: Db, held: Held) -> AsyncIterator[Row]:
    """As the seals of another log name them: of its blocks that is all there is."""
    async for one in seals(db, held):
        if said := Sealed.of(one.body):
            for row in said.blocks:
                yield row


async def own_blocks(db: Db, held: Held) -> AsyncIterator[Row]:
    last = 0
    while rows := await db.fetch(BLOCKS, last, held.through, AT_ONCE):
        for row in rows:
            yield Row(*row)
        last = rows[-1]["block_no"]


async def heard_events(db: Db, held: Held) -> AsyncIterator[Stored]:
    last = 0
    while rows := await db.fetch(EVENTS, held.log, last, held.through, AT_ONCE):
        for row in rows:
            yield Stored(*row)
        last = rows[-1]["position"]


async def own_events(db: Db, held: Held) -> AsyncIterator[Stored]:
    for after in range(0, held.through, AT_ONCE):
        for event in await page(db, after, min(AT_ONCE, held.through - after)):
            yield Stored(event.position, event.meta, event.body)


async def seals(db: Db, held: Held) -> AsyncIterator[Seal]:
    last = 0
    query, whose = (SEALS, ()) if held.own else (WITNESSED, (held.log,))
    while rows := await db.fetch(query, last, held.last_seal, SEALS_AT_ONCE, *whose):
        for row in rows:
            yield Seal(*row)
        last = rows[-1]["seal_no"]
