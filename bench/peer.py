"""The peer: eventsourcing, driven as its own documents drive it, and what its tail reader missed.

Figures of its recorder leave out its mapper, which favours it.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from threading import Thread
from typing import Any, Literal, TypeAlias
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import asyncpg
from eventsourcing.persistence import InfrastructureFactory, StoredEvent, Subscription
from eventsourcing.postgres import PostgresApplicationRecorder
from eventsourcing.utils import Environment

from bench.figure import Best, Missed, Run, Sample
from bench.library_log import WORDS_SAID
from bench.together import Gate, at_once
from tests.parts import now

Mode: TypeAlias = Literal["default", "database functions"]
TOPIC = "bench.peer_app:Book.Noted"
STATE = f'{{"words":"{WORDS_SAID}"}}'.ljust(200).encode()
APPLICATION = "Library"
"""Its name is the environment's and, in small letters, the table's."""
VERSIONS_A_STREAM = 10
DRAIN = 30.0
"""Seconds in which its tail reader may still come to the end of the table."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database of the peer's own; picklable."""

    admin_url: str
    name: str
    mode: Mode = "default"

    def environment(self, threads: int, *, create: bool = False) -> dict[str, str]:
        at = urlsplit(self.admin_url)
        return {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": self.name,
            "POSTGRES_HOST": at.hostname or "",
            "POSTGRES_PORT": str(at.port),
            "POSTGRES_USER": unquote(at.username or ""),
            "POSTGRES_PASSWORD": unquote(at.password or ""),
            "POSTGRES_POOL_SIZE": str(threads + 2),
            "POSTGRES_MAX_OVERFLOW": "2",
            "POSTGRES_ENABLE_DB_FUNCTIONS": "y" if self.mode == "database functions" else "n",
            "CREATE_TABLE": "y" if create else "n",
        }


@contextmanager
def a_database(admin_url: str, mode: Mode = "default") -> Iterator[Database]:
    """With its tables; dropped at the end."""
    name = f"bench_{uuid4().hex}"
    now(told(admin_url, f'create database "{name}"'))
    database = Database(admin_url, name, mode)
    try:
        with recorder(database, 1, create=True):
            pass
        yield database
    finally:
        now(told(admin_url, f'drop database "{name}" with (force)'))


async def told(admin_url: str, sql: str, database: str | None = None) -> Any:
    db = await asyncpg.connect(admin_url, database=database)
    try:
        return await db.fetchval(sql)
    finally:
        await db.close()


@contextmanager
def recorder(
    database: Database, threads: int, *, create: bool = False
) -> Iterator[PostgresApplicationRecorder]:
    environment = Environment(APPLICATION, database.environment(threads, create=create))
    factory: InfrastructureFactory[Any] = InfrastructureFactory.construct(environment)
    made = factory.application_recorder()
    assert isinstance(made, PostgresApplicationRecorder)
    made.datastore.register_type_adapters()  # needed with CREATE_TABLE=n
    try:
        yield made
    finally:
        factory.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One process that appends, by so many threads, `per` events an append."""

    threads: int
    per: int
    seconds: float
    database: Database | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """`began` and `ended` are instants of the machine's monotonic clock."""

    events: int
    began: float
    ended: float


def append(load: Load, gate: Gate) -> Done:
    assert load.database
    with recorder(load.database, load.threads) as made:
        streams = [Stream() for _ in range(load.threads)]
        for stream in streams:
            made.insert_events(stream.next(load.per))
        gate.begin()
        began = time.monotonic()
        until = began + load.seconds
        with ThreadPoolExecutor(load.threads) as threads:
            done = list(threads.map(partial(caller, made, load.per, until), streams))
        return Done(sum(done), began, time.monotonic())


def caller(made: PostgresApplicationRecorder, per: int, until: float, stream: "Stream") -> int:
    appended = 0
    while time.monotonic() < until:
        made.insert_events(stream.next(per))
        appended += per
    return appended


class Stream:
    """The events of one thread: ten versions of a stream, then the next stream."""

    def __init__(self) -> None:
        self._id, self._version = UUID(int=0), VERSIONS_A_STREAM

    def next(self, count: int) -> list[StoredEvent]:
        if self._version + count > VERSIONS_A_STREAM:
            self._id, self._version = uuid4(), 0
        first = self._version + 1
        self._version += count
        return [
            StoredEvent(self._id, version, TOPIC, STATE) for version in range(first, first + count)
        ]


def tail(database: Database, gate: Gate) -> Missed:
    """Its own subscription beside the load; what it never showed, showed twice, or in disorder."""
    seen: list[tuple[int, Any, int]] = []
    with recorder(database, 2) as made, made.subscribe(gt=0) as subscription:
        reading = Thread(target=read_on, args=(subscription, seen))
        reading.start()
        gate.begin()
        gate.over.wait()
        drained(seen, made.max_notification_id() or 0)
        subscription.stop()
        reading.join()
    sql = f"select count(*) from {made.events_table_name}"
    there = now(told(database.admin_url, sql, database.name))
    return missed(seen, there)


def read_on(subscription: Subscription[Any], seen: list[tuple[int, Any, int]]) -> None:
    for event in subscription:
        seen.append((event.id, event.originator_id, event.originator_version))  # noqa: PERF401


def drained(seen: list[tuple[int, Any, int]], end: int) -> None:
    until = time.monotonic() + DRAIN
    while (not seen or seen[-1][0] < end) and time.monotonic() < until:
        time.sleep(0.05)


def missed(seen: list[tuple[int, Any, int]], there: int) -> Missed:
    ids = {number for number, _, _ in seen}
    last: dict[Any, int] = {}
    inverted = 0
    for _, stream, version in seen:
        inverted += version < last.get(stream, 0)
        last[stream] = version
    return Missed(there - len(ids), len(seen) - len(ids), inverted)


def appends(
    admin_url: str, load: Load, processes: int, mode: Mode = "default", *, tailed: bool = False
) -> Sample:
    """Events a second over all processes; with `tailed` its tail reader runs beside them."""
    with a_database(admin_url, mode) as database:
        jobs = [partial(append, replace(load, database=database))] * processes
        done, found = at_once(jobs, [partial(tail, database)] if tailed else [])
        took = max(each.ended for each in done) - min(each.began for each in done)
        rate = sum(each.events for each in done) / took
        return Sample(rate, found[0] if tailed else None, f"{load.threads} threads")


def side(
    admin_url: str,
    *,
    per: int = 1,
    threads: tuple[int, ...],
    processes: int = 1,
    mode: Mode = "default",
    tailed: bool = False,
    seconds: float,
) -> Run:
    """A side of a contest, at the best of these numbers of threads."""

    def run(threads: int, seconds: float) -> Sample:
        load = Load(threads=threads, per=per, seconds=seconds)
        return appends(admin_url, load, processes, mode, tailed=tailed)

    return Best(threads, seconds, run)


Page: TypeAlias = Callable[[int], int]


def select_all(database: Database, size: int, decode: Callable[[bytes], Any]) -> float:
    """Its whole log by pages, every state decoded: events a second."""
    with recorder(database, 1) as made:
        began, after, read = time.monotonic(), 0, 0
        for _ in count():
            found = made.select_notifications(after, size, inclusive_of_start=False)
            if not found:
                return read / (time.monotonic() - began)
            for event in found:
                decode(event.state)
            after, read = found[-1].id, read + len(found)
    raise AssertionError("unreachable")
