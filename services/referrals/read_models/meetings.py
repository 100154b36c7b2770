"""The stage 1 meetings: which are planned, which were held, and which of those were quorate."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import Role
from contracts.referrals import Stage1MeetingHeld, Stage1MeetingScheduled


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """`scheduled` and `held` are the events behind the days; nothing is held while it is None."""

    meeting: UUID
    series: str
    planned_on: date
    within_team_meeting: bool
    extraordinary: bool
    scheduled: UUID
    held: UUID | None = None
    held_on: date | None = None
    chair_role: Role | None = None
    attendee_roles: tuple[Role, ...] = ()
    quorate: bool | None = None


Heard: TypeAlias = Stage1MeetingScheduled | Stage1MeetingHeld


def fold(row: Meeting | None, event: Heard, about: Envelope) -> Meeting | None:
    match event:
        case Stage1MeetingScheduled():
            return Meeting(
                meeting=event.meeting, series=event.series, planned_on=event.planned_on,
                within_team_meeting=event.within_team_meeting, extraordinary=event.extraordinary,
                scheduled=about.id,
            )  # fmt: skip
        case Stage1MeetingHeld():
            return row and replace(
                row, held=about.id, held_on=event.occurred_on, chair_role=event.chair_role,
                attendee_roles=event.attendee_roles, quorate=event.quorate,
            )  # fmt: skip


meetings: ReadModel[Meeting, Heard] = ReadModel(
    version=1, row=Meeting, hears=get_args(Heard), key=lambda event: event.meeting, fold=fold
)


async def by_day(db: Db) -> list[Meeting]:
    """Every meeting, the latest planned day first."""
    rows = await db.fetch(
        "select meeting, series, planned_on, within_team_meeting, extraordinary, scheduled, held,"
        " held_on, chair_role, attendee_roles, quorate from meetings"
        " order by planned_on desc, meeting"
    )
    return [meetings.of(row) for row in rows]


async def still_planned(db: Db) -> list[Meeting]:
    """The meetings nobody has recorded as held, the soonest first."""
    rows = await db.fetch(
        "select meeting, series, planned_on, within_team_meeting, extraordinary, scheduled, held,"
        " held_on, chair_role, attendee_roles, quorate from meetings"
        " where held is null order by planned_on, meeting"
    )
    return [meetings.of(row) for row in rows]
