"""Check what was heard against the signed seals of those who said it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import structlog

from chronicle.completeness import complete_through
from chronicle.db import LOST, Db, Pool, away
from chronicle.feed import cursor, move
from chronicle.merkle import chained, genesis, leaf, root
from chronicle.signature import signed
from chronicle.wake import Wake

log = structlog.get_logger()

INTERVAL = 1.0
"""Seconds between two passes at least: seals come once a second."""

Keys: TypeAlias = Mapping[UUID, Sequence[str]]
"""The public keys pinned for each log, oldest first, base64url."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What recomputing a run of blocks found; no finding means that every root agreed.

    `last_block` is the number of the last block that was recomputed, 0 where none was.
    """

    log: UUID
    service: str
    from_position: int
    to_position: int
    blocks: int
    finding: str | None = None
    last_block: int = 0


Say: TypeAlias = Callable[[Checked], Awaitable[None]]


class Checker:
    """Recompute every block from the bytes received and compare it with its signed seal."""

    def __init__(self, pool: Pool, keys: Keys, say: Say, heard: Wake) -> None:
        self._pool, self._keys, self._say, self._heard = pool, keys, say, heard

    async def run(self) -> None:
        """Check whatever can be checked, whenever something was heard."""
        while True:
            try:
                await self.check()
            except LOST as error:
                if not away(error):
                    raise
                log.warning("checker lost its database", error=type(error).__name__)
            await asyncio.sleep(INTERVAL)
            await self._heard.wait(INTERVAL)

    async def check(self) -> None:
        """One pass over every log. The cursor moves after `say`: twice perhaps, never lost."""
        async with self._pool.acquire() as db:
            logs = await db.fetch(
                "select distinct log, service from chronicle.witness order by log"
            )
        for row in logs:
            async with self._pool.acquire() as db:
                at = await cursor(db, f"check/{row['log']}")
                found = await checked(db, row["log"], row["service"], at, self._keys)
            for one in found:
                await self._say(one)
            if found:
                async with self._pool.acquire() as db:
                    await move(db, f"check/{row['log']}", at, found[-1].to_position)
        async with self._pool.acquire() as db:
            forks = await forks_found(db)
        for fork in forks:
            await self._say(fork)


async def checked(db: Db, log_id: UUID, service: str, at: int, keys: Keys) -> list[Checked]:
    """Recompute every block that is sealed and wholly heard after position `at`.

    Agreeing blocks come as one result, and the first that does not agree as another after it.
    """
    seals = await db.fetch(
        "select seal_no, last_pos, body, signature from chronicle.witness where log = $1"
        " and last_pos > $2 order by seal_no",
        log_id,
        at,
    )
    complete = await complete_through(db, log_id)
    previous = await _last_hash(db, log_id, service, at)
    start, blocks, results = at + 1, 0, list[Checked]()
    for seal in seals:
        said = json.loads(seal["body"])
        if not signed(said, seal["body"], seal["signature"], keys.get(log_id, ())):
            first = results[-1].to_position + 1 if results else start
            return [*results, Checked(log_id, service, first, seal["last_pos"], 0, "bad_signature")]
        for block in said["blocks"]:
            first, count = block["first_position"], block["count"]
            last = first + count - 1
            if first <= at:
                continue
            if last > complete:
                return results
            leaves = await leaves_of(db, log_id, first, last)
            mine = root(leaves)
            expected = chained(previous, block["block_no"], first, count, mine).hex()
            if mine.hex() != block["root"] or expected != block["hash"]:
                return [*results, Checked(log_id, service, first, last, 1, "root_differs")]
            previous, blocks = bytes.fromhex(block["hash"]), blocks + 1
            results = [Checked(log_id, service, start, last, blocks, last_block=block["block_no"])]
    return results


async def _last_hash(db: Db, log_id: UUID, service: str, at: int) -> bytes:
    """The hash of the block that ends at `at`, as its seal says; before the first, the genesis."""
    if not at:
        return genesis(service, log_id)
    body = await db.fetchval(
        "select body from chronicle.witness where log = $1 and last_pos >= $2"
        " order by seal_no limit 1",
        log_id,
        at,
    )
    blocks = json.loads(body)["blocks"]
    ends = {b["first_position"] + b["count"] - 1: b["hash"] for b in blocks}
    return bytes.fromhex(ends[at])


async def leaves_of(db: Db, log_id: UUID, first: int, last: int) -> list[bytes]:
    """The leaves of these positions, from the bytes that were received."""
    rows = await db.fetch(
        "select e.meta, e.body from chronicle.origin o join chronicle.event e using (event_id)"
        " where o.log = $1 and o.position between $2 and $3 order by o.position",
        log_id,
        first,
        last,
    )
    return [leaf(row["meta"], row["body"]) for row in rows]


async def forks_found(db: Db) -> list[Checked]:
    """Every fork set aside, as a finding; saying one again says the same thing."""
    rows = await db.fetch(
        "select distinct (p.detail ->> 'log')::uuid as log, (p.detail ->> 'position')::bigint"
        " as position, p.detail ->> 'finding' as finding, coalesce(h.service, w.service) as service"
        " from chronicle.parked p"
        " left join chronicle.heard h on h.log = (p.detail ->> 'log')::uuid"
        " left join lateral (select service from chronicle.witness w"
        "   where w.log = (p.detail ->> 'log')::uuid limit 1) w on true"
        " where p.reason = 'fork' order by 1, 2"
    )
    return [
        Checked(r["log"], r["service"], r["position"], r["position"], 0, r["finding"]) for r in rows
    ]
