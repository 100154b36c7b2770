"""Wake whoever waits for new rows: by a hint in the process, by NOTIFY across, or by the clock."""

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg

from chronicle.db import LOST, Pool, connect

APPENDED, BLOCK, VIEW = "chronicle_appended", "chronicle_block", "chronicle_view"


class Wake:
    """An event that many set and one waits for."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def hint(self, *_: Any) -> None:
        self._event.set()

    async def wait(self, at_most: float) -> None:
        """Until a hint, or `at_most` seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), at_most)
        self._event.clear()

    async def listen(self, db: "asyncpg.Connection[Any]", channel: str) -> None:
        await db.add_listener(channel, self.hint)

    async def listen_until_gone(self, url: str, channel: str) -> None:
        """Listen on a connection of its own until that connection ends."""
        gone = asyncio.Event()
        db = await connect(url)
        try:
            db.add_termination_listener(lambda _: gone.set())
            await self.listen(db, channel)
            await gone.wait()
        finally:
            await asyncio.shield(db.close(timeout=5))


async def announce(appended: Wake, pool: Pool, every: float) -> None:
    """Tell a sequencer in another process of appends: one NOTIFY for all of `every` seconds.

    Never inside an append: NOTIFY takes a lock of the whole database at commit.
    """
    while True:
        await appended.wait(60)
        with suppress(*LOST):
            async with pool.acquire() as db:
                await db.execute(f"notify {APPENDED}")
        await asyncio.sleep(every)
