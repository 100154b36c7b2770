"""What somebody is to do: opened by one event, closed by the one that was awaited."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import Role
from contracts.referrals import (
    ActivityStatusRecorded,
    CaseDiscussed,
    EetPlanRevised,
    ReferralMade,
    RouteAgreedByYoungPerson,
    RouteDecided,
)
from contracts.reviews import (
    BringForwardDeclined,
    EarlyExitRisk,
    PlacementCompleted,
    PlacementEndedEarly,
    ReviewBroughtForward,
)

What: TypeAlias = Literal[
    "make the referral", "bring the review forward or decline", "check the activity status",
    "revise the plan",
]  # fmt: skip
AWAITS: dict[What, str] = {
    "make the referral": "ReferralMade",
    "bring the review forward or decline": "ReviewBroughtForward or BringForwardDeclined",
    "check the activity status": "ActivityStatusRecorded",
    "revise the plan": "EetPlanRevised",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`about` is the event it is for: the raise, the ending or the exit that an answer names."""

    what: What
    role: Role
    about: UUID
    opened: UUID
    opened_on: date
    due_by: date | None = None
    closed: UUID | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    event: UUID
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """Every task about a person, and every status: it may be heard before the ending it follows."""

    person: UUID
    tasks: tuple[Task, ...] = ()
    statuses: tuple[Status, ...] = ()


Ending: TypeAlias = PlacementCompleted | PlacementEndedEarly
Heard: TypeAlias = (
    RouteAgreedByYoungPerson
    | RouteDecided
    | ReferralMade
    | EarlyExitRisk
    | ReviewBroughtForward
    | BringForwardDeclined
    | Ending
    | ActivityStatusRecorded
    | CaseDiscussed
    | EetPlanRevised
)


def fold(row: Tasks | None, event: Heard, about: Envelope) -> Tasks:
    row = row or Tasks(person=event.person)
    match event:
        case RouteAgreedByYoungPerson():
            return opened(row, "make the referral", "eet_adviser", about.id, event, about)
        case RouteDecided() | ReferralMade():
            return closed(row, "make the referral", None, event, about)
        case EarlyExitRisk(respond_by=respond_by):
            what: What = "bring the review forward or decline"
            return opened(row, what, "leaving_care_adviser", about.id, event, about, respond_by)
        case ReviewBroughtForward(because=because) | BringForwardDeclined(because=because):
            return closed(row, "bring the review forward or decline", because, event, about)
        case PlacementCompleted() | PlacementEndedEarly():
            row = closed(row, "bring the review forward or decline", None, event, about)
            what = "check the activity status"
            return checked(opened(row, what, "leaving_care_adviser", about.id, event, about))
        case ActivityStatusRecorded(occurred_on=on):
            return checked(replace(row, statuses=(*row.statuses, Status(event=about.id, on=on))))
        case CaseDiscussed(exits=exits):
            for exit in exits:
                if not any(t.what == "revise the plan" and t.about == exit for t in row.tasks):
                    row = opened(row, "revise the plan", "leaving_care_adviser", exit, event, about)
            return row
        case EetPlanRevised(cause="exit", because=UUID() as exit):
            return closed(row, "revise the plan", exit, event, about)
        case EetPlanRevised():
            return row


def opened(
    row: Tasks, what: What, role: Role, of: UUID, event: Heard, about: Envelope,
    due_by: date | None = None,
) -> Tasks:  # fmt: skip
    task = Task(
        what=what, role=role, about=of, opened=about.id, opened_on=event.occurred_on, due_by=due_by
    )
    every = sorted((*row.tasks, task), key=lambda t: (t.opened_on, t.opened, t.about))
    return replace(row, tasks=tuple(every))


def closed(row: Tasks, what: What, of: UUID | None, event: Heard, about: Envelope) -> Tasks:
    """Close the open tasks of this kind, or the one about this event alone."""
    return replace(
        row,
        tasks=tuple(
            replace(task, closed=about.id, closed_on=event.occurred_on)
            if task.what == what and task.closed is None and of in (None, task.about)
            else task
            for task in row.tasks
        ),
    )


def checked(row: Tasks) -> Tasks:
    """The first status of the day of an ending, or later, answers whether it was checked."""
    return replace(row, tasks=tuple(answered(task, row.statuses) for task in row.tasks))


def answered(task: Task, statuses: tuple[Status, ...]) -> Task:
    if task.what != "check the activity status":
        return task
    status = next((s for s in statuses if s.on >= task.opened_on), None)
    return replace(task, closed=status.event, closed_on=status.on) if status else task


tasks: ReadModel[Tasks, Heard] = ReadModel(
    version=1, row=Tasks, hears=get_args(Heard), key=lambda event: event.person, fold=fold
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """`days_left` is below 0 when it is late; a task without a day has none."""

    person: UUID
    what: What
    role: Role
    about: UUID
    opened: UUID
    opened_on: date
    due_by: date | None
    awaits: str
    days_left: int | None


async def open_tasks(
    db: Db, today: date, *, person: UUID | None = None, role: Role | None = None
) -> list[ToDo]:
    """What is still to be done, what is due soonest first; of one person, or for one role."""
    rows = await db.fetch(
        "select person, tasks, statuses from tasks"
        " where $1::uuid is null or person = $1 order by person",
        person,
    )
    found = [
        to_do(row.person, task, today)
        for row in map(tasks.of, rows)
        for task in row.tasks
        if task.closed is None and role in (None, task.role)
    ]
    return sorted(found, key=urgency)


def to_do(person: UUID, task: Task, today: date) -> ToDo:
    return ToDo(
        person=person, what=task.what, role=task.role, about=task.about, opened=task.opened,
        opened_on=task.opened_on, due_by=task.due_by, awaits=AWAITS[task.what],
        days_left=(task.due_by - today).days if task.due_by else None,
    )  # fmt: skip


def urgency(todo: ToDo) -> tuple[date, date, UUID, UUID]:
    return todo.due_by or date.max, todo.opened_on, todo.person, todo.opened
