"""A service of the allotments on a fresh database, and what it says as records of a broker."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chronicle.append import Line, append_within
from chronicle.clock import Clock
from chronicle.db import Db, Pool, connect, open_pool
from chronicle.execute import Service, by_command, written
from chronicle.fact import Envelope, Fact, canonical
from chronicle.feed import Sealed, page
from chronicle.parking import Headers
from chronicle.seal import write_seal
from chronicle.sequencer import read_head, write_blocks
from contracts import cloudevents
from tests.chronicle.hearing.allotment import WORDS, lending, letting
from throughcare.databases import url_of

NOON = datetime(2024, 4, 9, 12, tzinfo=UTC)
PATIENCE = 20.0
AMI, BEN, CAI, DOT, ELI, FAY, GUS, HAL, IDA, JON, KIM, LEO = (UUID(int=n) for n in range(1, 13))


@dataclass(frozen=True, slots=True)
class Wish:
    """Stands for the command that nobody gave."""

    id: UUID


@dataclass(kw_only=True)
class Home:
    """One migrated database. What a test opens here is closed after it."""

    name: str
    admin_url: str
    database: str
    stack: AsyncExitStack
    pool: Pool
    log: UUID
    now: datetime = NOON
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def service(self) -> Service:
        return Service(
            name=self.name, log=self.log, authority="westmere", words=WORDS, binding=cloudevents,
            deciders=by_command([letting, lending]), clock=self.clock,
        )  # fmt: skip

    @property
    def clock(self) -> Clock:
        return lambda: self.now

    def url(self, role: str) -> str:
        return url_of(self.admin_url, self.database, f"{self.name}_{role}")

    async def pool_of(self, role: str, size: int = 2) -> Pool:
        return await self.stack.enter_async_context(await open_pool(self.url(role), size=size))

    async def admin(self) -> "asyncpg.Connection[Any]":
        """The superuser's connection into this database."""
        db = await asyncpg.connect(self.admin_url, database=self.database)
        self.stack.push_async_callback(db.close, timeout=5)
        return db

    async def say(self, *events: Fact) -> None:
        """Append, as if commands had been decided that way."""
        async with self.pool.acquire() as db, db.transaction():
            await self.say_within(db, *events)

    async def say_within(self, db: Db, *events: Fact) -> None:
        for event in events:
            subject = event.subject
            versions = {subject: await version(db, subject)}
            lines = written(self.service, Wish(uuid4()), [event], versions, [subject], None, None)
            await append_within(db, lines)

    async def say_raw(self, kind: str, holder: UUID, body: bytes) -> None:
        """Append bytes that no class of today made."""
        subject = f"holding-{holder}"
        event_id = uuid4()
        async with self.pool.acquire() as db, db.transaction():
            sequence = await version(db, subject) + 1
            meta = canonical(
                cloudevents.attributes(
                    id=event_id, service=self.name, type=kind, subject=subject, key=str(holder),
                    time=self.now, sequence=sequence, log=self.log, correlation=event_id,
                    causation=event_id, authority="westmere", policies=(),
                )
            )  # fmt: skip
            line = Line(subject, sequence, kind, event_id, self.now, str(holder), meta, body)
            await append_within(db, [line])

    async def seal(self) -> int:
        """What a sequencer does at one wake-up, a second later; gives the events it numbered."""
        self.now += timedelta(seconds=1)
        db = await connect(self.url("sequencer"))
        try:
            return await write_blocks(db, await read_head(db, self.name), self.now)
        finally:
            await db.close()

    async def sign(self) -> None:
        """Seal with the key every block that is in no seal."""
        db = await connect(self.url("sequencer"))
        try:
            await write_seal(db, self.log, self.name, self.key, self.now)
        finally:
            await db.close()

    async def sealed(self) -> list[Sealed]:
        async with self.pool.acquire() as db:
            return await page(db, 0, 10_000)

    async def records(self) -> list["ConsumerRecord[Any, Any]"]:
        """Every sealed event, as a relay publishes it."""
        return [
            recorded(
                f"throughcare.{self.name}", offset, event.key.encode(), event.body,
                encoded(cloudevents.headers(event.meta, event.position, event.trace)),
            )
            for offset, event in enumerate(await self.sealed())
        ]  # fmt: skip

    async def seals(self) -> list["ConsumerRecord[Any, Any]"]:
        """Every seal, as a relay publishes it."""
        async with self.pool.acquire() as db:
            rows = await db.fetch("select seal_no, body, signature from chronicle.seal order by 1")
        return [
            recorded(
                "throughcare.seals", offset, self.name.encode(), row["body"],
                encoded(
                    cloudevents.seal_headers(
                        self.name, self.log, row["seal_no"], row["signature"]
                    )
                ),
            )
            for offset, row in enumerate(rows)
        ]  # fmt: skip

    async def ask(self, question: str, *values: Any) -> Any:
        """One value, asked as the service."""
        async with self.pool.acquire() as db:
            return await db.fetchval(question, *values)

    async def rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self.pool.acquire() as db:
            return [tuple(row) for row in await db.fetch(question, *values)]


