"""Sequence and seal: dense positions after commit, in hash-chained, signed blocks."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import inf
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chronicle.clock import Clock
from chronicle.db import Db, connect
from chronicle.merkle import chained, genesis, leaf, root
from chronicle.seal import write_seal
from chronicle.wake import BLOCK, Wake

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
    ) -> None:
        self._url, self._service, self._key, self._clock = url, service, key, clock
        self._appended, self._sealed, self._idle_poll = appended, sealed, idle_poll
        self.leading = False

    async def run(self) -> None:
        """Lead until cancelled. After any loss of the connection: the lock again, then the newest
        block or anchor, never what was in memory."""
        while True:
            try:
                await self._lead()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
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
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await db.close(timeout=5)

    async def _sequence(self, db: "asyncpg.Connection[Any]") -> None:
        head = await read_head(db, self._service)
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
    row = await db.fetchrow(HEAD)
    assert row is not None
    cluster = await db.fetchval("select system_identifier from pg_control_system()")
    if row["cluster"] != cluster:
        raise OtherCluster(
            f"the log of {service} was written in cluster {row['cluster']}, this is {cluster}:"
            f" run `chronicle resync --service {service}` as its owner"
        )
    log_id = await db.fetchval("select id from chronicle.log")
    return Head(
        block_no=row["block_no"], next_pos=row["next_pos"],
        hash=row["hash"] or genesis(service, log_id), anchor=row["anchor"],
        floor=row["floor"], snap=row["prev"],
    )  # fmt: skip


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
    snap = rows[0]["snap"]
    events = [row for row in rows if row["ticket"] is not None]
    block_no, next_pos, last = head.block_no, head.next_pos, head.hash
    if events:
        async with db.transaction():
            for start in range(0, len(events), MOST_IN_BLOCK):
                cut = events[start : start + MOST_IN_BLOCK]
                block_no += 1
                block_root = root(leaf(row["meta"], row["body"]) for row in cut)
                last = chained(last, block_no, next_pos, len(cut), block_root)
                tickets = [row["ticket"] for row in cut]
                await db.execute(
                    BLOCK_INSERT, block_no, head.anchor, next_pos, len(cut), tickets,
                    tickets[0], tickets[-1], block_root, last, snap, now,
                )  # fmt: skip
                next_pos += len(cut)
            await db.execute(f"notify {BLOCK}")
    head.snap, head.block_no, head.next_pos, head.hash = snap, block_no, next_pos, last
    return len(events)
