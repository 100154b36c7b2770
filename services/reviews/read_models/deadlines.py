"""What is waited for, until when, and which event started the wait: what the timers read."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.reviews import (
    BringForwardDeclined,
    EarlyExitRisk,
    PlacementCompleted,
    PlacementEndedEarly,
    ReviewBroughtForward,
    ReviewHeld,
    ReviewScheduled,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """`because` is the event that started the wait, `correlation` the request it belonged to."""

    because: UUID
    correlation: UUID
    due_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """`deadline` is the open review, or the placement whose raises wait for an answer.

    `due_by` is the earliest day of `waits`: one for a review, one for each unanswered raise.
    """

    deadline: UUID
    what: Literal["review", "risk_response"]
    person: UUID
    due_by: date
    waits: tuple[Wait, ...]


Heard: TypeAlias = (
    ReviewScheduled
    | ReviewHeld
    | EarlyExitRisk
    | ReviewBroughtForward
    | BringForwardDeclined
    | PlacementCompleted
    | PlacementEndedEarly
)


def key(event: Heard) -> UUID:
    match event:
        case ReviewScheduled(review=review) | ReviewHeld(review=review):
            return review
        case ReviewBroughtForward(review=review, placement=placement):
            return placement or review
        case _:
            return event.placement


def fold(row: Deadline | None, event: Heard, about: Envelope) -> Deadline | None:
    match event:
        case ReviewScheduled(review=review, person=person, due_by=due_by):
            return Deadline(
                deadline=review, what="review", person=person, due_by=due_by,
                waits=(started(about, due_by),),
            )  # fmt: skip
        case EarlyExitRisk(placement=placement, person=person, respond_by=respond_by):
            waits = (*(row.waits if row else ()), started(about, respond_by))
            return Deadline(
                deadline=placement, what="risk_response", person=person,
                due_by=min(wait.due_by for wait in waits), waits=waits,
            )  # fmt: skip
        case ReviewBroughtForward(because=because) | BringForwardDeclined(because=because):
            return row and answered(row, because)
        case ReviewHeld() | PlacementCompleted() | PlacementEndedEarly():
            return None


def started(about: Envelope, due_by: date) -> Wait:
    return Wait(because=about.id, correlation=about.correlation or about.id, due_by=due_by)


def answered(row: Deadline, because: UUID) -> Deadline | None:
    """Without the raise that was answered; a review keeps its day, however often it is moved."""
    if row.what == "review":
        return row
    waits = tuple(wait for wait in row.waits if wait.because != because)
    return replace(row, due_by=min(w.due_by for w in waits), waits=waits) if waits else None


deadlines: ReadModel[Deadline, Heard] = ReadModel(
    version=1, row=Deadline, hears=get_args(Heard), key=key, fold=fold
)


async def up_to(db: Db, day: date) -> list[Deadline]:
    """Every deadline of that day or before, the longest ago first."""
    rows = await db.fetch(
        "select deadline, what, person, due_by, waits from deadlines where due_by <= $1"
        " order by due_by, deadline",
        day,
    )
    return [deadlines.of(row) for row in rows]


async def soonest_first(db: Db) -> list[Deadline]:
    rows = await db.fetch(
        "select deadline, what, person, due_by, waits from deadlines order by due_by, deadline"
    )
    return [deadlines.of(row) for row in rows]