async def version(db: Db, stream: str) -> int:
    found: int = await db.fetchval(
        "select coalesce(max(version), 0) from chronicle.event where stream = $1", stream
    )
    return found


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody puts on a topic."""

    key: bytes
    value: bytes | None
    headers: Headers

    def but(self, **headers: bytes | None) -> "Letter":
        """With these headers instead or in addition; `_` stands for `-`, except after `ce`."""
        given = {n if n.startswith("ce_") else n.replace("_", "-"): v for n, v in headers.items()}
        return replace(self, headers=tuple({**dict(self.headers), **given}.items()))

    def without(self, *names: str) -> "Letter":
        return replace(self, headers=tuple((n, v) for n, v in self.headers if n not in names))

    @property
    def id(self) -> str:
        return (dict(self.headers)["ce_id"] or b"").decode()


LOG = UUID(int=77)


def letter(event: Fact, n: int, kind: str = "", sequence: int = 0) -> Letter:
    """An event at position `n` of the log LOG; its id and, when not given, version follow it."""
    event_id = UUID(int=1000 + n)
    attributes = cloudevents.attributes(
        id=event_id, service=event.said_by,
        type=kind or f"throughcare.{event.said_by}.{event.says}", subject=event.subject,
        key=event.key, time=NOON, sequence=sequence or n, log=LOG, correlation=event_id,
        causation=event_id, authority="westmere", policies=(),
    )  # fmt: skip
    headers = cloudevents.headers(canonical(attributes), n, None)
    return Letter(event.key.encode(), event.to_json(), encoded(headers))


def about_of(event: Sealed) -> Envelope:
    return Envelope.of(json.loads(event.meta), event.position)


def encoded(headers: dict[str, str]) -> Headers:
    return tuple((name, value.encode()) for name, value in headers.items())


def recorded(
    topic: str, offset: int, key: bytes, value: bytes | None, headers: Any
) -> "ConsumerRecord[Any, Any]":
    return ConsumerRecord(
        topic=topic, partition=0, offset=offset, timestamp=0, timestamp_type=0, key=key,
        value=value, checksum=None, serialized_key_size=len(key),
        serialized_value_size=len(value or b""), headers=headers,
    )  # fmt: skip


@asynccontextmanager
async def a_topic(servers: str) -> AsyncIterator[str]:
    """A topic of one partition, so of one order, for one test."""
    name = f"hearing-{uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name=name, num_partitions=1, replication_factor=1)])
        yield name
        await admin.delete_topics([name])
    finally:
        await admin.close()


async def send(servers: str, topic: str, *letters: Letter) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=servers)
    await producer.start()
    try:
        for one in letters:
            await producer.send_and_wait(
                topic, value=one.value, key=one.key, headers=list(one.headers)
            )
    finally:
        await producer.stop()


async def waiting_for_a_lock(admin: "asyncpg.Connection[Any]", sessions: int = 1) -> None:
    """Until so many sessions of this database wait for another's lock."""

    async def waiting() -> bool:
        found: int = await admin.fetchval(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'"
        )
        return found >= sessions

    await until(waiting)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await true():  # noqa: ASYNC110 -- what another session does tells us nothing
            await asyncio.sleep(0.01)
