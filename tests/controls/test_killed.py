"""An acknowledged command survives kill -9 of a listener, of the database, of the broker (G1)."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from chronicle.append import append_within
from chronicle.feed import Sealed
from chronicle.migrate import migrate
from chronicle.relay import Relay
from tests.apache_kafka.broker import ApacheKafka
from tests.chronicle.hearing.home import AMI, Home, send
from tests.chronicle.hearing.test_consume import lent, taken
from tests.chronicle.library import SERVICE, DonateBook
from tests.chronicle.log import NOW, PATIENCE, Log, lines
from tests.chronicle.test_relay import TOPIC, Ear, Relays, make_topics, mark, position
from tests.controls.control import Control
from tests.parts import Kafka, folder, now
from throughcare import databases
from throughcare.embedded.postgres import SETTINGS, Postgres


async def committed(kafka: Kafka, topic: str) -> int:
    """Where the shed's group would go on."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.servers, group_id=f"shed-{topic}")
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        return await consumer.committed(partition) or 0
    finally:
        await consumer.stop()


async def test_what_a_killed_listener_had_in_hand_comes_again(
    control: Control, shed: Home, kafka: Kafka, topic: str
) -> None:
    await send(kafka.servers, topic, taken(AMI, 1))
    policy = AckPolicy.ACK_FIRST if control.broken else AckPolicy.NACK_ON_ERROR
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.controls.dying", shed.admin_url, shed.database,
        kafka.servers, kafka.kind, topic, policy.name,
    )  # fmt: skip
    assert await child.wait() == -signal.SIGKILL
    assert await lent(shed) == []
    with control.red("offset committed before the work", "assert 1 == 0"):
        assert await committed(kafka, topic) == 0


@pytest.fixture
async def own_postgres(control: Control) -> AsyncIterator[Postgres]:
    """One that leaves what it need not write to its WAL writer, which is slow."""
    settings = SETTINGS | {"wal_writer_delay": "10s"}
    settings |= {"synchronous_commit": "off"} if control.broken else {}
    control.patch.setattr("throughcare.embedded.postgres.SETTINGS", settings)
    with folder() as below:
        postgres = Postgres(below)
        await postgres.start()
        try:
            yield postgres
        finally:
            await postgres.stop()
    postgres.erase()


async def test_acknowledged_commands_survive_a_killed_database(
    control: Control, own_postgres: Postgres, tmp_path: Path
) -> None:
    (name,) = await databases.make(own_postgres.url, "own_", [SERVICE])
    acknowledged = set()
    async with AsyncExitStack() as stack:
        log = Log(admin_url=own_postgres.url, database=name, stack=stack)
        await migrate(log.url("owner"), SERVICE, tmp_path, NOW)
        await (await log.admin()).execute("checkpoint")
        chronicle = await log.chronicle()
        for _ in range(20):
            donate = DonateBook(id=uuid4(), book=uuid4(), title="Emma")
            await chronicle.execute(donate)
            acknowledged.add(donate.id)
        await own_postgres.kill()
    await own_postgres.start()
    db = await asyncpg.connect(own_postgres.url, database=name)
    there = {row["id"] for row in await db.fetch("select id from chronicle.command")}
    await db.close()
    lost = acknowledged - there
    with control.red("synchronous_commit=off", r"\d+ of 20 are lost"):
        assert lost == set(), f"{len(lost)} of {len(acknowledged)} are lost"


@pytest.fixture(scope="module")
def own_kafka() -> Iterator[ApacheKafka]:
    """One that a test may kill, not started yet: only where there is Apache Kafka it can be."""
    with folder() as below:
        broker = ApacheKafka(below)
        yield broker
        now(broker.stop())


def unacknowledged(*args: Any, **how: Any) -> KafkaBroker:
    return KafkaBroker(*args, **how | {"acks": 0, "enable_idempotence": False})


send_all = Relay._send


async def send_whatever_comes_of_it(relay: Relay, events: list[Sealed]) -> None:
    """An answer that never comes has no offset to keep."""
    with suppress(AttributeError):
        await send_all(relay, events)


@pytest.mark.apache_kafka
async def test_what_was_published_survives_a_killed_broker(
    control: Control, log: Log, own_kafka: ApacheKafka
) -> None:
    """It is stopped first, so that what is sent lies in a socket that it never reads again."""
    control.breaks("chronicle.consume.KafkaBroker", unacknowledged)
    control.breaks("chronicle.relay.Relay._send", send_whatever_comes_of_it)
    if own_kafka.pid is None:
        await own_kafka.start()
        await make_topics(own_kafka.servers)
    ear = Ear(own_kafka.servers, {TOPIC: await mark(own_kafka.servers, TOPIC)})
    kafka = Kafka(servers=own_kafka.servers, kind="apache", chosen="its own")
    relay, db = await Relays(log, kafka).another(), await log.connect()
    await append_within(db, lines("book-1", 1, 1))
    await log.seal_blocks()
    await relay.publish()

    assert own_kafka.pid
    os.kill(own_kafka.pid, signal.SIGSTOP)
    await append_within(db, lines("book-1", 2, 7))
    await log.seal_blocks()
    publishing = asyncio.ensure_future(relay.publish())
    await asyncio.wait([publishing], timeout=PATIENCE if control.broken else 1)
    await own_kafka.kill()
    await own_kafka.start()
    await publishing
    while await relay.publish():
        pass
    lost = set(range(1, 9)) - {position(record) for record in await ear.heard()}
    with control.red("acks=0", "[78] of 8 are lost"):
        assert lost == set(), f"{len(lost)} of 8 are lost"
