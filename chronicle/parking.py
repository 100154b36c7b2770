"""Set aside what cannot be handled, by key, with its reason; and take it up again."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

import asyncpg
from pydantic import ValidationError

from chronicle.db import Db, Pool
from chronicle.decider import Refused
from chronicle.inbox import lock_key

Headers: TypeAlias = tuple[tuple[str, bytes | None], ...]
BEHIND = "behind"


class Behind(Exception):
    """Something earlier with the same key is parked."""


class BadEnvelope(Exception):
    """The headers are no envelope of ours."""


class NotParked(LookupError):
    """No such message is held."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One record as the broker gave it, and what it calls itself."""

    topic: str
    partition: int
    offset: int
    key: bytes
    headers: Headers
    value: bytes | None

    @property
    def source(self) -> str:
        return self._text("ce_source") or f"kafka:{self.topic}"

    @property
    def event_id(self) -> str:
        return self._text("ce_id") or f"{self.topic}/{self.partition}/{self.offset}"

    def _text(self, name: str) -> str:
        raw = dict(self.headers).get(name) or b""
        text = raw.decode("utf-8", "replace")
        return "" if "\0" in text or "\ufffd" in text else text


async def park(
    pool: Pool, consumer: str, heard: Heard, reason: str, detail: Any, attempts: int, now: datetime
) -> bool:
    """Keep the record as it came. A second parking of the same event changes nothing.

    False when what it would wait behind was released in the meantime: handle it instead.
    """
    async with pool.acquire() as db, db.transaction():
        await lock_key(db, consumer, heard.key)
        if reason == BEHIND and not await holds(db, consumer, heard.key):
            return False
        await set_aside(db, consumer, heard, reason, detail, attempts, now, "parked")
        return True


async def set_aside(
    db: Db,
    consumer: str,
    heard: Heard,
    reason: str,
    detail: Any,
    attempts: int,
    now: datetime,
    kind: Literal["parked", "quarantined"],
) -> None:
    raw = [[n, None if v is None else base64.b64encode(v).decode()] for n, v in heard.headers]
    await db.execute(
        "insert into chronicle.parked (consumer, source, event_id, kind, key, topic, partition,"
        ' "offset", headers, value, reason, detail, attempts, first_seen)'
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
        " on conflict do nothing",
        consumer, heard.source, heard.event_id, kind, heard.key, heard.topic, heard.partition,
        heard.offset, raw, heard.value, reason, detail, attempts, now,
    )  # fmt: skip


async def holds(db: Db, consumer: str, key: bytes) -> bool:
    """Whether something with this key is parked, which later events of the key wait behind."""
    return bool(
        await db.fetchval(
            "select true from chronicle.parked"
            " where consumer = $1 and key = $2 and kind = 'parked' and state = 'held' limit 1",
            consumer,
            key,
        )
    )


