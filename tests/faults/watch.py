"""How far each service has come, asked of its tables, whatever runs and however it is divided."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from chronicle.fact import unversioned, wire_type
from tests.faults.reading import AWAY, Reading
from throughcare.databases import SERVICES

LOOK_AGAIN = 0.05
SPEAKERS = SERVICES[:3]
"""Those whom reporting hears."""
STANDS = """
select (select count(*) from chronicle.event) as events,
       (select coalesce(max(first_pos + n - 1), 0) from chronicle.block) as sealed,
       (select coalesce(max(position), 0) from chronicle.cursor where name = 'relay') as published,
       (select coalesce(min(position), 0) from chronicle.cursor where name like 'view/%')
         as projected,
       (select count(*) from chronicle.inbox) as claimed,
       (select count(*) from chronicle.parked where kind = 'parked' and state <> 'dropped'
          and convert_from(key, 'utf8') not like 'fault-%') as parked
"""
TYPES = "select type, count(*) as n from chronicle.event group by type"
COMPLETE = """
select service, coalesce((select upper(r) - 1 from unnest(positions) r where lower(r) = 1), 0) as n
from chronicle.heard
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """One service: counts and positions. `dealt_with` is claimed or parked; `to_hear` is what the
    others and itself have said of what it hears."""

    events: int
    sealed: int
    published: int
    projected: int
    dealt_with: int
    to_hear: int


@dataclass(frozen=True, slots=True)
class Stands:
    of: dict[str, Stand]
    complete: dict[str, int]
    """How far reporting has heard each speaker without a hole."""

    def behind(self, mark: "Stands") -> str:
        """Who has still to seal, publish, project or hear what was in any log at `mark`."""
        late = [
            f"{service} has {what} {done} of {todo}"
            for service, then in mark.of.items()
            for now in [self.of[service]]
            for what, done, todo in (
                ("published", now.published, then.events),
                ("projected", now.projected, then.events),
                ("heard", now.dealt_with, then.to_hear),
            )
            if done < todo
        ]
        late += [
            f"reporting has kept {self.complete.get(service, 0)} of {service}'s {todo}"
            for service in SPEAKERS
            for todo in [mark.of[service].events]
            if self.complete.get(service, 0) < todo
        ]
        return ", ".join(late)

    @property
    def lag(self) -> int:
        """Events that somebody has still to seal, publish, project or hear."""
        own = sum(
            3 * now.events - now.sealed - now.published - now.projected
            + now.to_hear - now.dealt_with
            for now in self.of.values()
        )  # fmt: skip
        return own + sum(self.of[s].events - self.complete.get(s, 0) for s in SPEAKERS)


def hears() -> dict[str, frozenset[str]]:
    """What each service hears, as types without a version; reporting keeps all and claims none."""
    return {
        service: frozenset(
            unversioned(wire_type(event))
            for event in import_module(f"services.{service}.main").ROOMS.hears
        )
        for service in SERVICES
    }


HEARS = hears()


@dataclass(slots=True)
class Watch:
    reading: Reading

    async def stands(self) -> Stands:
        """As soon as the database can be asked."""
        while True:
            with suppress(*AWAY):
                return await self._stands()
            await asyncio.sleep(LOOK_AGAIN)

    async def _stands(self) -> Stands:
        rows: dict[str, Any] = {}
        said: Counter[str] = Counter()
        for service in SERVICES:
            (rows[service],) = await self.reading.fetch(service, STANDS)
        for service in SPEAKERS:
            for row in await self.reading.fetch(service, TYPES):
                said[unversioned(row["type"])] += row["n"]
        complete = await self.reading.fetch("reporting", COMPLETE)
        return Stands(
            {
                service: Stand(
                    events=row["events"], sealed=row["sealed"], published=row["published"],
                    projected=row["projected"], dealt_with=row["claimed"] + row["parked"],
                    to_hear=sum(said[kind] for kind in HEARS[service]),
                )
                for service, row in rows.items()
            },
            {row["service"]: row["n"] for row in complete},
        )  # fmt: skip
