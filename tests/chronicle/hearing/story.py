"""What ten holders do over a year, as chance has it, and a runner that folds it."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from chronicle import project
from chronicle.project import Projector
from tests.chronicle.hearing.allotment import (
    Bed,
    BedPlanted,
    FenceMended,
    PlotGivenUp,
    PlotTaken,
    Said,
)  # fmt: skip
from tests.chronicle.hearing.home import Home
from tests.chronicle.hearing.rebuilding import projector

SPRING = date(2025, 3, 1)


def a_story(length: int, seed: int) -> Iterator[Said]:
    """Ten holders take, plant and give up, as chance has it, and mend a fence now and then."""
    chance = random.Random(seed)
    for _ in range(length):
        holder = UUID(int=chance.randint(1, 10))
        on = date(2024, 1, 1) + timedelta(days=chance.randrange(300))
        bed = Bed(crop=chance.choice(["leek", "kale", "beet"]), metres=chance.randint(1, 5))
        yield chance.choice(
            [
                PlotTaken(holder=holder, plot=chance.randint(1, 99), until=SPRING, occurred_on=on),
                BedPlanted(holder=holder, bed=bed, occurred_on=on),
                BedPlanted(holder=holder, bed=bed, occurred_on=on),
                PlotGivenUp(holder=holder, occurred_on=on),
                FenceMended(holder=holder, occurred_on=on),
            ]
        )


async def runner_of(
    home: Home, *, keep_unread: bool = False, batch: int = project.PAGE
) -> Projector:
    pool = await home.pool_of("projector")
    runner = projector(home.url("projector"), pool, keep_unread=keep_unread, batch=batch)
    await runner.begin()
    return runner
