"""kill -9 of each service in turn, while young people move: nothing lost, nothing twice."""

import asyncio
import random
import sys
from datetime import date

import pytest

from tests.journeys.checker import check
from tests.journeys.scheme import Scheme, placed
from throughcare.databases import SERVICES
from throughcare.process import Process


@pytest.mark.parametrize("victim", SERVICES)
async def test_a_service_killed_at_a_random_moment_loses_nothing(
    scheme: Scheme, processes: dict[str, Process], victim: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.randrange(10_000)
    moment = random.Random(seed).uniform(0.2, 5.0)

    async def kill() -> None:
        await asyncio.sleep(moment)  # the fault's own moment, not a wait for a fact
        await processes[victim].kill()
        await processes[victim].start()

    killing = asyncio.create_task(kill())
    for number in range(2):
        someone = await placed(scheme, f"Reed Harbour {number}")
        await scheme.on(date(2024, 8, 5))
        await someone.leaves(date(2024, 8, 5), "workload")
    await killing
    await scheme.council.settle()
    found = await check(scheme)
    with capsys.disabled():
        sys.stderr.write(f"\nkill -9 of {victim} after {moment:.2f} s (seed {seed}): {found}\n")
    assert found.acknowledged > 0
    assert (found.lost, found.without_receipt, found.twice) == (0, 0, 0)
    assert found.unheard == 0
