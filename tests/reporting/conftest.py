"""Reporting on a database of its own, migrated anew for each test."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from uuid import uuid4

import asyncpg
import pytest

from chronicle.migrate import migrate
from tests.parts import Server, now
from tests.reporting.house import MIGRATIONS, Reporting
from throughcare import databases


@pytest.fixture(scope="session")
def reporting_database(postgres: Server) -> Iterator[str]:
    prefix = f"test_{uuid4().hex}_"
    (name,) = now(databases.make(postgres.url, prefix, ["reporting"]))
    yield name
    now(databases.drop(postgres.url, prefix, ["reporting"]))


@pytest.fixture
async def reporting(postgres: Server, reporting_database: str) -> AsyncIterator[Reporting]:
    async with AsyncExitStack() as stack:
        house = Reporting(admin_url=postgres.url, database=reporting_database, stack=stack)
        admin = await asyncpg.connect(postgres.url, database=reporting_database)
        await admin.execute("drop schema if exists chronicle, view, view_next, vault cascade")
        await admin.close()
        await migrate(house.url("owner"), "reporting", MIGRATIONS, house.now)
        await house.open()
        yield house
