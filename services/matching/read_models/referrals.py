"""The latest referral of each young person: what they look for, how far the search has come."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
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
from contracts.event import Sealed
from contracts.matching import (
    ArrangementConcluded,
    MatchChosen,
    MatchProposed,
    PlacementArranged,
    PlacementStarted,
    ReferralReceived,
)

State: TypeAlias = Literal["received", "proposed", "chosen", "arranged", "placed", "concluded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """`because` is the event that brought it to its state. A new referral replaces the last one."""

    person: UUID
    referral: UUID
    route: Route
    cause: ReferralCause
    prior_referral: UUID | None
    sectors: tuple[Sector, ...]
    level: Level
    areas: tuple[Area, ...]
    population: Population
    age_band: AgeBand
    interests: tuple[Interest, ...] | Sealed
    skills: tuple[Skill, ...] | Sealed
    received_on: date
    decide_by: date
    state: State
    placement: UUID | None = None
    because: UUID


Heard: TypeAlias = (
    ReferralReceived
    | MatchProposed
    | MatchChosen
    | PlacementArranged
    | PlacementStarted
    | ArrangementConcluded
)


def fold(row: Referral | None, event: Heard, about: Envelope) -> Referral | None:
    match event:
        case ReferralReceived():
            return received(event, about)
        case MatchProposed(referral=referral) if row and row.referral == referral:
            state = "proposed" if row.state == "received" else row.state
            return replace(row, state=state, because=about.id)
        case MatchChosen(referral=referral) if row and row.referral == referral:
            return replace(row, state="chosen", because=about.id)
        case PlacementArranged(referral=referral, placement=placement) if (
            row and row.referral == referral
        ):
            return replace(row, state="arranged", placement=placement, because=about.id)
        case PlacementStarted(placement=placement) if row and row.placement == placement:
            return replace(row, state="placed", because=about.id)
        case ArrangementConcluded(placement=placement) if row and row.placement == placement:
            return replace(row, state="concluded", because=about.id)
        case _:
            return row


def received(event: ReferralReceived, about: Envelope) -> Referral:
    return Referral(
        person=event.person, referral=event.referral, route=event.route, cause=event.cause,
        prior_referral=event.prior_referral, sectors=event.sectors, level=event.level,
        areas=event.areas, population=event.population, age_band=event.age_band,
        interests=event.interests, skills=event.skills, received_on=event.occurred_on,
        decide_by=event.decide_by, state="received", because=about.id,
    )  # fmt: skip


referrals: ReadModel[Referral, Heard] = ReadModel(
    version=1, row=Referral, hears=get_args(Heard), key=lambda event: event.person, fold=fold
)


async def waiting(db: Db) -> list[Referral]:
    """The referrals nothing is arranged for yet, those to be decided soonest first."""
    rows = await db.fetch(
        "select person, referral, route, cause, prior_referral, sectors, level, areas, population,"
        " age_band, interests, skills, received_on, decide_by, state, placement, because"
        " from referrals where state in ('received', 'proposed', 'chosen')"
        " order by decide_by, referral"
    )
    return [referrals.of(row) for row in rows]


async def every(db: Db) -> list[Referral]:
    """The latest referral of each young person, the newest first."""
    rows = await db.fetch(
        "select person, referral, route, cause, prior_referral, sectors, level, areas, population,"
        " age_band, interests, skills, received_on, decide_by, state, placement, because"
        " from referrals order by received_on desc, referral"
    )
    return [referrals.of(row) for row in rows]


async def one(db: Db, referral: UUID) -> Referral | None:
    """That referral, if it is the latest of its young person."""
    row = await db.fetchrow(
        "select person, referral, route, cause, prior_referral, sectors, level, areas, population,"
        " age_band, interests, skills, received_on, decide_by, state, placement, because"
        " from referrals where referral = $1",
        referral,
    )
    return referrals.of(row) if row else None
