"""Each review there ever was: when it was due, whether it was moved, and when it was held."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.reviews import ReviewBroughtForward, ReviewHeld, ReviewScheduled


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """`scheduled`, `brought_forward` and `held` are the events behind it.

    `forward_for` is the placement that it was brought forward for, if it was for one.
    """

    review: UUID
    person: UUID
    placement: UUID | None
    due_by: date
    scheduled: UUID
    brought_forward: UUID | None = None
    forward_for: UUID | None = None
    held: UUID | None = None
    held_on: date | None = None
    days_late: int | None = None


Heard: TypeAlias = ReviewScheduled | ReviewBroughtForward | ReviewHeld


def fold(row: Review | None, event: Heard, about: Envelope) -> Review | None:
    match event:
        case ReviewScheduled(due_by=due_by, placement=placement):
            if row:
                return replace(row, due_by=due_by, placement=placement, scheduled=about.id)
            return Review(
                review=event.review, person=event.person, placement=placement, due_by=due_by,
                scheduled=about.id,
            )  # fmt: skip
        case ReviewBroughtForward(placement=placement):
            return row and replace(row, brought_forward=about.id, forward_for=placement)
        case ReviewHeld(occurred_on=on, days_late=days_late):
            return row and replace(row, held=about.id, held_on=on, days_late=days_late)


review_outcomes: ReadModel[Review, Heard] = ReadModel(
    version=1, row=Review, hears=get_args(Heard), key=lambda event: event.review, fold=fold
)


async def by_due_day(db: Db) -> list[Review]:
    rows = await db.fetch(
        "select review, person, placement, due_by, scheduled, brought_forward, forward_for,"
        " held, held_on, days_late from review_outcomes order by due_by, review"
    )
    return [review_outcomes.of(row) for row in rows]
