"""Who is known to the scheme, what they do now, and what they want."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Envelope, Policy, Refused, Samples
from contracts.codes import (
    Activity,
    AgeBand,
    Area,
    Category,
    Interest,
    Level,
    Nccis,
    Oc3,
    Population,
    RegisteredFrom,
    Sector,
    Skill,
    VerifiedBy,
)
from contracts.event import SYSTEM, Asked
from contracts.referrals import ActivityStatusRecorded, ProfileUpdated, YoungPersonRegistered

NOT_REGISTERED: Final = "this young person is not registered: register them first"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeCategories(Policy):
    categories: frozenset[Category]


@dataclass(frozen=True, slots=True, kw_only=True)
class FullTime(Policy):
    hours_per_week: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterYoungPerson(Asked):
    person: UUID
    population: Population
    category: Category
    age_band: AgeBand
    registered_from: RegisteredFrom
    scheme: SchemeCategories


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordActivityStatus(Asked):
    """`judged_by` is the rule that told full time from part time, where no person did."""

    person: UUID
    status: Activity
    oc3: Oc3
    nccis: Nccis | None = None
    age_band: AgeBand
    verified_by: VerifiedBy
    placement: UUID | None = None
    note: str | None = None
    judged_by: FullTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateProfile(Asked):
    person: UUID
    sectors: tuple[Sector, ...]
    level: Level
    areas: tuple[Area, ...]
    max_travel_minutes: int | None = None
    aspirations: str
    occupations: tuple[str, ...] = ()
    interests: tuple[Interest, ...] = ()
    skills: tuple[Skill, ...] = ()
    strengths: tuple[str, ...] = ()
    qualifications: tuple[str, ...] = ()
    barriers: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unregistered: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    population: Population
    in_scheme: bool
    status: Activity | None = None
    status_on: date | None = None
    profile: ProfileUpdated | None = None


Command: TypeAlias = RegisterYoungPerson | RecordActivityStatus | UpdateProfile
Event: TypeAlias = YoungPersonRegistered | ActivityStatusRecorded | ProfileUpdated
State: TypeAlias = Unregistered | Registered


def decide(command: Command, state: State) -> list[Event]:
    match command, state:
        case RegisterYoungPerson(), Registered():
            raise Refused("ALL-01", "this young person is registered already: open their record")
        case RegisterYoungPerson() as c, Unregistered():
            return [young_person_registered(c)]
        case RecordActivityStatus(via="policy") as c, Registered() if known_later(state, c.on):
            return []
        case RecordActivityStatus() as c, Registered():
            return [activity_status_recorded(c)]
        case UpdateProfile() as c, Registered():
            return [profile_updated(c)]
        case _:
            raise Refused("REF-01", NOT_REGISTERED)


def known_later(state: Registered, on: date) -> bool:
    return state.status_on is not None and state.status_on > on


def young_person_registered(c: RegisterYoungPerson) -> YoungPersonRegistered:
    return YoungPersonRegistered(
        person=c.person, population=c.population, category=c.category,
        in_scheme=c.category in c.scheme.categories, age_band=c.age_band,
        registered_from=c.registered_from, **c.said,
    )  # fmt: skip


def activity_status_recorded(c: RecordActivityStatus) -> ActivityStatusRecorded:
    return ActivityStatusRecorded(
        person=c.person, status=c.status, oc3=c.oc3, nccis=c.nccis, age_band=c.age_band,
        verified_by=c.verified_by, placement=c.placement, note=c.note, **c.said,
    )  # fmt: skip


def profile_updated(c: UpdateProfile) -> ProfileUpdated:
    return ProfileUpdated(
        person=c.person, sectors=c.sectors, level=c.level, areas=c.areas,
        max_travel_minutes=c.max_travel_minutes, aspirations=c.aspirations,
        occupations=c.occupations, interests=c.interests, skills=c.skills,
        strengths=c.strengths, qualifications=c.qualifications, barriers=c.barriers,
        accessibility=c.accessibility, **c.said,
    )  # fmt: skip


def evolve(state: State, event: Event, about: Envelope) -> State:
    match event, state:
        case YoungPersonRegistered(population=population, in_scheme=in_scheme), _:
            return Registered(population=population, in_scheme=in_scheme)
        case ActivityStatusRecorded(status=status, occurred_on=on), Registered():
            if known_later(state, on):
                return state
            return replace(state, status=status, status_on=on)
        case ProfileUpdated() as profile, Registered():
            return replace(state, profile=profile)
        case _:
            return state


ID, DAY = UUID(int=0), date(2024, 1, 1)
samples: Samples[Command, State] = Samples(
    commands=(
        RegisterYoungPerson(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, population="care_leaver",
            category="none", age_band="18_20", registered_from="stage1",
            scheme=SchemeCategories(rule="", categories=frozenset()),
        ),
        RecordActivityStatus(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, status="neet", oc3="G5",
            age_band="18_20", verified_by="worker",
        ),
        UpdateProfile(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, sectors=(), level="entry",
            areas=(), aspirations="",
        ),
    ),
    states=(Unregistered(), Registered(population="care_leaver", in_scheme=True)),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=lambda command: [f"person-{command.person}"],
    events=get_args(Event),
    initial=Unregistered(),
    decide=decide,
    evolve=evolve,
    samples=samples,
)
