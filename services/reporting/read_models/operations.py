"""What checking each log against its seals found: how far it passed, and every failure."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.completeness import Completeness
from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import Finding, Service
from contracts.reporting import IntegrityCheckFailed, IntegrityCheckPassed


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    event: UUID
    on: date
    finding: Finding
    from_position: int
    to_position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """`passed` is the event that last said so, up to `passed_to`, in so many blocks in all."""

    log: UUID
    service: Service
    passed_to: int = 0
    blocks: int = 0
    passed_on: date | None = None
    passed: UUID | None = None
    failures: tuple[Failure, ...] = ()


Heard: TypeAlias = IntegrityCheckPassed | IntegrityCheckFailed


def fold(row: Integrity | None, event: Heard, about: Envelope) -> Integrity:
    row = row or Integrity(log=event.log, service=event.service)
    match event:
        case IntegrityCheckPassed(to_position=to, blocks=blocks, occurred_on=on):
            return replace(
                row, passed_to=to, blocks=row.blocks + blocks, passed_on=on, passed=about.id
            )
        case IntegrityCheckFailed(finding=finding, occurred_on=on):
            failure = Failure(
                event=about.id, on=on, finding=finding, from_position=event.from_position,
                to_position=event.to_position,
            )  # fmt: skip
            return replace(row, failures=(*row.failures, failure))


operations: ReadModel[Integrity, Heard] = ReadModel(
    version=1, row=Integrity, hears=get_args(Heard), key=lambda event: event.log, fold=fold
)


async def by_service(db: Db) -> list[Integrity]:
    rows = await db.fetch(
        "select log, service, passed_to, blocks, passed_on, passed, failures from operations"
        " order by service, log"
    )
    return [operations.of(row) for row in rows]


async def last_passed_on(db: Db, log: UUID) -> date | None:
    day: date | None = await db.fetchval("select passed_on from operations where log = $1", log)
    return day


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What is held of a log and what its seals promise; `mismatches` are the events that say so.

    `unread` counts events that are kept but could not be read.
    """

    service: str
    log: UUID
    complete_through: int
    sealed_through: int
    held: int
    holes: tuple[tuple[int, int], ...]
    unread: int
    mismatches: tuple[UUID, ...]
    complete: bool


def whole(one: Completeness, unread: int, checked: Integrity | None) -> Whole:
    return Whole(
        service=one.service, log=one.log, complete_through=one.complete_through,
        sealed_through=one.sealed_through, held=one.held, holes=one.holes, unread=unread,
        mismatches=tuple(f.event for f in checked.failures) if checked else (),
        complete=one.complete,
    )  # fmt: skip


async def unread_by_service(db: Db) -> dict[str, int]:
    """How many kept events no read model could read, by the service that said them."""
    rows = await db.fetch(
        "select split_part(e.stream, '/', 1) as service, count(*) as n"
        " from (select distinct position from chronicle.unread) u"
        " join chronicle.block b on u.position between b.first_pos and b.first_pos + b.n - 1"
        " join chronicle.event e on e.ticket = b.tickets[u.position - b.first_pos + 1]"
        " group by 1 order by 1"
    )
    return {row["service"]: row["n"] for row in rows}
