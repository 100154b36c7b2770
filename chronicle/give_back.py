"""Give a log back what a restore to the past took from it, out of an export of reporting's."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from chronicle.append import Line, reached
from chronicle.db import Db, connect
from chronicle.execute import envelope
from chronicle.fact import Envelope, unversioned
from chronicle.ids import derived
from chronicle.lost import CannotGiveBack, End, Lost, lines_of, lost_after, must_be_verified
from chronicle.resync import Resynced, anchored, next_anchor, shut_writers_out
from chronicle.sequencer import BLOCK_INSERT, Head, newest
from chronicle.verify.lines import Seal, Stored
from chronicle.verify.seals import Keys

AT_ONCE = 2_000
MOST_NAMED = 10

IN_THE_WAY = """
select distinct e.stream from unnest($1::text[], $2::int[], $3::uuid[], $4::bytea[], $5::bytea[])
  l(stream, version, event_id, meta, body)
join chronicle.event e on (e.stream, e.version) = (l.stream, l.version) or e.event_id = l.event_id
where (e.event_id, e.meta, e.body) is distinct from (l.event_id, l.meta, l.body) order by 1
"""
INSERT = """
insert into chronicle.event (stream, version, type, event_id, recorded, key, meta, body)
select s, v, ty, i, at, k, m, b
from unnest($1::text[], $2::int[], $3::text[], $4::uuid[], $5::timestamptz[], $6::text[],
            $7::bytea[], $8::bytea[]) with ordinality u(s, v, ty, i, at, k, m, b, n)
order by n on conflict (event_id) do nothing
"""
TICKETS = "select event_id, ticket from chronicle.event where event_id = any($1)"
COMMAND = "insert into chronicle.command (id, result) values ($1, $2) on conflict do nothing"
INBOX = """
insert into chronicle.inbox (consumer, source, event_id) values ($1, $2, $3) on conflict do nothing
"""
SEAL = """
insert into chronicle.seal (seal_no, first_block, last_block, body, signature, published)
values ($1, $2, $3, $4, $5, true)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """What came back: positions `first` to `through`, and what is known again because of them."""

    service: str
    first: int
    through: int
    blocks: int
    seals: int
    commands: int
    heard: int
    resynced: Resynced


async def give_back(
    url: str, service: str, file: Path, keys: Keys, hears: Collection[str], why: str, now: datetime
) -> GivenBack:
    """Insert the lost events with their bytes, their blocks and their seals, as the log's owner.

    The export is verified first with `keys`, the public keys of each log. `hears` are the types,
    without version, that the service's consumers act upon: where an event of such a type caused a
    lost one, it counts as heard. Everything is one transaction, in which writers wait; the log is
    anchored where it then ends, so that it may also have come from another cluster. Raises
    CannotGiveBack, with the streams in which something was appended in the meantime.
    """
    must_be_verified(service, file, keys)
    db = await connect(url)
    try:
        async with db.transaction(isolation="read_committed"):
            await shut_writers_out(db)
            head, _ = await newest(db, service)
            lost = lost_after(await _end(db, service, head), file)
            lines = lost.events
            await _must_be_free(db, lines)
            await _insert(db, lines)
            ended = await _blocks(db, next_anchor(head), lost)
            seals = await _seals(db, lost.seals)
            commands = await _commands(db, service, lines)
            heard = await _heard(db, service, lines, hears, file)
            resynced = await anchored(db, service, ended, why, now)
        return GivenBack(
            service=service, first=head.next_pos, through=ended.next_pos - 1,
            blocks=len(lost.blocks), seals=seals, commands=commands, heard=heard,
            resynced=resynced,
        )  # fmt: skip
    finally:
        await db.close()


async def _end(db: Db, service: str, head: Head) -> End:
    log: UUID = await db.fetchval("select id from chronicle.log")
    seal = await db.fetchrow("select seal_no, body from chronicle.seal order by 1 desc limit 1")
    seal_no, body = seal.values() if seal else (0, b"")
    return End(
        log=log, service=service, block_no=head.block_no, hash=head.hash, seal_no=seal_no,
        seal=body, next_pos=head.next_pos,
    )  # fmt: skip


