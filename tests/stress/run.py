"""Run it: two processes of writers, the sequencer, a reader at the tail, and somebody foreign."""

import asyncio
import json
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path
from statistics import quantiles
from time import monotonic_ns

from chronicle.feed import page
from chronicle.sequencer import Sequencer
from chronicle.wake import BLOCK, Wake
from tests.chronicle.library import SERVICE
from tests.chronicle.log import NOW, Connection, Log
from tests.stress.told import Told, heard

PROCESSES = 2
LEAST_EVENTS = 5_000
LEAST_FOREIGN, WITHOUT_FOREIGN = 5.0, 6.0
"""Seconds that the foreign transaction is open at least, and of the run when it is not."""
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the reader at the tail met: where, what, when it was asked for and when it came (ns)."""

    position: int
    stream: str
    version: int
    asked: int
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything that was told and seen; `foreign` is from when to when (ns)."""

    told: list[Told]
    seen: list[Seen]
    met: Counter[str]
    foreign: tuple[int, int]

    def latencies(self) -> list[float]:
        """Milliseconds from acknowledgement to reader, of what came while the foreign one was open;
        0 for what was read before its writer heard that it was there."""
        read, (begun, ended) = self._read(), self.foreign
        return [
            max(0, read[event] - told.at) / 1e6
            for told in self.told if begun < told.at < ended
            for event in told.events if event in read
        ]  # fmt: skip

    def late(self, before_the_end: float) -> tuple[int, int]:
        """Of what was acknowledged while the foreign transaction was open, so many seconds before
        its end or earlier: how many events, and how many had not been read when it ended."""
        read, (begun, ended) = self._read(), self.foreign
        until = ended - int(before_the_end * 1e9)
        due = [e for told in self.told if begun < told.at < until for e in told.events]
        return len(due), sum(e not in read or read[e] > ended for e in due)

    def _read(self) -> dict[tuple[str, int], int]:
        return {(seen.stream, seen.version): seen.at for seen in self.seen}


def percentile(values: list[float], n: int) -> float:
    """Of nothing, as good as never."""
    if len(values) < 2:
        return inf
    return quantiles(values, n=100, method="inclusive")[n - 1]


async def stressed(log: Log, folder: Path, seconds: float, seed: str) -> Run:
    """Write for so many seconds, then wait until all is read or PATIENCE is over."""
    seen, at_work = list[Seen](), asyncio.Event()
    sequencing = Sequencer(log.url("sequencer"), SERVICE, log.key, lambda: NOW, Wake(), nothing)
    log.working(sequencing.run())
    log.working(read_the_tail(log, seen, at_work))
    foreign = log.working(somebody_foreign(log, seconds, at_work))
    files = [folder / f"writer-{number}" for number in range(PROCESSES)]
    await asyncio.gather(
        *(written(log.url("service"), seconds, seed, n, f) for n, f in enumerate(files))
    )
    told, met = list[Told](), Counter[str]()
    for file in files:
        *said, last = file.read_text().splitlines()
        told += map(heard, said)
        met.update(json.loads(last))
    with suppress(TimeoutError):
        await asyncio.wait_for(all_is_read(await log.admin(), seen), PATIENCE)
    return Run(told=told, seen=seen, met=met, foreign=await foreign)


def nothing() -> None: ...


async def all_is_read(admin: Connection, seen: list[Seen]) -> None:
    written: int = await admin.fetchval("select count(*) from chronicle.event")
    while len(seen) < written:  # noqa: ASYNC110 -- the reader has its own wake
        await asyncio.sleep(0.05)


async def written(url: str, seconds: float, seed: str, number: int, file: Path) -> None:
    """One process of writers, from beginning to end."""
    asked = (str(seconds), str(LEAST_EVENTS // PROCESSES), seed, str(number))
    argv = (sys.executable, "-m", "tests.stress.writer", url, *asked)
    with file.open("wb") as out:
        process = await asyncio.create_subprocess_exec(*argv, stdout=out)
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert code == 0, f"writers {number} ended with {code}"


async def read_the_tail(log: Log, seen: list[Seen], at_work: asyncio.Event) -> None:
    """As a relay or a projector reads: by page, woken by the sequencer's NOTIFY."""
    db, wake, at = await log.connect("auditor"), Wake(), 0
    await wake.listen(db, BLOCK)
    while True:
        found = await page(db, at, 500)
        now = monotonic_ns()
        for event in found:
            asked = json.loads(event.body)["asked"]
            version = int(json.loads(event.meta)["sequence"])
            seen.append(Seen(event.position, event.stream, version, asked, now))
            at = event.position
            at_work.set()
        if not found:
            await wake.wait(1.0)


async def somebody_foreign(log: Log, seconds: float, at_work: asyncio.Event) -> tuple[int, int]:
    """A writing transaction in another database of the cluster; gives from when to when."""
    await at_work.wait()
    db = await log.admin("postgres")
    async with db.transaction():
        await db.execute("create temporary table foreign_work on commit drop as select 1 as n")
        begun = monotonic_ns()
        await asyncio.sleep(max(LEAST_FOREIGN, seconds - WITHOUT_FOREIGN))
        ended = monotonic_ns()
    return begun, ended
