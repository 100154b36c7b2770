"""Sequence and seal: dense positions after commit, in hash-chained, signed blocks."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from time import monotonic
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chronicle.clock import Clock
from chronicle.db import LOST, Db, connect
from chronicle.merkle import chained, genesis, leaf, root
from chronicle.seal import write_seal
from chronicle.wake import APPENDED, BLOCK, Wake

log = structlog.get_logger()

MOST_IN_BLOCK = 10_000
LEAST_INTERVAL = 0.005
"""Seconds between two blocks when busy, so that what follows carries many events."""
IDLE_POLL = 0.025
"""Seconds between two looks when idle; more where whoever appends is in the process and hints."""
SEAL_INTERVAL = 1.0

LEAD = "select pg_advisory_lock(hashtext('chronicle'), hashtext('sequencer'))"
HEAD = """
select coalesce(b.block_no, 0) as block_no, coalesce(b.first_pos + b.n, 1) as next_pos, b.hash,
       a.cluster, a.anchor, a.floor_ticket as floor,
       case when b.anchor = a.anchor then b.snap else a.snap end::text as prev
from (select * from chronicle.anchor order by anchor desc limit 1) a
left join (select * from chronicle.block order by block_no desc limit 1) b on true
"""
DELTA = """
with s as (select pg_current_snapshot() as snap), d as (
  select e.ticket, e.meta, e.body from chronicle.event e
  where e.xid >= pg_snapshot_xmax($1::text::pg_snapshot) and e.ticket > $2
  union all
  select e.ticket, e.meta, e.body
  from unnest(array(select pg_snapshot_xip($1::text::pg_snapshot))) p(x)
  join chronicle.event e on e.xid = p.x where e.ticket > $2)
select s.snap::text as snap, d.ticket, d.meta, d.body from s left join d on true order by d.ticket
"""
UNSEALED = """
with h as (
  select a.floor_ticket as floor, case when b.anchor = a.anchor then b.snap else a.snap end as snap
  from (select * from chronicle.anchor order by anchor desc limit 1) a
  left join (select * from chronicle.block order by block_no desc limit 1) b on true)
select count(*) from h join chronicle.event e on e.ticket > h.floor and (
  e.xid >= pg_snapshot_xmax(h.snap) or e.xid = any(array(select pg_snapshot_xip(h.snap))))
"""
BLOCK_INSERT = """
insert into chronicle.block (block_no, anchor, first_pos, n, tickets, min_ticket, max_ticket,
                             root, hash, snap, sealed_at)
select $1::bigint, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::pg_snapshot,
       greatest($11::timestamptz,
                (select sealed_at from chronicle.block where block_no = $1::bigint - 1))
