"""A few faults under load, on real processes: nothing lost, nothing twice, everybody back."""

import random
import sys

import pytest

from tests.faults.run import Terms, best_broker, run


async def test_a_few_faults_lose_nothing_and_do_nothing_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seed = random.randrange(1_000_000)
    report = await run(Terms(seed=seed, broker=best_broker(), faults=6), say=lambda said: None)
    with capsys.disabled():
        sys.stderr.write(f"\n{report.as_text()}")
    assert report.good, report.as_text()
