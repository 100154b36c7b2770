"""Where a young person goes next: both teams decide, then the young person says yes."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Envelope, Policy, Refused, Samples
from contracts.codes import AgreedHow, Role, Route
from contracts.event import SYSTEM, Asked
from contracts.referrals import (
    RouteAgreedByYoungPerson,
    RouteDecided,
    Stage1MeetingHeld,
    Stage1MeetingScheduled,
)
from services.referrals.domain import case_state, stage1_meeting
from services.referrals.domain.case_state import (
    Agreed,
    Case,
    Decided,
    Discussed,
    Referred,
    Undecided,
)
from services.referrals.domain.stage1_meeting import Held, Unscheduled, one_of_each


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCatalogue(Policy):
    routes: frozenset[Route]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTeams(Policy):
    """One role of each team decides; by urgent procedure one of each of `urgent`."""

    teams: tuple[frozenset[Role], ...]
    urgent: tuple[frozenset[Role], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRoute(Asked):
    person: UUID
    meeting: UUID | None = None
    urgent_procedure: bool
    route: Route
    options_considered: tuple[Route, ...]
    decided_by_roles: tuple[Role, ...]
    rationale: str
    catalogue: RouteCatalogue
    teams: RouteTeams


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeRoute(Asked):
    person: UUID
    route: Route
    how: AgreedHow
    views: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    case: Case
    meeting: stage1_meeting.State


Command: TypeAlias = DecideRoute | AgreeRoute
Event: TypeAlias = case_state.Event | stage1_meeting.Event
State: TypeAlias = Deciding


def decide(command: Command, state: State) -> list[Event]:
    match command, state.case.stage:
        case DecideRoute(), Referred():
            raise Refused("REF-03", "this young person has an open referral: close it first")
        case DecideRoute(), Undecided():
            raise Refused("REF-13", "this case was not discussed yet: record the discussion first")
        case DecideRoute() as c, _ if not (met(state.meeting) or managers_decide(c)):
            raise Refused(
                "REF-10",
                "a route is decided in a held, quorate meeting: name one,"
                " or use the urgent procedure and name both managers",
            )
        case DecideRoute() as c, _ if not one_of_each(c.teams.teams, c.decided_by_roles):
            raise Refused("REF-05", "both teams decide a route: name a role of each")
        case DecideRoute() as c, _ if c.route not in c.catalogue.routes:
            raise Refused("REF-06", f"on {c.on} there was no route {c.route}: choose another")
        case AgreeRoute(), Agreed():
            raise Refused("REF-13", "the young person agreed to this decision already")
        case AgreeRoute(route=route), Decided(route=as_decided) if route != as_decided:
            raise Refused("REF-13", f"the route decided is {as_decided}: ask about that one")
        case DecideRoute() as c, _:
            return [route_decided(c)]
        case AgreeRoute() as c, Decided() as decided:
            return [route_agreed(c, decided)]
        case _:
            raise Refused("REF-13", "there is no decided route to agree to: decide one first")


def met(meeting: stage1_meeting.State) -> bool:
    return isinstance(meeting, Held) and meeting.quorate


def managers_decide(c: DecideRoute) -> bool:
    return c.urgent_procedure and one_of_each(c.teams.urgent, c.decided_by_roles)


def route_decided(c: DecideRoute) -> RouteDecided:
    return RouteDecided(
        person=c.person, meeting=c.meeting, urgent_procedure=c.urgent_procedure, route=c.route,
        options_considered=c.options_considered, decided_by_roles=c.decided_by_roles,
        rationale=c.rationale, **c.said,
    )  # fmt: skip


def route_agreed(c: AgreeRoute, decided: Decided) -> RouteAgreedByYoungPerson:
    return RouteAgreedByYoungPerson(
        person=c.person, route=decided.route, decision=decided.decision, how=c.how,
        views=c.views, **c.said,
    )  # fmt: skip


def reads(command: Command) -> list[str]:
    match command:
        case DecideRoute(person=person, meeting=UUID() as meeting):
            return [f"case-{person}", f"stage1-{meeting}"]
        case _:
            return [f"case-{command.person}"]


def evolve(state: State, event: Event, about: Envelope) -> State:
    match event:
        case Stage1MeetingScheduled() | Stage1MeetingHeld():
            return replace(state, meeting=stage1_meeting.evolve(state.meeting, event, about))
        case _:
            return replace(state, case=case_state.evolve(state.case, event, about))


ID, DAY = UUID(int=0), date(2024, 1, 1)
samples: Samples[Command, State] = Samples(
    commands=(
        DecideRoute(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, meeting=ID,
            urgent_procedure=False, route="apprenticeship", options_considered=(),
            decided_by_roles=(), rationale="",
            catalogue=RouteCatalogue(rule="", routes=frozenset({"apprenticeship"})),
            teams=RouteTeams(rule="", teams=(), urgent=()),
        ),
        AgreeRoute(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, route="apprenticeship",
            how="face_to_face",
        ),
    ),
    states=tuple(
        Deciding(case=Case(stage=stage), meeting=Held(quorate=True))
        for stage in (
            Undecided(),
            Discussed(),
            Decided(route="apprenticeship", decision=ID),
            Agreed(route="apprenticeship", decision=ID),
            Referred(referral=ID, route="apprenticeship"),
        )
    ),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=reads,
    events=get_args(Event),
    initial=Deciding(case=Case(), meeting=Unscheduled()),
    decide=decide,
    evolve=evolve,
    samples=samples,
    named=lambda state: type(state.case.stage).__name__,
)
