"""A placement arranged on a chosen match: one for each person, and never more than the places."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Refused, Samples
from contracts.event import Asked
from contracts.matching import OpportunityOpened, PlacementArranged, PlaceReserved, ReferralReceived
from services.matching.domain import example
from services.matching.domain.desk import NOT_THEIR_KIND, not_their_kind
from services.matching.domain.lengths import PlacementLengths, length_refused
from services.matching.domain.readiness import AgeKinds, PreStartChecks
from services.matching.domain.standing import (
    NOT_OPEN,
    Arranged,
    Event,
    NotReceived,
    Opened,
    Received,
    Standing,
    Started,
    evolve,
    is_over,
    open_referral,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangePlacement(Asked):
    placement: UUID
    person: UUID
    referral: UUID
    match: UUID
    opportunity: UUID
    application: UUID | None = None
    follows: UUID | None = None
    planned_start_on: date
    planned_end_on: date
    longer_because: str | None = None
    support_plan: UUID | None = None
    checks: PreStartChecks
    lengths: PlacementLengths
    ages: AgeKinds


Command: TypeAlias = ArrangePlacement
State: TypeAlias = Standing


def decide(command: Command, state: State) -> list[Event]:
    match command, state:
        case c, Standing(offer=Opened(terms=terms)) if not_their_kind(c.by, terms.kind):
            raise Refused("ALL-07", NOT_THEIR_KIND)
        case c, _ if not open_referral(state, c.referral, c.person):
            raise Refused("MAT-21", NOT_OPEN)
        case c, Standing(search=Received() as search) if not agreed(c, search):
            raise Refused(
                "MAT-22", "the young person has not agreed to this match: choose one they agree to"
            )
        case _, Standing(engagement=Arranged() | Started()):
            raise Refused(
                "MAT-03", "this young person has a placement already: it must be concluded first"
            )
        case ArrangePlacement(follows=UUID() as follows), _ if follows not in {
            past.placement for past in state.concluded
        }:
            raise Refused("MAT-03", "a placement follows a concluded one of the same young person")
        case _, Standing(offer=Opened(places_left=0)):
            raise Refused("MAT-02", "no place is left in this opportunity: choose another match")
        case c, Standing(search=Received(referral=heard), offer=Opened(terms=terms)) if why := (
            length_refused(
                c.lengths, terms.kind, c.planned_start_on, c.planned_end_on,
                band=heard.age_band, longer_because=c.longer_because,
            )
        ):  # fmt: skip
            raise Refused("MAT-12", why)
        case c, Standing(search=Received(referral=heard), offer=Opened(terms=terms)) if (
            not c.ages.allow(terms.kind, heard.age_band)
        ):
            raise Refused(
                "MAT-20", f"a {terms.kind} is not for the ages {heard.age_band}: choose another"
            )
        case c, Standing(search=Received(referral=heard), offer=Opened() as offer):
            return [placement_arranged(c, heard, offer.terms), place_reserved(c, offer)]
        case _:
            raise Refused("MAT-22", "this opportunity was never opened: choose a match first")


def placement_arranged(
    c: ArrangePlacement, heard: ReferralReceived, terms: OpportunityOpened
) -> PlacementArranged:
    return PlacementArranged(
        placement=c.placement, person=c.person, referral=c.referral, match=c.match,
        opportunity=c.opportunity, application=c.application, follows=c.follows, kind=terms.kind,
        host=terms.host, employer=terms.employer, provider=terms.provider,
        planned_start_on=c.planned_start_on, planned_end_on=c.planned_end_on,
        population=heard.population, age_band=heard.age_band, longer_because=c.longer_because,
        checks_required=c.checks.checks.get(terms.kind, ()), support_plan=c.support_plan, **c.said,
    )  # fmt: skip


def place_reserved(c: ArrangePlacement, offer: Opened) -> PlaceReserved:
    return PlaceReserved(
        opportunity=c.opportunity, placement=c.placement, places_left=offer.places_left - 1,
        **c.said,
    )  # fmt: skip


def agreed(c: ArrangePlacement, search: Received) -> bool:
    """Whether this is the match chosen last, and the young person agrees to it."""
    choice = search.choice
    return (
        choice is not None
        and choice.young_person_agrees
        and (choice.match, choice.opportunity) == (c.match, c.opportunity)
    )


def named(state: State) -> str:
    match state:
        case Standing(engagement=Arranged() | Started()):
            return "placed already"
        case Standing(search=NotReceived()):
            return "not received"
        case Standing(search=Received(referral=heard)) if is_over(state, heard.referral):
            return "concluded"
        case Standing(search=Received(choices=())):
            return "not chosen"
        case Standing(offer=Opened(places_left=0)):
            return "filled"
        case _:
            return "chosen"


OFFER = Opened(terms=example.terms)
FILLED = Opened(terms=example.terms, held_by=frozenset({example.OTHER, example.HOST}))
PROPOSED = Received(referral=example.referral, proposals=(example.proposed,))
CHOSEN = Received(
    referral=example.referral, proposals=(example.proposed,), choices=(example.chosen,)
)
samples: Samples[Command, State] = Samples(
    commands=(
        ArrangePlacement(
            id=example.COMMAND, today=example.DAY, on=example.DAY, by=example.OFFICER, via="page",
            placement=example.PLACEMENT, person=example.PERSON, referral=example.REFERRAL,
            match=example.MATCH, opportunity=example.OPPORTUNITY, planned_start_on=example.DAY,
            planned_end_on=example.LAST_DAY, checks=example.CHECKS, lengths=example.LENGTHS,
            ages=example.AGES,
        ),
    ),
    states=(
        Standing(offer=OFFER),
        Standing(offer=OFFER, search=PROPOSED),
        Standing(offer=OFFER, search=CHOSEN),
        Standing(offer=FILLED, search=CHOSEN),
        Standing(offer=OFFER, search=CHOSEN, engagement=Arranged(plan=example.plan)),
        Standing(offer=OFFER, search=CHOSEN, concluded=(example.plan,)),
    ),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=lambda c: [
        f"arrangement-{c.person}", f"opportunity-{c.opportunity}", f"match-{c.referral}"
    ],
    events=get_args(Event), initial=Standing(), decide=decide, evolve=evolve, samples=samples,
    named=named,
)  # fmt: skip
