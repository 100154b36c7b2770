"""However the broker shared events out over partitions, the boards are the same to the byte."""

import random
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import ConsumerRecord

import services.reporting
from chronicle.db import Pool, connect, open_pool
from chronicle.execute import Service
from chronicle.feed import page
from chronicle.migrate import migrate
from chronicle.project import Projector
from chronicle.sequencer import read_head, write_blocks
from chronicle.witness import Witness
from contracts import cloudevents
from services.reporting.main import ROOMS
from tests.chronicle.hearing.home import encoded, recorded
from tests.journeys.scheme import Scheme, placed
from tests.parts import Server
from throughcare import databases
from throughcare.databases import SERVICES, url_of

NOW = datetime(2024, 4, 2, 8, tzinfo=UTC)
MIGRATIONS = Path(services.reporting.__path__[0]) / "migrations"
HEARD_FROM_OTHERS = [model for model in ROOMS.models if model.name != "operations"]
"""`operations` folds what reporting says itself."""


@pytest.fixture
async def another(postgres: Server) -> AsyncIterator[str]:
    """The prefix of an empty reporting, beside the one that is at work."""
    prefix = f"test_{uuid4().hex}_"
    await databases.make(postgres.url, prefix, ["reporting"])
    yield prefix
    await databases.drop(postgres.url, prefix, ["reporting"])


@pytest.mark.parametrize("partitions", [1, 12])
async def test_boards_do_not_depend_on_the_order_of_arrival(
    scheme: Scheme, postgres: Server, another: str, partitions: int
) -> None:
    for number in range(2):
        someone = await placed(scheme, f"Heron Field {number}")
        await scheme.on(date(2024, 8, 5))
        await someone.leaves(date(2024, 8, 5), "workload")
    await scheme.council.settle()

    def url(role: str) -> str:
        return url_of(postgres.url, f"{another}reporting", f"reporting_{role}")

    await migrate(url("owner"), "reporting", MIGRATIONS, NOW)
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(await open_pool(url("service")))
        arriving = shuffled(await published(scheme), partitions)
        await hear(pool, arriving, url("sequencer"))
        folding = await stack.enter_async_context(await open_pool(url("projector")))
        runner = Projector(
            url("projector"), folding, ROOMS.words, HEARD_FROM_OTHERS, lambda: None,
            keep_unread=True,
        )  # fmt: skip
        await runner.begin()
        while await runner.step():
            pass
    live = await boards(postgres, f"{scheme.house.prefix}reporting")
    assert live["timeline"].count("\n") > 50
    assert await boards(postgres, f"{another}reporting") == live


async def published(scheme: Scheme) -> dict[str, list["ConsumerRecord[Any, Any]"]]:
    """Every event of the three services as its relay publishes it, by topic, in its order."""
    found = {}
    for service in SERVICES[:3]:
        db = await asyncpg.connect(scheme.house.url(service, "auditor"))
        topic = f"throughcare.{service}"
        found[topic] = [
            recorded(
                topic, event.position, event.key.encode(), event.body,
                encoded(cloudevents.headers(event.meta, event.position, event.trace)),
            )
            for event in await page(db, 0, 100_000)
        ]  # fmt: skip
        await db.close()
    return found


def shuffled(
    topics: dict[str, list["ConsumerRecord[Any, Any]"]], partitions: int
) -> list["ConsumerRecord[Any, Any]"]:
    """As a consumer may meet them: in order within a partition, in runs, in no order across."""
    chance, waiting = random.Random(partitions), defaultdict[tuple[str, int], list[Any]](list)
    for topic, records in topics.items():
        for record in records:
            waiting[topic, zlib.crc32(record.key or b"") % partitions].append(record)
    arriving = []
    while waiting:
        place = chance.choice(sorted(waiting))
        run = chance.randint(1, 20)
        arriving += waiting[place][:run]
        waiting[place] = waiting[place][run:]
        if not waiting[place]:
            del waiting[place]
    return arriving


async def hear(pool: Pool, records: list["ConsumerRecord[Any, Any]"], sequencing: str) -> None:
    service = Service(
        name="reporting", log=await pool.fetchval("select id from chronicle.log"),
        authority="westmere", deciders={}, words=ROOMS.words, binding=cloudevents,
        clock=lambda: NOW,
    )  # fmt: skip
    witness = Witness(service, pool, lambda: None)
    db = await connect(sequencing)
    head = await read_head(db, "reporting")
    for start in range(0, len(records), 50):
        await witness.hear(records[start : start + 50])
        await write_blocks(db, head, NOW)
    await db.close()


async def boards(postgres: Server, database: str) -> dict[str, str]:
    """The rows of every read model as PostgreSQL writes them, without what reporting says."""
    own = {"timeline": "where service <> 'reporting'"}
    db = await asyncpg.connect(postgres.url, database=database)
    found = {}
    for model in HEARD_FROM_OTHERS:
        others = own.get(model.name, "")
        rows = await db.fetch(f"select t::text as row from view.{model.name} t {others} order by 1")
        found[model.name] = "\n".join(row["row"] for row in rows)
    await db.close()
    return found
