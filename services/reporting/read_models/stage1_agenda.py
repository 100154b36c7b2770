"""Whom the stage 1 meeting is to discuss, for which causes, and by when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import AgendaCause, Progress
from contracts.referrals import AgendaItemAdded, CaseDiscussed, RouteDecided


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """`event` added it; `source` is what had happened."""

    event: UUID
    cause: AgendaCause
    source: UUID | None
    exit: UUID | None
    placement: UUID | None
    added_on: date
    discuss_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    event: UUID
    meeting: UUID
    on: date
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """`discuss_by` is the earliest of the open `items`; `closed` are those closed last."""

    person: UUID
    discuss_by: date | None = None
    items: tuple[Item, ...] = ()
    closed: tuple[Item, ...] = ()
    last: Talk | None = None


Heard: TypeAlias = AgendaItemAdded | CaseDiscussed | RouteDecided


def fold(row: Agenda | None, event: Heard, about: Envelope) -> Agenda:
    row = row or Agenda(person=event.person)
    match event:
        case AgendaItemAdded():
            return having(row, (*row.items, item(event, about)))
        case CaseDiscussed(causes=causes, meeting=meeting, progress=progress, occurred_on=on):
            closed = tuple(item for item in row.items if item.cause in causes)
            return replace(
                having(row, (item for item in row.items if item not in closed)),
                closed=closed or row.closed,
                last=Talk(event=about.id, meeting=meeting, on=on, progress=progress),
            )
        case RouteDecided(route="none"):
            return replace(having(row, row.items + row.closed), closed=())
        case RouteDecided():
            return row


def item(event: AgendaItemAdded, about: Envelope) -> Item:
    return Item(
        event=about.id, cause=event.cause, source=event.source, exit=event.exit,
        placement=event.placement, added_on=event.occurred_on, discuss_by=event.discuss_by,
    )  # fmt: skip


def having(row: Agenda, items: Iterable[Item]) -> Agenda:
    items = tuple(items)
    return replace(row, items=items, discuss_by=min((i.discuss_by for i in items), default=None))


stage1_agenda: ReadModel[Agenda, Heard] = ReadModel(
    version=1, row=Agenda, hears=get_args(Heard), key=lambda event: event.person, fold=fold
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnAgenda(Item):
    """An open item; `carried_over` is the latest meeting that was held and left it open."""

    carried_over: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDiscuss:
    """`days_left` is below 0 when the day has passed; `next_meeting_on` is the next one planned."""

    person: UUID
    discuss_by: date
    days_left: int
    items: tuple[OnAgenda, ...]
    last: Talk | None
    next_meeting_on: date | None
    next_meeting: UUID | None


def on_agenda(item: Item, held: Mapping[str, Any] | None) -> OnAgenda:
    over = held["held"] if held and item.added_on < held["held_on"] else None
    return OnAgenda(
        event=item.event, cause=item.cause, source=item.source, exit=item.exit,
        placement=item.placement, added_on=item.added_on, discuss_by=item.discuss_by,
        carried_over=over,
    )  # fmt: skip


async def to_discuss(db: Db, today: date) -> list[ToDiscuss]:
    """Everybody with an open item, who must be discussed soonest first."""
    rows = await db.fetch(
        "select person, discuss_by, items, closed, last from stage1_agenda"
        " where discuss_by is not null order by discuss_by, person"
    )
    held = await db.fetchrow(
        "select held_on, held from stage1_meetings where held is not null"
        " order by held_on desc, meeting limit 1"
    )
    planned = await db.fetchrow(
        "select planned_on, scheduled from stage1_meetings where held is null and planned_on >= $1"
        " order by planned_on, meeting limit 1",
        today,
    )
    return [
        ToDiscuss(
            person=row.person, discuss_by=row.discuss_by, days_left=(row.discuss_by - today).days,
            items=tuple(on_agenda(item, held) for item in row.items),
            last=row.last,
            next_meeting_on=planned and planned["planned_on"],
            next_meeting=planned and planned["scheduled"],
        )
        for row in map(stage1_agenda.of, rows)
        if row.discuss_by
    ]  # fmt: skip
