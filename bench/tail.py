"""From append to reader: how long until a reader that follows the log has an event in hand."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic, monotonic_ns
from typing import Any

import asyncpg
import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figure import Missed, Run, Sample
from bench.library_log import Ids, Log, a_log, noted, superuser
from bench.ours_log import LOG
from bench.together import Gate, at_once
from chronicle.append import GroupCommit
from chronicle.db import connect, open_pool
from chronicle.feed import head, page
from chronicle.sequencer import Sequencer
from chronicle.wake import BLOCK, Wake
from tests.chronicle.library import SERVICE
from tests.chronicle.log import ended

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """So many appends of one event a second, evenly, whether or not the last ones are answered."""

    log: Log
    rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the call of append to the reader's hand."""

    p50: float
    p99: float
    worst: float
    missed: Missed

    @classmethod
    def of(cls, milliseconds: list[float], missed: Missed) -> "Latency":
        ordered = sorted(milliseconds)
        return cls(quantile(ordered, 0.5), quantile(ordered, 0.99), ordered[-1], missed)

    def sample(self) -> Sample:
        return Sample(self.p99, self.missed, f"p50 {self.p50:.1f} ms, max {self.worst:.1f} ms")


def quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def tail(pace: Pace, *, foreign: bool = False) -> Latency:
    """A process that appends and sequences, as the verb `all` does, and one that reads.

    With `foreign` a writing transaction is open in another database all the while.
    """
    beside = [partial(hold_foreign, pace)] if foreign else []
    (sent, *_), (read,) = at_once([partial(write, pace), *beside], [partial(follow, pace.log)])
    seen, twice, inverted = read
    waits = [(seen[name] - at) / 1e6 for name, at in sent.items() if name in seen]
    return Latency.of(waits, Missed(len(sent.keys() - seen.keys()), twice, inverted))


def tails(admin_url: str, rate: float, seconds: float, *, foreign: bool = False) -> Run:
    """The p99 in milliseconds, on a log that begins empty."""

    def run() -> Sample:
        with a_log(admin_url) as log:
            pace = Pace(log=log, rate=rate, seconds=seconds)
            return tail(pace, foreign=foreign).sample()

    return run


def write(pace: Pace, gate: Gate) -> dict[str, int]:
    """The instant of each append, by its event's id."""
    return uvloop.run(_write(pace, gate))


async def _write(pace: Pace, gate: Gate) -> dict[str, int]:
    hint, ids, sent = Wake(), Ids(), dict[str, int]()
    like = noted(LOG, ids(), 1, ids(), datetime.now(UTC))
    sequencer = Sequencer(
        pace.log.url("sequencer"), SERVICE, Ed25519PrivateKey.generate(),
        lambda: datetime.now(UTC), hint, lambda: None,
    )  # fmt: skip
    async with await open_pool(pace.log.url(), size=1) as pool:
        commits = GroupCommit(pool, hint.hint)
        running = [asyncio.create_task(commits.run()), asyncio.create_task(sequencer.run())]
        gate.begin()
        began, waiting = monotonic(), set[asyncio.Task[None]]()
        for number in range(round(pace.rate * pace.seconds)):
            await asyncio.sleep(began + number / pace.rate - monotonic())
            event, book = ids(), ids()
            name = f"book-{book}"
            line = replace(like, stream=name, key=name, event_id=event)
            sent[str(event)] = monotonic_ns()
            task = asyncio.create_task(commits.append(ids(), [line]))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
        await asyncio.gather(*waiting)
        async with superuser(pace.log) as db:
            there = await db.fetchval("select count(*) from chronicle.event")
            while await head(db) < there:  # noqa: ASYNC110 -- another task's work
                await asyncio.sleep(0.005)
        for task in running:
            await ended(task)
    return sent


def follow(log: Log, gate: Gate) -> tuple[dict[str, int], int, int]:
    """The instant each event was in hand; how many came twice, and how many out of order."""
    return uvloop.run(_follow(log, gate))


async def _follow(log: Log, gate: Gate) -> tuple[dict[str, int], int, int]:
    wake, seen, twice, inverted = Wake(), dict[str, int](), 0, 0
    db: asyncpg.Connection[Any] = await connect(log.url("relay"))
    await wake.listen(db, BLOCK)
    at = await head(db)
    gate.begin()
    over = asyncio.create_task(gate.until_over())
    while True:
        found = await page(db, at, PAGE)
        now_ns = monotonic_ns()
        for sealed in found:
            name = str(sealed.event_id)
            twice += name in seen
            inverted += sealed.position <= at
            seen[name], at = now_ns, sealed.position
        if not found:
            if over.done():
                await db.close()
                return seen, twice, inverted
            await wake.wait(0.1)


def hold_foreign(pace: Pace, gate: Gate) -> None:
    """A writing transaction in the cluster's own database, open as long as the pace lasts."""
    asyncio.run(_hold_foreign(pace, gate))


async def _hold_foreign(pace: Pace, gate: Gate) -> None:
    db = await asyncpg.connect(pace.log.admin_url)
    writing = db.transaction()
    await writing.start()
    await db.execute("create table foreign_writer (n int)")
    gate.begin()
    await asyncio.sleep(pace.seconds)
    await writing.rollback()
    await db.close()
