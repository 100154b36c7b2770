"""Make or bring forward one service's database, as its owner."""

import asyncio
from datetime import datetime
from pathlib import Path

from chronicle.db import Db, connect

HERE = Path(__file__).parent
SCHEMA = (HERE / "schema.sql").read_text()
GRANTS = (HERE / "grants.sql").read_text()
ROLES = ("owner", "service", "sequencer", "relay", "projector", "auditor")


async def migrate(url: str, service: str, folder: Path, now: datetime) -> list[str]:
    """Apply what is missing, one transaction each; gives the names of what was applied.

    `folder` holds the service's own migrations, applied in the order of their names; one whose
    name contains `read_models` runs as the projector, who owns the schema `view`.
    """
    db = await connect(url)
    try:
        applied = []
        if not await db.fetchval("select to_regnamespace('chronicle') is not null"):
            await _begin(db, service, now)
            applied.append("chronicle")
        done = {row["name"] for row in await db.fetch("select name from chronicle.migration")}
        for name, sql in _migrations(folder):
            if name not in done:
                await _apply(db, service, name, sql, now)
                applied.append(name)
        return applied
    finally:
        await asyncio.shield(db.close())


async def _begin(db: Db, service: str, now: datetime) -> None:
    async with db.transaction():
        await db.execute(SCHEMA)
        await db.execute(GRANTS.replace("{service}", service))
        await db.execute("insert into chronicle.log (service) values ($1)", service)
        await db.execute(
            "insert into chronicle.anchor (anchor, cluster, floor_ticket, snap, why, at)"
            " select 1, system_identifier, 0, '1:1:', 'begun', $1 from pg_control_system()",
            now,
        )


def _migrations(folder: Path) -> list[tuple[str, str]]:
    return [(path.name, path.read_text()) for path in sorted(folder.glob("*.sql"))]


async def _apply(db: Db, service: str, name: str, sql: str, now: datetime) -> None:
    async with db.transaction():
        if "read_models" in name:
            await db.execute(f"set local role {service}_projector")
        await db.execute(sql)
        await db.execute("reset role")
        await db.execute("insert into chronicle.migration values ($1, $2)", name, now)
