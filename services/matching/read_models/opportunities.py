"""The register of opportunities: what is offered, on which terms, and how many places are left."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import Area, HostKind, Kind, LengthUnit, Level, Sector, Skill, Standard
from contracts.matching import OpportunityOpened, PlaceReleased, PlaceReserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A placement that holds a place, by the event that says so."""

    placement: UUID
    because: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """`opened` is the event behind the terms, `changed` the last one that took or freed a place."""

    opportunity: UUID
    kind: Kind
    title: str
    host: UUID
    host_kind: HostKind
    employer: UUID
    provider: UUID | None
    sector: Sector
    level: Level
    standard: Standard | None
    area: Area
    places: int
    places_left: int
    ringfenced: bool
    supernumerary: bool
    hours_per_week: int
    pay_pence_per_hour: int
    planned_count: int
    planned_unit: LengthUnit
    starts_from: date | None
    closes_on: date | None
    requirements: tuple[Skill, ...]
    opened_on: date
    opened: UUID
    changed: UUID
    reserved: tuple[Reservation, ...] = ()


Heard: TypeAlias = OpportunityOpened | PlaceReserved | PlaceReleased


def fold(row: Opportunity | None, event: Heard, about: Envelope) -> Opportunity | None:
    match event:
        case OpportunityOpened():
            return opened(event, about)
        case PlaceReserved(placement=placement, places_left=left):
            taken = Reservation(placement=placement, because=about.id)
            return row and replace(
                row, places_left=left, changed=about.id, reserved=(*row.reserved, taken)
            )
        case PlaceReleased(placement=placement, places_left=left):
            return row and replace(
                row, places_left=left, changed=about.id,
                reserved=tuple(held for held in row.reserved if held.placement != placement),
            )  # fmt: skip


def opened(event: OpportunityOpened, about: Envelope) -> Opportunity:
    return Opportunity(
        opportunity=event.opportunity, kind=event.kind, title=event.title, host=event.host,
        host_kind=event.host_kind, employer=event.employer, provider=event.provider,
        sector=event.sector, level=event.level, standard=event.standard, area=event.area,
        places=event.places, places_left=event.places, ringfenced=event.ringfenced,
        supernumerary=event.supernumerary, hours_per_week=event.hours_per_week,
        pay_pence_per_hour=event.pay_pence_per_hour, planned_count=event.planned_length.count,
        planned_unit=event.planned_length.unit, starts_from=event.starts_from,
        closes_on=event.closes_on, requirements=event.requirements, opened_on=event.occurred_on,
        opened=about.id, changed=about.id,
    )  # fmt: skip


opportunities: ReadModel[Opportunity, Heard] = ReadModel(
    version=1, row=Opportunity, hears=get_args(Heard), key=lambda e: e.opportunity, fold=fold
)


async def register(db: Db) -> list[Opportunity]:
    """Every opportunity ever opened, the first to close on top, those that never close last."""
    rows = await db.fetch(
        "select opportunity, kind, title, host, host_kind, employer, provider, sector, level,"
        " standard, area, places, places_left, ringfenced, supernumerary, hours_per_week,"
        " pay_pence_per_hour, planned_count, planned_unit, starts_from, closes_on, requirements,"
        " opened_on, opened, changed, reserved from opportunities"
        " order by closes_on nulls last, opportunity"
    )
    return [opportunities.of(row) for row in rows]


async def with_places(db: Db, today: date) -> list[Opportunity]:
    """The opportunities open today that have a place left, the first to close on top."""
    rows = await db.fetch(
        "select opportunity, kind, title, host, host_kind, employer, provider, sector, level,"
        " standard, area, places, places_left, ringfenced, supernumerary, hours_per_week,"
        " pay_pence_per_hour, planned_count, planned_unit, starts_from, closes_on, requirements,"
        " opened_on, opened, changed, reserved from opportunities"
        " where places_left > 0 and (closes_on is null or closes_on >= $1)"
        " order by closes_on nulls last, opportunity",
        today,
    )
    return [opportunities.of(row) for row in rows]


async def one(db: Db, opportunity: UUID) -> Opportunity | None:
    row = await db.fetchrow(
        "select opportunity, kind, title, host, host_kind, employer, provider, sector, level,"
        " standard, area, places, places_left, ringfenced, supernumerary, hours_per_week,"
        " pay_pence_per_hour, planned_count, planned_unit, starts_from, closes_on, requirements,"
        " opened_on, opened, changed, reserved from opportunities where opportunity = $1",
        opportunity,
    )
    return opportunities.of(row) if row else None
