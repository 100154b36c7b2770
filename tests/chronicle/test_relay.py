"""The relay: what was sealed travels in order, at least once, and its cursor says how far."""

# mypy: allow-untyped-calls
# (aiokafka has no types)

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chronicle.append import append_within
from chronicle.consume import Profile, open_broker
from chronicle.feed import Moved, cursor
from chronicle.inbox import claim
from chronicle.relay import CURSOR, PAGE, SEALS, Relay, lag
from chronicle.seal import write_seal
from contracts import cloudevents
from tests.chronicle.library import DAY, SERVICE, TERMS, DonateBook, LendBook, NoteCondition
from tests.chronicle.log import (
    NOW,
    PATIENCE,
    Connection,
    Log,
    line,
    lines,
    until,
    waiting_for_locks,
)
from tests.parts import Kafka, now

TOPIC = f"throughcare.{SERVICE}"
MARK = b"until here"


@pytest.fixture(scope="module")
def topics(kafka: Kafka) -> Iterator[str]:
    """The library's topic and that of the seals, one partition each; gives the servers."""
    made = now(make_topics(kafka.servers))
    yield kafka.servers
    now(delete_topics(kafka.servers, made))


async def make_topics(servers: str) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        missing = [name for name in (TOPIC, SEALS) if name not in await admin.list_topics()]
        await admin.create_topics([NewTopic(name, 1, 1) for name in missing])
        return missing
    finally:
        await admin.close()


