"""Each placement from its first day: whose it is, until when it is planned, and how it ended."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import Kind
from contracts.reviews import PlacementCompleted, PlacementEndedEarly, PlacementOpened


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """`opened` is the event that began it, `ended` the one that ended it, if any did."""

    placement: UUID
    person: UUID
    referral: UUID
    kind: Kind
    host: UUID
    started_on: date
    planned_end_on: date
    first_review: UUID
    first_review_due_by: date
    opened: UUID
    state: Literal["active", "completed", "ended_early"]
    ended_on: date | None = None
    ended: UUID | None = None


Heard: TypeAlias = PlacementOpened | PlacementCompleted | PlacementEndedEarly


def fold(row: Placement | None, event: Heard, about: Envelope) -> Placement | None:
    match event:
        case PlacementOpened():
            return Placement(
                placement=event.placement, person=event.person, referral=event.referral,
                kind=event.kind, host=event.host, started_on=event.started_on,
                planned_end_on=event.planned_end_on, first_review=event.first_review,
                first_review_due_by=event.first_review_due_by, opened=about.id, state="active",
            )  # fmt: skip
        case PlacementCompleted(occurred_on=on):
            return row and replace(row, state="completed", ended_on=on, ended=about.id)
        case PlacementEndedEarly(occurred_on=on):
            return row and replace(row, state="ended_early", ended_on=on, ended=about.id)


placements: ReadModel[Placement, Heard] = ReadModel(
    version=1, row=Placement, hears=get_args(Heard), key=lambda event: event.placement, fold=fold
)


async def by_id(db: Db, placement: UUID) -> Placement | None:
    row = await db.fetchrow(
        "select placement, person, referral, kind, host, started_on, planned_end_on, first_review,"
        " first_review_due_by, opened, state, ended_on, ended from placements where placement = $1",
        placement,
    )
    return placements.of(row) if row else None


async def of_person(db: Db, person: UUID) -> list[Placement]:
    """Every placement of this young person, the first one first."""
    rows = await db.fetch(
        "select placement, person, referral, kind, host, started_on, planned_end_on, first_review,"
        " first_review_due_by, opened, state, ended_on, ended from placements where person = $1"
        " order by started_on, placement",
        person,
    )
    return [placements.of(row) for row in rows]


async def active(db: Db) -> list[Placement]:
    """Every placement that goes on, the next planned end first."""
    rows = await db.fetch(
        "select placement, person, referral, kind, host, started_on, planned_end_on, first_review,"
        " first_review_due_by, opened, state, ended_on, ended from placements"
        " where state = 'active' order by planned_end_on, placement"
    )
    return [placements.of(row) for row in rows]
