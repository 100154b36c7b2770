"""Run read models: fold what was sealed, a batch at a time, with one checkpoint a transaction."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from chronicle.db import LOST, Db, Pool, away, connect
from chronicle.execute import envelope
from chronicle.fact import Envelope, unversioned, wire_type
from chronicle.feed import Moved, Sealed, head, page
from chronicle.rows import Model, load_rows, store_rows
from chronicle.wake import BLOCK, VIEW, Wake
from chronicle.words import Words

log = structlog.get_logger()

PAGE = 2_000
UNKNOWN_TYPE = "unknown type"
LIVE = "view"
"""The schema whose tables answer; a rebuild has its tables in another (`chronicle.rebuild`)."""


class Unreadable(Exception):
    """An event of the service's own log that no class can read: the projection stops on it."""


@dataclass(frozen=True, slots=True)
class Read:
    """A sealed event as a read model meets it; `event` is None where it could not be read."""

    position: int
    type: str
    about: Envelope
    event: Any
    reason: str = ""


def checkpoint(model: Model, schema: str = LIVE) -> str:
    """The name of the cursor of a read model's table."""
    return f"{schema}/{model.name}"


def marks(model: Model, schema: str = LIVE) -> str:
    """Under which name `chronicle.unread` keeps what this table lacks."""
    return model.name if schema == LIVE else checkpoint(model, schema)


class Projector:
    """The runner of a service's read models, whose tables stand first on the pool's search path.

    With `keep_unread` (reporting) an event that cannot be read is marked for each read model that
    hears its type, and the others go on; without, the projection stops on it with an alarm.
    """

    def __init__(
        self,
        url: str,
        pool: Pool,
        words: Words,
        models: Sequence[Model],
        passed: Callable[[], None],
        *,
        keep_unread: bool = False,
        schema: str = LIVE,
        batch: int = PAGE,
    ) -> None:
        self._url, self._pool, self._words, self.models = url, pool, words, models
        self._passed, self._keep_unread = passed, keep_unread
        self._schema, self._batch = schema, batch
        self.wake = Wake()

    async def run(self) -> None:
        while True:
            try:
                await self._listen()
            except LOST as error:
                if not away(error):
                    raise
                log.warning("projector lost its database", error=type(error).__name__)
                await asyncio.sleep(0.5)

    async def _listen(self) -> None:
        db = await connect(self._url)
        try:
            await self.wake.listen(db, BLOCK)
            await self.begin()
            while True:
                if not await self.step():
                    await self.wake.wait(1.0)
                if db.is_closed():
                    raise ConnectionResetError("the listening connection is gone")
        finally:
            with contextlib.suppress(*LOST):
                await db.close(timeout=5)

    async def begin(self) -> None:
        """A read model of a new version starts again from nothing."""
        for model in self.models:
            async with self._pool.acquire() as db, db.transaction():
                epoch = await db.fetchval(
                    "select epoch from chronicle.cursor where name = $1",
                    checkpoint(model, self._schema),
                )
                if epoch != model.version:
                    await begin_again(db, model, self._schema)

    async def step(self) -> int:
        """One batch in one transaction; gives how many positions were passed."""
        async with self._pool.acquire() as db:
            passed = await self.advance(db)
        if passed:
            self._passed()
        return passed

    async def advance(self, db: Db, to: int | None = None) -> int:
        """`step` on a connection of the caller's, in its transaction if it has one, and at most
        to position `to`."""
        at = await self._positions(db)
        behind = min(at.values(), default=0)
        most = self._batch if to is None else min(self._batch, to - behind)
        if most <= 0 or not (sealed := await page(db, behind, most)):
            return 0
        until = sealed[-1].position
        moving = [m for m in self.models if at[m.name] == behind]
        until = min([until, *(position for position in at.values() if behind < position < until)])
        batch = [read(self._words, event) for event in sealed if event.position <= until]
        async with db.transaction():
            await self._checkpoints(db, moving, behind, until)
            for model in moving:
                await self._fold(db, model, batch)
            await db.execute(f"notify {VIEW}")
        return until - behind

    async def _positions(self, db: Db) -> dict[str, int]:
        rows = await db.fetch("select name, position from chronicle.cursor")
        known = {row["name"]: row["position"] for row in rows}
        return {model.name: known[checkpoint(model, self._schema)] for model in self.models}

    async def _fold(self, db: Db, model: Model, batch: list[Read]) -> None:
        heard = heard_by(model, batch)
        broken_here = [r for r in heard if r.event is None]
        if self._keep_unread:  # a type that nobody knows shows on every board
            broken_here += [r for r in batch if r.reason == UNKNOWN_TYPE]
        for broken in broken_here:
            if not self._keep_unread:
                raise Unreadable(f"position {broken.position}, {broken.type}: {broken.reason}")
            await db.execute(
                "insert into chronicle.unread (read_model, position, reason) values ($1, $2, $3)"
                " on conflict do nothing",
                marks(model, self._schema), broken.position, broken.reason,
            )  # fmt: skip
        readable = [r for r in heard if r.event is not None]
        if not readable:
            return
        keys = list(dict.fromkeys(model.keyed(r.event, r.about) for r in readable))
        rows = await load_rows(db, model, keys)
        for r in readable:
            model.folded(rows, r.event, r.about)
        await store_rows(db, model, keys, rows)

    async def _checkpoints(self, db: Db, models: Sequence[Model], before: int, after: int) -> None:
        """All of these from where they were seen to where they are now; Moved when one is not."""
        status = await db.execute(
            "update chronicle.cursor c set position = $4"
            " from unnest($1::text[], $2::int[]) u(name, epoch)"
            " where c.name = u.name and c.epoch = u.epoch and c.position = $3",
            [checkpoint(model, self._schema) for model in models],
            [model.version for model in models], before, after,
        )  # fmt: skip
        if status != f"UPDATE {len(models)}":
            raise Moved(", ".join(model.name for model in models))


