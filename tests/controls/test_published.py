"""What is sealed is published, whenever the relay dies, and in order for each key (G1, G3)."""

import json
from collections import defaultdict
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from faststream.kafka import KafkaPublishMessage

from chronicle.append import append_within
from chronicle.db import Db
from chronicle.feed import Sealed, move, page
from chronicle.relay import CURSOR, Relay
from tests.chronicle import test_relay
from tests.chronicle.log import Connection, Log, line
from tests.chronicle.test_relay import Ear, Relays
from tests.controls.control import Control
from tests.parts import Kafka

KEYS, VERSIONS, PARTITIONS = 4, 12, 4


async def page_passed_already(db: Db, after: int, most: int) -> list[Sealed]:
    """The cursor moves as soon as somebody has read what to send."""
    events = await page(db, after, most)
    await move(db, CURSOR, after, events[-1].position)
    return events


async def moved_already(db: Db, name: str, before: int, after: int, epoch: int = 0) -> None: ...


async def test_the_cursor_moves_after_the_acknowledgement(
    control: Control, log: Log, relays: Relays, ear: Ear, admin: Connection
) -> None:
    control.breaks("chronicle.relay.page", page_passed_already)
    control.breaks("chronicle.relay.move", moved_already)
    check = test_relay.test_the_cursor_stays_where_it_is_until_the_broker_has_acknowledged
    with control.red("relay cursor moved before the acknowledgement", "assert 7 == 0"):
        await check(log, relays, ear, admin)


async def send_as_a_batch(relay: Relay, events: list[Sealed]) -> None:
    said = [KafkaPublishMessage(event.body, key=event.key.encode()) for event in events]
    await relay._broker.publish_batch(*said, topic=f"throughcare.{relay._service}")


async def test_every_event_of_a_key_is_in_one_partition_in_order(
    control: Control, log: Log, relays: Relays, kafka: Kafka
) -> None:
    """Each page has one event of every key, so that a batch of it goes anywhere at all."""
    control.patch.setattr("chronicle.relay.PAGE", KEYS)
    control.breaks("chronicle.relay.Relay._send", send_as_a_batch)
    service, db = f"keyed{uuid4().hex}", await log.connect()
    for version in range(1, VERSIONS + 1):
        for key in range(KEYS):
            body = json.dumps({"version": version}).encode()
            kind = f"{service}.Said.v1"
            await append_within(db, [line(f"book-{key}", version, kind=kind, body=body)])
    await log.seal_blocks()
    relay = await relays.another()
    relay._service = service
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(f"throughcare.{service}", PARTITIONS, 1)])
        while await relay.publish():
            pass
        found = await placed(kafka, f"throughcare.{service}")
        await admin.delete_topics([f"throughcare.{service}"])
    finally:
        await admin.close()
    in_order = {key: [(at[0][0], n) for n in range(1, VERSIONS + 1)] for key, at in found.items()}
    with control.red("keyed publish_batch", r"book-\d"):
        assert found == in_order


async def placed(kafka: Kafka, topic: str) -> dict[str, list[tuple[int, int]]]:
    """For each key the partition and version of its events, as they come."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, n) for n in range(PARTITIONS)])
        found = defaultdict[str, list[tuple[int, int]]](list)
        for _ in range(KEYS * VERSIONS):
            record = await consumer.getone()
            version = json.loads(record.value or b"")["version"]
            found[(record.key or b"").decode()].append((record.partition, version))
        return found
    finally:
        await consumer.stop()
