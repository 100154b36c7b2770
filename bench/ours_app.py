"""Our side one layer up: commands through `execute`, read models, the log read and verified."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Literal, TypeAlias
from uuid import UUID

import uvloop

from bench.figure import Best, Missed, Run, Sample
from bench.library_log import (
    WORDS_SAID,
    Ids,
    Log,
    a_log,
    books,
    check,
    fill,
    seal_all,
    service_of,
    superuser,
)
from bench.ours_log import Done
from bench.shelf import shelf
from bench.together import Gate, at_once
from chronicle.append import GroupCommit
from chronicle.db import Db, open_pool
from chronicle.execute import Chronicle
from chronicle.feed import cursor, move, page
from chronicle.project import Projector, read
from tests.chronicle.library import WORDS, NoteCondition
from tests.chronicle.log import ended
from tests.parts import now

EVENTS_A_BOOK = 10
PAGE = 500
BATCH = 2_000
Fold: TypeAlias = Literal["folded", "upsert per event", "transaction per event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    callers: int
    seconds: float
    shelf: tuple[UUID, ...] = ()
    log: Log | None = None


def command(load: Load, gate: Gate) -> Done:
    return uvloop.run(_command(load, gate))


async def _command(load: Load, gate: Gate) -> Done:
    assert load.log
    async with a_chronicle(load.log) as chronicle:
        ids = Ids()
        await chronicle.execute(NoteCondition(id=ids(), book=load.shelf[0], words="warm"))
        gate.begin()
        began = monotonic()
        shares = [load.shelf[n :: load.callers] for n in range(load.callers)]
        done = await asyncio.gather(
            *(caller(chronicle, ids, share, began + load.seconds) for share in shares)
        )
        return Done(sum(done), began, monotonic())


@asynccontextmanager
async def a_chronicle(log: Log) -> AsyncIterator[Chronicle]:
    """As a process of the service has it: a pool of eight, and a group commit at work."""
    async with await open_pool(log.url(), size=8) as pool:
        commits = GroupCommit(pool)
        running = asyncio.create_task(commits.run())
        yield Chronicle(await service_of(log), pool, commits, lambda: None)
        await ended(running)


async def caller(chronicle: Chronicle, ids: Ids, share: tuple[UUID, ...], until: float) -> int:
    chosen, done = random.Random(len(share)), 0
    while monotonic() < until:
        words = f"{done} {WORDS_SAID}"
        await chronicle.execute(NoteCondition(id=ids(), book=chosen.choice(share), words=words))
        done += 1
    return done


def commands(
    admin_url: str, *, callers: tuple[int, ...], processes: int, books_each: int, seconds: float
) -> Run:
    """Commands a second: load a stream of ten events, fold, decide, append, with its row."""

    def run(callers: int, seconds: float) -> Sample:
        with a_log(admin_url) as log:
            shelf = books(books_each * processes)
            now(fill(log, shelf, len(shelf) * EVENTS_A_BOOK))
            jobs = []
            for n in range(processes):
                share = tuple(shelf[n::processes])
                load = Load(callers=callers, seconds=seconds, shelf=share, log=log)
                jobs.append(partial(command, load))
            done, _ = at_once(jobs)
            now(seal_all(log))
            events = sum(each.events for each in done)
            missed = now(check(log, events + processes + len(shelf) * EVENTS_A_BOOK))
            took = max(each.ended for each in done) - min(each.began for each in done)
            return Sample(events / took, missed, f"{callers} callers")

    return Best(callers, seconds, run)


def projects(admin_url: str, *, how: Fold, events: int, rows: int) -> Run:
    """Events a second of catching up, from a standing log into a view of so many rows."""

    def run() -> Sample:
        with a_log(admin_url) as log:
            now(fill(log, books(rows), events))
            now(seal_all(log))
            (rate,), _ = at_once([partial(project, log, how, events)])
            return Sample(rate, now(folded(log, events)))

    return run


def project(log: Log, how: Fold, events: int, gate: Gate) -> float:
    return uvloop.run(_project(log, how, events, gate))


async def _project(log: Log, how: Fold, events: int, gate: Gate) -> float:
    async with await open_pool(log.url("projector"), size=2) as pool:
        batch = 1 if how == "transaction per event" else BATCH
        runner = Projector(log.url("projector"), pool, WORDS, [shelf], lambda: None, batch=batch)
        await runner.begin()
        gate.begin()
        began = monotonic()
        if how == "upsert per event":
            async with pool.acquire() as db:
                while await upserted(db):
                    pass
        else:
            while await runner.step():
                pass
        return events / (monotonic() - began)


UPSERT = (
    "insert into view.shelf (book, place, words, events) values ($1, 'shelf', $2, 1)"
    " on conflict (book) do update set words = excluded.words, events = shelf.events + 1"
)


async def upserted(db: Db) -> int:
    """A batch in which every event is a statement of its own, with one checkpoint.

    The product folds; this is the same feed for a read model that will not.
    """
    at = await cursor(db, f"view/{shelf.name}")
    batch = [read(WORDS, sealed) for sealed in await page(db, at, BATCH)]
    if not batch:
        return 0
    async with db.transaction():
        await db.executemany(UPSERT, [(r.event.book, getattr(r.event, "words", "")) for r in batch])
        await move(db, f"view/{shelf.name}", at, batch[-1].position, shelf.version)
    return len(batch)


async def folded(log: Log, events: int) -> Missed:
    """Each row counts the events folded into it."""
    async with superuser(log) as db:
        counted = await db.fetchval("select coalesce(sum(events), 0)::bigint from view.shelf")
    return Missed(max(events - counted, 0), max(counted - events, 0))


def reads(admin_url: str, events: int) -> Run:
    """Events a second of the sealed log, a page at a time, each body decoded from its JSON."""

    def run() -> Sample:
        with a_log(admin_url) as log:
            now(fill(log, books(events // EVENTS_A_BOOK), events))
            now(seal_all(log))
            ((rate, seen),), _ = at_once([partial(read_all, log)])
            return Sample(rate, Missed(events - len(set(seen)), len(seen) - len(set(seen))))

    return run


def read_all(log: Log, gate: Gate) -> tuple[float, list[int]]:
    return uvloop.run(_read_all(log, gate))


async def _read_all(log: Log, gate: Gate) -> tuple[float, list[int]]:
    async with await open_pool(log.url("projector"), size=1) as pool, pool.acquire() as db:
        gate.begin()
        began, seen = monotonic(), [0]
        while found := await page(db, seen[-1], PAGE):
            for sealed in found:
                json.loads(sealed.body)
            seen += [sealed.position for sealed in found]
        return (len(seen) - 1) / (monotonic() - began), seen[1:]
