"""The education, employment and training plan, and which exits it has learnt from."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Envelope, Refused, Samples
from contracts.codes import PlanCause
from contracts.event import SYSTEM, Asked
from contracts.parts import PlanStep
from contracts.referrals import (
    ActivityStatusRecorded,
    EetPlanRevised,
    ProfileUpdated,
    YoungPersonRegistered,
)
from services.referrals.domain import case_state, young_person
from services.referrals.domain.case_state import Case
from services.referrals.domain.young_person import NOT_REGISTERED, Registered, Unregistered


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisePlan(Asked):
    """`because` is the event behind the revision; for cause exit, the exit."""

    person: UUID
    cause: PlanCause
    because: UUID | None = None
    placement: UUID | None = None
    referral: UUID | None = None
    steps: tuple[PlanStep, ...]
    what_changed: str
    agreed_by_young_person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The newest version, if there is one, and the exits that a revision answered."""

    version: int | None = None
    exits: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    plan: Plan
    case: Case
    person: young_person.State


Command: TypeAlias = RevisePlan
Event: TypeAlias = EetPlanRevised | case_state.Event | young_person.Event
State: TypeAlias = Planning


def decide(command: Command, state: State) -> list[Event]:
    match command, state.person:
        case _, Unregistered():
            raise Refused("REF-01", NOT_REGISTERED)
        case RevisePlan(cause="exit") as c, _ if c.because in state.case.exits_discussed:
            return [eet_plan_revised(c, state.plan)]
        case RevisePlan(cause="completion" | "review" | "request") as c, _:
            return [eet_plan_revised(c, state.plan)]
        case _:
            raise Refused("REF-17", "this exit was not discussed at stage 1 yet: discuss it first")


def eet_plan_revised(c: RevisePlan, plan: Plan) -> EetPlanRevised:
    return EetPlanRevised(
        person=c.person, version=(plan.version or 0) + 1, cause=c.cause, because=c.because,
        placement=c.placement, referral=c.referral, steps=c.steps, what_changed=c.what_changed,
        agreed_by_young_person=c.agreed_by_young_person, **c.said,
    )  # fmt: skip


def named(state: State) -> str:
    match state:
        case Planning(person=Unregistered()):
            return "Unregistered"
        case Planning(case=case) if case.exits - case.exits_discussed:
            return "Registered, exit not discussed"
        case _:
            return "Registered"


def revised(plan: Plan, event: EetPlanRevised) -> Plan:
    match event:
        case EetPlanRevised(cause="exit", because=UUID() as ending, version=version):
            return Plan(version=version, exits=plan.exits | {ending})
        case EetPlanRevised(version=version):
            return replace(plan, version=version)


def evolve(state: State, event: Event, about: Envelope) -> State:
    match event:
        case EetPlanRevised():
            return replace(state, plan=revised(state.plan, event))
        case YoungPersonRegistered() | ActivityStatusRecorded() | ProfileUpdated():
            return replace(state, person=young_person.evolve(state.person, event, about))
        case _:
            return replace(state, case=case_state.evolve(state.case, event, about))


ID, DAY = UUID(int=0), date(2024, 1, 1)
NEW = Planning(plan=Plan(), case=Case(), person=Unregistered())
KNOWN, EXIT = Registered(population="care_leaver", in_scheme=True), frozenset({ID})
samples: Samples[Command, State] = Samples(
    commands=(
        RevisePlan(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, cause="exit", because=ID,
            steps=(), what_changed="", agreed_by_young_person=True,
        ),
    ),
    states=(
        NEW,
        replace(NEW, person=KNOWN, case=Case(exits=EXIT)),
        replace(NEW, person=KNOWN, case=Case(exits=EXIT, exits_discussed=EXIT)),
    ),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=lambda c: [f"plan-{c.person}", f"case-{c.person}", f"person-{c.person}"],
    events=get_args(Event),
    initial=NEW,
    decide=decide,
    evolve=evolve,
    samples=samples,
    named=named,
)
