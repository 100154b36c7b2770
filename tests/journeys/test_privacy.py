"""Names, birth dates and contact live in the vault of referrals, and nowhere else."""

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.registry import topics
from tests.journeys.scheme import Scheme, placed
from throughcare.databases import SERVICES

NAME = "Zinnia Unheardof-Name"
SECRETS = (NAME.encode(), b"yp@example.invalid", b"2005-05-01")


async def test_no_log_topic_or_line_holds_who_somebody_is(scheme: Scheme) -> None:
    someone = await placed(scheme, NAME)
    assert await scheme.council.ask("referrals", "names", person=str(someone.person)) == {
        str(someone.person): NAME
    }
    kept = [row for service in SERVICES for row in await everything(scheme, service)]
    kept += await published(scheme.house.servers)
    kept += [file.read_bytes() for file in (scheme.house.folder / "logs").glob("*.log")]
    assert sum(str(someone.person).encode() in words for words in kept) > 20
    assert [secret for secret in SECRETS if any(secret in words for words in kept)] == []


async def everything(scheme: Scheme, service: str) -> list[bytes]:
    """Every row of every table of the kernel and of the read models."""
    db = await asyncpg.connect(scheme.house.url(service, "owner"))
    try:
        await db.execute(f"set role {service}_projector")
        views = [f"view.{row[0]}" for row in await tables(db, "view")]
        rows = [r[0] for name in views for r in await db.fetch(f"select t::text from {name} t")]
        await db.execute("reset role")
        kernel = [f"chronicle.{row[0]}" for row in await tables(db, "chronicle")]
        rows += [r[0] for name in kernel for r in await db.fetch(f"select t::text from {name} t")]
        raw = await db.fetch("select meta, body from chronicle.event")
        return [row.encode() for row in rows] + [part for row in raw for part in row]
    finally:
        await db.close()


async def tables(db: "asyncpg.Connection[asyncpg.Record]", schema: str) -> list[asyncpg.Record]:
    return await db.fetch("select tablename from pg_tables where schemaname = $1", schema)


async def published(servers: str) -> list[bytes]:
    """Every record on every topic, with its key and headers."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = [TopicPartition(t.name, p) for t in topics() for p in range(t.partitions)]
        consumer.assign(places)
        await consumer.seek_to_beginning()
        found: list[bytes] = []
        while polled := await consumer.getmany(timeout_ms=2000):
            for records in polled.values():
                for record in records:
                    headers = b" ".join(n.encode() + (v or b"") for n, v in record.headers)
                    found.append((record.key or b"") + headers + (record.value or b""))
        return found
    finally:
        await consumer.stop()
