"""The search for one referral: what was proposed and why, what was chosen and who agreed."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.codes import Kind, ProposedBy, Role, ScorePart
from contracts.event import Sealed
from contracts.matching import MatchChosen, MatchProposed, ReferralReceived
from contracts.parts import MatchScore


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    match: UUID
    opportunity: UUID
    proposed_on: date
    proposed_by: ProposedBy
    score: MatchScore | Sealed
    reasons: tuple[ScorePart, ...]
    because: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    match: UUID
    opportunity: UUID
    kind: Kind
    chosen_on: date
    chosen_by_roles: tuple[Role, ...]
    considered: tuple[UUID, ...]
    young_person_agrees: bool
    because: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """`chosen` is the latest choice, which is the one that counts; `because` the last event."""

    referral: UUID
    person: UUID
    decide_by: date
    proposals: tuple[Proposed, ...] = ()
    chosen: Choice | None = None
    because: UUID


Heard: TypeAlias = ReferralReceived | MatchProposed | MatchChosen


def fold(row: Match | None, event: Heard, about: Envelope) -> Match | None:
    match event:
        case ReferralReceived(referral=referral, person=person, decide_by=by):
            return Match(referral=referral, person=person, decide_by=by, because=about.id)
        case MatchProposed():
            return row and replace(
                row, proposals=(*row.proposals, proposed(event, about)), because=about.id
            )
        case MatchChosen():
            return row and replace(row, chosen=chosen(event, about), because=about.id)


def proposed(event: MatchProposed, about: Envelope) -> Proposed:
    return Proposed(
        match=event.match, opportunity=event.opportunity, proposed_on=event.occurred_on,
        proposed_by=event.proposed_by, score=event.score, reasons=event.reasons, because=about.id,
    )  # fmt: skip


def chosen(event: MatchChosen, about: Envelope) -> Choice:
    return Choice(
        match=event.match, opportunity=event.opportunity, kind=event.kind,
        chosen_on=event.occurred_on, chosen_by_roles=event.chosen_by_roles,
        considered=event.considered, young_person_agrees=event.young_person_agrees,
        because=about.id,
    )  # fmt: skip


matches: ReadModel[Match, Heard] = ReadModel(
    version=1, row=Match, hears=get_args(Heard), key=lambda event: event.referral, fold=fold
)


async def one(db: Db, referral: UUID) -> Match | None:
    row = await db.fetchrow(
        "select referral, person, decide_by, proposals, chosen, because from matches"
        " where referral = $1",
        referral,
    )
    return matches.of(row) if row else None


async def by_deadline(db: Db) -> list[Match]:
    """Every search, the one to be decided first on top."""
    rows = await db.fetch(
        "select referral, person, decide_by, proposals, chosen, because from matches"
        " order by decide_by, referral"
    )
    return [matches.of(row) for row in rows]
