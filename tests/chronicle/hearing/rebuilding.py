"""`python -m tests.chronicle.hearing.rebuilding <url> <page>`: the read models, folded anew.

Writes the bytes of every table, so that another process can compare them with its own.
"""

import asyncio
import sys
from io import BytesIO

from chronicle import project
from chronicle.db import Db, Pool, open_pool
from chronicle.project import Projector, rebuild
from tests.chronicle.hearing.allotment import WORDS
from tests.chronicle.hearing.read_models.plantings import plantings
from tests.chronicle.hearing.read_models.plots import plots

MODELS = (plots, plantings)


def projector(url: str, pool: Pool, *, keep_unread: bool = False) -> Projector:
    return Projector(url, pool, WORDS, MODELS, lambda: None, keep_unread=keep_unread)


async def caught_up(runner: Projector) -> None:
    await runner.begin()
    while await runner.step():
        pass


async def bytes_of(db: Db, schema: str = "view") -> bytes:
    """Every row of every read model, by key, as PostgreSQL writes it."""
    out = BytesIO()
    for model in MODELS:
        key = project.columns(model)[0]
        question = f"select * from {schema}.{model.name} order by {key}"
        await db.copy_from_query(question, output=out)
    return out.getvalue()


async def main(url: str, most: int) -> bytes:
    project.PAGE = most
    async with await open_pool(url, size=2) as pool:
        async with pool.acquire() as db, db.transaction():
            for model in MODELS:
                await rebuild(db, model)
        await caught_up(projector(url, pool))
        async with pool.acquire() as db:
            return await bytes_of(db)


if __name__ == "__main__":
    sys.stdout.buffer.write(asyncio.run(main(sys.argv[1], int(sys.argv[2]))))
