"""Read a history out of four databases, and fold every read model anew beside its table."""

from hashlib import sha256
from importlib import import_module
from typing import Any

from chronicle.as_of import as_of
from chronicle.db import Db
from chronicle.feed import head
from chronicle.rooms import Rooms
from tests.faults.clerk import Told
from tests.faults.history import Block, Compared, History, Kept, Log, Stored
from tests.faults.reading import Reading
from tests.faults.watch import HEARS
from throughcare.databases import SERVICES

EVENTS = """
select coalesce(b.first_pos + t.place - 1, 0) as position, e.stream, e.version, e.type,
       e.event_id as id, e.key, e.meta, e.body
from chronicle.event e
left join (chronicle.block b cross join lateral unnest(b.tickets) with ordinality t(ticket, place))
  on t.ticket = e.ticket
order by b.first_pos + t.place - 1 nulls last, e.ticket
"""
BLOCKS = """
select block_no, first_pos as first, n as count, root, hash from chronicle.block order by block_no
"""
PARKED = """
select event_id from chronicle.parked
where state <> 'released' and convert_from(key, 'utf8') not like 'fault-%' order by 1
"""


async def gather(reading: Reading, told: list[Told]) -> History:
    """Once everything has settled; nothing may be appended meanwhile."""
    history = History(told=told, logs={}, hears={s: k for s, k in HEARS.items() if k})
    for service in SERVICES:
        db = await reading.connected(service)
        try:
            history.logs[service] = await log_of(db, service)
            rows = await db.fetch("select log, position, event_id as id from chronicle.origin")
            history.kept += [Kept(**dict(row)) for row in rows]
            history.models += await compared(db, service)
        finally:
            await db.close()
    return history


async def log_of(db: Db, service: str) -> Log:
    commands = await db.fetch("select id, result from chronicle.command")
    inbox = await db.fetch("select event_id from chronicle.inbox")
    return Log(
        service=service,
        id=await db.fetchval("select id from chronicle.log"),
        events=[Stored(**dict(row)) for row in await db.fetch(EVENTS)],
        blocks=[Block(**dict(row)) for row in await db.fetch(BLOCKS)],
        commands={row["id"]: tuple((s, v) for s, v in row["result"]) for row in commands},
        inbox=[row["event_id"] for row in inbox],
        parked=[row["event_id"] for row in await db.fetch(PARKED)],
    )


async def compared(db: Db, service: str) -> list[Compared]:
    """Every table as it stands, and as the whole log folded in memory would have it."""
    rooms: Rooms = import_module(f"services.{service}.main").ROOMS
    found = []
    async with db.transaction(isolation="repeatable_read"):
        await as_of(db, rooms.words, rooms.models, await head(db))
        for model in rooms.models:
            live = await rows_of(db, f"view.{model.name}")
            rebuilt = await rows_of(db, f"pg_temp.{model.name}")
            found.append(
                Compared(
                    service=service, name=model.name, rows=len(live), live=digest(live),
                    rebuilt=digest(rebuilt),
                )
            )  # fmt: skip
    return found


async def rows_of(db: Db, table: str) -> list[Any]:
    return [row["t"] for row in await db.fetch(f"select t::text as t from {table} t order by 1")]


def digest(rows: list[str]) -> str:
    return sha256("\n".join(rows).encode()).hexdigest()
