"""Whatever the others publish on a real broker is kept as it came, whole polls at a time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer

from chronicle.consume import Drain, Profile, open_broker, terms
from chronicle.given import Told
from chronicle.witness import keep_all
from services.reporting.main import ROOMS
from tests.parts import Kafka
from tests.reporting import facts
from tests.reporting.facts import STORY
from tests.reporting.house import Origin, Record, Reporting
from throughcare import topics


@pytest.fixture
async def hearing(reporting: Reporting, kafka: Kafka) -> AsyncIterator[Reporting]:
    """Reporting with its subscribers on the broker, and origins whose logs are new to it."""
    await topics.apply(kafka.servers, replicas=1)
    reporting.origins = {name: Origin(name=name, log=uuid4()) for name in reporting.origins}
    profile = Profile.of(kafka.servers, kafka.kind)
    broker, drain = open_broker(profile, reporting.chronicle.service), Drain(profile.grace_s)
    router = keep_all(reporting.witness)
    ROOMS.listen(router, terms(profile, f"reporting-{uuid4().hex}", drain))
    broker.include_router(router)
    drain.subscribers = list(broker.subscribers)
    await broker.start()
    try:
        yield reporting
    finally:
        await broker.stop()


def with_new_ids(*told: Told[Any]) -> list[Told[Any]]:
    """The same with ids of their own: topics keep what earlier tests published."""
    salt = str(uuid4())[:24]

    def renewed(text: str) -> str:
        return text.replace("00000000-0000-0000-0000-", salt)

    return [
        Told(
            type(one.event).from_json(renewed(one.event.to_json().decode()).encode()),
            replace(one.about, id=UUID(renewed(str(one.about.id)))),
        )
        for one in told
    ]


async def published(kafka: Kafka, records: list[Record]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.servers, acks="all") as producer:
        for record in records:
            await producer.send_and_wait(
                record.topic, record.value, key=record.key, headers=list(record.headers)
            )


async def until_counted(reporting: Reporting, count: int, sql: str, *args: object) -> None:
    async with asyncio.timeout(60):
        while await reporting.chronicle.pool.fetchval(sql, *args) < count:
            await reporting.witness.wake.wait(1)


OF_THESE_LOGS = "select count(*) from chronicle.origin where log = any($1)"
QUARANTINED = "select count(*) from chronicle.parked where kind = 'quarantined' and value = $1"


async def test_every_event_is_kept_once_with_the_bytes_that_were_published(
    hearing: Reporting, kafka: Kafka
) -> None:
    story = with_new_ids(*STORY)
    records = [hearing.origins[told.event.said_by].publishes(told) for told in story]
    await published(kafka, [*records, *records[:5]])
    logs = [origin.log for origin in hearing.origins.values()]
    await until_counted(hearing, len(records), OF_THESE_LOGS, logs)
    rows = await hearing.chronicle.pool.fetch(
        "select e.body, e.stream, e.version from chronicle.event e"
        " join chronicle.origin o using (event_id) where o.log = any($1)",
        logs,
    )
    assert sorted(row["body"] for row in rows) == sorted(r.value or b"" for r in records)
    ami = story[0].event.person
    assert (f"matching/arrangement-{ami}", 1) in {(r["stream"], r["version"]) for r in rows}
    await hearing.seals_and_folds()
    stages = {row["person"]: row["stage"] for row in await hearing.rows("/caseload")}
    assert stages[str(ami)] == "received"


async def test_a_record_that_is_no_event_is_set_aside_and_its_neighbours_are_kept(
    hearing: Reporting, kafka: Kafka
) -> None:
    referrals = hearing.origins["referrals"]
    good = [referrals.publishes(told) for told in with_new_ids(facts.registered, facts.neet)]
    nonsense = uuid4().bytes
    async with AIOKafkaProducer(bootstrap_servers=kafka.servers, acks="all") as producer:
        await producer.send_and_wait(good[0].topic, nonsense, headers=[("ce_id", None)])
    await published(kafka, good)
    await until_counted(hearing, 2, OF_THESE_LOGS, [referrals.log])
    await until_counted(hearing, 1, QUARANTINED, nonsense)


async def test_the_seals_of_others_are_kept_and_what_was_heard_agrees_with_them(
    hearing: Reporting, kafka: Kafka
) -> None:
    matching = hearing.origins["matching"]
    story = with_new_ids(*(told for told in STORY if told.event.said_by == "matching"))
    records = [matching.publishes(told) for told in story]
    await published(kafka, [*records, matching.seals()])
    await until_counted(hearing, len(records), OF_THESE_LOGS, [matching.log])
    sealed = "select count(*) from chronicle.witness where log = $1"
    await until_counted(hearing, 1, sealed, matching.log)
    (row,) = [row for row in await hearing.rows("/completeness") if row["log"] == str(matching.log)]
    assert (row["complete_through"], row["sealed_through"], row["holes"]) == (
        len(records), len(records), [],
    )  # fmt: skip
