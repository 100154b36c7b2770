"""The open review of each young person: what the review form starts from."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import ReviewBasis, ReviewClock, Role
from contracts.reviews import ReviewBroughtForward, ReviewHeld, ReviewOverdue, ReviewScheduled


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
    escalated_to: Role | None = None


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
            return row and replace(row, planned_on=to_on, because=about.id)
        case ReviewOverdue(escalated_to=role):
            return row and replace(row, escalated_to=role)
        case ReviewHeld():
            return None


reviews: ReadModel[Review, Heard] = ReadModel(
    version=1, row=Review, hears=get_args(Heard), key=lambda event: event.person, fold=fold
)


async def of_person(db: Db, person: UUID) -> Review | None:
    row = await db.fetchrow(
        "select person, review, placement, basis, clock, last_held_on, due_by, scheduled,"
        " planned_on, because, escalated_to from reviews where person = $1",
        person,
    )
    return reviews.of(row) if row else None


async def next_planned_first(db: Db) -> list[Review]:
    rows = await db.fetch(
        "select person, review, placement, basis, clock, last_held_on, due_by, scheduled,"
        " planned_on, because, escalated_to from reviews order by planned_on, person"
    )
    return [reviews.of(row) for row in rows]
