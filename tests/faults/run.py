"""One run: everything started, lives lived, faults struck, all settled, and the history judged."""

import asyncio
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

from tests.faults.clerk import Clerk
from tests.faults.gather import gather
from tests.faults.judge import judge
from tests.faults.lives import Days, Load, Town, days_pass
from tests.faults.plan import Fault, plan
from tests.faults.reading import Reading
from tests.faults.report import Report
from tests.faults.stage import Choice, Stage, stage
from tests.faults.strikes import Struck, roll_back, strike
from tests.faults.watch import Watch
from throughcare.databases import SERVICES
from throughcare.embedded.postgres import Postgres
from throughcare.supervisor import Stopped, cancelled
from throughcare.system import Say

LIVES = 8
"""Young people at once."""
LANES = 3
"""Faults whose recovery may overlap."""
LONGEST_PAUSE = 10.0
"""Seconds after which a fault comes though the commands it waits for were not acknowledged."""
WARM_UP = 60
"""Acknowledged commands before the first fault."""
SETTLED_WITHIN = 120.0
LOOK_AGAIN = 0.05
KILLED, FAILED = "ended (-9)", '"event": "a part failed"'


def best_broker() -> Choice:
    """The one THROUGHCARE_BROKER names, if it is ours to kill; Apache Kafka where Java is."""
    match os.environ.get("THROUGHCARE_BROKER"):
        case "jars" | "embedded" as named:
            return named
        case _:
            return "jars" if shutil.which("java") else "embedded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How long: so many minutes from the first fault on, or so many faults."""

    seed: int
    broker: Choice
    minutes: float | None = None
    faults: int | None = None


async def run(terms: Terms, say: Say) -> Report:
    """Raises what stops it, as CannotStart or Stopped; then, too, nothing runs any more.

    The folder is left where the run is not good, and `say` tells where it is.
    """
    folder = Path(tempfile.mkdtemp(prefix="throughcare-faults-"))
    folder.chmod(0o711)  # noqa: ASYNC240 -- before anything runs
    try:
        report = await played(terms, folder, say)
    except Stopped:
        erase(folder)
        raise
    except BaseException:
        say(f"what was written is in {folder}")
        raise
    if report.good:
        erase(folder)
    else:
        say(f"what was written is in {folder}")
    return report


def erase(folder: Path) -> None:
    Postgres(folder / "postgres").erase()
    shutil.rmtree(folder)


async def played(terms: Terms, folder: Path, say: Say) -> Report:
    since = monotonic()
    by_themselves = ByThemselves()
    days = Days(folder / "clock")
    days.begin()
    async with AsyncExitStack() as until_the_end:
        say("starting PostgreSQL, the broker and eight processes")
        it = await until_the_end.enter_async_context(
            stage(folder, terms.broker, days.file, by_themselves.hear)
        )
        reading = Reading(it.house)
        until_the_end.push_async_callback(reading.close)
        watch = Watch(reading)
        clerk = await until_the_end.enter_async_context(
            Clerk.at({service: it.house.door(service) for service in SERVICES})
        )
        clerk.rng = Random(terms.seed)

        def scheme(rng: Random) -> Town:
            return Town(house=it.house, reading=reading, council=clerk, rng=rng, days=days)

        load = Load(scheme=scheme, seed=terms.seed, at_once=LIVES)
        beside = [
            background(days_pass(clerk, days)),
            *(background(roll_back(reading, service)) for service in SERVICES[:3]),
        ]
        living = background(load.run())
        for task in (*beside, living):
            until_the_end.push_async_callback(cancelled, task)
        struck = await storm(terms, it, watch, clerk, living, say)
        load.over.set()
        await living
        for task in beside:
            await cancelled(task)
        say("the load has ended: waiting until all is settled")
        ended = monotonic()
        lag_after_load = (await watch.stands()).lag
        lag = await settled(watch)
        settled_in = monotonic() - ended
        say("reading the history")
        history = await gather(reading, clerk.book)
    return Report(
        seed=terms.seed, broker=type(it.broker).__name__, seconds=monotonic() - since,
        history=history, verdict=judge(history), struck=struck, repeated=clerk.repeated,
        lived=load.lived, given_up=load.given_up, lag_after_load=lag_after_load,
        settled_in=settled_in, lag=lag, by_themselves=by_themselves.ended,
        because=parts_failed(folder / "logs"),
    )  # fmt: skip


