"""Which place suits a referral: proposed with reasons, chosen together with the young person."""

from dataclasses import dataclass
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Refused, Samples
from contracts.codes import Role
from contracts.event import Asked
from contracts.matching import MatchChosen, MatchProposed, OpportunityOpened, ReferralReceived
from contracts.parts import MatchScore
from services.matching.domain import example
from services.matching.domain.desk import NOT_THEIR_KIND, not_their_kind
from services.matching.domain.standing import (
    NOT_OPEN,
    Arranged,
    Event,
    NotReceived,
    Opened,
    Received,
    Standing,
    Unopened,
    evolve,
    is_arranged,
    is_over,
    open_referral,
)
from services.matching.domain.suitability import MatchScoring, fits, reasons, scored, still_open


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeMatch(Asked):
    match: UUID
    referral: UUID
    person: UUID
    opportunity: UUID
    note: str | None = None
    scoring: MatchScoring


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseMatch(Asked):
    match: UUID
    referral: UUID
    person: UUID
    opportunity: UUID
    chosen_by_roles: tuple[Role, ...]
    meeting: UUID | None = None
    young_person_agrees: bool
    rationale: str


Command: TypeAlias = ProposeMatch | ChooseMatch
State: TypeAlias = Standing


def decide(command: Command, state: State) -> list[Event]:
    match command, state:
        case c, Standing(offer=Opened(terms=terms)) if not_their_kind(c.by, terms.kind):
            raise Refused("ALL-07", NOT_THEIR_KIND)
        case c, _ if not open_referral(state, c.referral, c.person):
            raise Refused("MAT-21", NOT_OPEN)
        case c, _ if is_arranged(state, c.referral):
            raise Refused("MAT-22", "a placement is arranged on this referral: no other is sought")
        case _, Standing(search=Received(referral=heard), offer=Opened(terms=terms)) if not fits(
            heard.route, terms.kind
        ):
            raise Refused("MAT-22", f"the route is {heard.route}: take an opportunity of it")
        case ChooseMatch() as c, Standing(search=Received() as search) if not waits(c, search):
            raise Refused("MAT-22", "this proposal is chosen already, or never was: propose it")
        case _, Standing(offer=Unopened()):
            raise Refused("MAT-01", "no such opportunity was opened: take one from the register")
        case c, Standing(offer=Opened(terms=terms)) if not still_open(terms.closes_on, c.on):
            raise Refused("MAT-01", f"this opportunity closed on {terms.closes_on}: take another")
        case ProposeMatch() as c, Standing(
            search=Received(referral=heard), offer=Opened(terms=terms)
        ):
            return [match_proposed(c, heard, terms)]
        case _, Standing(offer=Opened(places_left=0)):
            raise Refused("MAT-02", "no place is left in this opportunity: choose another proposal")
        case ChooseMatch() as c, Standing(search=Received() as search, offer=Opened(terms=terms)):
            return [match_chosen(c, search, terms)]
        case _:
            raise Refused("MAT-21", NOT_OPEN)


def match_proposed(
    c: ProposeMatch, heard: ReferralReceived, terms: OpportunityOpened
) -> MatchProposed:
    parts = scored(heard, terms, c.scoring)
    return MatchProposed(
        match=c.match, referral=c.referral, person=c.person, opportunity=c.opportunity,
        proposed_by="person", score=MatchScore.model_validate(parts),
        reasons=reasons(parts, c.scoring), note=c.note, **c.said,
    )  # fmt: skip


def match_chosen(c: ChooseMatch, search: Received, terms: OpportunityOpened) -> MatchChosen:
    return MatchChosen(
        match=c.match, referral=c.referral, person=c.person, opportunity=c.opportunity,
        kind=terms.kind, considered=tuple(proposal.match for proposal in search.proposals),
        chosen_by_roles=c.chosen_by_roles, meeting=c.meeting,
        young_person_agrees=c.young_person_agrees, rationale=c.rationale, **c.said,
    )  # fmt: skip


def waits(c: ChooseMatch, search: Received) -> bool:
    """Whether the match is a proposal of this opportunity that was not chosen yet."""
    proposed = {(proposal.match, proposal.opportunity) for proposal in search.proposals}
    chosen = {choice.match for choice in search.choices}
    return (c.match, c.opportunity) in proposed and c.match not in chosen


def named(state: State) -> str:
    match state:
        case Standing(search=NotReceived()):
            return "not received"
        case Standing(search=Received(referral=heard)) if is_over(state, heard.referral):
            return "concluded"
        case Standing(search=Received(referral=heard)) if is_arranged(state, heard.referral):
            return "arranged"
        case Standing(search=Received(choices=(_, *_))):
            return "chosen"
        case Standing(search=Received(proposals=(_, *_))):
            return "proposed"
        case _:
            return "received"


OFFER, RECEIVED = Opened(terms=example.terms), Received(referral=example.referral)
PROPOSED = Received(referral=example.referral, proposals=(example.proposed,))
ANOTHER = example.chosen.model_copy(update={"match": example.OTHER})
CHOSEN = Received(referral=example.referral, proposals=(example.proposed,), choices=(ANOTHER,))
samples: Samples[Command, State] = Samples(
    commands=(
        ProposeMatch(
            id=example.COMMAND, today=example.DAY, on=example.DAY, by=example.OFFICER, via="page",
            match=example.MATCH, referral=example.REFERRAL, person=example.PERSON,
            opportunity=example.OPPORTUNITY, scoring=example.SCORING,
        ),
        ChooseMatch(
            id=example.COMMAND, today=example.DAY, on=example.DAY, by=example.OFFICER, via="page",
            match=example.MATCH, referral=example.REFERRAL, person=example.PERSON,
            opportunity=example.OPPORTUNITY, chosen_by_roles=(), young_person_agrees=True,
            rationale="",
        ),
    ),
    states=(
        Standing(offer=OFFER),
        Standing(offer=OFFER, search=RECEIVED),
        Standing(offer=OFFER, search=PROPOSED),
        Standing(offer=OFFER, search=CHOSEN),
        Standing(offer=OFFER, search=CHOSEN, engagement=Arranged(plan=example.plan)),
        Standing(offer=OFFER, search=CHOSEN, concluded=(example.plan,)),
    ),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=lambda c: [
        f"match-{c.referral}", f"opportunity-{c.opportunity}", f"arrangement-{c.person}"
    ],
    events=get_args(Event), initial=Standing(), decide=decide, evolve=evolve,
    samples=samples, named=named,
)  # fmt: skip
