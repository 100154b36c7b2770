"""Publish again: from a position on by the relay itself, or a stretch of positions beside it."""

# mypy: allow-untyped-calls
# (aiokafka has no types)

import asyncio
from collections.abc import Iterator

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from chronicle.append import append_within
from chronicle.consume import Profile, open_broker
from chronicle.feed import cursor
from chronicle.relay import CURSOR, SEALS, Relay, lag
from chronicle.republish import NoSuchPositions, publish_between, republish
from chronicle.seal import write_seal
from contracts import cloudevents
from tests.chronicle.library import SERVICE
from tests.chronicle.log import NOW, PATIENCE, Connection, Log, lines, until
from tests.parts import Kafka, now

TOPIC = f"throughcare.{SERVICE}"


@pytest.fixture
def servers(kafka: Kafka) -> Iterator[str]:
    """A broker on which the library has said nothing yet."""
    now(topics_are(kafka.servers, made=True))
    yield kafka.servers
    now(topics_are(kafka.servers, made=False))


async def topics_are(servers: str, *, made: bool) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        there = await admin.list_topics()
        await admin.delete_topics([name for name in (TOPIC, SEALS) if name in there])
        if made:
            await admin.create_topics([NewTopic(name, 1, 1) for name in (TOPIC, SEALS)])
    finally:
        await admin.close()


async def heard(servers: str, topic: str, count: int) -> list[str]:
    """The first so many records of a topic: positions of events, ids of seals."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, 0)])
        async with asyncio.timeout(PATIENCE):
            records = [dict((await consumer.getone()).headers) for _ in range(count)]
    finally:
        await consumer.stop()
    name = "ce_position" if topic == TOPIC else "ce_id"
    return [record[name].decode().rpartition("/")[2] for record in records]


async def a_relay(log: Log, kafka: Kafka) -> Relay:
    broker = open_broker(Profile.of(kafka.servers, kafka.kind), log.service())
    await broker.connect()
    log.stack.push_async_callback(broker.stop)
    pool = await log.pool("relay", size=2)
    return Relay(log.url("relay"), pool, SERVICE, broker, cloudevents)


async def all_is_said(log: Log, relay: Relay) -> None:
    """Three blocks of two events, each with its seal, published once."""
    sequencer = await log.connect("sequencer")
    for block in range(3):
        await append_within(await log.connect(), lines("book-1", 1 + 2 * block, 2))
        await log.seal_blocks()
        await write_seal(sequencer, log.id, SERVICE, log.key, NOW)
    while await relay.publish() + await relay.publish_seals():
        pass


async def test_the_relay_publishes_again_from_a_position_on_with_the_seals_that_name_it(
    log: Log, kafka: Kafka, servers: str, admin: Connection
) -> None:
    relay = await a_relay(log, kafka)
    await all_is_said(log, relay)
    assert await republish(log.url("relay"), 4) == 3
    assert await relay.publish() == 3
    assert await relay.publish_seals() == 2
    assert await heard(servers, TOPIC, 9) == [*"123456", *"456"]
    assert await heard(servers, SEALS, 5) == [*"123", *"23"]


async def test_seals_may_be_left_out(
    log: Log, kafka: Kafka, servers: str, admin: Connection
) -> None:
    relay = await a_relay(log, kafka)
    await all_is_said(log, relay)
    assert await republish(log.url("relay"), 1, seals=False) == 6
    assert await relay.publish_seals() == 0


async def test_a_relay_that_has_not_come_so_far_is_not_moved_forward(
    log: Log, kafka: Kafka, servers: str, admin: Connection
) -> None:
    relay = await a_relay(log, kafka)
    await all_is_said(log, relay)
    await republish(log.url("relay"), 2)
    assert await republish(log.url("relay"), 5) == 5
    assert await cursor(admin, CURSOR) == 1


async def test_a_running_relay_notices_that_it_was_set_back_and_goes_on(
    log: Log, kafka: Kafka, servers: str, admin: Connection
) -> None:
    """Set back while it sends a page, so that its own move comes too late."""
    relay = await a_relay(log, kafka)
    await all_is_said(log, relay)
    await republish(log.url("relay"), 3)
    hands, sends = asyncio.Event(), asyncio.Event()
    send = relay._send

    async def sends_slowly(events: list[object]) -> None:
        sends.set()
        await hands.wait()
        await send(events)  # type: ignore[arg-type]

    relay._send = sends_slowly  # type: ignore[method-assign, assignment]
    running = log.working(relay.run())
    await sends.wait()
    await republish(log.url("relay"), 1)
    hands.set()

    async def nothing_is_left() -> bool:
        return await lag(admin) == 0

    await until(nothing_is_left)
    assert not running.done()
    assert await heard(servers, TOPIC, 16) == [*"123456", *"3456", *"123456"]


async def test_a_stretch_is_published_beside_the_relay(
    log: Log, kafka: Kafka, servers: str, admin: Connection
) -> None:
    await all_is_said(log, await a_relay(log, kafka))
    passed: list[int] = []
    profile = Profile.of(kafka.servers, kafka.kind)
    assert (
        await publish_between(log.url("relay"), SERVICE, profile, cloudevents, 2, 4, passed.append)
        == 3
    )
    assert await heard(servers, TOPIC, 9) == [*"123456", *"234"]
    assert passed == [3]
    assert await cursor(admin, CURSOR) == 6


@pytest.mark.parametrize("first", [0, 7])
async def test_positions_that_the_log_does_not_have_are_refused(
    log: Log, kafka: Kafka, servers: str, first: int
) -> None:
    await all_is_said(log, await a_relay(log, kafka))
    with pytest.raises(NoSuchPositions, match="the log has 1 to 6"):
        await republish(log.url("relay"), first)
