"""What is known when people and places meet: the referral, the place, what the person is in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias
from uuid import UUID

from chronicle.decider import Envelope
from contracts.codes import Check, CheckResult
from contracts.matching import (
    ArrangementConcluded,
    MatchChosen,
    MatchProposed,
    OpportunityOpened,
    PlacementArranged,
    PlacementStarted,
    PlaceReleased,
    PlaceReserved,
    PreStartCheckCompleted,
    ReferralReceived,
)

NOT_OPEN: Final = (
    "this referral is not open: it was not received, or its placement is over;"
    " refer the young person again first"
)


@dataclass(frozen=True, slots=True)
class NotReceived: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A referral that a place is sought for; the latest choice is the one that counts."""

    referral: ReferralReceived
    proposals: tuple[MatchProposed, ...] = ()
    choices: tuple[MatchChosen, ...] = ()

    @property
    def choice(self) -> MatchChosen | None:
        return self.choices[-1] if self.choices else None


@dataclass(frozen=True, slots=True)
class Unopened: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An opportunity on its terms, and the placements that hold its places."""

    terms: OpportunityOpened
    held_by: frozenset[UUID] = frozenset()

    @property
    def places_left(self) -> int:
        return self.terms.places - len(self.held_by)


@dataclass(frozen=True, slots=True)
class Free: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    plan: PlacementArranged
    checks: Mapping[Check, CheckResult] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[Check, ...]:
        return tuple(check for check in self.plan.checks_required if check not in self.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    plan: PlacementArranged


Search: TypeAlias = NotReceived | Received
Offer: TypeAlias = Unopened | Opened
Engagement: TypeAlias = Free | Arranged | Started


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a command's streams tell together; a part whose stream is not read stays as it began."""

    search: Search = NotReceived()
    offer: Offer = Unopened()
    engagement: Engagement = Free()
    concluded: tuple[PlacementArranged, ...] = ()


AboutReferral: TypeAlias = ReferralReceived | MatchProposed | MatchChosen
AboutPlaces: TypeAlias = OpportunityOpened | PlaceReserved | PlaceReleased
AboutPerson: TypeAlias = (
    PlacementArranged | PreStartCheckCompleted | PlacementStarted | ArrangementConcluded
)
Event: TypeAlias = AboutReferral | AboutPlaces | AboutPerson


def evolve(state: Standing, event: Event, about: Envelope) -> Standing:
    match event:
        case ReferralReceived() | MatchProposed() | MatchChosen():
            return replace(state, search=searched(state.search, event))
        case OpportunityOpened() | PlaceReserved() | PlaceReleased():
            return replace(state, offer=offered(state.offer, event))
        case PlacementArranged() | PreStartCheckCompleted() | PlacementStarted():
            return replace(state, engagement=engaged(state.engagement, event))
        case ArrangementConcluded():
            return freed(state)


def searched(search: Search, event: AboutReferral) -> Search:
    match event, search:
        case ReferralReceived() as received, _:
            return Received(referral=received)
        case MatchProposed() as proposed, Received(proposals=before) as received:
            return replace(received, proposals=(*before, proposed))
        case MatchChosen() as chosen, Received(choices=before) as received:
            return replace(received, choices=(*before, chosen))
        case _:
            return search


def offered(offer: Offer, event: AboutPlaces) -> Offer:
    match event, offer:
        case OpportunityOpened() as terms, _:
            return Opened(terms=terms)
        case PlaceReserved(placement=placement), Opened(held_by=held) as opened:
            return replace(opened, held_by=held | {placement})
        case PlaceReleased(placement=placement), Opened(held_by=held) as opened:
            return replace(opened, held_by=held - {placement})
        case _:
            return offer


def engaged(
    engagement: Engagement, event: PlacementArranged | PreStartCheckCompleted | PlacementStarted
) -> Engagement:
    match event, engagement:
        case PlacementArranged() as plan, _:
            return Arranged(plan=plan)
        case PreStartCheckCompleted(check=check, result=result), Arranged() as arranged:
            return replace(arranged, checks={**arranged.checks, check: result})
        case PlacementStarted(), Arranged(plan=plan):
            return Started(plan=plan)
        case _:
            return engagement


def freed(state: Standing) -> Standing:
    match state.engagement:
        case Arranged(plan=plan) | Started(plan=plan):
            return replace(state, engagement=Free(), concluded=(*state.concluded, plan))
        case Free():
            return state


def open_referral(state: Standing, referral: UUID, person: UUID) -> bool:
    """Whether it was received, is this person's, and no arrangement of it is concluded."""
    match state.search:
        case Received(referral=heard):
            return heard.person == person and not is_over(state, referral)
        case NotReceived():
            return False


def is_over(state: Standing, referral: UUID) -> bool:
    return referral in {plan.referral for plan in state.concluded}


def is_arranged(state: Standing, referral: UUID) -> bool:
    match state.engagement:
        case Arranged(plan=plan) | Started(plan=plan):
            return plan.referral == referral
        case Free():
            return False


def stage(state: Standing) -> str:
    """Where the arrangement is, for people."""
    match state.engagement:
        case Arranged(missing=()):
            return "ready"
        case Arranged(checks=done):
            return "checks under way" if done else "arranged"
        case Started():
            return "started"
        case Free():
            return "concluded" if state.concluded else "none"
