"""Sent on the agreed route, one referral at a time, with exactly what is shared."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Envelope, Refused, Samples
from contracts.codes import AgeBand, ReferralCause, SharingBasis
from contracts.event import SYSTEM, Asked
from contracts.referrals import (
    ActivityStatusRecorded,
    EetPlanRevised,
    ProfileUpdated,
    ReferralMade,
    YoungPersonRegistered,
)
from services.referrals.domain import case_state, plan, young_person
from services.referrals.domain.case_state import (
    Agreed,
    Case,
    Decided,
    Discussed,
    Referred,
    Undecided,
)
from services.referrals.domain.plan import Plan
from services.referrals.domain.route import RouteCatalogue
from services.referrals.domain.young_person import NOT_REGISTERED, Registered, Unregistered

LaterCause: TypeAlias = Literal["next_step", "changed_mind", "returned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeReferral(Asked):
    """`cause` counts for a later referral without an exit; the others say theirs themselves."""

    person: UUID
    referral: UUID
    owner: UUID | None
    cause: LaterCause = "next_step"
    not_neet_reason: str | None = None
    sharing_basis: SharingBasis | None
    consent: UUID | None = None
    age_band: AgeBand
    summary: str
    catalogue: RouteCatalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Referring:
    case: Case
    person: young_person.State
    plan: Plan

    @property
    def unplanned(self) -> frozenset[UUID]:
        """The exits since the last referral that no revision of the plan answers yet."""
        return self.case.exits - self.plan.exits


Command: TypeAlias = MakeReferral
Event: TypeAlias = case_state.Event | young_person.Event | EetPlanRevised
State: TypeAlias = Referring


def decide(command: Command, state: State) -> list[Event]:
    match command, state.person, state.case.stage:
        case _, Unregistered(), _:
            raise Refused("REF-01", NOT_REGISTERED)
        case _, Registered(in_scheme=False), _:
            raise Refused("REF-02", "the scheme is not for this young person's care category")
        case _, _, Referred():
            raise Refused("REF-03", "this young person has an open referral: close it first")
        case _, _, Undecided() | Discussed() | Decided():
            raise Refused("REF-14", "no route is agreed: ask the young person and record it first")
        case _, Registered(profile=None), _:
            raise Refused("REF-18", "there is no profile to share: write it with them first")
        case MakeReferral(catalogue=known, on=on), _, Agreed(route=r) if r not in known.routes:
            raise Refused("REF-06", f"on {on} there was no route {r}: decide on another first")
        case _ if state.unplanned:
            raise Refused("REF-09", "a placement ended early: revise the plan for that exit first")
        case MakeReferral(not_neet_reason=why), Registered(status=s), _ if s != "neet" and not why:
            raise Refused("REF-04", "this young person is not recorded as NEET: say why you refer")
        case MakeReferral(owner=None), _, _:
            raise Refused("REF-11", "a referral needs an owner: name the worker who keeps it")
        case (
            MakeReferral(owner=UUID() as owner, sharing_basis=str() as basis) as c,
            Registered(profile=ProfileUpdated() as profile) as person,
            Agreed() as agreed,
        ):
            return [referral_made(c, owner, basis, person, profile, agreed, state)]
        case _:
            raise Refused("REF-07", "say on what basis you share: consent or a recorded override")


def referral_made(
    c: MakeReferral,
    owner: UUID,
    basis: SharingBasis,
    person: Registered,
    profile: ProfileUpdated,
    agreed: Agreed,
    state: Referring,
) -> ReferralMade:
    return ReferralMade(
        referral=c.referral, person=c.person, route=agreed.route, owner=owner,
        cause=cause(c, state.case), prior_referral=next(reversed(state.case.referrals), None),
        decision=agreed.decision, plan_version=state.plan.version,
        not_neet_reason=c.not_neet_reason, sharing_basis=basis, consent=c.consent,
        population=person.population, age_band=c.age_band, sectors=profile.sectors,
        level=profile.level, areas=profile.areas, interests=profile.interests,
        skills=profile.skills, strengths=profile.strengths, aspirations=profile.aspirations,
        summary=c.summary, **c.said,
    )  # fmt: skip


def cause(c: MakeReferral, case: Case) -> ReferralCause:
    if not case.referrals:
        return "first"
    return "early_exit" if case.exits else c.cause


def named(state: State) -> str:
    match state:
        case Referring(person=Unregistered()):
            return "Unregistered"
        case Referring(person=Registered(in_scheme=False)):
            return "Not in scheme"
        case Referring(person=Registered(profile=None), case=Case(stage=Agreed())):
            return "Agreed, no profile"
        case Referring(case=Case(stage=Agreed())) if state.unplanned:
            return "Agreed, exit not planned for"
        case Referring(case=Case(stage=stage)):
            return type(stage).__name__


def evolve(state: State, event: Event, about: Envelope) -> State:
    match event:
        case EetPlanRevised():
            return replace(state, plan=plan.revised(state.plan, event))
        case YoungPersonRegistered() | ActivityStatusRecorded() | ProfileUpdated():
            return replace(state, person=young_person.evolve(state.person, event, about))
        case _:
            return replace(state, case=case_state.evolve(state.case, event, about))


ID, DAY = UUID(int=0), date(2024, 1, 1)
PROFILE = ProfileUpdated(
    person=ID, sectors=(), level="entry", areas=(), aspirations="", occupations=(), interests=(),
    skills=(), strengths=(), qualifications=(), barriers=(), accessibility=(), occurred_on=DAY,
    by=SYSTEM, via="api",
)  # fmt: skip
READY = Registered(
    population="care_leaver", in_scheme=True, status="neet", status_on=DAY, profile=PROFILE
)
DECIDED = Decided(route="apprenticeship", decision=ID)
AGREED = Agreed(route="apprenticeship", decision=ID)
REFERRED = Referred(referral=ID, route="apprenticeship")
NEW = Referring(case=Case(), person=Unregistered(), plan=Plan())
samples: Samples[Command, State] = Samples(
    commands=(
        MakeReferral(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, referral=ID, owner=ID,
            sharing_basis="consent", age_band="18_20", summary="",
            catalogue=RouteCatalogue(rule="", routes=frozenset({"apprenticeship"})),
        ),
    ),
    states=(
        NEW,
        replace(NEW, person=replace(READY, in_scheme=False)),
        replace(NEW, person=READY),
        replace(NEW, person=READY, case=Case(stage=Discussed())),
        replace(NEW, person=READY, case=Case(stage=DECIDED)),
        replace(NEW, person=replace(READY, profile=None), case=Case(stage=AGREED)),
        replace(NEW, person=READY, case=Case(stage=AGREED, exits=frozenset({ID}))),
        replace(NEW, person=READY, case=Case(stage=AGREED)),
        replace(NEW, person=READY, case=Case(stage=REFERRED)),
    ),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=lambda c: [f"case-{c.person}", f"person-{c.person}", f"plan-{c.person}"],
    events=get_args(Event),
    initial=NEW,
    decide=decide,
    evolve=evolve,
    samples=samples,
    named=named,
)
