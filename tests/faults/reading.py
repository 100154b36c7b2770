"""Read-only connections that are kept, and made anew after the database died."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from chronicle.db import connect
from throughcare.house import House

AWAY = (
    OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError,
)  # fmt: skip
"""The last of them is what asyncpg says of a connection whose server has just said goodbye."""


@dataclass(slots=True)
class Reading:
    """One connection for each service, as the administrator; each serves one question at a time."""

    house: House
    _open: dict[str, "asyncpg.Connection[Any]"] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def fetch(self, service: str, query: str, *args: Any) -> list[Any]:
        """Raises one of AWAY while the database is away."""
        async with self._locks.setdefault(service, asyncio.Lock()):
            db = self._open.get(service)
            if db is None or db.is_closed():
                db = self._open[service] = await self.connected(service)
            try:
                return await db.fetch(query, *args)
            except BaseException:
                self._open.pop(service).terminate()
                raise

    async def connected(self, service: str) -> "asyncpg.Connection[Any]":
        """Another connection, the caller's own."""
        path = f"/{self.house.prefix}{service}"
        return await connect(urlsplit(self.house.admin_url)._replace(path=path).geturl())

    async def close(self) -> None:
        for db in self._open.values():
            await db.close(timeout=5)
