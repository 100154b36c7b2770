"""Re-read every stored byte of every service, against the seals and copies that others hold."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias
from uuid import UUID

from chronicle.db import Db, Pool
from chronicle.export import Held, merged, own_blocks, own_events, seals
from chronicle.feed import head
from chronicle.verify.check import Verdict, processes_for, verify_file
from chronicle.verify.finding import Finding, Kind
from chronicle.verify.lines import ending, heading, seal
from chronicle.verify.meta import about
from chronicle.verify.proof import UNREADABLE
from chronicle.verify.seals import Keys, Outside

Pools: TypeAlias = Mapping[str, Pool]
"""The database of each service, opened as its auditor."""
AT_ONCE = 1_000
MOST_NAMED = 100
"""Findings of one kind that one question of a database may give."""
KEPT = """
select coalesce(max(last_pos), 0) as through, coalesce(max(seal_no), 0) as last_seal
from chronicle.witness where log = $1
"""
SEALED_HERE = """
select coalesce(max(b.first_pos + b.n - 1), 0), coalesce(max(s.seal_no), 0)
from chronicle.seal s join chronicle.block b on b.block_no = s.last_block
"""
COLUMNS = """
select ticket, event_id, stream, version, meta from chronicle.event
where ticket > $1 and ticket <= $2 order by ticket limit $3
"""
PASSED_OVER = """
select e.event_id from chronicle.event e
cross join (select * from chronicle.block order by block_no desc limit 1) b
cross join (select * from chronicle.anchor order by anchor desc limit 1) a
left join (select unnest(tickets) as ticket from chronicle.block) n on n.ticket = e.ticket
where n.ticket is null and b.anchor = a.anchor and e.ticket > a.floor_ticket
  and pg_visible_in_snapshot(e.xid, b.snap)
order by e.ticket limit $1
"""
ANSWERED = """
select c.id, r ->> 0 as stream, (r ->> 1)::int as version
from chronicle.command c cross join jsonb_array_elements(c.result) r
left join chronicle.event e on e.stream = r ->> 0 and e.version = (r ->> 1)::int
where e.ticket is null order by c.id limit $1
"""
HEARD = """
select consumer, source, event_id from chronicle.inbox
where (consumer, source, event_id) > ($1, $2, $3)
order by consumer, source, event_id limit $4
"""
GONE = """
select h.event_id from unnest($1::uuid[]) h (event_id)
left join chronicle.event e on e.event_id = h.event_id where e.event_id is null
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A log whose seals `by` holds, which is the service itself where nobody else holds one."""

    held: Held
    by: str


async def reread(pools: Pools, keys: Keys) -> Verdict:
    """What is wrong with what is stored, in the kinds of `verify`.

    The logs are written to one file, each from its own tables but under the seals that another
    service holds; so `verify` also compares reporting's copies with the originals. Services go on
    appending: what is read of a log ends where its newest kept seal ends.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "stored.jsonl"
        kept = [await _kept(pools, service) for service in sorted(pools)]
        with file.open("wb") as out:
            async for piece in _stored(pools, kept):
                out.write(piece)
        verdict = await asyncio.to_thread(
            verify_file, file, Outside(keys=keys), processes=processes_for(file.stat().st_size)
        )
    more = [found for one in kept async for found in _tables(pools, one)]
    return replace(verdict, findings=(*verdict.findings, *more))


async def _kept(pools: Pools, service: str) -> Kept:
    """Who else holds most of this log's seals."""
    own = pools[service]
    log = await own.fetchval("select id from chronicle.log")
    others = {name: pool for name, pool in pools.items() if name != service}
    kept = [(*(await pool.fetch(KEPT, log))[0], name) for name, pool in others.items()]
    through, last_seal, by = max(kept, default=(0, 0, service))
    if through:
        return Kept(Held(log, service, through, last_seal, False), by)
    ((through, last_seal),) = await own.fetch(SEALED_HERE)
    return Kept(Held(log, service, through, last_seal, True), service)


async def _stored(pools: Pools, kept: list[Kept]) -> AsyncIterator[bytes]:
    digest = sha256()
    for one in kept:
        async for piece in _section(pools, one):
            digest.update(piece)
            yield piece
    yield ending(digest.digest())


async def _section(pools: Pools, kept: Kept) -> AsyncIterator[bytes]:
    held = kept.held
    yield heading(held.log, held.service, held.through)
    async with pools[held.service].acquire() as db:
        async for piece in merged(own_blocks(db, held), own_events(db, held)):
            yield piece
    async with pools[kept.by].acquire() as db:
        async for one in seals(db, held):
            yield seal(*one)


async def _tables(pools: Pools, kept: Kept) -> AsyncIterator[Finding]:
    """What stands in a service's tables beside its sealed bytes."""
    service, log = kept.held.service, kept.held.log

    def found(kind: Kind, said: str, event: UUID | None = None) -> Finding:
        return Finding(kind=kind, said=said, service=service, log=log, event=event)

    async with pools[service].acquire() as db:
        if kept.by == service and await head(db):
            yield found(Kind.NOTHING_OUTSIDE, "no other service holds a seal of it")
        async for event in _mislabelled(db, log):
            yield found(Kind.EDITED, "its columns are not what its bytes say", event)
        for row in await db.fetch(PASSED_OVER, MOST_NAMED):
            said = "it was there when a later block was sealed, and is in none"
            yield found(Kind.INSERTED, said, row["event_id"])
        for row in await db.fetch(ANSWERED, MOST_NAMED):
            said = f"version {row['version']} of {row['stream']} was answered to {row['id']}"
            yield found(Kind.MISSING, f"{said}, and is not here")
    for other in sorted(pools):
        async for event in _gone(pools, other, service):
            yield found(Kind.MISSING, f"{other} heard it, and it is not here", event)


async def _mislabelled(db: Db, log: UUID) -> AsyncIterator[UUID]:
    """Events whose columns say otherwise than their attributes."""
    last, until = 0, await db.fetchval("select coalesce(max(ticket), 0) from chronicle.event")
    while rows := await db.fetch(COLUMNS, last, until, AT_ONCE):
        for row in rows:
            if not _as_labelled(row, log):
                yield row["event_id"]
        last = rows[-1]["ticket"]


def _as_labelled(row: Any, log: UUID) -> bool:
    try:
        said = about(row["meta"])
    except UNREADABLE:
        return False
    stream = row["stream"] if said.log == str(log) else row["stream"].partition("/")[2]
    labelled = row["event_id"].bytes, row["version"], stream
    return labelled == (said.event, said.version, said.stream)


async def _gone(pools: Pools, listener: str, service: str) -> AsyncIterator[UUID]:
    """Events that the listener's inbox names and the service's log has no more."""
    after = ("", "", "")
    async with pools[listener].acquire() as heard, pools[service].acquire() as said:
        while rows := await heard.fetch(HEARD, *after, AT_ONCE):
            after = tuple(rows[-1])
            ids = [UUID(r["event_id"]) for r in rows if r["source"] == f"/throughcare/{service}"]
            for row in await said.fetch(GONE, ids) if ids else ():
                yield row["event_id"]
