"""A log of the library in a database of its own, filled, sealed, and checked from its tables."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

from bench.figure import Missed
from chronicle.append import Line
from chronicle.db import connect
from chronicle.execute import Service, by_command
from chronicle.fact import canonical
from chronicle.ids import uuid7
from chronicle.migrate import migrate
from chronicle.sequencer import read_head, write_blocks
from contracts import cloudevents
from tests.chronicle.library import SERVICE, WORDS, BookDonated, ConditionNoted, lending
from tests.parts import now
from throughcare import databases
from throughcare.databases import url_of

MIGRATIONS = Path(__file__).with_name("migrations")
WORDS_SAID = "w" * 112
"""So that the body of a ConditionNoted has 200 bytes."""
COLUMNS = ("stream", "version", "type", "event_id", "recorded", "key", "meta", "body")
MOST_AT_ONCE = 10_000

CHECK = """
with placed as (
  select b.first_pos + t.place - 1 as position, t.ticket
  from chronicle.block b cross join lateral unnest(b.tickets) with ordinality t(ticket, place)),
told as (
  select e.version, lag(e.version, 1, 0) over (partition by e.stream order by p.position) as before
  from placed p join chronicle.event e using (ticket))
select (select count(*) from chronicle.event) - (select count(distinct ticket) from placed),
       (select count(*) - count(distinct ticket) from placed),
       (select count(*) from told where version <> before + 1)
"""


@dataclass(frozen=True, slots=True)
class Log:
    """Where one library keeps its log; picklable, so that every process may open it."""

    admin_url: str
    database: str

    def url(self, role: str = "service") -> str:
        return url_of(self.admin_url, self.database, f"{SERVICE}_{role}")


@contextmanager
def a_log(admin_url: str) -> Iterator[Log]:
    """Migrated and empty, dropped at the end."""
    prefix = f"bench_{uuid4().hex}_"
    (name,) = now(databases.make(admin_url, prefix, [SERVICE]))
    log = Log(admin_url, name)
    try:
        now(migrate(log.url("owner"), SERVICE, MIGRATIONS, datetime.now(UTC)))
        yield log
    finally:
        now(databases.drop(admin_url, prefix, [SERVICE]))


@asynccontextmanager
async def superuser(log: Log) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    db = await asyncpg.connect(log.admin_url, database=log.database)
    try:
        yield db
    finally:
        await db.close()


async def service_of(log: Log) -> Service:
    async with superuser(log) as db:
        log_id: UUID = await db.fetchval("select id from chronicle.log")
    return Service(
        name=SERVICE, log=log_id, authority="bench", words=WORDS, binding=cloudevents,
        deciders=by_command([lending]), clock=lambda: datetime.now(UTC),
    )  # fmt: skip


class Ids:
    """Time-ordered ids, cheaper than the kernel's: the load should not wait for its own ids."""

    def __init__(self) -> None:
        start = uuid7(datetime.now(UTC)).int
        self._numbers = count(start >> 64 << 64 | 0x2 << 62 | os.getpid() << 40)

    def __call__(self) -> UUID:
        return UUID(int=next(self._numbers))


def noted(log_id: UUID, book: UUID, version: int, event_id: UUID, at: datetime) -> Line:
    """What `execute` would store of a note about this book: real attributes, 200 bytes of body."""
    fact = ConditionNoted(book=book, words=WORDS_SAID)
    return written(log_id, fact, version, event_id, at)


def written(
    log_id: UUID, fact: BookDonated | ConditionNoted, version: int, event_id: UUID, at: datetime
) -> Line:
    kind = f"throughcare.{fact.said_by}.{fact.says}"
    said = cloudevents.attributes(
        id=event_id, service=SERVICE, type=kind, subject=fact.subject, key=fact.key, time=at,
        sequence=version, log=log_id, correlation=event_id, causation=event_id,
        authority="bench", policies=(),
    )  # fmt: skip
    return Line(
        fact.subject, version, kind, event_id, at, fact.key, canonical(said), fact.to_json()
    )


def books(count: int) -> list[UUID]:
    ids = Ids()
    return [ids() for _ in range(count)]


def history(log_id: UUID, shelf: list[UUID], events: int) -> Iterator[Line]:
    """So many events in all: each book is donated, then notes on all of them, round by round."""
    ids, at = Ids(), datetime.now(UTC)
    for number in range(events):
        version, place = divmod(number, len(shelf))
        book = shelf[place]
        if version == 0:
            title = BookDonated(book=book, title=WORDS_SAID)
            yield written(log_id, title, 1, ids(), at)
        else:
            yield noted(log_id, book, version + 1, ids(), at)


async def fill(log: Log, shelf: list[UUID], events: int) -> None:
    """By COPY as the superuser: no door of the product can load a history."""
    async with superuser(log) as db:
        log_id = await db.fetchval("select id from chronicle.log")
        await db.copy_records_to_table(
            "event", schema_name="chronicle", columns=COLUMNS,
            records=(
                (x.stream, x.version, x.type, x.event_id, x.recorded, x.key, x.meta, x.body)
                for x in history(log_id, shelf, events)
            ),
        )  # fmt: skip
        await db.execute("vacuum analyze chronicle.event")


async def seal_all(log: Log) -> None:
    """What a sequencer does, until nothing is left."""
    db = await connect(log.url("sequencer"), plan_cache_mode="force_custom_plan")
    try:
        head = await read_head(db, SERVICE)
        while await write_blocks(db, head, datetime.now(UTC)):
            pass
    finally:
        await db.close()


async def events_in(log: Log) -> int:
    async with superuser(log) as db:
        number: int = await db.fetchval("select count(*) from chronicle.event")
        return number


async def check(log: Log, acknowledged: int) -> Missed:
    """From the tables alone. Raises AssertionError when an acknowledged event is not there."""
    async with superuser(log) as db:
        there = await db.fetchval("select count(*) from chronicle.event")
        assert there == acknowledged, f"{acknowledged} acknowledged, {there} in the table"
        return Missed(*(await db.fetchrow(CHECK) or ()))
