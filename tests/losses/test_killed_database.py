"""kill -9 of PostgreSQL: it gives the numbers of rolled-back transactions out again."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from chronicle.append import append_within
from chronicle.db import connect
from chronicle.migrate import migrate
from chronicle.sequencer import Head, Sequencer, read_head, write_blocks
from chronicle.wake import Wake
from tests.chronicle.library import SERVICE
from tests.chronicle.log import NOW, Log, line, until
from tests.losses.clusters import a_cluster
from tests.stress.judge import faults, stored
from throughcare import databases
from throughcare.embedded.postgres import Postgres

ROLLED_BACK, COMMITTED = 200, 5


@pytest.fixture(scope="module")
def mortal() -> Iterator[Postgres]:
    with a_cluster() as postgres:
        yield postgres


@pytest.fixture
async def its_log(mortal: Postgres, tmp_path: Path) -> AsyncIterator[Log]:
    """In a cluster that writes to the disk when somebody commits, and not because time passes."""
    (name,) = await databases.make(mortal.url, f"test_{uuid4().hex}_", [SERVICE])
    async with AsyncExitStack() as stack:
        log = Log(admin_url=mortal.url, database=name, stack=stack)
        await migrate(log.url("owner"), SERVICE, tmp_path, NOW)
        admin = await log.admin()
        log.id = await admin.fetchval("select id from chronicle.log")
        await admin.execute("alter system set wal_writer_delay = '10s'")
        await admin.execute("select pg_reload_conf()")
        yield log


async def append(log: Log, stream: str) -> None:
    await append_within(await log.connect(), [line(stream, 1)])


async def rolled_back(log: Log) -> None:
    """Transactions that had a number, wrote, and left nothing that the disk must know of."""
    db = await log.connect(synchronous_commit="off")
    for _ in range(ROLLED_BACK):
        await db.execute("begin; select pg_current_xact_id(); rollback")


def all_sealed(log: Log, count: int) -> Callable[[], Awaitable[bool]]:
    async def are_sealed() -> bool:
        db = await connect(log.url("auditor"))
        try:
            return bool(await db.fetchval("select sum(n) from chronicle.block") == count)
        finally:
            await db.close()

    return are_sealed


async def dies_and_comes_back(mortal: Postgres) -> None:
    await mortal.kill()
    await mortal.start()


async def remembered(log: Log) -> Head:
    """A sequencer that sealed an event, and then looked again when only rollbacks had been."""
    db = await log.connect("sequencer")
    head = await read_head(db, SERVICE)
    await append(log, "book-0")
    assert await write_blocks(db, head, NOW) == 1
    await rolled_back(log)
    assert await write_blocks(db, head, NOW) == 0
    return replace(head)


async def test_from_the_newest_block_everything_is_seen_and_from_memory_nothing(
    mortal: Postgres, its_log: Log
) -> None:
    in_memory = await remembered(its_log)
    await dies_and_comes_back(mortal)
    for n in range(1, COMMITTED + 1):
        await append(its_log, f"book-{n}")
    db = await its_log.connect("sequencer")
    reused = await db.fetchval(
        "select count(*) from chronicle.event where xid < pg_snapshot_xmax($1::text::pg_snapshot)",
        in_memory.snap,
    )
    assert reused == 1 + COMMITTED, "the numbers did not come again: the run was too tame"
    assert await write_blocks(db, in_memory, NOW) == 0, "the negative control"
    assert await write_blocks(db, await read_head(db, SERVICE), NOW) == COMMITTED
    assert sum(faults(await stored(await its_log.admin())).values()) == 0


async def test_a_running_sequencer_misses_nothing_when_its_database_dies(
    mortal: Postgres, its_log: Log
) -> None:
    sequencer = Sequencer(
        its_log.url("sequencer"), SERVICE, its_log.key, lambda: NOW, Wake(), lambda: None
    )
    its_log.working(sequencer.run())
    await append(its_log, "book-0")
    await until(all_sealed(its_log, 1))
    await rolled_back(its_log)
    await dies_and_comes_back(mortal)
    for n in range(1, COMMITTED + 1):
        await append(its_log, f"book-{n}")
    await until(all_sealed(its_log, 1 + COMMITTED))
    assert sum(faults(await stored(await its_log.admin())).values()) == 0