"""


Compare: TypeAlias = Callable[[Db], Awaitable[None]]
"""Compare a log that is not as it was left with what is known of it elsewhere; raise to end."""


class OtherCluster(Exception):
    """The database was restored into another cluster: nothing is sealed until it is re-synced."""


@dataclass(slots=True)
class Head:
    """Where the log ends: the newest block, and the snapshot it was read by."""

    block_no: int
    next_pos: int
    hash: bytes
    anchor: int
    floor: int
    snap: str


class Sequencer:
    """One per service: leader by advisory lock, fenced by the primary key of the block."""

    def __init__(
        self,
        url: str,
        service: str,
        key: Ed25519PrivateKey,
        clock: Clock,
        appended: Wake,
        sealed: Callable[[], None],
        idle_poll: float = IDLE_POLL,
        compare: Compare | None = None,
    ) -> None:
        self._url, self._service, self._key, self._clock = url, service, key, clock
        self._appended, self._sealed, self._idle_poll = appended, sealed, idle_poll
        self._compare, self._left = compare, b""
        self.leading = False

    async def run(self) -> None:
        """Lead until cancelled. After any loss of the connection: the lock again, then the newest
        block or anchor, never what was in memory."""
        while True:
            try:
                await self._lead()
            except LOST as error:
                log.warning("sequencer lost its database", error=type(error).__name__)
                self.leading = False
                await asyncio.sleep(0.5)

    async def _lead(self) -> None:
        db = await connect(
            self._url,
            plan_cache_mode="force_custom_plan",
            synchronous_commit="on",
            lock_timeout="0",
        )
        try:
            await db.execute(LEAD)
            self.leading = True
            await self._sequence(db)
        finally:
            self.leading = False
            with contextlib.suppress(*LOST):
                await db.close(timeout=5)

    async def _sequence(self, db: "asyncpg.Connection[Any]") -> None:
        head = await read_head(db, self._service)
        if self._compare and head.hash != self._left:
            await self._compare(db)
        self._left = head.hash
        await self._appended.listen(db, APPENDED)
        log_id: UUID = await db.fetchval("select id from chronicle.log")
        last_block = last_seal = -inf
        idle = LEAST_INTERVAL
        unsealed = True
        while True:
            since = monotonic() - last_block
            if since < LEAST_INTERVAL:
                await asyncio.sleep(LEAST_INTERVAL - since)
            if await write_blocks(db, head, self._clock()):
                last_block, idle, unsealed = monotonic(), LEAST_INTERVAL, True
                self._left = head.hash
                self._sealed()
            else:
                idle = min(idle * 2, self._idle_poll)
            if unsealed and monotonic() - last_seal >= SEAL_INTERVAL:
                unsealed = await write_seal(db, log_id, self._service, self._key, self._clock())
                last_seal = monotonic()
                self._sealed()
            await self._appended.wait(idle)


async def read_head(db: Db, service: str) -> Head:
    """The newest block or anchor; OtherCluster when the database came from elsewhere."""
    head, written = await newest(db, service)
    cluster = await cluster_of(db)
    if written != cluster:
        raise OtherCluster(
            f"the log of {service} was written in cluster {written}, this is {cluster}:"
            f" run `chronicle resync --service {service}` as its owner"
        )
    return head


async def newest(db: Db, service: str) -> tuple[Head, int]:
    """The newest block or anchor, and the cluster it was written in."""
    row = await db.fetchrow(HEAD)
    assert row is not None
    log_id = await db.fetchval("select id from chronicle.log")
    head = Head(
        block_no=row["block_no"], next_pos=row["next_pos"],
        hash=row["hash"] or genesis(service, log_id), anchor=row["anchor"],
        floor=row["floor"], snap=row["prev"],
    )  # fmt: skip
    return head, row["cluster"]


async def cluster_of(db: Db) -> int:
    """Which cluster of PostgreSQL this is; transaction numbers mean nothing in another."""
    identifier: int = await db.fetchval("select system_identifier from pg_control_system()")
    return identifier


async def unsealed(db: Db) -> int:
    """How many committed events no block holds yet; tickets cannot tell, they commit in any order.

    Needs `select` on `chronicle.event`, `block` and `anchor`.
    """
    count: int = await db.fetchval(UNSEALED)
    return count


async def write_blocks(db: Db, head: Head, now: datetime) -> int:
    """Seal what was committed since `head`, move `head`, and give the number of events.

    All blocks cut from one delta are one transaction: a crash between two would read the older
    snapshot again and seal rows twice.
    """
    rows = await db.fetch(DELTA, head.snap, head.floor)
    seen = replace(head, snap=rows[0]["snap"])
    events = [row for row in rows if row["ticket"] is not None]
    if events:
        async with db.transaction():
            seen = await cut(db, seen, events, now)
            await db.execute(f"notify {BLOCK}")
    head.snap, head.block_no, head.next_pos, head.hash = (
        seen.snap, seen.block_no, seen.next_pos, seen.hash,
    )  # fmt: skip
    return len(events)


async def cut(db: Db, head: Head, events: Sequence[asyncpg.Record], now: datetime) -> Head:
    """Blocks of these events (ticket, meta, body) after `head`, each with its snapshot and anchor;
    gives the head they make. In the caller's transaction."""
    after = replace(head)
    for start in range(0, len(events), MOST_IN_BLOCK):
        part = events[start : start + MOST_IN_BLOCK]
        after.block_no += 1
        block_root = root(leaf(row["meta"], row["body"]) for row in part)
        after.hash = chained(after.hash, after.block_no, after.next_pos, len(part), block_root)
        tickets = [row["ticket"] for row in part]
        await db.execute(
            BLOCK_INSERT, after.block_no, after.anchor, after.next_pos, len(part), tickets,
            tickets[0], tickets[-1], block_root, after.hash, after.snap, now,
        )  # fmt: skip
        after.next_pos += len(part)
    return after
