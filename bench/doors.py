"""From a command accepted at a door of referrals to its row on a board of reporting."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
import uvloop

from bench.figure import Missed
from bench.knock import connections
from bench.tail import quantile
from bench.together import Gate
from chronicle.clock import london_day
from chronicle.ids import derived, uuid7
from chronicle.wake import VIEW, Wake

PATIENCE = 15.0
"""Seconds after the last command in which its row must have come."""
MOST_ASKED = 2_000
ROWS = "select event from view.timeline where event = any($1)"
PATH = "/schedule-stage1-meeting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """So many commands a second, evenly, whether or not the last ones are answered."""

    rate: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Milliseconds from acceptance to the row, and from asking to acceptance; the rate answered."""

    asked: int
    accepted: int
    rate: float
    p50: float
    p99: float
    worst: float
    door_p50: float
    door_p99: float
    missed: Missed

    @property
    def held(self) -> bool:
        """All accepted, at the pace asked for, and nothing was left waiting."""
        return self.accepted == self.asked and not self.missed.missed and self.p99 < 1_000


Give = Callable[[UUID], Awaitable[None]]
"""Give one command with this id; returns when it is accepted."""


def a_meeting() -> dict[str, Any]:
    """The body of the cheapest command that goes by group commit: one stream, one event."""
    planned = london_day(datetime.now(UTC)) + timedelta(days=30)
    return {"series": "bench", "planned_on": planned.isoformat()}


async def through_doors(door: str, reporting: str, pace: Pace) -> Seen:
    async with connections(door) as free:
        body = a_meeting()

        async def give(key: UUID) -> None:
            connection = await free.get()
            try:
                status = await connection.post(PATH, key, body)
            finally:
                free.put_nowait(connection)
            assert status == 201, f"the door answered {status}"

        return await given(give, reporting, pace)


async def given(give: Give, reporting: str, pace: Pace) -> Seen:
    """`reporting` is the address of its database: the row is looked for where it is written."""
    board = Board()
    watching = asyncio.create_task(board.watch(reporting))
    answers: list[float] = []

    async def one(key: UUID) -> None:
        asked = monotonic()
        await give(key)
        answers.append((board.accept(derived(key, "referrals/1")) - asked) * 1e3)

    began, tasks = monotonic(), []
    for number in range(round(pace.rate * pace.seconds)):
        await asyncio.sleep(began + number / pace.rate - monotonic())
        tasks.append(asyncio.create_task(one(uuid7(datetime.now(UTC)))))
    await asyncio.gather(*tasks)
    took = monotonic() - began
    await board.until_all(PATIENCE)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    return seen(len(tasks), len(answers) / took, sorted(answers), sorted(board.waits), board)


def seen(asked: int, rate: float, answers: list[float], waits: list[float], board: "Board") -> Seen:
    return Seen(
        asked=asked, accepted=len(answers), rate=rate,
        p50=quantile(waits, 0.5), p99=quantile(waits, 0.99), worst=waits[-1],
        door_p50=quantile(answers, 0.5), door_p99=quantile(answers, 0.99),
        missed=Missed(len(board.accepted)),
    )  # fmt: skip


class Board:
    """Looks at reporting's timeline whenever its read models have moved.

    `accepted` are the commands whose row has not come yet; `waits` the milliseconds of the others.
    """

    def __init__(self) -> None:
        self._wake = Wake()
        self.accepted: dict[UUID, float] = {}
        self.waits: list[float] = []

    def accept(self, event: UUID) -> float:
        self.accepted[event] = now = monotonic()
        return now

    async def watch(self, reporting: str) -> None:
        db: asyncpg.Connection[Any] = await asyncpg.connect(reporting)
        try:
            await self._wake.listen(db, VIEW)
            while True:
                await self._wake.wait(0.25)
                await self._look(db)
        finally:
            await db.close(timeout=5)

    async def _look(self, db: "asyncpg.Connection[Any]") -> None:
        rows = await db.fetch(ROWS, list(self.accepted)[:MOST_ASKED])
        now = monotonic()
        self.waits += [(now - self.accepted.pop(row["event"])) * 1e3 for row in rows]

    async def until_all(self, seconds: float) -> None:
        until = monotonic() + seconds
        while self.accepted and monotonic() < until:  # noqa: ASYNC110 -- another task's work
            await asyncio.sleep(0.05)


def knock(door: str, reporting: str, pace: Pace, gate: Gate) -> Seen:
    """A client in a process of its own."""
    gate.begin()
    return uvloop.run(through_doors(door, reporting, pace))
