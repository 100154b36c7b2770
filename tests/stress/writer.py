"""`python -m tests.stress.writer <url> <seconds> <events> <seed> <number>`: every kind at once.

Writes for so many seconds, and then until it wrote so many events, though not for MORE seconds.
Says on standard output what was acknowledged (`told.py`); the last line counts what was met.
"""

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from time import monotonic, monotonic_ns
from typing import TextIO
from uuid import UUID, uuid4

import asyncpg
import uvloop

from chronicle.append import Conflict, GroupCommit, Line, answered, append_within, remember
from chronicle.db import Db, Pool, open_pool
from chronicle.ids import derived
from chronicle.sequencer import LEAST_INTERVAL
from chronicle.wake import Wake, announce
from tests.chronicle.library import SERVICE
from tests.chronicle.log import line
from tests.stress.told import acknowledged, answered_again

HOT = 40
TOGETHER = 0.05
"""Seconds from one command that both processes are given to the next."""
PAUSE = 0.03
"""Seconds at most that a writer rests between two writes, so that others have the machine too."""
PAUSES = (0.0, 0.0, 0.002, 0.02)
LONG_SLEEP = 0.5
MORE = 120.0


class RolledBack(Exception):
    """Raised in a transaction that is meant to leave nothing."""


@dataclass(kw_only=True)
class Writers:
    """One process of them. `number` tells it from the other, `seed` is shared by both."""

    pool: Pool
    queues: tuple[GroupCommit, ...]
    until: float
    least: int
    seed: str
    number: int
    out: TextIO
    appended: Wake
    met: Counter[str] = field(default_factory=Counter)
    wrote: int = 0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed}/{self.number}")

    async def run(self) -> None:
        kinds = (
            *[self.door] * 6, *[self.consumer] * 2, self.hand_made, self.overtaken,
            self.two_streams, self.savepoint, self.rolled_back, self.asleep_before,
            self.asleep_after, self.same_command_in_both,
        )  # fmt: skip
        await asyncio.gather(*(self._again(kind) for kind in kinds))
        self.out.write(json.dumps(self.met) + "\n")

    async def _again(self, write: Callable[[], Awaitable[None]]) -> None:
        while (now := monotonic()) < self.until or (
            self.wrote < self.least and now < self.until + MORE
        ):
            try:
                await write()
                self.appended.hint()
            except Conflict:
                self.met["conflicts"] += 1
            except asyncpg.DeadlockDetectedError:
                self.met["deadlocks"] += 1
            await asyncio.sleep(self.chance.random() * PAUSE)

    async def door(self) -> None:
        """Load, then group commit; now and then the same command twice at the same moment."""
        command, stream = uuid4(), self.stream()
        said = await self.said(self.pool, stream, self.chance.randrange(1, 10), command)
        asked = self.chance.choice((self.queues[:1], self.queues[1:], self.queues))
        answers = await asyncio.gather(
            *(queue.append(command, said) for queue in asked), return_exceptions=True
        )
        won = 0
        for answer in answers:
            if answer is None:
                won += 1
                self.acknowledge(said, command)
            elif not isinstance(answer, Conflict):
                raise answer
        self.met["repeated commands"] += len(asked) - 1
        self.met["conflicts"] += not won

    async def same_command_in_both(self) -> None:
        """At one moment, in both processes, by a queue or by hand; each gets the one answer."""
        number = int(monotonic() / TOGETHER) + 1
        await asyncio.sleep(number * TOGETHER - monotonic())
        command = UUID(bytes=sha256(f"{self.seed}/{number}".encode()).digest()[:16], version=4)
        said = lines(f"shared-{number}", 1, 1 + number % 3, command)
        try:
            if self.chance.random() < 0.5:
                await self.queues[0].append(command, said)
            else:
                async with self.pool.acquire() as db, db.transaction():
                    await append_within(db, said)
                    await remember(db, command, said)
            self.acknowledge(said, command)
        except Conflict:
            self.met["repeated commands"] += 1
            async with self.pool.acquire() as db:
                first = await answered(db, command)
            self.out.write(answered_again(command, first).spoken())

    async def consumer(self) -> None:
        """The inbox row before it loads, so that its transaction has an early number."""
        async with self.pool.acquire() as db, db.transaction():
            await db.execute(
                "insert into chronicle.inbox values ($1, 'museum', $2)", SERVICE, str(uuid4())
            )
            await self.rest()
            said = await self.said(db, self.stream(), 2)
            await append_within(db, said)
        self.acknowledge(said)

    async def hand_made(self) -> None:
        async with self.pool.acquire() as db, db.transaction():
            said = await self.said(db, self.stream(), self.chance.randrange(1, 4))
            await append_within(db, said)
            await self.rest()
        self.acknowledge(said)

    async def overtaken(self) -> None:
        """First by its transaction's number, second in the stream."""
        stream = f"new-{uuid4()}"
        async with self.pool.acquire() as db, db.transaction():
            await db.execute("select pg_current_xact_id()")
            async with self.pool.acquire() as door:
                await append_within(door, first := lines(stream, 1, 1))
            self.acknowledge(first)
            await append_within(db, second := lines(stream, 2, 1))
        self.acknowledge(second)

    async def two_streams(self) -> None:
        command = uuid4()
        async with self.pool.acquire() as db, db.transaction():
            one, other = self.chance.sample(range(HOT), 2)
            said = await self.said(db, f"hot-{one}", 1, command)
            said += await self.said(db, f"hot-{other}", 2, command, len(said))
            await append_within(db, said)
            await remember(db, command, said)
        self.acknowledge(said, command)
        self.met["two streams"] += 1

    async def savepoint(self) -> None:
        async with self.pool.acquire() as db, db.transaction():
            await append_within(db, kept := await self.said(db, self.stream(), 1))
            with suppress(RolledBack):
                async with db.transaction():
                    await append_within(db, lines(f"new-{uuid4()}", 1, 2))
                    raise RolledBack
            await append_within(db, more := lines(f"new-{uuid4()}", 1, 1))
        self.acknowledge([*kept, *more])
        self.met["savepoints"] += 1

    async def rolled_back(self) -> None:
        with suppress(RolledBack):
            async with self.pool.acquire() as db, db.transaction():
                await append_within(db, await self.said(db, self.stream(), 3))
                await self.rest()
                raise RolledBack
        self.met["rollbacks"] += 1

    async def asleep_before(self) -> None:
        """A number in hand and nothing written, for many blocks."""
        async with self.pool.acquire() as db, db.transaction():
            await db.execute("select pg_current_xact_id()")
            await asyncio.sleep(LONG_SLEEP)
            await append_within(db, said := lines(f"new-{uuid4()}", 1, 1))
        self.acknowledge(said)
        self.met["sleepers"] += 1

    async def asleep_after(self) -> None:
        """An event in hand and not committed, for many blocks."""
        async with self.pool.acquire() as db, db.transaction():
            await append_within(db, said := lines(f"new-{uuid4()}", 1, 1))
            await asyncio.sleep(LONG_SLEEP)
        self.acknowledge(said)
        self.met["sleepers"] += 1

    def stream(self) -> str:
        """One of few hot streams, or a new one."""
        hot = self.chance.random() < 0.7
        return f"hot-{self.chance.randrange(HOT)}" if hot else f"new-{uuid4()}"

    async def rest(self) -> None:
        await asyncio.sleep(self.chance.choice(PAUSES))

    async def said(
        self, db: "Db | Pool", stream: str, count: int, command: UUID | None = None, place: int = 0
    ) -> list[Line]:
        """So many events after the version that is there now."""
        version: int = await db.fetchval(
            "select coalesce(max(version), 0) from chronicle.event where stream = $1", stream
        )
        return lines(stream, version + 1, count, command, place)

    def acknowledge(self, said: Sequence[Line], command: UUID | None = None) -> None:
        self.wrote += len(said)
        self.out.write(acknowledged(said, command).spoken())


