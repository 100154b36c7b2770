"""One young person as the screen shows them: plain facts alone, each with its event."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import Activity, AgeBand, Area, Kind, Level, Population, Route, Sector
from contracts.referrals import (
    ActivityStatusRecorded,
    EetPlanRevised,
    ProfileUpdated,
    ReferralClosed,
    ReferralMade,
    YoungPersonRegistered,
)
from contracts.reviews import PlacementCompleted, PlacementEndedEarly, PlacementOpened


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`..._because` are the events behind; what nobody said yet is None, what is over too."""

    person: UUID
    registered_on: date | None = None
    registered_because: UUID | None = None
    population: Population | None = None
    age_band: AgeBand | None = None
    in_scheme: bool | None = None
    status: Activity | None = None
    status_on: date | None = None
    status_because: UUID | None = None
    sectors: tuple[Sector, ...] = ()
    level: Level | None = None
    areas: tuple[Area, ...] = ()
    profile_because: UUID | None = None
    referral: UUID | None = None
    route: Route | None = None
    owner: UUID | None = None
    referral_because: UUID | None = None
    placement: UUID | None = None
    kind: Kind | None = None
    started_on: date | None = None
    planned_end_on: date | None = None
    placement_because: UUID | None = None
    plan_version: int | None = None
    plan_because: UUID | None = None


Heard: TypeAlias = (
    YoungPersonRegistered
    | ActivityStatusRecorded
    | ProfileUpdated
    | ReferralMade
    | ReferralClosed
    | EetPlanRevised
    | PlacementOpened
    | PlacementCompleted
    | PlacementEndedEarly
)


def fold(row: Person | None, event: Heard, about: Envelope) -> Person:
    row = row or Person(person=event.person)
    match event:
        case YoungPersonRegistered():
            return replace(
                row, registered_on=event.occurred_on, registered_because=about.id,
                population=event.population, age_band=event.age_band, in_scheme=event.in_scheme,
            )  # fmt: skip
        case ActivityStatusRecorded(occurred_on=on) if row.status_on and on < row.status_on:
            return row
        case ActivityStatusRecorded(status=status, occurred_on=on):
            return replace(row, status=status, status_on=on, status_because=about.id)
        case ProfileUpdated(sectors=sectors, level=level, areas=areas):
            return replace(row, sectors=sectors, level=level, areas=areas, profile_because=about.id)
        case ReferralMade(referral=referral, route=route, owner=owner):
            return replace(
                row, referral=referral, route=route, owner=owner, referral_because=about.id
            )
        case ReferralClosed():
            return replace(row, referral=None, route=None, owner=None, referral_because=None)
        case EetPlanRevised(version=version):
            return replace(row, plan_version=version, plan_because=about.id)
        case PlacementOpened():
            return replace(
                row, placement=event.placement, kind=event.kind, started_on=event.started_on,
                planned_end_on=event.planned_end_on, placement_because=about.id,
            )  # fmt: skip
        case PlacementCompleted() | PlacementEndedEarly():
            return replace(
                row, placement=None, kind=None, started_on=None, planned_end_on=None,
                placement_because=None,
            )  # fmt: skip


person: ReadModel[Person, Heard] = ReadModel(
    version=1, row=Person, hears=get_args(Heard), key=lambda event: event.person, fold=fold
)


async def by_id(db: Db, who: UUID) -> Person | None:
    row = await db.fetchrow(
        "select person, registered_on, registered_because, population, age_band, in_scheme, status,"
        " status_on, status_because, sectors, level, areas, profile_because, referral, route,"
        " owner, referral_because, placement, kind, started_on, planned_end_on, placement_because,"
        " plan_version, plan_because from person where person = $1",
        who,
    )
    return person.of(row) if row else None
