"""Every planting, a row of its own, with its place in the log."""

from dataclasses import dataclass
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from tests.chronicle.hearing.allotment import BedPlanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Planting:
    event: UUID
    holder: UUID
    crop: str
    position: int


def fold(row: Planting | None, event: BedPlanted, about: Envelope) -> Planting | None:
    return Planting(
        event=about.id, holder=event.holder, crop=event.bed.crop, position=about.position
    )


plantings: ReadModel[Planting, BedPlanted] = ReadModel(
    version=1, row=Planting, hears=(BedPlanted,), fold=fold
)


async def in_order(db: Db) -> list[Planting]:
    rows = await db.fetch("select event, holder, crop, position from plantings order by position")
    return [plantings.of(row) for row in rows]