async def delete_topics(servers: str, names: list[str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        await admin.delete_topics(names)
    finally:
        await admin.close()


@dataclass
class Ear:
    """Hears what came to a topic during one test, from one mark to the next."""

    servers: str
    since: dict[str, int]

    async def heard(self, topic: str = TOPIC) -> list["ConsumerRecord[Any, Any]"]:
        end = await mark(self.servers, topic)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.servers, auto_offset_reset="earliest")
        await consumer.start()
        try:
            partition = TopicPartition(topic, 0)
            consumer.assign([partition])
            consumer.seek(partition, self.since[topic] + 1)
            records: list[ConsumerRecord[Any, Any]] = []
            async with asyncio.timeout(PATIENCE):
                while not records or records[-1].offset < end:
                    records.append(await consumer.getone())
            return [record for record in records if record.value != MARK]
        finally:
            await consumer.stop()


async def mark(servers: str, topic: str) -> int:
    """The offset of a mark put at the end, where no idea of "the end" is asked of the broker."""
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all")
    await producer.start()
    try:
        record = await producer.send_and_wait(topic, MARK, partition=0)
        offset: int = record.offset
        return offset
    finally:
        await producer.stop()


@pytest.fixture
async def ear(topics: str) -> Ear:
    return Ear(topics, {topic: await mark(topics, topic) for topic in (TOPIC, SEALS)})


@dataclass
class Relays:
    """As many relays as a test asks for, each with its broker and pool, as in its own process."""

    log: Log
    kafka: Kafka

    async def another(self) -> Relay:
        profile = Profile.of(self.kafka.servers, self.kafka.kind)
        broker = open_broker(profile, self.log.service())
        await broker.connect()
        self.log.stack.push_async_callback(broker.stop)
        pool = await self.log.pool("relay", size=2)
        return Relay(self.log.url("relay"), pool, SERVICE, broker, cloudevents)


@pytest.fixture
async def relays(log: Log, kafka: Kafka, topics: str) -> Relays:
    return Relays(log, kafka)


async def a_story(log: Log) -> None:
    """Seven events of two books and a reader, in three blocks."""
    chronicle = await log.chronicle()
    books = [uuid4(), uuid4()]
    for book in books:
        await chronicle.execute(DonateBook(id=uuid4(), book=book, title="Emma", notes=("né",)))
    await log.seal_blocks()
    lend = LendBook(id=uuid4(), book=books[0], reader=uuid4(), due=DAY, terms=TERMS)
    await chronicle.execute(lend, trace="00-trace")
    await log.seal_blocks()
    await chronicle.execute(NoteCondition(id=uuid4(), book=books[1], words="torn"))
    await log.seal_blocks()


def position(record: "ConsumerRecord[Any, Any]") -> int:
    return int(dict(record.headers)["ce_position"])


async def standing(admin: Connection) -> int:
    return await cursor(admin, CURSOR)


# What travels


async def test_events_travel_in_the_order_of_their_positions(
    log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    await a_story(log)
    assert await (await relays.another()).publish() == 7
    assert [position(record) for record in await ear.heard()] == [1, 2, 3, 4, 5, 6, 7]
    assert await standing(admin) == 7


async def test_what_travels_is_what_is_stored(
    log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    await a_story(log)
    await (await relays.another()).publish()
    rows = await admin.fetch("select key, meta, body, trace from chronicle.event order by ticket")
    heard = await ear.heard()
    for place, (record, row) in enumerate(zip(heard, rows, strict=True), 1):
        headers = {name: value.decode() for name, value in record.headers}
        assert headers == cloudevents.headers(row["meta"], place, row["trace"])
        assert cloudevents.meta(headers) == row["meta"]
        assert cloudevents.check(headers, TOPIC) is None
        assert (record.key, record.value) == (row["key"].encode(), row["body"])
    assert [r["trace"] for r in rows].count("00-trace") == 2


async def test_what_is_not_sealed_does_not_travel(log: Log, relays: Relays, ear: Ear) -> None:
    db = await log.connect()
    await append_within(db, lines("book-1", 1, 2))
    relay = await relays.another()
    assert await relay.publish() == 0
    await log.seal_blocks()
    await append_within(db, lines("book-1", 3, 2))
    assert await relay.publish() == 2
    assert len(await ear.heard()) == 2


async def test_what_was_heard_from_others_is_passed_over_and_its_positions_are_gaps(
    log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    db = await log.connect()
    for n, kind in enumerate(("library.A.v1", "museum.A.v1", "libraryx.A.v1", "library.B.v1"), 1):
        await append_within(db, [line(f"book-{n}", 1, kind=kind)])
    await append_within(db, [line("book-9", 1, kind="museum.B.v1")])
    await log.seal_blocks()
    assert await (await relays.another()).publish() == 5
    assert [position(record) for record in await ear.heard()] == [1, 4]
    assert await standing(admin) == 5


# The cursor


async def test_a_relay_goes_on_where_the_last_one_stood(
    log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    db = await log.connect()
    for version in (1, 2):
        await append_within(db, [line("book-1", version)])
        await log.seal_blocks()
        relay = await relays.another()
        assert await lag(db) == 1
        assert await relay.publish() == 1
        assert await lag(db) == 0
        assert await relay.publish() == 0
    assert [position(record) for record in await ear.heard()] == [1, 2]


async def test_a_relay_far_behind_catches_up_page_by_page(
    log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    await append_within(await log.connect(), lines("book-1", 1, PAGE + 3))
    await log.seal_blocks()
    relay = await relays.another()
    assert [await relay.publish() for _ in range(3)] == [PAGE, 3, 0]
    assert [position(record) for record in await ear.heard()] == list(range(1, PAGE + 4))


async def test_the_cursor_stays_where_it_is_until_the_broker_has_acknowledged(
    log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    await a_story(log)
    relay = await relays.another()
    await relay._broker.stop()
    with pytest.raises(Exception, match=r".+"):
        await relay.publish()
    assert await standing(admin) == 0
    assert await (await relays.another()).publish() == 7
    assert len(await ear.heard()) == 7


async def test_a_relay_knows_what_the_broker_acknowledged_last(
    log: Log, relays: Relays, ear: Ear
) -> None:
    await a_story(log)
    relay = await relays.another()
    await relay.publish()
    last = (await ear.heard())[-1]
    assert relay.published == {f"{TOPIC}/0": last.offset + 1}


# Twice


async def takes_effect(log: Log, records: list["ConsumerRecord[Any, Any]"]) -> list[int]:
    """The positions that a consumer with an inbox acts upon, in order."""
    db = await log.connect()
    effects = []
    for record in records:
        headers = {name: value.decode() for name, value in record.headers}
        if await claim(db, "museum", headers["ce_source"], headers["ce_id"], record.key or b""):
            effects.append(position(record))
    return effects


async def test_a_relay_that_dies_before_its_cursor_moves_says_it_again_and_harms_nothing(
    log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    await append_within(await log.connect(), [line("book-0", 1)])
    await log.seal_blocks()
    await (await relays.another()).publish()
    await log.connect()
    await a_story(log)

    held = await log.admin()
    async with held.transaction():
        await held.execute("select from chronicle.cursor for update")
        dying = asyncio.ensure_future((await relays.another()).publish())
        await waiting_for_locks(admin)
        dying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dying
    assert await standing(admin) == 1
    await (await relays.another()).publish()

    heard = await ear.heard()
    assert [position(record) for record in heard] == [1, *range(2, 9), *range(2, 9)]
    assert await takes_effect(log, heard) == list(range(1, 9))
    assert await standing(admin) == 8


async def test_two_relays_at_once_harm_nothing_and_one_of_them_stops(
    log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    await a_story(log)
    one, other = await relays.another(), await relays.another()
    held = await log.admin()
    async with held.transaction():
        await held.execute("lock table chronicle.cursor in share mode")
        both = asyncio.gather(one.publish(), other.publish(), return_exceptions=True)
        await waiting_for_locks(admin, 2)
    answers = sorted(await both, key=repr)
    assert [type(answer) for answer in answers] == [int, Moved]
    assert await standing(admin) == 7
    heard = await ear.heard()
    assert sorted(position(record) for record in heard) == sorted([*range(1, 8)] * 2)
    assert await takes_effect(log, heard) == list(range(1, 8))


# Seals


async def seals(log: Log, admin: Connection, count: int) -> list[tuple[int, bool]]:
    """So many blocks, each with a seal of its own."""
    service, sequencer = await log.connect(), await log.connect("sequencer")
    for version in range(1, count + 1):
        await append_within(service, [line("book-1", version)])
        await log.seal_blocks()
        await write_seal(sequencer, log.id, SERVICE, log.key, NOW)
    return await published(admin)


async def published(admin: Connection) -> list[tuple[int, bool]]:
    rows = await admin.fetch("select seal_no, published from chronicle.seal order by seal_no")
    return [(row["seal_no"], row["published"]) for row in rows]


async def test_seals_travel_in_order_and_are_marked(
    log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    assert await seals(log, admin, 3) == [(1, False), (2, False), (3, False)]
    relay = await relays.another()
    assert await relay.publish_seals() == 3
    assert await published(admin) == [(1, True), (2, True), (3, True)]
    assert await relay.publish_seals() == 0
    heard = await ear.heard(SEALS)
    assert [dict(r.headers)["ce_id"].decode() for r in heard] == [
        f"{log.id}/{n}" for n in (1, 2, 3)
    ]
    assert {record.key for record in heard} == {b"library"}


async def test_a_seal_travels_with_its_signature_beside_the_signed_bytes(
    log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    await seals(log, admin, 1)
    await (await relays.another()).publish_seals()
    (record,) = await ear.heard(SEALS)
    headers = {name: value.decode() for name, value in record.headers}
    stored = await admin.fetchrow("select body, signature from chronicle.seal")
    assert stored is not None
    said = cloudevents.seal_headers("library", log.id, 1, stored["signature"])
    assert said.items() <= headers.items()
    assert cloudevents.check(headers, SEALS) is None
    assert record.value == stored["body"]
    public = Ed25519PublicKey.from_public_bytes(log.key.public_key().public_bytes_raw())
    public.verify(stored["signature"], record.value)
    assert json.loads(record.value)["seal_no"] == 1


async def test_a_seal_that_was_not_marked_travels_again(
    log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    await seals(log, admin, 2)
    await (await relays.another()).publish_seals()
    await admin.execute("update chronicle.seal set published = false where seal_no = 2")
    await (await relays.another()).publish_seals()
    heard = await ear.heard(SEALS)
    assert [json.loads(record.value or b"")["seal_no"] for record in heard] == [1, 2, 2]


# At work


async def test_a_running_relay_follows_the_sequencer_and_outlives_its_database_connection(
    log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    relay = await relays.another()
    log.working(relay.run())
    db = await log.connect()

    async def all_is_said() -> bool:
        return await lag(db) == 0 and not await admin.fetchval(
            "select count(*) from chronicle.seal where not published"
        )

    async def it_listens() -> bool:
        return bool(
            await admin.fetchval(
                "select true from pg_stat_activity where usename = 'library_relay'"
                " and datname = current_database() and query like 'LISTEN%'"
            )
        )

    await seals(log, admin, 2)
    await until(all_is_said)
    await admin.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where usename = 'library_relay' and datname = current_database()"
    )
    await until(it_listens)
    await append_within(db, [line("book-2", 1)])
    await log.seal_blocks()
    await until(all_is_said)
    assert [position(record) for record in await ear.heard()] == [1, 2, 3]
    assert len(await ear.heard(SEALS)) == 2
