"""A fresh log for each test of the kernel: one database for all of them, migrated anew."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from chronicle.migrate import migrate
from tests.chronicle.library import SERVICE
from tests.chronicle.log import NOW, Connection, Log
from tests.parts import Server, now
from throughcare import databases


@pytest.fixture(scope="session")
def library_database(postgres: Server) -> Iterator[str]:
    """A database with the library's roles; nothing is in it."""
    prefix = f"test_{uuid4().hex}_"
    (name,) = now(databases.make(postgres.url, prefix, [SERVICE]))
    yield name
    now(databases.drop(postgres.url, prefix, [SERVICE]))


@pytest.fixture
async def admin(postgres: Server, library_database: str) -> AsyncIterator[Connection]:
    """The superuser, who sees everything."""
    db = await asyncpg.connect(postgres.url, database=library_database)
    yield db
    await db.close(timeout=5)


@pytest.fixture
async def empty(postgres: Server, admin: Connection) -> AsyncIterator[Log]:
    """Not migrated yet."""
    await admin.execute("drop schema if exists chronicle, view, view_next, vault cascade")
    name = await admin.fetchval("select current_database()")
    async with AsyncExitStack() as stack:
        yield Log(admin_url=postgres.url, database=name, stack=stack)


@pytest.fixture
async def log(empty: Log, admin: Connection, tmp_path: Path) -> Log:
    """Migrated, with no migration of its own."""
    await migrate(empty.url("owner"), SERVICE, tmp_path, NOW)
    empty.id = await admin.fetchval("select id from chronicle.log")
    return empty
