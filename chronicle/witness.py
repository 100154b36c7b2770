"""Keep the whole log of others and their seals, bytes unchanged, each event once."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import structlog
from aiokafka import ConsumerRecord
from faststream import BaseMiddleware, Context
from faststream.exceptions import IgnoredException
from faststream.kafka import KafkaRouter

from chronicle.append import MOST_BODY
from chronicle.consume import backoff, readable
from chronicle.consume import heard as _record
from chronicle.db import Db, Pool
from chronicle.execute import Service
from chronicle.fact import Envelope
from chronicle.parking import Heard, set_aside
from chronicle.signature import unbase64
from chronicle.wake import Wake

log = structlog.get_logger()

MOST_SEQUENCE = 2**31 - 1
NEW = """
insert into chronicle.origin (log, position, event_id)
select l, p, i from unnest($1::uuid[], $2::bigint[], $3::uuid[]) with ordinality u(l, p, i, n)
order by l, p, n on conflict do nothing returning log, position, event_id
"""
APPEND = """
insert into chronicle.event
  (stream, version, type, event_id, recorded, key, meta, body, trace)
select s, v, ty, i, at, k, m, b, tr
from unnest($1::text[], $2::int[], $3::text[], $4::uuid[], $5::timestamptz[],
            $6::text[], $7::bytea[], $8::bytea[], $9::text[])
  with ordinality u(s, v, ty, i, at, k, m, b, tr, n)
order by n on conflict do nothing returning event_id
"""
FORKS = """
select h.n - 1 as n
from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[], $5::bytea[])
  with ordinality h(l, p, i, m, b, n)
