"""Three services on databases of their own, migrated anew for each test."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

import asyncpg
import pytest

from chronicle.db import open_pool
from chronicle.migrate import migrate
from tests.chronicle.hearing.allotment import ALLOTMENTS, ARCHIVE, SHED
from tests.chronicle.hearing.home import NOON, Home, a_topic
from tests.parts import Kafka, Server, now
from throughcare import databases
from throughcare.databases import url_of

MIGRATIONS = Path(__file__).with_name("migrations")
Homes: TypeAlias = Callable[[str], AbstractAsyncContextManager[Home]]


@pytest.fixture(scope="session")
def homes(postgres: Server) -> Iterator[Homes]:
    """A service's database, emptied and migrated; the databases themselves are made once."""
    services = [ALLOTMENTS, SHED, ARCHIVE]
    prefix = f"test_{uuid4().hex}_"
    now(databases.make(postgres.url, prefix, services))

    @asynccontextmanager
    async def home(name: str) -> AsyncIterator[Home]:
        database = prefix + name
        admin = await asyncpg.connect(postgres.url, database=database)
        await admin.execute("drop schema if exists chronicle, view, view_next cascade")
        await admin.close()
        await migrate(url_of(postgres.url, database, f"{name}_owner"), name, MIGRATIONS, NOON)
        async with AsyncExitStack() as stack:
            url = url_of(postgres.url, database, f"{name}_service")
            pool = await stack.enter_async_context(await open_pool(url))
            log = await pool.fetchval("select id from chronicle.log")
            yield Home(
                name=name, admin_url=postgres.url, database=database, stack=stack, pool=pool,
                log=log,
            )  # fmt: skip

    yield home
    now(databases.drop(postgres.url, prefix, services))


@pytest.fixture
async def allotments(homes: Homes) -> AsyncIterator[Home]:
    async with homes(ALLOTMENTS) as home:
        yield home


@pytest.fixture
async def shed(homes: Homes) -> AsyncIterator[Home]:
    async with homes(SHED) as home:
        yield home


@pytest.fixture
async def archive(homes: Homes) -> AsyncIterator[Home]:
    async with homes(ARCHIVE) as home:
        yield home


@pytest.fixture
async def topic(kafka: Kafka) -> AsyncIterator[str]:
    async with a_topic(kafka.servers) as name:
        yield name
