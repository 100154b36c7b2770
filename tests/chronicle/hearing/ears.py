"""The shed listening: its handlers behind the kernel's middleware, on a real broker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition

from chronicle.consume import (
    About,
    Drain,
    Handler,
    Hears,
    Inbox,
    Ours,
    Profile,
    in_hand,
    once_or_park,
    open_broker,
    positions,
    says,
    terms,
)  # fmt: skip
from tests.chronicle.hearing.allotment import PlotTaken, spade_for
from tests.chronicle.hearing.home import Home, until
from tests.parts import Kafka


async def plot_taken(event: PlotTaken, about: About, chronicle: Ours) -> None:
    await chronicle.execute(spade_for(event, about), because=about)


async def not_for_us(body: object) -> None: ...


HEARS: Hears = {PlotTaken: plot_taken}


@dataclass(frozen=True, slots=True)
class Ears:
    drain: Drain
    subscriber: Any

    async def committed(self) -> int:
        """The offset the group goes on from."""
        (topic,) = self.subscriber.topic_names
        return await self.subscriber.consumer.committed(TopicPartition(topic, 0)) or 0

    def have_seen(self, offset: int) -> Callable[[], Awaitable[bool]]:
        """Whether so many were handed out and none is in hand."""

        async def seen() -> bool:
            at = [place[1] for place in positions(self.subscriber)]
            return at == [offset] and not in_hand(self.subscriber)

        return seen

    async def have_passed(self, offset: int) -> None:
        async def passed() -> bool:
            return await self.committed() >= offset

        await until(passed)


@asynccontextmanager
async def listening(
    shed: Home, kafka: Kafka, topic: str, handler: Handler = plot_taken, group: str = "shed"
) -> AsyncIterator[Ears]:
    """A member of `group` on this topic; the topic is one test's own, so the group is too."""
    profile = Profile.of(kafka.servers, kafka.kind)
    drain = Drain(profile.grace_s)
    broker = open_broker(profile, shed.service)
    router = once_or_park(Inbox(service=shed.service, pool=shed.pool, hears=HEARS))
    hears = router.subscriber(topic, **terms(profile, f"{group}-{topic}", drain))
    hears(handler, filter=says(PlotTaken))
    hears(not_for_us)
    broker.include_router(router)
    drain.subscribers = list(broker.subscribers)
    await broker.connect()
    try:
        await asyncio.gather(*(subscriber.start() for subscriber in broker.subscribers))
        yield Ears(drain, drain.subscribers[0])
    finally:
        await broker.stop()
