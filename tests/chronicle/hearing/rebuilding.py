"""`python -m tests.chronicle.hearing.rebuilding <url> <batch>`: the read models, built beside."""

import asyncio
import sys
from io import BytesIO

from chronicle import project
from chronicle.db import Db, Pool
from chronicle.project import Projector
from chronicle.rebuild import Beside
from chronicle.rows import columns
from tests.chronicle.hearing.allotment import WORDS
from tests.chronicle.hearing.read_models.plantings import plantings
from tests.chronicle.hearing.read_models.plots import plots

MODELS = (plots, plantings)


def projector(
    url: str, pool: Pool, *, keep_unread: bool = False, batch: int = project.PAGE
) -> Projector:
    return Projector(
        url, pool, WORDS, MODELS, lambda: None, keep_unread=keep_unread, batch=batch
    )  # fmt: skip


async def caught_up(runner: Projector) -> None:
    await runner.begin()
    while await runner.step():
        pass


async def bytes_of(db: Db, schema: str = "view") -> bytes:
    """Every row of every read model, by key, as PostgreSQL writes it."""
    out = BytesIO()
    for model in MODELS:
        key = columns(model)[0]
        question = f"select * from {schema}.{model.name} order by {key}"
        await db.copy_from_query(question, output=out)
    return out.getvalue()


def beside(url: str, batch: int = 10_000, *, keep_unread: bool = False) -> Beside:
    return Beside(url=url, words=WORDS, models=MODELS, batch=batch, keep_unread=keep_unread)


if __name__ == "__main__":
    asyncio.run(beside(sys.argv[1], int(sys.argv[2])).build())
