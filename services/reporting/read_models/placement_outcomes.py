"""Each placement: what it was, whether it was ever at risk, and how it ended."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import Ending, ExitGroup, InitiatedBy, Kind
from contracts.matching import PlacementStarted
from contracts.reviews import EarlyExitRisk, PlacementCompleted, PlacementEndedEarly


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """`started`, `raised` (the first raise, recorded on `raised_on`) and `ended` are events."""

    placement: UUID
    person: UUID
    kind: Kind | None = None
    started: UUID | None = None
    started_on: date | None = None
    raised: UUID | None = None
    raised_on: date | None = None
    ending: Ending | None = None
    ended: UUID | None = None
    ended_on: date | None = None
    last_day_on: date | None = None
    reason_group: ExitGroup | None = None
    initiated_by: InitiatedBy | None = None
    positive_move: bool = False

    @property
    def warned(self) -> bool:
        """A risk was recorded before the last day."""
        return bool(self.raised_on and self.last_day_on and self.raised_on < self.last_day_on)


Heard: TypeAlias = PlacementStarted | EarlyExitRisk | PlacementCompleted | PlacementEndedEarly


def fold(row: Placement | None, event: Heard, about: Envelope) -> Placement:
    row = row or Placement(placement=event.placement, person=event.person)
    match event:
        case PlacementStarted(kind=kind, occurred_on=on):
            return replace(row, kind=kind, started=about.id, started_on=on)
        case EarlyExitRisk():
            return row if row.raised else replace(row, raised=about.id, raised_on=about.on)
        case PlacementCompleted(occurred_on=on):
            return replace(row, ending="completed", ended=about.id, ended_on=on)
        case PlacementEndedEarly(occurred_on=on):
            return replace(
                row, ending="ended_early", ended=about.id, ended_on=on,
                last_day_on=event.last_day_on, reason_group=event.reason_group,
                initiated_by=event.initiated_by, positive_move=event.positive_move,
            )  # fmt: skip


placement_outcomes: ReadModel[Placement, Heard] = ReadModel(
    version=1, row=Placement, hears=get_args(Heard), key=lambda event: event.placement, fold=fold
)


async def all_started(db: Db) -> list[Placement]:
    rows = await db.fetch(
        "select placement, person, kind, started, started_on, raised, raised_on, ending, ended,"
        " ended_on, last_day_on, reason_group, initiated_by, positive_move from placement_outcomes"
        " where started is not null order by started_on, placement"
    )
    return [placement_outcomes.of(row) for row in rows]