@dataclass(slots=True)
class ByThemselves:
    """Which processes ended though nobody killed them, from what the supervisor says."""

    ended: Counter[str] = field(default_factory=Counter)

    def hear(self, said: str) -> None:
        what, _, _ = said.partition(":")
        if not what.endswith(KILLED):
            self.ended[what] += 1


def parts_failed(logs: Path) -> Counter[str]:
    """Why, from what they wrote themselves."""
    lines = (
        line
        for file in logs.glob("*.log")
        for line in file.read_text("utf8", "replace").splitlines()
    )
    said = [json.loads(line) for line in lines if line.startswith("{") and FAILED in line]
    return Counter(f"{one['service']} {one['part']}: {one['error'] or 'cancelled'}" for one in said)


async def storm(
    terms: Terms, it: Stage, watch: Watch, clerk: Clerk, living: "asyncio.Task[None]", say: Say
) -> list[Struck]:
    """Fault after fault, up to LANES in recovery at a time and never two on one process."""
    await acknowledged(clerk, WARM_UP, 6 * LONGEST_PAUSE)
    since = monotonic()
    in_flight: dict[asyncio.Task[Struck], Fault] = {}
    struck: list[Struck] = []

    async def landed() -> None:
        every: list[asyncio.Task[Any]] = [*in_flight, living]
        done, _ = await asyncio.wait(every, return_when=asyncio.FIRST_COMPLETED)
        if living in done:
            raise RuntimeError("the load ended by itself") from living.exception()
        for task in done:
            in_flight.pop(task)
            struck.append(task.result())
            say(progress(len(struck), struck[-1], clerk, monotonic() - since))

    try:
        for number, fault in enumerate(plan(terms.seed)):
            if number == terms.faults:
                break
            if terms.minutes is not None and monotonic() - since > 60 * terms.minutes:
                break
            await acknowledged(clerk, fault.after, LONGEST_PAUSE)
            while in_flight and must_wait(fault, list(in_flight.values())):
                await landed()
            in_flight[background(strike(it, watch, fault))] = fault
        while in_flight:
            await landed()
    finally:
        for task in in_flight:
            task.cancel()
        await asyncio.gather(*in_flight, return_exceptions=True)
    return struck


def must_wait(fault: Fault, others: list[Fault]) -> bool:
    return (
        len(others) >= LANES
        or fault.alone
        or any(other.alone or other.victim == fault.victim for other in others)
    )


async def acknowledged(clerk: Clerk, more: int, at_most: float) -> None:
    until, enough = monotonic() + at_most, clerk.acknowledged + more
    while clerk.acknowledged < enough and monotonic() < until:  # noqa: ASYNC110 -- it only counts
        await asyncio.sleep(LOOK_AGAIN)


def progress(number: int, struck: Struck, clerk: Clerk, seconds: float) -> str:
    back = f"ready {struck.ready:.1f} s" if struck.ready is not None else ""
    whole = f", caught up {struck.caught_up:.1f} s" if struck.caught_up is not None else ""
    became = struck.wrong or (f"{back}{whole}" if struck.hit else "not reached")
    return (
        f"{seconds:5.0f} s {number:4} {clerk.acknowledged:6} acknowledged  {struck.fault}: {became}"
    )


async def settled(watch: Watch) -> int:
    """Until nothing is left to do, and stays so; gives the lag that remains."""
    until, quiet = monotonic() + SETTLED_WITHIN, 0
    before = now = await watch.stands()
    while quiet < 3 and monotonic() < until:
        await asyncio.sleep(4 * LOOK_AGAIN)
        before, now = now, await watch.stands()
        quiet = quiet + 1 if now.lag == 0 and now == before else 0
    return now.lag


def background(work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    return asyncio.create_task(work)