left join chronicle.origin o on (o.log, o.position) = (h.l, h.p)
left join chronicle.event e on e.event_id = o.event_id
where (o.event_id, e.meta, e.body) is distinct from (h.i, h.m, h.b)
"""
HEARD = """
insert into chronicle.heard (log, service, positions)
select l, s, range_agg(int8range(p, p + 1))
from unnest($1::uuid[], $2::text[], $3::bigint[]) u(l, s, p) group by l, s order by l
on conflict (log) do update set positions = heard.positions + excluded.positions
"""


@dataclass(frozen=True, slots=True)
class Copy:
    """One event of another log, bytes unchanged, with where it came from."""

    record: Heard
    about: Envelope
    log: UUID
    meta: bytes
    body: bytes

    @property
    def content(self) -> tuple[UUID, int, UUID, bytes, bytes]:
        """What makes two records copies of one another."""
        return self.log, self.about.position, self.about.id, self.meta, self.body


class Witness:
    """Everything heard, kept once: the inbox of this consumer is the place in the other log."""

    def __init__(self, service: Service, pool: Pool, appended: Callable[[], None]) -> None:
        self.service, self.pool, self._appended = service, pool, appended
        self.wake = Wake()

    async def hear(self, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """Keep one poll of records, in one transaction. Safe to repeat."""
        async with self.pool.acquire() as db, db.transaction():
            await self._keep(db, records)
        self._appended()
        self.wake.hint()

    async def _keep(self, db: Db, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        copies: dict[tuple[UUID, int, UUID, bytes, bytes], Copy] = {}
        for raw in records:
            copy = self._copy(raw)
            if isinstance(copy, Copy):
                copies.setdefault(copy.content, copy)
            else:
                await self._aside(db, raw, "bad_envelope", {"why": copy})
        if copies:
            await self._store(db, list(copies.values()))

    def _copy(self, raw: ConsumerRecord[Any, Any]) -> Copy | str:
        headers, wrong = readable(raw.headers or ())
        if wrong := wrong or self.service.binding.check(headers, raw.topic):
            return wrong
        about = Envelope.heard(headers)
        if about.log is None or not about.position or not about.sequence or raw.value is None:
            return "no log, position, sequence or data"
        if about.sequence > MOST_SEQUENCE or len(raw.value) > MOST_BODY:
            return "larger than any event"
        return Copy(_record(raw), about, about.log, self.service.binding.meta(headers), raw.value)

    async def _store(self, db: Db, copies: list[Copy]) -> None:
        ids = [c.about.id for c in copies]
        places = [c.log for c in copies], [c.about.position for c in copies]
        rows = await db.fetch(NEW, *places, ids)
        fresh = {row["event_id"] for row in rows}
        new = [c for c in copies if c.about.id in fresh]
        stored = await db.fetch(
            APPEND,
            [f"{c.about.service}/{c.about.subject}" for c in new], [c.about.sequence for c in new],
            [c.about.type for c in new], [c.about.id for c in new], [c.about.time for c in new],
            [c.about.key for c in new], [c.meta for c in new], [c.body for c in new],
            [c.about.trace for c in new],
        )  # fmt: skip
        forked: set[int] = set()
        if len(stored) < len(copies):
            found = await db.fetch(
                FORKS, *places, ids, [c.meta for c in copies], [c.body for c in copies]
            )
            forked = {row["n"] for row in found}
        for n in sorted(forked):
            c = copies[n]
            log.error("fork", log=str(c.log), position=c.about.position)
            finding = await _kind_of_fork(db, c)
            await self._aside(db, c.record, "fork", _place(c) | {"finding": finding})
        heard = [c for n, c in enumerate(copies) if n not in forked]
        await db.execute(
            HEARD, [c.log for c in heard], [c.about.service for c in heard],
            [c.about.position for c in heard],
        )  # fmt: skip

    async def hear_seals(self, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """Keep the seals of others as they came; its own are for the others to keep."""
        async with self.pool.acquire() as db, db.transaction():
            for raw in records:
                await self._keep_seal(db, raw)
        self.wake.hint()

    async def _keep_seal(self, db: Db, raw: ConsumerRecord[Any, Any]) -> None:
        try:
            said = json.loads(raw.value or b"")
            signature = unbase64(dict(raw.headers)["ce_signature"].decode())
            last = said["blocks"][-1]
            row = (
                UUID(said["log"]), int(said["seal_no"]), said["service"],
                last["first_position"] + last["count"] - 1, raw.value, signature,
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            await self._aside(db, raw, "bad_seal", {"error": type(error).__name__})
            return
        if said["service"] == self.service.name:
            return
        try:
            async with db.transaction():
                await db.execute(
                    "insert into chronicle.witness"
                    " (log, seal_no, service, last_pos, body, signature)"
                    " values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
                    *row,
                )
        except asyncpg.DataError as error:
            await self._aside(db, raw, "bad_seal", {"error": type(error).__name__})
            return
        kept = await db.fetchval(
            "select body from chronicle.witness where log = $1 and seal_no = $2", row[0], row[1]
        )
        if kept != raw.value:
            detail = {"log": str(row[0]), "position": row[3], "finding": "seal_forked"}
            await self._aside(db, raw, "fork", detail)

    async def _aside(
        self, db: Db, raw: ConsumerRecord[Any, Any] | Heard, reason: str, detail: Any
    ) -> None:
        """The other bytes of one event are a message of their own, named by where they lay."""
        record = raw if isinstance(raw, Heard) else _record(raw)
        nameless = Heard(
            record.topic, record.partition, record.offset, record.key,
            tuple((f"x-{n}", v) for n, v in record.headers), record.value,
        )  # fmt: skip
        now = self.service.clock()
        await set_aside(db, self.service.name, nameless, reason, detail, 1, now, kind="quarantined")


Keeping = Annotated[Witness, Context("witness")]


async def keep_seals(batch: list[Any], witness: Keeping) -> None:
    """The handler of whoever keeps the seals of others."""
    await witness.hear_seals(batch)


def keep_all(witness: Witness) -> KafkaRouter:
    """A router whose handlers get whole polls of raw records, and the witness that keeps them."""
    return KafkaRouter(middlewares=[partial(Keep, witness=witness)])


class Keep(BaseMiddleware[Any, Any]):
    """Nothing is too broken to be kept, so every failure passes: try again, with back-off."""

    def __init__(self, msg: Any, /, *, context: Any, witness: Witness) -> None:
        super().__init__(msg, context=context)
        self.witness = witness

    async def consume_scope(self, call_next: Any, msg: Any) -> Any:
        tries = 0
        while True:
            tries += 1
            try:
                with self.context.scope("witness", self.witness):
                    return await call_next(msg)
            except IgnoredException:
                raise
            except Exception as error:
                log.warning("keeping again", error=type(error).__name__, tries=tries)
                await asyncio.sleep(backoff(tries))


async def _headerless(raws: tuple[ConsumerRecord[Any, Any], ...], original: Any) -> Any:
    """In a batch one null header would fail all: the records are looked at one by one, later."""
    message = await original(tuple(replace(raw, headers=()) for raw in raws))
    message.raw_message = raws
    return message


async def _raw(message: Any) -> list[Any]:
    return list(message.raw_message)


IN_BATCHES: dict[str, Any] = {
    "batch": True,
    "max_records": 500,
    "batch_timeout_ms": 10,
    "parser": _headerless,
    "decoder": _raw,
}
UNHURRIED = IN_BATCHES | {"batch_timeout_ms": 500}
"""For seals, which come once a second: an empty poll is followed by a rest of the same length."""


def _place(c: Copy) -> dict[str, Any]:
    return {"log": str(c.log), "position": c.about.position}


async def _kind_of_fork(db: Db, c: Copy) -> str:
    """Two events at one position, or one event (or stream version) with other bytes."""
    there = await db.fetchval(
        "select event_id from chronicle.origin where log = $1 and position = $2",
        c.log,
        c.about.position,
    )
    return "two_at_one_position" if there not in (None, c.about.id) else "stream_forked"
