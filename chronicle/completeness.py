"""Prove that nothing is missing: which positions of each log are held, and which should be."""

from dataclasses import dataclass
from uuid import UUID

from chronicle.db import Db


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """What is held of one log, and what its own seals say should be."""

    service: str
    log: UUID
    complete_through: int
    sealed_through: int
    held: int
    holes: tuple[tuple[int, int], ...]

    @property
    def complete(self) -> bool:
        return not self.holes and self.complete_through >= self.sealed_through


COMPLETENESS = """
select l.service, l.log, coalesce(w.last, 0) as sealed_through,
       coalesce((select sum(upper(r) - lower(r)) from unnest(h.positions) r), 0)::bigint as held,
       (int8multirange(int8range(1, greatest(w.last, (
          select max(upper(r)) - 1 from unnest(h.positions) r)) + 1))
        - coalesce(h.positions, '{}')) as holes
from (select log, service from chronicle.heard union select log, service from chronicle.witness) l
left join chronicle.heard h on h.log = l.log
left join (select log, max(last_pos) as last from chronicle.witness group by log) w on w.log = l.log
order by l.service, l.log
"""


async def completeness(db: Db) -> list[Completeness]:
    """For each log: complete through, sealed through, and every hole as (first, last)."""
    return [
        Completeness(
            service=row["service"], log=row["log"],
            complete_through=await complete_through(db, row["log"]),
            sealed_through=row["sealed_through"], held=row["held"],
            holes=tuple((r.lower, r.upper - 1) for r in row["holes"]),
        )
        for row in await db.fetch(COMPLETENESS)
    ]  # fmt: skip


async def complete_through(db: Db, log_id: UUID) -> int:
    """The last position up to which every one is held."""
    upper: int | None = await db.fetchval(
        "select upper(r) - 1 from chronicle.heard, unnest(positions) r"
        " where log = $1 and lower(r) = 1",
        log_id,
    )
    return upper or 0
