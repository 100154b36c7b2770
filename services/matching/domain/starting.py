"""The first day of a placement: said once it has come, with every check done, on lawful terms."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Policy, Refused, Samples
from contracts.calendar_days import working_days_after
from contracts.codes import Role
from contracts.event import Asked
from contracts.matching import OpportunityOpened, PlacementArranged, PlacementStarted
from services.matching.domain import example
from services.matching.domain.desk import NOT_THEIR_KIND, not_their_kind
from services.matching.domain.lengths import PlacementLengths, length_refused
from services.matching.domain.readiness import AgeKinds
from services.matching.domain.standing import (
    Arranged,
    Event,
    Free,
    Opened,
    Standing,
    Started,
    evolve,
    stage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackdateWithin(Policy):
    """`start.backdate_within`, counted back from today; `beyond` may go further."""

    working_days: int
    beyond: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holidays(Policy):
    """`calendar`, as in force today."""

    holidays: frozenset[date]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPlacement(Asked):
    placement: UUID
    person: UUID
    opportunity: UUID
    planned_end_on: date | None = None
    line_manager: UUID | None = None
    cohort: str | None = None
    levy_transfer: UUID | None = None
    wage_budget: UUID | None = None
    backdate: BackdateWithin
    calendar: Holidays
    lengths: PlacementLengths
    ages: AgeKinds


Command: TypeAlias = StartPlacement
State: TypeAlias = Standing


def decide(command: Command, state: State) -> list[Event]:
    match command, state:
        case c, Standing(engagement=Arranged(plan=plan)) if not_their_kind(c.by, plan.kind):
            raise Refused("ALL-07", NOT_THEIR_KIND)
        case c, Standing(engagement=Started(plan=plan)) if another(c, plan, state):
            raise Refused("MAT-03", "this young person is in another placement: conclude it first")
        case _, Standing(engagement=Free() | Started()):
            raise Refused("MAT-23", "no placement waits for its start: arrange one first")
        case c, Standing(engagement=Arranged(plan=plan)) if not same(c, plan):
            raise Refused("MAT-23", "another placement is arranged for them: start that one")
        case c, _ if c.on > c.today:
            raise Refused("MAT-11", f"{c.on} has not come yet: say it started when it has")
        case c, _ if too_far_back(c):
            raise Refused(
                "MAT-11", f"{c.on} is long ago: ask a manager or the head of service to record it"
            )
        case _, Standing(engagement=Arranged(missing=(_, *_) as missing)):
            raise Refused("MAT-10", f"first record these checks: {', '.join(missing)}")
        case _, Standing(engagement=Arranged(checks=done), offer=Opened(terms=terms)) if (
            paid(terms) and done.get("right_to_work") != "passed"
        ):
            raise Refused("MAT-14", "it is paid work: first record the check of the right to work")
        case c, Standing(engagement=Arranged(plan=plan)) if why := length_refused(
            c.lengths, plan.kind, c.on, ends_on(c, plan),
            band=plan.age_band, longer_because=plan.longer_because,
        ):  # fmt: skip
            raise Refused("MAT-12", why)
        case c, Standing(engagement=Arranged(plan=plan)) if not c.ages.allow(
            plan.kind, plan.age_band
        ):
            raise Refused(
                "MAT-20", f"a {plan.kind} is not for the ages {plan.age_band}: ask an officer"
            )
        case c, Standing(engagement=Arranged(plan=plan), offer=Opened(terms=terms)):
            return [placement_started(c, plan, terms)]
        case _:
            raise Refused("MAT-23", "the opportunity of this arrangement was never opened")


def placement_started(
    c: StartPlacement, plan: PlacementArranged, terms: OpportunityOpened
) -> PlacementStarted:
    return PlacementStarted(
        placement=c.placement, person=c.person, referral=plan.referral,
        opportunity=c.opportunity, follows=plan.follows, kind=plan.kind, sector=terms.sector,
        level=terms.level, standard=terms.standard, host=plan.host, host_kind=terms.host_kind,
        employer=plan.employer, provider=plan.provider, line_manager=c.line_manager,
        planned_end_on=ends_on(c, plan), hours_per_week=terms.hours_per_week, paid=paid(terms),
        supernumerary=terms.supernumerary, ringfenced=terms.ringfenced, cohort=c.cohort,
        age_band=plan.age_band, levy_transfer=c.levy_transfer, wage_budget=c.wage_budget,
        support_plan=plan.support_plan, **c.said,
    )  # fmt: skip


def same(c: StartPlacement, plan: PlacementArranged) -> bool:
    return (c.placement, c.opportunity) == (plan.placement, plan.opportunity)


def another(c: StartPlacement, live: PlacementArranged, state: Standing) -> bool:
    """Whether the command names neither the live placement nor one that is over."""
    return c.placement not in {plan.placement for plan in (live, *state.concluded)}


def too_far_back(c: StartPlacement) -> bool:
    last = working_days_after(c.on, c.backdate.working_days, c.calendar.holidays)
    return c.today > last and c.by.role not in c.backdate.beyond


def ends_on(c: StartPlacement, plan: PlacementArranged) -> date:
    return c.planned_end_on or plan.planned_end_on


def paid(terms: OpportunityOpened) -> bool:
    return terms.pay_pence_per_hour > 0


OFFER = Opened(terms=example.terms, held_by=frozenset({example.PLACEMENT}))
samples: Samples[Command, State] = Samples(
    commands=(
        StartPlacement(
            id=example.COMMAND, today=example.DAY, on=example.DAY, by=example.OFFICER, via="page",
            placement=example.PLACEMENT, person=example.PERSON, opportunity=example.OPPORTUNITY,
            backdate=BackdateWithin(rule="", working_days=10, beyond=frozenset()),
            calendar=Holidays(rule="", holidays=frozenset()), lengths=example.LENGTHS,
            ages=example.AGES,
        ),
    ),
    states=(
        Standing(offer=OFFER),
        Standing(offer=OFFER, engagement=Arranged(plan=example.plan)),
        Standing(
            offer=OFFER, engagement=Arranged(plan=example.plan, checks={"contract": "passed"})
        ),
        Standing(offer=OFFER, engagement=Arranged(plan=example.plan, checks=example.ALL_PASSED)),
        Standing(offer=OFFER, engagement=Started(plan=example.plan)),
        Standing(offer=OFFER, concluded=(example.plan,)),
    ),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=lambda c: [f"arrangement-{c.person}", f"opportunity-{c.opportunity}"],
    events=get_args(Event), initial=Standing(), decide=decide, evolve=evolve, samples=samples,
    named=stage,
)  # fmt: skip
