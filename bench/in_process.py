"""The same commands without HTTP: referrals whole in one process, `execute` called beside it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import process_time
from uuid import UUID

import uvloop

from bench.doors import Pace, Seen, given
from bench.knock import ACTOR
from bench.together import Gate
from chronicle.clock import london_day
from chronicle.execute import Chronicle, decide
from chronicle.ids import derived, uuid7
from chronicle.process import put_together
from chronicle.settings import Settings
from chronicle.talk import talk
from contracts.event import Actor
from services.referrals.domain.stage1_meeting import ScheduleStage1Meeting
from services.referrals.main import ROOMS

WARM = 200


def execute(
    environment: Mapping[str, str], reporting: str, paces: tuple[Pace, ...], gate: Gate
) -> list[Seen]:
    return uvloop.run(_execute(environment, reporting, paces, gate))


async def _execute(
    environment: Mapping[str, str], reporting: str, paces: tuple[Pace, ...], gate: Gate
) -> list[Seen]:
    async with whole(environment, "all") as chronicle:

        async def give(key: UUID) -> None:
            await chronicle.execute(command(key))

        await given(give, reporting, Pace(rate=20, seconds=3))
        gate.begin()
        return [await given(give, reporting, pace) for pace in paces]


@asynccontextmanager
async def whole(environment: Mapping[str, str], verb: str) -> AsyncIterator[Chronicle]:
    """Referrals as its own process would have it."""
    talk("error", "referrals")
    async with AsyncExitStack() as stack:
        process = await put_together(ROOMS, Settings.read(environment), verb, stack)
        await process.start()
        yield process.chronicle


def command(key: UUID) -> ScheduleStage1Meeting:
    today = london_day(datetime.now(UTC))
    return ScheduleStage1Meeting(
        id=key, today=today, on=today, by=Actor.from_header(ACTOR), via="api",
        meeting=derived(key, "meeting"), series="bench", planned_on=today + timedelta(days=30),
        within_team_meeting=True, extraordinary=False, called_for=None,
    )  # fmt: skip


def by_stage(environment: Mapping[str, str], commands: int, gate: Gate) -> tuple[float, float]:
    """Milliseconds of this process's processor time for one decision, and for one append.

    One after another, so each append is a batch of its own, as at a gentle pace.
    """
    return uvloop.run(_by_stage(environment, commands, gate))


async def _by_stage(
    environment: Mapping[str, str], commands: int, gate: Gate
) -> tuple[float, float]:
    async with whole(environment, "api") as chronicle:
        gate.begin()
        deciding = appending = 0.0
        for number in range(WARM + commands):
            if number == WARM:
                deciding = appending = 0.0
            asked = command(uuid7(datetime.now(UTC)))
            began = process_time()
            async with chronicle.pool.acquire() as db:
                lines = await decide(chronicle.service, db, asked, None, None, None)
            decided = process_time()
            await chronicle.commits.append(asked.id, lines)
            deciding += decided - began
            appending += process_time() - decided
        await asyncio.sleep(0)
        return deciding / commands * 1e3, appending / commands * 1e3
