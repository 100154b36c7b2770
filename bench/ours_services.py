"""Kafka's side: the relay's publishing, and a whole log heard in batches, against bare aiokafka."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from time import monotonic
from typing import Any, Literal, TypeAlias
from uuid import uuid4

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from faststream.kafka import KafkaBroker

from bench.figure import Missed, Run, Sample
from bench.library_log import Log, a_log, books, fill, seal_all, service_of, superuser
from bench.parts import Parts
from bench.together import Gate, at_once
from chronicle.consume import Drain, Profile, open_broker, terms
from chronicle.db import Pool, open_pool
from chronicle.feed import cursor, move, page
from chronicle.relay import CURSOR, PAGE, Relay
from chronicle.witness import IN_BATCHES, Keeping, Witness, keep_all
from contracts import cloudevents
from tests.chronicle.library import SERVICE
from tests.parts import now

Way: TypeAlias = Literal["ours", "bare"]
TOPIC = f"throughcare.{SERVICE}"
PARTITIONS = 6
MOST = 500


@asynccontextmanager
async def a_topic(servers: str) -> AsyncIterator[None]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])
        yield
        await admin.delete_topics([TOPIC])
        while TOPIC in await admin.list_topics():  # noqa: ASYNC110 -- the broker tells nobody
            await asyncio.sleep(0.1)
    finally:
        await admin.close()


def publishes(parts: Parts, way: Way, events: int) -> Run:
    """Events a second from the sealed log to Kafka's acknowledgement, the cursor moved."""

    def run() -> Sample:
        with a_log(parts.admin_url) as log:
            now(fill(log, books(events // 10), events))
            now(seal_all(log))
            (sample,), _ = at_once([partial(publish, parts, log, way, events)])
            assert isinstance(sample, Sample)
            return sample

    return run


def publish(parts: Parts, log: Log, way: Way, events: int, gate: Gate) -> Sample:
    return uvloop.run(_publish(parts, log, way, events, gate))


async def _publish(parts: Parts, log: Log, way: Way, events: int, gate: Gate) -> Sample:
    profile = Profile.of(parts.servers, parts.kafka_kind)
    sending = relayed if way == "ours" else sent_bare
    async with a_topic(parts.servers), await open_pool(log.url("relay"), size=2) as pool:
        took = await sending(profile, log, pool, gate)
        return Sample(events / took, await published(parts.servers, events))


async def relayed(profile: Profile, log: Log, pool: Pool, gate: Gate) -> float:
    async with connected(profile, log) as broker:
        relay = Relay(log.url("relay"), pool, SERVICE, broker, cloudevents)
        gate.begin()
        began = monotonic()
        while await relay.publish():
            pass
        return monotonic() - began


@asynccontextmanager
async def connected(profile: Profile, log: Log) -> AsyncIterator[KafkaBroker]:
    broker = open_broker(profile, await service_of(log))
    await broker.connect()
    try:
        yield broker
    finally:
        await broker.stop()


async def sent_bare(profile: Profile, log: Log, pool: Pool, gate: Gate) -> float:
    """The same work with aiokafka alone: a page, its headers, its records, the cursor."""
    producer = AIOKafkaProducer(
        bootstrap_servers=profile.servers, acks="all", enable_idempotence=profile.idempotent
    )
    await producer.start()
    try:
        gate.begin()
        began = monotonic()
        while await page_sent(producer, pool):
            pass
        return monotonic() - began
    finally:
        await producer.stop()


async def page_sent(producer: AIOKafkaProducer, pool: Pool) -> int:
    async with pool.acquire() as db:
        at = await cursor(db, CURSOR)
        events = await page(db, at, PAGE)
    sent = []
    for event in events:
        headers = cloudevents.headers(event.meta, event.position, event.trace)
        pairs = [(name, value.encode()) for name, value in headers.items()]
        sent.append(await producer.send(TOPIC, event.body, key=event.key.encode(), headers=pairs))
    await asyncio.gather(*sent)
    if events:
        async with pool.acquire() as db:
            await move(db, CURSOR, at, events[-1].position)
    return len(events)


async def published(servers: str, events: int) -> Missed:
    """Read back from Kafka: positions that are not there, that came twice, out of order by key."""
    seen: list[tuple[int, bytes]] = []
    consumer = AIOKafkaConsumer(
        TOPIC, bootstrap_servers=servers, auto_offset_reset="earliest", max_poll_records=5_000
    )
    await consumer.start()
    try:
        while len(seen) < events:
            found = await consumer.getmany(timeout_ms=5_000)
            if not found:
                break
            for records in found.values():
                seen += [(position(r.headers), r.key or b"") for r in records]
    finally:
        await consumer.stop()
    return disorder(seen, events)


def position(headers: Any) -> int:
    return int(dict(headers)["ce_position"])


def disorder(seen: list[tuple[int, bytes]], events: int) -> Missed:
    last: dict[bytes, int] = {}
    inverted = 0
    for place, key in seen:
        inverted += place < last.get(key, 0)
        last[key] = place
    distinct = len({place for place, _ in seen})
    return Missed(events - distinct, len(seen) - distinct, inverted)


def hears(parts: Parts, way: Way, events: int) -> Run:
    """Events a second from Kafka into a witness's log: inbox, append, heard ranges, offset."""

    def run() -> Sample:
        with a_log(parts.admin_url) as origin, a_log(parts.admin_url) as copy:
            now(fill(origin, books(events // 10), events))
            now(seal_all(origin))
            (sample,), _ = at_once([partial(hear, parts, origin, copy, way, events)])
            assert isinstance(sample, Sample)
            return sample

    return run


def hear(parts: Parts, origin: Log, copy: Log, way: Way, events: int, gate: Gate) -> Sample:
    return uvloop.run(_hear(parts, origin, copy, way, events, gate))


async def _hear(parts: Parts, origin: Log, copy: Log, way: Way, events: int, gate: Gate) -> Sample:
    profile = Profile.of(parts.servers, parts.kafka_kind)
    listening = listened if way == "ours" else polled
    async with a_topic(parts.servers), await open_pool(copy.url(), size=2) as pool:
        async with (
            connected(profile, origin) as broker,
            await open_pool(origin.url("relay"), size=2) as relays,
        ):
            relay = Relay(origin.url("relay"), relays, SERVICE, broker, cloudevents)
            while await relay.publish():
                pass
        heard = Counting(await service_of(copy), pool, lambda: None, events)
        gate.begin()
        await listening(profile, heard)
        return Sample(events / (heard.done_at - heard.began_at), await kept(copy, events))


class Counting(Witness):
    """A witness that knows when the first record came and when as many as were sent were kept."""

    def __init__(self, service: Any, pool: Pool, appended: Callable[[], None], most: int) -> None:
        super().__init__(service, pool, appended)
        self._left, self.done = most, asyncio.Event()
        self.began_at = self.done_at = 0.0

    async def hear(self, records: Any) -> None:
        self.began_at = self.began_at or monotonic()
        await super().hear(records)
        self._left -= len(records)
        if self._left <= 0:
            self.done_at = monotonic()
            self.done.set()


async def listened(profile: Profile, witness: Counting) -> None:
    """As reporting does it: FastStream, in batches, the offset after the transaction."""
    broker, router = open_broker(profile, witness.service), keep_all(witness)
    kept = terms(profile, f"bench-{uuid4().hex}", Drain(profile.grace_s))
    router.subscriber(TOPIC, **kept, **IN_BATCHES)(everything)
    broker.include_router(router)
    await broker.connect()
    await asyncio.gather(*(subscriber.start() for subscriber in broker.subscribers))
    await witness.done.wait()
    await broker.stop()


async def everything(batch: list[Any], witness: Keeping) -> None:
    await witness.hear(batch)


async def polled(profile: Profile, witness: Counting) -> None:
    """The same with aiokafka alone."""
    consumer = AIOKafkaConsumer(
        TOPIC, bootstrap_servers=profile.servers, group_id=f"bench-{uuid4().hex}",
        auto_offset_reset="earliest", enable_auto_commit=False, isolation_level="read_committed",
    )  # fmt: skip
    await consumer.start()
    try:
        while not witness.done.is_set():
            found = await consumer.getmany(timeout_ms=1_000, max_records=MOST)
            if records := [record for part in found.values() for record in part]:
                await witness.hear(records)
                await consumer.commit()
    finally:
        await consumer.stop()


KEPT = """
select $1 - (select count(*) from chronicle.origin), 0,
       (select count(*) from chronicle.origin o join chronicle.event e using (event_id)
        where e.version is distinct from ((convert_from(e.meta, 'UTF8'))::json ->> 'sequence')::int)
"""


async def kept(copy: Log, events: int) -> Missed:
    """The inbox's key forbids a second copy: what could be wrong is a hole, or a version."""
    async with superuser(copy) as db:
        return Missed(*(await db.fetchrow(KEPT, events) or ()))
