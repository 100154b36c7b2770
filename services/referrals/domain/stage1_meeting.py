"""The monthly meeting of the Leaving Care and EET teams: planned once, held once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Envelope, Policy, Refused, Samples
from contracts.codes import Role
from contracts.event import SYSTEM, Asked
from contracts.parts import Apology
from contracts.referrals import Stage1MeetingHeld, Stage1MeetingScheduled


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum(Policy):
    teams: tuple[frozenset[Role], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleStage1Meeting(Asked):
    meeting: UUID
    series: str
    planned_on: date
    within_team_meeting: bool
    extraordinary: bool
    called_for: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldStage1Meeting(Asked):
    meeting: UUID
    chair_role: Role
    attendee_roles: tuple[Role, ...]
    apologies: tuple[Apology, ...]
    quorum: Quorum


@dataclass(frozen=True, slots=True)
class Unscheduled: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    planned_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    quorate: bool


Command: TypeAlias = ScheduleStage1Meeting | HoldStage1Meeting
Event: TypeAlias = Stage1MeetingScheduled | Stage1MeetingHeld
State: TypeAlias = Unscheduled | Scheduled | Held


def decide(command: Command, state: State) -> list[Event]:
    match command, state:
        case ScheduleStage1Meeting(), Scheduled() | Held():
            raise Refused("REF-16", "this meeting is scheduled already: schedule another one")
        case HoldStage1Meeting(), Unscheduled():
            raise Refused("REF-16", "this meeting was never scheduled: schedule it first")
        case HoldStage1Meeting(on=on), Scheduled(planned_on=day) if on < day:
            raise Refused(
                "REF-16", f"this meeting is planned for {day}: record it from that day on"
            )
        case ScheduleStage1Meeting() as c, Unscheduled():
            return [meeting_scheduled(c)]
        case HoldStage1Meeting() as c, Scheduled():
            return [meeting_held(c)]
        case _:
            raise Refused("REF-16", "this meeting was held already: what was said there stands")


def meeting_scheduled(c: ScheduleStage1Meeting) -> Stage1MeetingScheduled:
    return Stage1MeetingScheduled(
        meeting=c.meeting, series=c.series, planned_on=c.planned_on,
        within_team_meeting=c.within_team_meeting, extraordinary=c.extraordinary,
        called_for=c.called_for, **c.said,
    )  # fmt: skip


def meeting_held(c: HoldStage1Meeting) -> Stage1MeetingHeld:
    return Stage1MeetingHeld(
        meeting=c.meeting, chair_role=c.chair_role, attendee_roles=c.attendee_roles,
        apologies=c.apologies, quorate=one_of_each(c.quorum.teams, present(c)), **c.said,
    )  # fmt: skip


def present(c: HoldStage1Meeting) -> set[Role]:
    """The chair, who came, and who came for somebody else."""
    substitutes = {a.substitute for a in c.apologies if a.substitute}
    return {c.chair_role, *c.attendee_roles} | substitutes


def one_of_each(teams: tuple[frozenset[Role], ...], roles: Iterable[Role]) -> bool:
    named = set(roles)
    return all(team & named for team in teams)


def evolve(state: State, event: Event, about: Envelope) -> State:
    match event:
        case Stage1MeetingScheduled(planned_on=planned_on):
            return Scheduled(planned_on=planned_on)
        case Stage1MeetingHeld(quorate=quorate):
            return Held(quorate=quorate)


ID, DAY = UUID(int=0), date(2024, 1, 1)
samples: Samples[Command, State] = Samples(
    commands=(
        ScheduleStage1Meeting(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", meeting=ID, series="", planned_on=DAY,
            within_team_meeting=True, extraordinary=False,
        ),
        HoldStage1Meeting(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", meeting=ID,
            chair_role="leaving_care_manager", attendee_roles=(), apologies=(),
            quorum=Quorum(rule="", teams=()),
        ),
    ),
    states=(Unscheduled(), Scheduled(planned_on=DAY), Held(quorate=True)),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=lambda command: [f"stage1-{command.meeting}"],
    events=get_args(Event),
    initial=Unscheduled(),
    decide=decide,
    evolve=evolve,
    samples=samples,
)
