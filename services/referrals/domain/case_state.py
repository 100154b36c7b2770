"""A young person's case so far: what waits for the meeting, the route, and the exits."""

from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

from chronicle.decider import Envelope
from contracts.codes import AgendaCause, Route
from contracts.referrals import (
    AgendaItemAdded,
    CaseDiscussed,
    ReferralClosed,
    ReferralMade,
    RouteAgreedByYoungPerson,
    RouteDecided,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    cause: AgendaCause
    source: UUID
    exit: UUID | None = None


@dataclass(frozen=True, slots=True)
class Undecided: ...


@dataclass(frozen=True, slots=True)
class Discussed: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    route: Route
    decision: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    route: Route
    decision: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    referral: UUID
    route: Route


Stage: TypeAlias = Undecided | Discussed | Decided | Agreed | Referred


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Agenda items and route side by side.

    `sources` are those of every item there ever was; `exits` those since the last referral.
    """

    stage: Stage = Undecided()
    items: tuple[Item, ...] = ()
    last_closed: tuple[Item, ...] = ()
    sources: frozenset[UUID] = frozenset()
    referrals: tuple[UUID, ...] = ()
    exits: frozenset[UUID] = frozenset()
    exits_discussed: frozenset[UUID] = frozenset()

    @property
    def in_hand(self) -> bool:
        return bool(self.items) or isinstance(self.stage, Referred)


Event: TypeAlias = (
    AgendaItemAdded
    | CaseDiscussed
    | RouteDecided
    | RouteAgreedByYoungPerson
    | ReferralMade
    | ReferralClosed
)


def evolve(case: Case, event: Event, about: Envelope) -> Case:
    match event:
        case AgendaItemAdded():
            return added(case, event, about)
        case CaseDiscussed():
            return discussed(case, event)
        case RouteDecided(route="none"):
            items = case.items + case.last_closed
            return replace(case, stage=Undecided(), items=items, last_closed=())
        case RouteDecided(route=route):
            return replace(case, stage=Decided(route=route, decision=about.id))
        case RouteAgreedByYoungPerson(route=route, decision=decision):
            return replace(case, stage=Agreed(route=route, decision=decision))
        case ReferralMade(referral=referral, route=route):
            return replace(
                case, stage=Referred(referral=referral, route=route),
                referrals=(*case.referrals, referral), exits=frozenset(),
            )  # fmt: skip
        case ReferralClosed(outcome="ended_early", because=UUID() as ending):
            return replace(case, stage=Undecided(), exits=case.exits | {ending})
        case ReferralClosed():
            return replace(case, stage=Undecided())


def added(case: Case, event: AgendaItemAdded, about: Envelope) -> Case:
    item = Item(cause=event.cause, source=event.source or about.id, exit=event.exit)
    return replace(
        case, items=(*case.items, item), sources=case.sources | {item.source},
        exits=case.exits | {item.exit} if item.exit else case.exits,
    )  # fmt: skip


def discussed(case: Case, event: CaseDiscussed) -> Case:
    closed = tuple(item for item in case.items if item.cause in event.causes)
    return replace(
        case, stage=Discussed() if isinstance(case.stage, Undecided) else case.stage,
        items=tuple(item for item in case.items if item not in closed),
        last_closed=closed or case.last_closed,
        exits_discussed=case.exits_discussed.union(event.exits),
    )  # fmt: skip
