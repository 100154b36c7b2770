"""Connections to PostgreSQL, with the settings the log needs."""

import json
from functools import partial
from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Db: TypeAlias = "asyncpg.Connection[Any] | PoolConnectionProxy[Any]"
Pool: TypeAlias = "asyncpg.Pool[Any]"

TRANSIENT_SQLSTATES = {"40001", "40P01", "55P03", "57014"}
"""Serialisation failure, deadlock, lock time-out, statement time-out: worth another try."""

SETTINGS = {
    "search_path": "view",
    "enable_seqscan": "off",
    "jit": "off",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}


LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises when a connection is lost or refused; the last where the server has said
goodbye and its end of the line is still open."""


def away(error: BaseException) -> bool:
    """Whether the database is only away, or lost a race, and another try may succeed."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state in TRANSIENT_SQLSTATES or state.startswith(("08", "57P"))
    return isinstance(error, (*LOST, TimeoutError))


async def open_pool(url: str, *, size: int = 4, schema: str = "view") -> Pool:
    """A pool whose connections keep no session state, so that a release costs no round trip.

    `schema` is where the tables of the read models are looked for.
    """
    return await asyncpg.create_pool(
        url, min_size=1, max_size=size, init=prepare, reset=_no_reset,
        server_settings=SETTINGS | {"search_path": schema},
    )  # fmt: skip


async def connect(url: str, **settings: str) -> "asyncpg.Connection[Any]":
    """One connection of its own: a session lock does not survive a pooler."""
    db = await asyncpg.connect(url, server_settings=SETTINGS | settings)
    await prepare(db)
    return db


async def prepare(db: Db) -> None:
    for name, version in (("json", b""), ("jsonb", b"\x01")):
        await db.set_type_codec(
            name, schema="pg_catalog", format="binary",
            encoder=partial(_dump, version), decoder=partial(_load, version),
        )  # fmt: skip
    if int(await db.fetchval("show server_version_num")) >= 170000:
        await db.execute("set transaction_timeout = '5min'")


def _dump(version: bytes, value: Any) -> bytes:
    return version + json.dumps(value).encode()


def _load(version: bytes, raw: bytes) -> Any:
    return json.loads(raw[len(version) :])


async def _no_reset(_: Db) -> None: ...
