"""The brokers we start ourselves: the embedded one, and Apache Kafka from its jars."""

# mypy: allow-untyped-calls
# (aiokafka has no types)

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.apache_kafka.broker import ApacheKafka
from tests.parts import Kafka, folder
from throughcare.embedded.broker import Broker, lists_topics
from throughcare.machine import CannotStart

TOPIC = "throughcare.embedded"


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    started = Broker(tmp_path)
    await started.start()
    yield started
    await started.stop()


async def make_topic(servers: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, 1, 1)])
    await admin.close()


async def topics(servers: str) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        return list(await admin.list_topics())
    finally:
        await admin.close()


async def say(servers: str, message: bytes, *, idempotent: bool) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, acks="all", enable_idempotence=idempotent
    )
    await producer.start()
    try:
        await producer.send_and_wait(TOPIC, message, partition=0)
    finally:
        await producer.stop()


async def heard(servers: str) -> bytes | None:
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(TOPIC, 0)])
        return (await consumer.getone()).value
    finally:
        await consumer.stop()


async def test_the_embedded_broker_hands_on_a_message(broker: Broker) -> None:
    await make_topic(broker.servers)
    await say(broker.servers, b"a fact", idempotent=False)
    assert await heard(broker.servers) == b"a fact"


async def test_the_embedded_broker_comes_back_empty_on_its_port(broker: Broker) -> None:
    servers = broker.servers
    await make_topic(servers)
    assert TOPIC in await topics(servers)
    await broker.kill()
    assert not await lists_topics(servers)
    await broker.start()
    assert broker.servers == servers
    assert TOPIC not in await topics(servers)


async def test_a_port_in_use_is_said_in_one_sentence(broker: Broker, tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=f"port {broker.port}, which is in use .* or choose"):
        await Broker(tmp_path / "second", broker.port).start()


async def test_the_broker_of_the_suite_answers(kafka: Kafka) -> None:
    assert await lists_topics(kafka.servers)


@pytest.mark.apache_kafka
async def test_apache_kafka_keeps_an_acknowledged_message_over_kill_9() -> None:
    with folder() as below:
        broker = ApacheKafka(below)
        await broker.start()
        try:
            await make_topic(broker.servers)
            await say(broker.servers, b"a fact", idempotent=True)
            await broker.kill()
            await broker.start()
            assert await heard(broker.servers) == b"a fact"
        finally:
            await broker.stop()
