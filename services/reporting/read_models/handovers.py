"""Which hand-over between two services still waits for its receipt, and for how long."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.decider import Policy
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import Service
from contracts.matching import ArrangementConcluded, PlacementStarted, ReferralReceived
from contracts.referrals import AgendaItemAdded, ReferralClosed, ReferralMade
from contracts.reviews import (
    CaseHandedBackToStage1,
    PlacementCompleted,
    PlacementEndedEarly,
    PlacementOpened,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """`said` is the event that hands over; its receipt is an event `awaits` that names `of`."""

    what: str
    said: UUID
    said_at: datetime
    said_by: Service
    awaits: str
    awaited_from: Service
    of: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """A receipt that was heard before its hand-over."""

    receipt: str
    of: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Handovers:
    """Hand-overs about one person whose receipt is missing, and receipts that came first."""

    person: UUID
    waiting: tuple[Handover, ...] = ()
    early: tuple[Early, ...] = ()


Sends: TypeAlias = (
    ReferralMade
    | PlacementStarted
    | CaseHandedBackToStage1
    | PlacementEndedEarly
    | PlacementCompleted
)
Receipts: TypeAlias = (
    ReferralReceived | PlacementOpened | AgendaItemAdded | ArrangementConcluded | ReferralClosed
)
Heard: TypeAlias = Sends | Receipts


def fold(row: Handovers | None, event: Heard, about: Envelope) -> Handovers:
    row = row or Handovers(person=event.person)
    for handover in handed_over(event, about):
        row = sent(row, handover)
    if receipt := received(event):
        row = answered(row, receipt)
    return row


def handed_over(event: Heard, about: Envelope) -> list[Handover]:
    match event:
        case ReferralMade(route="preparatory"):
            return []
        case ReferralMade():
            return [waits(event, about, "referrals", "ReferralReceived", "matching", about.id)]
        case PlacementStarted():
            return [waits(event, about, "matching", "PlacementOpened", "reviews", about.id)]
        case CaseHandedBackToStage1():
            return [waits(event, about, "reviews", "AgendaItemAdded", "referrals", about.id)]
        case PlacementEndedEarly(referral=referral) | PlacementCompleted(referral=referral):
            return [
                waits(event, about, "reviews", "ArrangementConcluded", "matching", about.id),
                waits(event, about, "reviews", "ReferralClosed", "referrals", referral),
            ]
        case _:
            return []


def waits(
    event: Heard, about: Envelope, said_by: Service, awaits: str, awaited_from: Service, of: UUID
) -> Handover:
    return Handover(
        what=type(event).__name__, said=about.id, said_at=about.time, said_by=said_by,
        awaits=awaits, awaited_from=awaited_from, of=of,
    )  # fmt: skip


def received(event: Heard) -> Early | None:
    match event:
        case ReferralReceived(made=made):
            return Early(receipt="ReferralReceived", of=made)
        case PlacementOpened(started=started):
            return Early(receipt="PlacementOpened", of=started)
        case AgendaItemAdded(cause="early_exit", source=UUID() as handed_back):
            return Early(receipt="AgendaItemAdded", of=handed_back)
        case ArrangementConcluded(because=ending):
            return Early(receipt="ArrangementConcluded", of=ending)
        case ReferralClosed(referral=referral):
            return Early(receipt="ReferralClosed", of=referral)
        case _:
            return None


def sent(row: Handovers, handover: Handover) -> Handovers:
    came_first = Early(receipt=handover.awaits, of=handover.of)
    if came_first in row.early:
        return replace(row, early=tuple(e for e in row.early if e != came_first))
    waiting = sorted((*row.waiting, handover), key=lambda w: (w.said_at, w.said, w.awaits))
    return replace(row, waiting=tuple(waiting))


def answered(row: Handovers, receipt: Early) -> Handovers:
    left = tuple(w for w in row.waiting if (w.awaits, w.of) != (receipt.receipt, receipt.of))
    if left != row.waiting:
        return replace(row, waiting=left)
    early = sorted((*row.early, receipt), key=lambda e: (e.receipt, e.of))
    return replace(row, early=tuple(early))


handovers: ReadModel[Handovers, Heard] = ReadModel(
    version=1, row=Handovers, hears=get_args(Heard), key=lambda event: event.person, fold=fold
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptWithin(Policy):
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreceipted(Handover):
    """`late` when it is older than the policy allows."""

    person: UUID
    age_minutes: int
    late: bool


def unreceipted(
    person: UUID, handover: Handover, now: datetime, within: ReceiptWithin
) -> Unreceipted:
    age = now - handover.said_at
    return Unreceipted(
        person=person, what=handover.what, said=handover.said, said_at=handover.said_at,
        said_by=handover.said_by, awaits=handover.awaits, awaited_from=handover.awaited_from,
        of=handover.of, age_minutes=age // timedelta(minutes=1),
        late=age > timedelta(minutes=within.minutes),
    )  # fmt: skip


async def without_receipt(db: Db, now: datetime, within: ReceiptWithin) -> list[Unreceipted]:
    """Every hand-over whose receipt was not heard yet, the oldest first."""
    rows = await db.fetch(
        "select person, waiting, early from handovers where waiting <> '[]' order by person"
    )
    found = [
        unreceipted(row.person, handover, now, within)
        for row in map(handovers.of, rows)
        for handover in row.waiting
    ]
    return sorted(found, key=lambda u: (u.said_at, u.said, u.awaits))
