"""Who waits for the stage 1 meeting, and what was said of them there."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Envelope, Policy, Refused, Samples
from contracts.codes import AgendaCause, Progress
from contracts.event import SYSTEM, Asked
from contracts.referrals import (
    ActivityStatusRecorded,
    AgendaItemAdded,
    CaseDiscussed,
    ProfileUpdated,
    Stage1MeetingHeld,
    Stage1MeetingScheduled,
    YoungPersonRegistered,
)
from services.referrals.domain import case_state, stage1_meeting, young_person
from services.referrals.domain.case_state import Case
from services.referrals.domain.stage1_meeting import Held, Scheduled, Unscheduled
from services.referrals.domain.young_person import NOT_REGISTERED, Registered, Unregistered


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscussWithin(Policy):
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddToAgenda(Asked):
    """`discuss_by` is a day, or the rule that gives one; `source` is the heard event, if any."""

    person: UUID
    cause: AgendaCause
    source: UUID | None = None
    exit: UUID | None = None
    placement: UUID | None = None
    discuss_by: date | DiscussWithin


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscussCase(Asked):
    person: UUID
    meeting: UUID
    causes: tuple[AgendaCause, ...]
    progress: Progress
    exit_information_shared: bool | None = None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    case: Case
    person: young_person.State
    meeting: stage1_meeting.State


Command: TypeAlias = AddToAgenda | DiscussCase
Event: TypeAlias = case_state.Event | young_person.Event | stage1_meeting.Event
State: TypeAlias = Agenda


def decide(command: Command, state: State) -> list[Event]:
    match command, state.person, state.meeting:
        case _, Unregistered(), _:
            raise Refused("REF-01", NOT_REGISTERED)
        case AddToAgenda(source=source), _, _ if source in state.case.sources:
            return []
        case AddToAgenda(via="policy", cause="new_neet"), _, _ if state.case.in_hand:
            return []
        case AddToAgenda() as c, _, _:
            return [agenda_item_added(c)]
        case DiscussCase() as c, _, Held():
            return [case_discussed(c, state.case)]
        case _:
            raise Refused("REF-10", "this meeting is not recorded as held: record that first")


def agenda_item_added(c: AddToAgenda) -> AgendaItemAdded:
    return AgendaItemAdded(
        person=c.person, cause=c.cause, source=c.source, exit=c.exit, placement=c.placement,
        discuss_by=discuss_by(c), **c.said,
    )  # fmt: skip


def discuss_by(c: AddToAgenda) -> date:
    match c.discuss_by:
        case DiscussWithin(days=days):
            return c.today + timedelta(days=days)
        case day:
            return day


def case_discussed(c: DiscussCase, case: Case) -> CaseDiscussed:
    exits = tuple(item.exit for item in case.items if item.exit and item.cause in c.causes)
    return CaseDiscussed(
        person=c.person, meeting=c.meeting, causes=c.causes, progress=c.progress, exits=exits,
        exit_information_shared=c.exit_information_shared, note=c.note, **c.said,
    )  # fmt: skip


def reads(command: Command) -> list[str]:
    streams = [f"case-{command.person}", f"person-{command.person}"]
    match command:
        case AddToAgenda():
            return streams
        case DiscussCase(meeting=meeting):
            return [*streams, f"stage1-{meeting}"]


def named(state: State) -> str:
    match state:
        case Agenda(person=Unregistered()):
            return "Unregistered"
        case Agenda(meeting=meeting):
            return f"Registered, meeting {type(meeting).__name__}"


def evolve(state: State, event: Event, about: Envelope) -> State:
    match event:
        case YoungPersonRegistered() | ActivityStatusRecorded() | ProfileUpdated():
            return replace(state, person=young_person.evolve(state.person, event, about))
        case Stage1MeetingScheduled() | Stage1MeetingHeld():
            return replace(state, meeting=stage1_meeting.evolve(state.meeting, event, about))
        case _:
            return replace(state, case=case_state.evolve(state.case, event, about))


ID, DAY = UUID(int=0), date(2024, 1, 1)
NEW = Agenda(case=Case(), person=Unregistered(), meeting=Unscheduled())
KNOWN = Registered(population="care_leaver", in_scheme=True)
samples: Samples[Command, State] = Samples(
    commands=(
        AddToAgenda(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, cause="progress",
            discuss_by=DAY,
        ),
        DiscussCase(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, meeting=ID, causes=(),
            progress="on_track", note="",
        ),
    ),
    states=(
        NEW,
        replace(NEW, person=KNOWN),
        replace(NEW, person=KNOWN, meeting=Scheduled(planned_on=DAY)),
        replace(NEW, person=KNOWN, meeting=Held(quorate=False)),
    ),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=reads,
    events=get_args(Event),
    initial=NEW,
    decide=decide,
    evolve=evolve,
    samples=samples,
    named=named,
)
