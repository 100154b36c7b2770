"""A referral reaches the officers: once, however often it is heard."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Envelope, Policy, Samples
from contracts.codes import (
    AgeBand,
    Area,
    Interest,
    Level,
    Population,
    ReferralCause,
    Route,
    Sector,
    Skill,
)
from contracts.event import SYSTEM, Asked, Sealed
from contracts.matching import ReferralReceived
from services.matching.domain import example
from services.matching.domain.standing import AboutReferral, NotReceived, Received, Search, searched


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideWithin(Policy):
    """`referral.decide_within`, counted from the day the referral was heard."""

    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveReferral(Asked):
    made: UUID
    referral: UUID
    person: UUID
    route: Route
    cause: ReferralCause
    prior_referral: UUID | None = None
    sectors: tuple[Sector, ...]
    level: Level
    areas: tuple[Area, ...]
    population: Population
    age_band: AgeBand
    interests: tuple[Interest, ...] | Sealed
    skills: tuple[Skill, ...] | Sealed
    strengths: tuple[str, ...] | Sealed
    decide_within: DecideWithin


Command: TypeAlias = ReceiveReferral
Event: TypeAlias = AboutReferral
State: TypeAlias = Search


def decide(command: Command, state: State) -> list[Event]:
    match command, state:
        case c, NotReceived():
            return [referral_received(c)]
        case _:
            return []


def referral_received(c: ReceiveReferral) -> ReferralReceived:
    return ReferralReceived(
        referral=c.referral, person=c.person, made=c.made, route=c.route, cause=c.cause,
        prior_referral=c.prior_referral, sectors=c.sectors, level=c.level, areas=c.areas,
        population=c.population, age_band=c.age_band, interests=c.interests, skills=c.skills,
        strengths=c.strengths, decide_by=c.today + timedelta(days=c.decide_within.days), **c.said,
    )  # fmt: skip


def evolve(state: State, event: Event, about: Envelope) -> State:
    return searched(state, event)


samples: Samples[Command, State] = Samples(
    commands=(
        ReceiveReferral(
            id=example.COMMAND, today=example.DAY, on=example.DAY, by=SYSTEM, via="policy",
            made=example.OTHER, referral=example.REFERRAL, person=example.PERSON,
            route="apprenticeship", cause="first", sectors=(), level="2", areas=(),
            population="care_leaver", age_band="18_20", interests=(), skills=(), strengths=(),
            decide_within=DecideWithin(rule="", days=35),
        ),
    ),
    states=(NotReceived(), Received(referral=example.referral)),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=lambda command: [f"match-{command.referral}"], events=get_args(Event),
    initial=NotReceived(), decide=decide, evolve=evolve, samples=samples,
)  # fmt: skip
