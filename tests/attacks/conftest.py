"""A log of 412 events in 20 streams and a witness that heard it, on a real PostgreSQL."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random
from uuid import UUID

import pytest

from chronicle.verify.lines import Seal
from chronicle.witness import Witness
from tests.attacks.layers import Held
from tests.attacks.rows import Log, read, receipts
from tests.chronicle.hearing.allotment import ALLOTMENTS, ARCHIVE, FenceMended
from tests.chronicle.hearing.conftest import Homes, homes
from tests.chronicle.hearing.home import Home

__all__ = ["homes"]

PEOPLE, SEALED, WAITING = 20, 400, 12
BLOCKS_IN_SEAL = 7
PLACEMENTS = int(os.environ.get("PLACEMENTS", "3"))
"""How often each attack is tried, each time elsewhere."""


@dataclass(frozen=True, slots=True)
class Town:
    """The databases, and what was read from them before anybody attacked."""

    service: Home
    witness: Home
    log: Log
    held: Held


@pytest.fixture
async def town(homes: Homes) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(homes(ALLOTMENTS))
        witness = await stack.enter_async_context(homes(ARCHIVE))
        await live(service, Random(412))
        await keep(service, witness)
        log = await read(service)
        kept = await witness.rows(
            "select seal_no, body, signature from chronicle.witness order by seal_no"
        )
        held = Held(await read(witness), [Seal(*row) for row in kept], receipts(log))
        yield Town(service, witness, log, held)


async def live(service: Home, random: Random) -> None:
    """Each of the people says something again and again, in blocks of one to fourteen events."""
    left, blocks = SEALED, 0
    while left:
        count = min(left, random.randint(1, 14))
        await say(service, random, count)
        await service.seal()
        left, blocks = left - count, blocks + 1
        if blocks % BLOCKS_IN_SEAL == 0:
            await service.sign()
    await service.sign()
    await say(service, random, WAITING)


async def say(service: Home, random: Random, count: int) -> None:
    """The last few people are never among those who wait for a block."""
    people = PEOPLE if count != WAITING else PEOPLE // 2
    holders = [UUID(int=random.randint(1, people)) for _ in range(count)]
    await service.say(*(FenceMended(holder=holder) for holder in holders))


async def keep(service: Home, witness: Home) -> None:
    """Hear all of it, then number and sign it as its own."""
    ears = Witness(witness.service, witness.pool, lambda: None)
    records, at_once = await service.records(), 60
    for start in range(0, len(records), at_once):
        await ears.hear(records[start : start + at_once])
        await witness.seal()
    await ears.hear_seals(await service.seals())
    await witness.sign()
