"""`python -m tests.controls.dying <admin url> <database> <broker> <kind> <topic> <policy>`.

Listens for the shed on this topic, and is killed by kill -9 with its first message in hand. Where
the policy is ACK_FIRST, the offset is committed every EVERY ms, whatever became of the message.
"""

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack
from typing import Any, cast

from faststream import AckPolicy

from chronicle import consume
from chronicle.consume import About, Drain, Ours, Profile
from chronicle.db import open_pool
from tests.chronicle.hearing import ears
from tests.chronicle.hearing.allotment import SHED, PlotTaken
from tests.chronicle.hearing.home import Home
from tests.parts import Kafka, Kind
from throughcare.databases import url_of

EVERY = 50


async def killed_at_work(event: PlotTaken, about: About, chronicle: Ours) -> None:
    """Its work takes ten times as long as an offset that nobody holds back."""
    await asyncio.sleep(EVERY / 100)
    os.kill(os.getpid(), signal.SIGKILL)


def offset_first(profile: Profile, consumer: str, drain: Drain) -> dict[str, Any]:
    ours = consume.terms(profile, consumer, drain)
    return ours | {"ack_policy": AckPolicy.ACK_FIRST, "auto_commit_interval_ms": EVERY}


async def main(admin_url: str, database: str, kafka: Kafka, topic: str) -> None:
    async with AsyncExitStack() as stack:
        url = url_of(admin_url, database, f"{SHED}_service")
        pool = await stack.enter_async_context(await open_pool(url))
        log = await pool.fetchval("select id from chronicle.log")
        shed = Home(
            name=SHED, admin_url=admin_url, database=database, stack=stack, pool=pool, log=log
        )
        await stack.enter_async_context(ears.listening(shed, kafka, topic, killed_at_work))
        await asyncio.Event().wait()


if __name__ == "__main__":
    admin, database, servers, kind, topic, policy = sys.argv[1:]
    if policy == AckPolicy.ACK_FIRST.name:
        vars(ears)["terms"] = offset_first
    broker = Kafka(servers=servers, kind=cast(Kind, kind), chosen="given")
    asyncio.run(main(admin, database, broker, topic))
