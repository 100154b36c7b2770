"""Whose plot is which, what grows on it, and by which event that is known."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from tests.chronicle.hearing.allotment import HEARD, Bed, BedPlanted, Heard, PlotGivenUp, PlotTaken


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    holder: UUID
    plot: int
    until: date | None
    taken_at: datetime
    beds: tuple[Bed, ...] = ()
    newest: Bed | None = None
    ripe: bool = False
    because: UUID


def fold(row: Plot | None, event: Heard, about: Envelope) -> Plot | None:
    match event:
        case PlotTaken():
            return Plot(
                holder=event.holder, plot=event.plot, until=event.until, taken_at=about.time,
                because=about.id,
            )  # fmt: skip
        case BedPlanted(bed=bed):
            return row and replace(
                row, beds=(*row.beds, bed), newest=bed, ripe=len(row.beds) > 0, because=about.id
            )
        case PlotGivenUp():
            return None


plots: ReadModel[Plot, Heard] = ReadModel(
    version=1, row=Plot, hears=HEARD, key=lambda event: event.holder, fold=fold
)


async def by_number(db: Db) -> list[Plot]:
    rows = await db.fetch(
        "select holder, plot, until, taken_at, beds, newest, ripe, because from plots"
        " order by plot, holder"
    )
    return [plots.of(row) for row in rows]
