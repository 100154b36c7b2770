"""`python -m tests.stress [--seconds 60] [--seed ...]`: the stress test with its latency judged."""

import argparse
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import uvloop

from chronicle.migrate import migrate
from tests.chronicle.library import SERVICE
from tests.chronicle.log import NOW, Log
from tests.parts import Server, a_postgres
from tests.stress.run import stressed
from tests.stress.verdict import MOST_P99, judged
from throughcare import databases


@asynccontextmanager
async def a_log(server: Server, folder: Path) -> AsyncIterator[Log]:
    prefix = f"stress_{uuid4().hex}_"
    (name,) = await databases.make(server.url, prefix, [SERVICE])
    try:
        async with AsyncExitStack() as stack:
            log = Log(admin_url=server.url, database=name, stack=stack)
            await migrate(log.url("owner"), SERVICE, folder, NOW)
            yield log
    finally:
        await databases.drop(server.url, prefix, [SERVICE])


async def main(server: Server, seconds: float, seed: str) -> list[str]:
    """Everything that is wrong, in words."""
    with tempfile.TemporaryDirectory() as folder:
        async with a_log(server, Path(folder)) as log:
            run = await stressed(log, Path(folder), seconds, seed)
            verdict = await judged(await log.admin(), run)
    sys.stdout.write(f"stress, {seconds:.0f} s, seed {seed}\n{verdict.figures}\n")
    wrong = [f"{name}: {count}" for name, count in verdict.wrong.items()]
    wrong += [f"too tame: {why}" for why in verdict.tame]
    if verdict.p99 > MOST_P99:
        wrong.append(f"p99 {verdict.p99:.1f} ms is above {MOST_P99:.0f} ms")
    return wrong


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="tests.stress")
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--seed", default="7")
    given = asked.parse_args()
    with a_postgres() as postgres:
        found = uvloop.run(main(postgres, given.seconds, given.seed))
    sys.exit("\n".join(found) if found else 0)
