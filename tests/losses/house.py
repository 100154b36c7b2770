"""A house whose parts may be lost, and everything that can be told of what it knows."""

import asyncio
import shutil
from dataclasses import dataclass
from typing import Any

import asyncpg

from throughcare.council import Council
from throughcare.databases import SERVICES
from throughcare.house import House
from throughcare.process import Process
from throughcare.supervisor import together

TABLES = "select table_name from information_schema.tables where table_schema = 'view' order by 1"
FINGERPRINT = """
select count(*) || ' ' || md5(coalesce(
  string_agg(t::text, e'\\n' order by t::text collate "C"), '')) from view.%s t where %s
"""
COUNTS = """
select (select count(*) from chronicle.event
        where type not like 'throughcare.reporting.%') as events,
       (select count(*) from chronicle.inbox) + (select count(*) from chronicle.origin) as heard,
       (select count(*) from chronicle.parked) as parked
"""
SAID_ITSELF = {"reporting/operations": "false", "reporting/timeline": "service <> 'reporting'"}
"""Reporting's checks of the others' seals are said at moments of their own: not compared."""


@dataclass(kw_only=True)
class Losses:
    house: House
    broker: Process
    services: dict[str, Process]

    async def wipe_broker(self) -> None:
        """Its data are gone, and it begins anew at the same address."""
        await self.broker.kill()
        shutil.rmtree(self.broker.folder / "data", ignore_errors=True)
        await self.broker.start()

    async def restart(self, *names: str) -> None:
        which = [self.services[name] for name in names or SERVICES]
        await together(process.stop() for process in which)
        await together(process.start() for process in which)

    async def settle(self, council: Council) -> None:
        """As under a supervisor: a service that ends meanwhile is started again.

        The embedded broker now and then answers a relay with an unknown error, which ends it.
        """
        settling = asyncio.create_task(council.settle())
        while not settling.done():
            await together(p.start() for p in self.services.values() if p.pid is None)
            await asyncio.wait([settling], timeout=0.2)
        await settling

    def said(self, service: str) -> str:
        """What the process of this service wrote to its log."""
        return self.services[service].log.read_text()

    async def ask(self, service: str, sql: str) -> list[Any]:
        db = await asyncpg.connect(self.house.url(service, "service"))
        try:
            return await db.fetch(sql)
        finally:
            await db.close()

    async def boards(self) -> dict[str, str]:
        """How many rows every table of every read model has, and a hash of them."""
        found = {}
        for service in SERVICES:
            for row in await self.ask(service, TABLES):
                name = f"{service}/{row['table_name']}"
                where = SAID_ITSELF.get(name, "true")
                (hashed,) = await self.ask(service, FINGERPRINT % (row["table_name"], where))
                found[name] = hashed[0]
        return found

    async def counts(self) -> dict[str, dict[str, int]]:
        """What each service has recorded, has heard, and has set aside."""
        rows = await asyncio.gather(*(self.ask(service, COUNTS) for service in SERVICES))
        return {service: dict(row[0]) for service, row in zip(SERVICES, rows, strict=True)}


def different(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Tables that are not as they were."""
    return {
        table: (before.get(table, ""), after.get(table, ""))
        for table in before.keys() | after.keys()
        if before.get(table) != after.get(table)
    }
