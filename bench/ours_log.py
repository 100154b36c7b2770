"""Our appends: by group commit, until sealed too, and in a transaction of their own."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any, Literal, TypeAlias

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figure import Best, Run, Sample
from bench.library_log import Ids, Log, a_log, check, noted, seal_all, superuser
from bench.together import Gate, at_once
from chronicle.append import GroupCommit, Line, append_within, remember
from chronicle.db import Pool, open_pool
from chronicle.feed import head
from chronicle.sequencer import Sequencer
from chronicle.wake import Wake
from tests.chronicle.library import SERVICE
from tests.chronicle.log import ended
from tests.parts import now

Way: TypeAlias = Literal["group commit", "own transaction", "with a command row"]
VERSIONS_A_STREAM = 10
LOG = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One process that appends; `per` events an append, `callers` of them waiting at once."""

    way: Way
    callers: int
    per: int
    seconds: float
    log: Log | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """`began` and `ended` are instants of the machine's monotonic clock, one for all processes."""

    events: int
    began: float
    ended: float


def append(load: Load, gate: Gate) -> Done:
    return uvloop.run(_append(load, gate))


async def _append(load: Load, gate: Gate) -> Done:
    assert load.log
    size = 1 if load.way == "group commit" else load.callers
    async with pool_of(load.log, size) as pool, appender(load.way, pool) as append_one:
        stream = Stream(Ids())
        await append_one(stream.next(1))
        gate.begin()
        began = monotonic()
        until = began + load.seconds
        told = await asyncio.gather(
            *(caller(append_one, Stream(stream.ids), load.per, until) for _ in range(load.callers))
        )
        return Done(sum(told), began, monotonic())


async def caller(append_one: "Append", stream: "Stream", per: int, until: float) -> int:
    appended = 0
    while monotonic() < until:
        await append_one(stream.next(per))
        appended += per
    return appended


class Stream:
    """The lines of one caller: ten versions of a stream, then the next stream."""

    def __init__(self, ids: Ids) -> None:
        self.ids = ids
        self._like = noted(LOG, ids(), 1, ids(), datetime.now(UTC))
        self._name, self._version = "", VERSIONS_A_STREAM

    def next(self, count: int) -> list[Line]:
        if self._version + count > VERSIONS_A_STREAM:
            self._name, self._version = f"book-{self.ids()}", 0
        first, like = self._version + 1, self._like
        self._version += count
        return [
            Line(
                self._name, version, like.type, self.ids(), like.recorded, self._name, like.meta,
                like.body,
            )
            for version in range(first, first + count)
        ]  # fmt: skip


Append: TypeAlias = Callable[[list[Line]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def pool_of(log: Log, size: int) -> AsyncIterator[Pool]:
    async with await open_pool(log.url(), size=size) as pool:
        yield pool


@asynccontextmanager
async def appender(way: Way, pool: Pool) -> AsyncIterator[Append]:
    ids = Ids()
    if way == "group commit":
        commits = GroupCommit(pool)
        running = asyncio.create_task(commits.run())
        yield lambda lines: commits.append(ids(), lines)
        await ended(running)
    elif way == "own transaction":
        yield partial(alone, pool)
    else:
        yield lambda lines: with_a_row(pool, ids(), lines)


async def alone(pool: Pool, lines: list[Line]) -> None:
    async with pool.acquire() as db:
        await append_within(db, lines)


async def with_a_row(pool: Pool, command: uuid.UUID, lines: list[Line]) -> None:
    """As `execute` does for a decision over two streams, or with a row alongside."""
    async with pool.acquire() as db, db.transaction():
        await append_within(db, lines)
        await remember(db, command, lines)


def sequence(log: Log, gate: Gate) -> float:
    """A sequencer in a process of its own; the instant at which all that was appended is sealed."""
    return uvloop.run(_sequence(log, gate))


async def _sequence(log: Log, gate: Gate) -> float:
    key = Ed25519PrivateKey.generate()
    sequencer = Sequencer(
        log.url("sequencer"), SERVICE, key, lambda: datetime.now(UTC), Wake(), lambda: None
    )
    async with superuser(log) as db:
        running = asyncio.create_task(sequencer.run())
        gate.begin()
        await gate.until_over()
        there = await db.fetchval("select count(*) from chronicle.event")
        while await head(db) < there:  # noqa: ASYNC110 -- another connection's work
            await asyncio.sleep(0.002)
        sealed_at = monotonic()
        await ended(running)
        return sealed_at


def appends(admin_url: str, load: Load, processes: int, *, sealed: bool = False) -> Sample:
    """Events a second over all processes; with `sealed`, until the last of them is in a block."""
    with a_log(admin_url) as log:
        jobs = [partial(append, replace(load, log=log))] * processes
        done, sealed_at = at_once(jobs, [partial(sequence, log)] if sealed else [])
        events = sum(each.events for each in done)
        if not sealed:
            now(seal_all(log))
        missed = now(check(log, events + processes))
        last = sealed_at[0] if sealed else max(each.ended for each in done)
        return Sample(
            events / (last - min(each.began for each in done)), missed, f"{load.callers} callers"
        )


def side(
    admin_url: str,
    way: Way,
    *,
    per: int = 1,
    callers: tuple[int, ...],
    processes: int = 1,
    sealed: bool = False,
    seconds: float,
) -> Run:
    """A side of a contest, at the best of these numbers of callers."""

    def run(callers: int, seconds: float) -> Sample:
        load = Load(way=way, callers=callers, per=per, seconds=seconds)
        return appends(admin_url, load, processes, sealed=sealed)

    return Best(callers, seconds, run)
