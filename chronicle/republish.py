"""Publish again what was published before; whoever had an event does not notice."""

from collections.abc import Callable

from faststream.kafka import KafkaBroker

from chronicle import feed
from chronicle.consume import Profile
from chronicle.db import connect, open_pool
from chronicle.fact import Binding
from chronicle.relay import CURSOR, PAGE, Relay
from chronicle.wake import BLOCK

BACK = "update chronicle.cursor set position = least(position, $2) where name = $1"
SEALS_AGAIN = """
update chronicle.seal set published = false where published and last_block >= (
  select coalesce(min(block_no), 0) from chronicle.block where first_pos + n > $1)
"""


class NoSuchPositions(ValueError):
    """The log does not reach so far."""


async def republish(url: str, from_position: int = 1, seals: bool = True) -> int:
    """Set the relay back to publish from there on; gives how many positions it has to go.

    In the relay's role, which alone may move its cursor; a running relay goes on by itself, and
    `relay.lag` tells how far. With `seals` also the seals that name these positions. Raises
    NoSuchPositions.
    """
    db = await connect(url)
    try:
        async with db.transaction():
            _within(from_position, from_position, await feed.head(db))
            await db.execute(BACK, CURSOR, from_position - 1)
            if seals:
                await db.execute(SEALS_AGAIN, from_position)
            await db.execute(f"notify {BLOCK}")
        return await feed.head(db) - await feed.cursor(db, CURSOR)
    finally:
        await db.close()


async def publish_between(
    url: str,
    service: str,
    profile: Profile,
    binding: Binding,
    first: int,
    last: int,
    moved: Callable[[int], object] = lambda _: None,
) -> int:
    """Publish these positions at once, beside the relay, whose cursor stays; gives how many.

    In the relay's role. `moved` is told how many positions were passed so far. Raises
    NoSuchPositions.
    """
    broker = KafkaBroker(
        profile.servers, acks="all", enable_idempotence=profile.idempotent,
        allow_auto_create_topics=False, logger=None,
    )  # fmt: skip
    async with await open_pool(url, size=1) as pool, broker:
        async with pool.acquire() as db:
            _within(first, last, await feed.head(db))
        relay = Relay(url, pool, service, broker, binding)
        after = first - 1
        while after < last:
            after += await relay.publish_page(after, min(PAGE, last - after))
            moved(after - first + 1)
    return last - first + 1


def _within(first: int, last: int, head: int) -> None:
    if not (1 <= first <= last <= max(head, 1)):
        raise NoSuchPositions(f"positions {first} to {last}: the log has 1 to {head}")