def why(error: BaseException) -> tuple[str, Any]:
    """The reason and its detail: places and types of errors, never the values they quote."""
    if isinstance(error, Refused):
        return error.code, {"reason": error.reason, "state": error.state}
    if isinstance(error, Behind):
        return BEHIND, None
    if isinstance(error, BadEnvelope):
        return "bad_envelope", {"why": str(error)}
    if isinstance(error, ValidationError):
        places = [
            {"at": "/".join(map(str, e["loc"])), "type": e["type"]}
            for e in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        return "unreadable", places
    return type(error).__name__, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A message set aside, without the words in it."""

    consumer: str
    source: str
    event_id: str
    kind: str
    key: str
    topic: str
    reason: str
    detail: Any
    attempts: int
    first_seen: datetime
    state: str
    waiting_behind: int
    decided_by: str | None
    decided_why: str | None


LIST = """
select p.consumer, p.source, p.event_id, p.kind, encode(p.key, 'escape') as key, p.topic, p.reason,
       p.detail, p.attempts, p.first_seen, p.state, p.decided_by, p.decided_why,
       (select count(*) from chronicle.parked b where b.consumer = p.consumer and b.key = p.key
        and b.kind = 'parked' and b.state = 'held' and b.reason = 'behind'
        and p.reason <> 'behind')::int as waiting_behind
from chronicle.parked p where $1 or p.state = 'held'
order by p.first_seen, p.partition, p."offset", p.source, p.event_id
"""


async def listed(db: Db, every: bool = False) -> list[Parked]:
    """What is held; with `every`, also what was released or dropped."""
    return [Parked(**dict(row)) for row in await db.fetch(LIST, every)]


Handle: TypeAlias = Callable[[Db, asyncpg.Record], Awaitable[None]]
"""Run a parked record through the ordinary handler, in this transaction."""


async def release(
    pool: Pool, consumer: str, source: str, event_id: str, by: str, reason: str, handle: Handle
) -> int:
    """Handle what is parked for this message's key, in order; gives how many were released.

    Each is a transaction of its own under the key's lock; the first that fails again stays, with
    all behind it, and its error is raised. What is quarantined is not released: its sender sends
    it again.
    """
    async with pool.acquire() as db:
        key = await db.fetchval(
            "select key from chronicle.parked where consumer = $1 and source = $2"
            " and event_id = $3 and kind = 'parked' and state = 'held'",
            consumer,
            source,
            event_id,
        )
        if key is None:
            raise NotParked(f"{source} {event_id} is not parked for {consumer}")
    count = 0
    while True:
        async with pool.acquire() as db, db.transaction():
            await lock_key(db, consumer, key)
            row = await db.fetchrow(
                "select * from chronicle.parked where consumer = $1 and key = $2"
                " and kind = 'parked' and state = 'held'"
                ' order by partition, "offset", first_seen limit 1',
                consumer,
                key,
            )
            if row is None:
                return count
            await handle(db, row)
            await decide_on(db, row, "released", by, reason)
            count += 1


async def mend(
    pool: Pool, consumer: str, source: str, event_id: str, body: bytes, by: str, reason: str
) -> None:
    """Keep a corrected body beside the original, which is never altered."""
    async with pool.acquire() as db:
        await _changed(
            await db.execute(
                "update chronicle.parked set mended = $4, decided_by = $5, decided_why = $6"
                " where consumer = $1 and source = $2 and event_id = $3 and state = 'held'",
                consumer, source, event_id, body, by, reason,
            ),
            consumer, source, event_id,
        )  # fmt: skip


async def drop(pool: Pool, consumer: str, source: str, event_id: str, by: str, reason: str) -> None:
    """Set aside for good, with an inbox row so that a re-publish does not bring it back."""
    async with pool.acquire() as db, db.transaction():
        row = await db.fetchrow(
            "select * from chronicle.parked where consumer = $1 and source = $2"
            " and event_id = $3 and state = 'held'",
            consumer,
            source,
            event_id,
        )
        if row is None:
            raise NotParked(f"{source} {event_id} is not held by {consumer}")
        await lock_key(db, consumer, row["key"])
        await db.execute(
            "insert into chronicle.inbox (consumer, source, event_id) values ($1, $2, $3)"
            " on conflict do nothing",
            consumer,
            source,
            event_id,
        )
        await decide_on(db, row, "dropped", by, reason)


async def decide_on(db: Db, row: asyncpg.Record, state: str, by: str, reason: str) -> None:
    """NotParked when somebody decided in the meantime."""
    which = row["consumer"], row["source"], row["event_id"]
    await _changed(
        await db.execute(
            "update chronicle.parked set state = $4, decided_by = $5, decided_why = $6"
            " where consumer = $1 and source = $2 and event_id = $3 and state = 'held'",
            *which, state, by, reason,
        ),
        *which,
    )  # fmt: skip


async def _changed(status: str, consumer: str, source: str, event_id: str) -> None:
    if status == "UPDATE 0":
        raise NotParked(f"{source} {event_id} is not held by {consumer}")
