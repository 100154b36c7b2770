"""Build read models again beside the live ones, compare the two row by row, and switch."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

import asyncpg

from chronicle.db import Db, connect, open_pool
from chronicle.project import LIVE, Projector, begin_again, checkpoint, marks
from chronicle.rows import Model, columns
from chronicle.wake import VIEW
from chronicle.words import Words

NEXT = "view_next"
BATCH = 10_000
SWITCH_TRIES, LOCK_PATIENCE = 20, "250ms"
"""A reader may hold a table for a moment; while we wait for it, others would wait behind us."""


class NotBuilt(Exception):
    """Nothing stands beside the live tables that could be compared or switched to."""


class Differ(Exception):
    """The rows beside are not the live ones; `found` names them."""

    def __init__(self, found: "list[Compared]") -> None:
        super().__init__(f"{sum(len(one.differ) for one in found)} rows differ")
        self.found = found


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One read model at one position: how many rows each side has, and the keys that differ."""

    read_model: str
    position: int
    live: int
    rebuilt: int
    differ: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A service's read models as the projector's role builds them: `url` is that role's address.

    `keep_unread` is for reporting, as in Projector. `batch` is how many events one transaction
    folds; whatever it is, the rows are the same.
    """

    url: str
    words: Words
    models: Sequence[Model]
    keep_unread: bool = False
    batch: int = BATCH

    async def build(
        self, told: Callable[[int], Any] = lambda done: None, *, rest: float = 0.0
    ) -> int:
        """Fold the whole log into empty tables; gives the position reached.

        After each batch it rests `rest` times as long as the batch took, so that a live system
        keeps its share of the machine.
        """
        async with await open_pool(self.url, size=1, schema=NEXT) as pool:
            async with pool.acquire() as db, db.transaction():
                for model in self.models:
                    await lay_out(db, model)
            runner, done = self._runner(pool), 0
            while True:
                since = monotonic()
                if not (passed := await runner.step()):
                    return done
                done += passed
                told(done)
                await asyncio.sleep(rest * (monotonic() - since))

    async def compare(self) -> list[Compared]:
        """Bring the tables beside to the live position, and compare them in one snapshot.

        Raises NotBuilt where the live tables are behind those beside, or nothing is beside them.
        """
        async with self._connected() as db, db.transaction(isolation="repeatable_read"):
            await self._catch_up(db)
            return [await compared(db, model) for model in self.models]

    async def switch(self, explained: str | None = None) -> list[Compared]:
        """Put the tables beside in the place of the live ones, in one short transaction.

        Differ when a row differs that nobody has explained; NotBuilt as in `compare`.
        """
        found = await self.compare()
        if explained is None and any(one.differ for one in found):
            raise Differ(found)
        for left in reversed(range(SWITCH_TRIES)):
            try:
                async with self._connected() as db, db.transaction():
                    await db.execute(f"set local lock_timeout = '{LOCK_PATIENCE}'")
                    await self._take_the_place(db)
                return found
            except asyncpg.LockNotAvailableError:
                if not left:
                    raise
                await asyncio.sleep(0.1)
        raise AssertionError("the last try returns or raises")

    async def _take_the_place(self, db: Db) -> None:
        await db.execute(
            "select from chronicle.cursor where name = any($1) order by name for update",
            [checkpoint(model, schema) for model in self.models for schema in (LIVE, NEXT)],
        )
        position = await self._catch_up(db)
        for model in self.models:
            await db.execute(
                f"drop table {LIVE}.{model.name}; alter table {NEXT}.{model.name} set schema {LIVE}"
            )
            await _move_marks(db, model)
            await _stand(db, checkpoint(model), model.version, position)
            await _stand(db, checkpoint(model, NEXT), 0, 0)
        await db.execute(f"notify {VIEW}")

    async def _catch_up(self, db: Db) -> int:
        """From where the tables beside are to where the live ones are; gives that position."""
        rows = await db.fetch("select name, epoch, position from chronicle.cursor")
        at: dict[str, tuple[int, int]] = {
            row["name"]: (row["epoch"], row["position"]) for row in rows
        }
        beside = [at.get(checkpoint(model, NEXT), (0, 0)) for model in self.models]
        if any(
            epoch != model.version for model, (epoch, _) in zip(self.models, beside, strict=True)
        ):
            raise NotBuilt("nothing is built beside the live tables: run `chronicle rebuild`")
        live = [at.get(checkpoint(model), (0, 0))[1] for model in self.models]
        ahead = max(position for _, position in beside)
        if len(set(live)) > 1 or live[0] < ahead:
            raise NotBuilt(
                f"the live tables are at position {min(live)}, those beside at {ahead}:"
                " wait until the live ones have caught up"
            )
        runner = self._runner(None)
        while await runner.advance(db, live[0]):
            pass
        return live[0]

    def _runner(self, pool: Any) -> Projector:
        return Projector(
            self.url, pool, self.words, self.models, lambda: None,
            keep_unread=self.keep_unread, schema=NEXT, batch=self.batch,
        )  # fmt: skip

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Db]:
        db = await connect(self.url, search_path=NEXT)
        try:
            yield db
        finally:
            await asyncio.shield(db.close(timeout=5))


async def lay_out(db: Db, model: Model) -> None:
    """An empty table beside the live one: of its shape, or of the one that a migration made."""
    await db.execute(
        f"create table if not exists {NEXT}.{model.name} (like {LIVE}.{model.name} including all)"
    )
    await begin_again(db, model, NEXT)


async def compared(db: Db, model: Model) -> Compared:
    """Row by row as PostgreSQL writes them, by key."""
    key, name = columns(model)[0], model.name
    rows = await db.fetch(
        f"select coalesce(l.{key}, n.{key})::text as key"
        f" from {LIVE}.{name} l full join {NEXT}.{name} n on l.{key} = n.{key}"
        " where l::text is distinct from n::text order by 1"
    )
    live, rebuilt = [
        await db.fetchval(f"select count(*) from {schema}.{name}") for schema in (LIVE, NEXT)
    ]
    position = await db.fetchval(
        "select position from chronicle.cursor where name = $1", checkpoint(model)
    )
    return Compared(
        read_model=name, position=position, live=live, rebuilt=rebuilt,
        differ=tuple(row["key"] for row in rows),
    )  # fmt: skip


async def _stand(db: Db, name: str, epoch: int, position: int) -> None:
    await db.execute(
        "update chronicle.cursor set epoch = $2, position = $3 where name = $1",
        name, epoch, position,
    )  # fmt: skip


async def _move_marks(db: Db, model: Model) -> None:
    """What could not be read is now what the rebuild could not read."""
    await db.execute("delete from chronicle.unread where read_model = $1", marks(model))
    await db.execute(
        "insert into chronicle.unread (read_model, position, reason)"
        " select $1, position, reason from chronicle.unread where read_model = $2",
        marks(model), marks(model, NEXT),
    )  # fmt: skip
    await db.execute("delete from chronicle.unread where read_model = $1", marks(model, NEXT))
