"""Each young person's latest arrangement: how far it is, which checks are done and missing."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import Check, CheckResult, Ending, Kind
from contracts.matching import (
    ArrangementConcluded,
    PlacementArranged,
    PlacementStarted,
    PreStartCheckCompleted,
)

State: TypeAlias = Literal["arranged", "checks under way", "ready", "started", "concluded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDone:
    check: Check
    result: CheckResult
    done_on: date
    because: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """The last result of a check stands; `because` is the event that brought the state."""

    person: UUID
    placement: UUID
    referral: UUID
    match: UUID
    opportunity: UUID
    follows: UUID | None
    kind: Kind
    host: UUID
    employer: UUID
    provider: UUID | None
    planned_start_on: date
    planned_end_on: date
    done: tuple[CheckDone, ...] = ()
    missing: tuple[Check, ...]
    state: State
    started_on: date | None = None
    ended_on: date | None = None
    ending: Ending | None = None
    because: UUID


Heard: TypeAlias = (
    PlacementArranged | PreStartCheckCompleted | PlacementStarted | ArrangementConcluded
)


def fold(row: Arrangement | None, event: Heard, about: Envelope) -> Arrangement | None:
    match event:
        case PlacementArranged():
            return arranged(event, about)
        case PreStartCheckCompleted():
            return row and checked(row, event, about)
        case PlacementStarted(occurred_on=on, planned_end_on=end):
            return row and replace(
                row, state="started", started_on=on, planned_end_on=end, because=about.id
            )
        case ArrangementConcluded(ended_on=on, ending=ending):
            return row and replace(
                row, state="concluded", ended_on=on, ending=ending, because=about.id
            )


def arranged(event: PlacementArranged, about: Envelope) -> Arrangement:
    return Arrangement(
        person=event.person, placement=event.placement, referral=event.referral,
        match=event.match, opportunity=event.opportunity, follows=event.follows, kind=event.kind,
        host=event.host, employer=event.employer, provider=event.provider,
        planned_start_on=event.planned_start_on, planned_end_on=event.planned_end_on,
        missing=event.checks_required, state="arranged", because=about.id,
    )  # fmt: skip


def checked(row: Arrangement, event: PreStartCheckCompleted, about: Envelope) -> Arrangement:
    now = CheckDone(
        check=event.check, result=event.result, done_on=event.occurred_on, because=about.id
    )
    missing = tuple(check for check in row.missing if check != event.check)
    return replace(
        row, done=(*(d for d in row.done if d.check != event.check), now), missing=missing,
        state="checks under way" if missing else "ready", because=about.id,
    )  # fmt: skip


arrangements: ReadModel[Arrangement, Heard] = ReadModel(
    version=1, row=Arrangement, hears=get_args(Heard), key=lambda event: event.person, fold=fold
)


async def of_person(db: Db, person: UUID) -> Arrangement | None:
    row = await db.fetchrow(
        "select person, placement, referral, match, opportunity, follows, kind, host, employer,"
        " provider, planned_start_on, planned_end_on, done, missing, state, started_on, ended_on,"
        " ending, because from arrangements where person = $1",
        person,
    )
    return arrangements.of(row) if row else None


async def to_start(db: Db) -> list[Arrangement]:
    """The arrangements that have not started, the next to start first."""
    rows = await db.fetch(
        "select person, placement, referral, match, opportunity, follows, kind, host, employer,"
        " provider, planned_start_on, planned_end_on, done, missing, state, started_on, ended_on,"
        " ending, because from arrangements"
        " where state in ('arranged', 'checks under way', 'ready')"
        " order by planned_start_on, placement"
    )
    return [arrangements.of(row) for row in rows]


async def every(db: Db) -> list[Arrangement]:
    """The latest arrangement of each young person, the latest start first."""
    rows = await db.fetch(
        "select person, placement, referral, match, opportunity, follows, kind, host, employer,"
        " provider, planned_start_on, planned_end_on, done, missing, state, started_on, ended_on,"
        " ending, because from arrangements order by planned_start_on desc, placement"
    )
    return [arrangements.of(row) for row in rows]