async def _must_be_free(db: Db, lines: Sequence[Line]) -> None:
    rows = await db.fetch(
        IN_THE_WAY, [x.stream for x in lines], [x.version for x in lines],
        [x.event_id for x in lines], [x.meta for x in lines], [x.body for x in lines],
    )  # fmt: skip
    if rows:
        named = ", ".join(row["stream"] for row in rows[:MOST_NAMED])
        more = f" and {len(rows) - MOST_NAMED} more" if len(rows) > MOST_NAMED else ""
        raise CannotGiveBack(f"after the restore something was appended to {named}{more}")


async def _insert(db: Db, lines: Sequence[Line]) -> None:
    """In the order of their positions; what the restored log had, unsealed, stays as it is."""
    for start in range(0, len(lines), AT_ONCE):
        part = lines[start : start + AT_ONCE]
        await db.execute(
            INSERT, [x.stream for x in part], [x.version for x in part], [x.type for x in part],
            [x.event_id for x in part], [x.recorded for x in part], [x.key for x in part],
            [x.meta for x in part], [x.body for x in part],
        )  # fmt: skip


async def _blocks(db: Db, head: Head, lost: Lost) -> Head:
    """The lost blocks as they were, but for tickets, snapshot and anchor; gives the head they make.

    When a block was sealed is in no export: the seal that names it was signed within a second.
    """
    rows = await db.fetch(TICKETS, [x.event_id for x in lost.events])
    ticket = {row["event_id"]: row["ticket"] for row in rows}
    snap = await db.fetchval("select pg_current_snapshot()::text")
    sealed_at = _sealed_at(lost.seals)
    for block in lost.blocks:
        first = block.first - head.next_pos
        tickets = [ticket[x.event_id] for x in lost.events[first : first + block.n]]
        await db.execute(
            BLOCK_INSERT, block.block_no, head.anchor, block.first, block.n, tickets, min(tickets),
            max(tickets), block.root, block.hash, snap, sealed_at[block.block_no],
        )  # fmt: skip
    last = lost.blocks[-1]
    return Head(last.block_no, last.last + 1, last.hash, head.anchor, head.floor, snap)


def _sealed_at(seals: Iterable[Seal]) -> dict[int, datetime]:
    said = [json.loads(seal.body) for seal in seals]
    return {
        block["block_no"]: datetime.fromisoformat(seal["sealed_at"])
        for seal in said
        for block in seal["blocks"]
    }


async def _seals(db: Db, seals: Sequence[Seal]) -> int:
    for seal in seals:
        blocks = [block["block_no"] for block in json.loads(seal.body)["blocks"]]
        await db.execute(SEAL, seal.seal_no, blocks[0], blocks[-1], seal.body, seal.signature)
    return len(seals)


async def _commands(db: Db, service: str, lines: Sequence[Line]) -> int:
    """The answers of the lost commands of persons, each of which is its own cause.

    A timer's command cannot be told from the event that started it; it finds its work done.
    """
    by_cause: dict[UUID, list[Line]] = defaultdict(list)
    for one in lines:
        if cause := _cause(envelope(one.meta)):
            by_cause[cause].append(one)
    answers = []
    for command, caused in by_cause.items():
        order = {derived(command, f"{service}/{k}"): k for k in range(1, len(caused) + 1)}
        if all(one.event_id in order for one in caused):
            said = sorted(caused, key=lambda one: order[one.event_id])
            answers.append((command, reached(said)))
    await db.executemany(COMMAND, answers)
    return len(answers)


async def _heard(
    db: Db, service: str, lines: Sequence[Line], hears: Collection[str], file: Path
) -> int:
    """An inbox row for every event in the export that a lost one was the effect of."""
    causes = {cause for one in lines if (cause := _cause(envelope(one.meta)))}
    heard = {
        (service, about.source, str(about.id))
        for _, said in lines_of(file)
        if isinstance(said, Stored) and (about := envelope(said.meta)).id in causes
        if unversioned(about.type) in hears
    }
    await db.executemany(INBOX, sorted(heard))
    return len(heard)


def _cause(about: Envelope) -> UUID | None:
    """An outside event's cause is whatever its sender calls it."""
    try:
        return UUID(about.causation)
    except ValueError:
        return None
