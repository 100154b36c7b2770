"""Publish what was sealed, in order, and the seals; the cursor moves after the acknowledgement."""

import asyncio
import contextlib
from typing import Any

import structlog
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from chronicle.db import LOST, Db, Pool, away, connect
from chronicle.fact import PREFIX, Binding
from chronicle.feed import Moved, Sealed, cursor, head, move, page
from chronicle.wake import BLOCK, Wake

log = structlog.get_logger()

PAGE = 500
RETRY = 0.5
SEALS = "throughcare.seals"
CURSOR = "relay"


class Relay:
    """The one publisher of a service: its own events to its topic, its seals to the seals topic.

    What reporting heard from others is passed over. A crash publishes some events again; a record
    that cannot be published stops the relay, and is never skipped.
    """

    def __init__(
        self, url: str, pool: Pool, service: str, broker: KafkaBroker, binding: Binding
    ) -> None:
        self._url, self._pool, self._service = url, pool, service
        self._broker, self._binding = broker, binding
        self.wake = Wake()
        self.published: dict[str, int] = {}
        """The offset after the last acknowledged record of each `topic/partition`."""

    async def run(self) -> None:
        while True:
            try:
                await self._listen()
            except LOST as error:
                if not away(error):
                    raise
                log.warning("relay lost its database", error=type(error).__name__)
                await asyncio.sleep(RETRY)
            except KafkaError as error:
                if not error.retriable:
                    raise
                log.warning("relay lost its broker", error=type(error).__name__)
                await asyncio.sleep(RETRY)

    async def _listen(self) -> None:
        db = await connect(self._url)
        try:
            await self.wake.listen(db, BLOCK)
            while True:
                if not await self._pass():
                    await self.wake.wait(1.0)
                if db.is_closed():
                    raise ConnectionResetError("the listening connection is gone")
        finally:
            with contextlib.suppress(*LOST):
                await db.close(timeout=5)

    async def _pass(self) -> int:
        """What is new, events and then seals; gives how much that was.

        Whoever sets the cursor back (`chronicle.republish`) may do so at any moment: the next pass
        reads it anew.
        """
        try:
            return await self.publish() + await self.publish_seals()
        except Moved:
            log.info("the relay's cursor was moved: going on from there")
            return 1

    async def publish(self) -> int:
        """One page from the cursor on; gives the number of positions passed."""
        async with self._pool.acquire() as db:
            at = await cursor(db, CURSOR)
            events = await page(db, at, PAGE)
        if not events:
            return 0
        await self._send(events)
        async with self._pool.acquire() as db:
            await move(db, CURSOR, at, events[-1].position)
        return len(events)

    async def publish_page(self, after: int, most: int) -> int:
        """At most so many positions after this one, beside the cursor, which stays where it is."""
        async with self._pool.acquire() as db:
            events = await page(db, after, most)
        await self._send(events)
        return len(events)

    async def _send(self, events: list[Sealed]) -> None:
        """Enqueue in order what is its own, then wait for every acknowledgement."""
        own = f"throughcare.{self._service}."
        sent: list[asyncio.Future[Any]] = []
        for event in events:
            if event.type.startswith(own):
                headers = self._binding.headers(event.meta, event.position, event.trace)
                sent.append(
                    await self._broker.publish(
                        event.body, topic=own.removesuffix("."), key=event.key.encode(),
                        headers=headers, correlation_id=headers[f"{PREFIX}correlationid"],
                        no_confirm=True,
                    )
                )  # fmt: skip
        for record in await asyncio.gather(*sent):
            self.published[f"{record.topic}/{record.partition}"] = record.offset + 1

    async def publish_seals(self) -> int:
        """Every seal not published yet, in order; a second sending is harmless."""
        async with self._pool.acquire() as db:
            seals = await db.fetch(
                "select s.seal_no, s.body, s.signature, l.id as log from chronicle.seal s,"
                " chronicle.log l where not s.published order by s.seal_no"
            )
            for seal in seals:
                await self._broker.publish(
                    seal["body"], topic=SEALS, key=self._service.encode(),
                    headers=self._binding.seal_headers(
                        self._service, seal["log"], seal["seal_no"], seal["signature"]
                    ),
                )  # fmt: skip
                await db.execute(
                    "update chronicle.seal set published = true where seal_no = $1", seal["seal_no"]
                )
        return len(seals)


async def lag(db: Db) -> int:
    """How many sealed positions are not yet published."""
    return await head(db) - await cursor(db, CURSOR)