def lines(
    stream: str, first: int, count: int, command: UUID | None = None, place: int = 0
) -> list[Line]:
    """Each says when it was asked for; a command's events have ids derived from it."""
    body = json.dumps({"asked": monotonic_ns()}).encode()
    return [
        line(
            stream, first + k, body=body,
            event_id=derived(command, f"{SERVICE}/{place + k + 1}") if command else None,
        )
        for k in range(count)
    ]  # fmt: skip


async def main(url: str, seconds: float, least: int, seed: str, number: int) -> None:
    async with await open_pool(url, size=14) as pool, await open_pool(url, size=1) as single:
        appended = Wake()
        queues = GroupCommit(single, appended.hint), GroupCommit(pool, appended.hint)
        working = [queue.run() for queue in queues]
        working.append(announce(appended, pool, LEAST_INTERVAL))
        parts = [asyncio.ensure_future(work) for work in working]
        until = monotonic() + seconds
        try:
            await Writers(
                pool=pool, queues=queues, until=until, least=least, seed=seed, number=number,
                out=sys.stdout, appended=appended,
            ).run()  # fmt: skip
        finally:
            for task in parts:
                task.cancel()
            await asyncio.gather(*parts, return_exceptions=True)


if __name__ == "__main__":
    url, seconds, least, seed, number = sys.argv[1:]
    uvloop.run(main(url, float(seconds), int(least), seed, int(number)))
