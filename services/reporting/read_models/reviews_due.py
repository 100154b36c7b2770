"""The open review of each young person: by when, and which of the two clocks decided."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.decider import Policy
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel, shape_of
from contracts.codes import ReviewBasis, ReviewClock, Role
from contracts.reviews import ReviewBroughtForward, ReviewHeld, ReviewOverdue, ReviewScheduled


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    event: UUID
    on: date
    escalated_to: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """`scheduled` is the event that set `due_by`, `because` the one that set `planned_on`."""

    person: UUID
    review: UUID
    placement: UUID | None
    basis: ReviewBasis
    clock: ReviewClock
    last_held_on: date | None
    due_by: date
    scheduled: UUID
    planned_on: date
    because: UUID
    brought_forward: UUID | None = None
    overdue: tuple[Overdue, ...] = ()


Heard: TypeAlias = ReviewScheduled | ReviewBroughtForward | ReviewOverdue | ReviewHeld


def fold(row: Review | None, event: Heard, about: Envelope) -> Review | None:
    match event:
        case ReviewScheduled():
            return Review(
                person=event.person, review=event.review, placement=event.placement,
                basis=event.basis, clock=event.clock, last_held_on=event.last_held_on,
                due_by=event.due_by, scheduled=about.id, planned_on=event.planned_on,
                because=about.id,
            )  # fmt: skip
        case ReviewBroughtForward(to_on=to_on):
            return row and replace(
                row, planned_on=to_on, because=about.id, brought_forward=about.id
            )
        case ReviewOverdue(escalated_to=role, occurred_on=on):
            told = Overdue(event=about.id, on=on, escalated_to=role)
            return row and replace(row, overdue=(*row.overdue, told))
        case ReviewHeld():
            return None


reviews_due: ReadModel[Review, Heard] = ReadModel(
    version=1, row=Review, hears=get_args(Heard), key=lambda event: event.person, fold=fold
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Warn(Policy):
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due(Review):
    """`days_left` is below 0 when overdue, `level` how often that was escalated.

    `warning` is the number of weeks, of those in the policy, within which the day will come.
    """

    days_left: int
    level: int
    warning: int | None


def due(row: Mapping[str, Any], today: date, warn: Warn) -> Due:
    days_left = (row["due_by"] - today).days
    within = [weeks for weeks in warn.weeks if 0 <= days_left <= weeks * 7]
    worked_out = {
        "days_left": days_left, "level": len(row["overdue"]), "warning": min(within, default=None)
    }  # fmt: skip
    found: Due = shape_of(Due).validate_python(dict(row) | worked_out)
    return found


async def soonest_first(db: Db, today: date, warn: Warn) -> list[Due]:
    """Every open review, the one due longest ago first."""
    rows = await db.fetch(
        "select person, review, placement, basis, clock, last_held_on, due_by, scheduled,"
        " planned_on, because, brought_forward, overdue from reviews_due"
        " order by due_by, planned_on, person"
    )
    return [due(row, today, warn) for row in rows]


async def of_person(db: Db, person: UUID, today: date, warn: Warn) -> Due | None:
    row = await db.fetchrow(
        "select person, review, placement, basis, clock, last_held_on, due_by, scheduled,"
        " planned_on, because, brought_forward, overdue from reviews_due where person = $1",
        person,
    )
    return due(row, today, warn) if row else None
