"""A dump of one log is loaded into another cluster, and goes on there while writers append."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from chronicle.append import append_within
from chronicle.db import Pool
from chronicle.resync import resync
from chronicle.sequencer import OtherCluster, Sequencer, unsealed
from chronicle.wake import Wake
from tests.chronicle.library import SERVICE
from tests.chronicle.log import NOW, PATIENCE, Connection, Log, line, lines, until
from tests.losses.clusters import a_cluster, address, dump, load
from tests.stress.judge import faults, stored
from throughcare import databases
from throughcare.embedded.postgres import Postgres

WRITERS = 8
SPENT = "do $$ begin for i in 1..5000 loop perform pg_current_xact_id(); commit; end loop; end $$"
"""Transaction numbers that the other cluster has never given out."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Postgres]:
    with a_cluster() as postgres:
        yield postgres


async def restored(log: Log, elsewhere: Postgres, file: Path, stack: AsyncExitStack) -> Log:
    dump(address(log.admin_url, log.database), file)
    (name,) = await databases.make(elsewhere.url, f"test_{uuid4().hex}_", [SERVICE])
    load(file, address(elsewhere.url, name))
    return replace(log, admin_url=elsewhere.url, database=name, stack=stack)


def a_sequencer(log: Log) -> Sequencer:
    return Sequencer(log.url("sequencer"), SERVICE, log.key, lambda: NOW, Wake(), lambda: None)


async def write(pool: Pool, chance: random.Random, over: asyncio.Event) -> int:
    """Transactions of one to three events, some asleep with their tickets in hand."""
    written = 0
    while not over.is_set():
        count = chance.randrange(1, 4)
        async with pool.acquire() as db, db.transaction():
            await append_within(db, lines(f"new-{uuid4()}", 1, count))
            await asyncio.sleep(chance.choice((0, 0, 0.002, 0.03)))
        written += count
    return written


async def appended(admin: Connection, least: int) -> None:
    async def so_many() -> bool:
        count: int = await admin.fetchval("select count(*) from chronicle.event")
        return count >= least

    await until(so_many)


async def test_a_log_restored_elsewhere_is_sealed_by_nobody_until_it_is_resynced_under_load(
    log: Log, admin: Connection, elsewhere: Postgres, tmp_path: Path
) -> None:
    await admin.execute(SPENT)
    await append_within(await log.connect(), lines("book-1", 1, 600))
    await log.seal_blocks()
    await append_within(await log.connect(), lines("book-2", 1, 50))

    async with AsyncExitStack() as stack:
        there = await restored(log, elsewhere, tmp_path / "dump", stack)
        watching = await there.admin()
        with pytest.raises(OtherCluster, match="run `chronicle resync --service library`"):
            await asyncio.wait_for(a_sequencer(there).run(), PATIENCE)
        assert await watching.fetchval("select count(*) from chronicle.block") == 1

        over, pool = asyncio.Event(), await there.pool(size=WRITERS)
        writers = [asyncio.create_task(write(pool, random.Random(n), over)) for n in range(WRITERS)]
        await appended(watching, 800)
        done = await resync(there.url("owner"), SERVICE, "a drill", NOW)
        assert done.sealed >= 150
        there.working(a_sequencer(there).run())
        await appended(watching, done.through + 300)
        over.set()
        written = sum(await asyncio.gather(*writers))

        async def all_is_sealed() -> bool:
            return await unsealed(watching) == 0

        await until(all_is_sealed)
        tables = await stored(watching)
        assert len(tables.events) == 650 + written
        assert sum(faults(tables).values()) == 0, faults(tables)


async def test_read_by_transaction_number_alone_every_old_event_would_come_twice(
    log: Log, admin: Connection, elsewhere: Postgres, tmp_path: Path
) -> None:
    """The negative control: the present snapshot of the new cluster, without a floor of tickets."""
    await admin.execute(SPENT)
    await append_within(await log.connect(), lines("book-1", 1, 650))
    await log.seal_blocks()
    async with AsyncExitStack() as stack:
        there = await restored(log, elsewhere, tmp_path / "dump", stack)
        watching = await there.admin()
        await watching.execute(
            "insert into chronicle.anchor select 2, system_identifier, 0, pg_current_snapshot(),"
            " 'as if', now() from pg_control_system()"
        )
        assert await there.seal_blocks() == 650
        assert faults(await stored(watching))["twice"] == 650


async def test_a_line_written_there_follows_the_last_one_written_here(
    log: Log, elsewhere: Postgres, tmp_path: Path
) -> None:
    await append_within(await log.connect(), lines("book-1", 1, 3))
    await log.seal_blocks()
    async with AsyncExitStack() as stack:
        there = await restored(log, elsewhere, tmp_path / "dump", stack)
        await append_within(await there.connect(), [line("book-1", 4)])
        done = await resync(there.url("owner"), SERVICE, "a drill", NOW)
        assert (done.sealed, done.through) == (1, 4)
        assert sum(faults(await stored(await there.admin())).values()) == 0