def heard_by(model: Model, batch: list[Read]) -> list[Read]:
    names = {unversioned(wire_type(event)) for event in model.hears}
    return [r for r in batch if unversioned(r.type) in names]


def read(words: Words, sealed: Sealed) -> Read:
    about = envelope(sealed.meta, sealed.position)
    if unversioned(sealed.type) not in words.names:
        return Read(sealed.position, sealed.type, about, None, UNKNOWN_TYPE)
    try:
        return Read(sealed.position, sealed.type, about, words.read(sealed.type, sealed.body))
    except Exception as error:
        return Read(sealed.position, sealed.type, about, None, type(error).__name__)


async def begin_again(db: Db, model: Model, schema: str = LIVE) -> None:
    """Empty the table and start again from position 0, in the caller's transaction."""
    await db.execute(f"delete from {schema}.{model.name}")
    await db.execute(
        "insert into chronicle.cursor (name, epoch, position) values ($1, $2, 0)"
        " on conflict (name) do update set epoch = excluded.epoch, position = 0",
        checkpoint(model, schema),
        model.version,
    )
    await db.execute("delete from chronicle.unread where read_model = $1", marks(model, schema))


async def lag(db: Db, models: Sequence[Model]) -> int:
    """How many sealed positions the read model furthest behind has still to pass."""
    end = await head(db)
    rows = await db.fetch("select name, position from chronicle.cursor")
    known = {row["name"]: row["position"] for row in rows}
    return max((end - known.get(checkpoint(model), 0) for model in models), default=0)


PASSED = """
select coalesce((
  select b.first_pos + t.place - 1 <= (
    select min(position) from chronicle.cursor where name = any($3))
  from chronicle.event e
  join chronicle.block b on e.ticket between b.min_ticket and b.max_ticket
  cross join lateral unnest(b.tickets) with ordinality t(ticket, place)
  where e.stream = $1 and e.version = $2 and t.ticket = e.ticket), false)
"""


async def wait_for(
    pool: Pool, wake: Wake, models: Sequence[Model], stream: str, version: int, seconds: float
) -> bool:
    """Until every read model has passed this event, or the time is up; says which it was."""
    names = [checkpoint(model) for model in models]
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while True:
        async with pool.acquire() as db:
            if await db.fetchval(PASSED, stream, version, names):
                return True
        if (left := until - loop.time()) <= 0:
            return False
        await wake.wait(min(left, 0.05))
