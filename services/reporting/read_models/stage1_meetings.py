"""The stage 1 meetings that the agenda tells of: the next one, and the last one held."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.referrals import Stage1MeetingHeld, Stage1MeetingScheduled


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """`scheduled` and `held` are the events behind the days."""

    meeting: UUID
    planned_on: date
    scheduled: UUID
    held_on: date | None = None
    held: UUID | None = None


Heard: TypeAlias = Stage1MeetingScheduled | Stage1MeetingHeld


def fold(row: Meeting | None, event: Heard, about: Envelope) -> Meeting | None:
    match event:
        case Stage1MeetingScheduled(meeting=meeting, planned_on=planned_on):
            return Meeting(meeting=meeting, planned_on=planned_on, scheduled=about.id)
        case Stage1MeetingHeld(occurred_on=on):
            return row and replace(row, held_on=on, held=about.id)


stage1_meetings: ReadModel[Meeting, Heard] = ReadModel(
    version=1, row=Meeting, hears=get_args(Heard), key=lambda event: event.meeting, fold=fold
)
