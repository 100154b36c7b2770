"""A fresh log of the library, and every role's way into it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID, uuid4

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chronicle.append import GroupCommit, Line
from chronicle.clock import Clock
from chronicle.db import Pool, connect, open_pool
from chronicle.execute import Chronicle, Service, by_command
from chronicle.fact import canonical
from chronicle.sequencer import read_head, write_blocks
from contracts import cloudevents
from tests.chronicle.library import SERVICE, WORDS, lending, withdrawal
from throughcare.databases import url_of

Role: TypeAlias = Literal["owner", "service", "sequencer", "relay", "projector", "auditor"]
Connection: TypeAlias = "asyncpg.Connection[Any]"
NOW = datetime(2024, 4, 9, 23, 30, tzinfo=UTC)
"""The tenth of April in London."""
PATIENCE = 20.0


@dataclass(kw_only=True)
class Log:
    """One migrated database. What a test opens here is closed after it."""

    admin_url: str
    database: str
    stack: AsyncExitStack
    id: UUID = field(default_factory=uuid4)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def url(self, role: Role) -> str:
        return url_of(self.admin_url, self.database, f"{SERVICE}_{role}")

    async def pool(self, role: Role = "service", size: int = 4) -> Pool:
        return await self.stack.enter_async_context(await open_pool(self.url(role), size=size))

    async def connect(self, role: Role = "service", **settings: str) -> Connection:
        return await self._kept(await connect(self.url(role), **settings))

    async def admin(self, database: str | None = None) -> Connection:
        """The superuser's connection, by default into this log's database."""
        return await self._kept(
            await asyncpg.connect(self.admin_url, database=database or self.database)
        )

    async def _kept(self, db: Connection) -> Connection:
        self.stack.push_async_callback(db.close, timeout=5)
        return db

    def service(self, clock: Clock = lambda: NOW) -> Service:
        return Service(
            name=SERVICE, log=self.id, authority="westmere", words=WORDS, binding=cloudevents,
            deciders=by_command([lending, withdrawal]), clock=clock,
        )  # fmt: skip

    async def chronicle(self, clock: Clock = lambda: NOW, size: int = 8) -> Chronicle:
        """As a process of the service has it: a pool, and a group commit at work."""
        pool = await self.pool(size=size)
        commits = GroupCommit(pool)
        self.working(commits.run())
        return Chronicle(self.service(clock), pool, commits, lambda: None)

    def working(self, work: Any) -> "asyncio.Task[Any]":
        """A task that is ended with the test."""
        task: asyncio.Task[Any] = asyncio.ensure_future(work)
        self.stack.push_async_callback(ended, task)
        return task

    async def seal_blocks(self, now: datetime = NOW) -> int:
        """What a sequencer does at one wake-up; gives the number of events it numbered."""
        db = await connect(self.url("sequencer"))
        try:
            return await write_blocks(db, await read_head(db, SERVICE), now)
        finally:
            await db.close()


async def ended(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def line(
    stream: str, version: int, *, kind: str = "library.ConditionNoted.v1", body: bytes = b"{}",
    key: str = "", event_id: UUID | None = None,
) -> Line:  # fmt: skip
    """A line that nobody decided, for tests of the log alone."""
    wire, event_id, key = f"throughcare.{kind}", event_id or uuid4(), key or stream
    said = cloudevents.attributes(
        id=event_id, service=SERVICE, type=wire, subject=stream, key=stream, time=NOW,
        sequence=version, log=UUID(int=0), correlation=event_id, causation=event_id,
        authority="westmere", policies=(),
    )  # fmt: skip
    return Line(stream, version, wire, event_id, NOW, key, canonical(said), body)


def lines(stream: str, first: int, count: int) -> list[Line]:
    return [line(stream, version) for version in range(first, first + count)]


async def waiting_for_locks(admin: Connection, count: int = 1) -> None:
    """Until so many sessions of this database wait for another's lock."""

    async def those_wait() -> bool:
        found: int = await admin.fetchval(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'"
        )
        return found >= count

    await until(those_wait)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await true():  # noqa: ASYNC110 -- another session's state tells us nothing
            await asyncio.sleep(0.01)
