"""What a host offers: opened once on fair terms, and a place free again after an early end."""

from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Envelope, Policy, Refused, Samples
from contracts.codes import (
    KINDS_OF,
    Area,
    HostKind,
    Kind,
    Level,
    ReleaseReason,
    Sector,
    Skill,
    Standard,
)
from contracts.event import Asked
from contracts.matching import OpportunityOpened, PlaceReleased
from contracts.parts import Length
from services.matching.domain import example
from services.matching.domain.desk import NOT_THEIR_KIND, not_their_kind
from services.matching.domain.lengths import PlacementLengths, last_day, length_refused
from services.matching.domain.standing import AboutPlaces, Offer, Opened, Unopened, offered
from services.matching.domain.suitability import still_open

MAY_BE_UNPAID: Final[frozenset[Kind]] = frozenset({"work_experience", "work_ready", "traineeship"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprenticeMinimum(Policy):
    """`pay.apprentice_minimum`, as in force on the first day worked."""

    pence_per_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOpportunity(Asked):
    opportunity: UUID
    kind: Kind
    title: str
    host: UUID
    host_kind: HostKind
    employer: UUID
    provider: UUID | None = None
    sector: Sector
    level: Level
    standard: Standard | None = None
    area: Area
    places: int
    ringfenced: bool
    supernumerary: bool
    hours_per_week: int
    pay_pence_per_hour: int
    planned_length: Length
    starts_from: date | None = None
    closes_on: date | None = None
    requirements: tuple[Skill, ...]
    lengths: PlacementLengths
    minimum: ApprenticeMinimum

    @property
    def starts_on(self) -> date:
        """The day whose rules count: no start is promised before it."""
        return self.starts_from or self.on


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePlace(Asked):
    opportunity: UUID
    placement: UUID
    reason: ReleaseReason


Command: TypeAlias = OpenOpportunity | ReleasePlace
Event: TypeAlias = AboutPlaces
State: TypeAlias = Offer


def decide(command: Command, state: State) -> list[Event]:
    match command, state:
        case OpenOpportunity() as c, _ if not_their_kind(c.by, c.kind):
            raise Refused("ALL-07", NOT_THEIR_KIND)
        case OpenOpportunity(), Opened():
            raise Refused("ALL-01", "this opportunity is open already: open another one")
        case OpenOpportunity() as c, _ if why := planned_length_refused(c):
            raise Refused("MAT-12", why)
        case OpenOpportunity(pay_pence_per_hour=0, kind=kind), _ if kind not in MAY_BE_UNPAID:
            raise Refused("MAT-13", f"a {kind} is paid: give the pay per hour")
        case OpenOpportunity() as c, _ if below_minimum(c):
            raise Refused("MAT-13", f"pay at least {c.minimum.pence_per_hour} pence an hour")
        case OpenOpportunity() as c, Unopened():
            return [opportunity_opened(c)]
        case ReleasePlace(placement=placement) as c, Opened(held_by=held) as opened if (
            placement in held and still_open(opened.terms.closes_on, c.today)
        ):
            return [place_released(c, opened)]
        case _:
            return []


def opportunity_opened(c: OpenOpportunity) -> OpportunityOpened:
    return OpportunityOpened(
        opportunity=c.opportunity, kind=c.kind, title=c.title, host=c.host, host_kind=c.host_kind,
        employer=c.employer, provider=c.provider, sector=c.sector, level=c.level,
        standard=c.standard, area=c.area, places=c.places, ringfenced=c.ringfenced,
        supernumerary=c.supernumerary, hours_per_week=c.hours_per_week,
        pay_pence_per_hour=c.pay_pence_per_hour, planned_length=c.planned_length,
        starts_from=c.starts_from, closes_on=c.closes_on, requirements=c.requirements, **c.said,
    )  # fmt: skip


def place_released(c: ReleasePlace, opened: Opened) -> PlaceReleased:
    return PlaceReleased(
        opportunity=c.opportunity, placement=c.placement, reason=c.reason,
        places_left=opened.places_left + 1, **c.said,
    )  # fmt: skip


def planned_length_refused(c: OpenOpportunity) -> str:
    end = last_day(c.starts_on, c.planned_length)
    return length_refused(c.lengths, c.kind, c.starts_on, end)


def below_minimum(c: OpenOpportunity) -> bool:
    return c.kind in KINDS_OF["apprenticeship"] and c.pay_pence_per_hour < c.minimum.pence_per_hour


def evolve(state: State, event: Event, about: Envelope) -> State:
    return offered(state, event)


def named(state: State) -> str:
    match state:
        case Opened(places_left=0):
            return "filled"
        case Opened(held_by=held):
            return "part_filled" if held else "open"
        case Unopened():
            return "unopened"


samples: Samples[Command, State] = Samples(
    commands=(
        OpenOpportunity(
            id=example.COMMAND, today=example.DAY, on=example.DAY, by=example.OFFICER, via="page",
            opportunity=example.OPPORTUNITY, kind=example.KIND, title="", host=example.HOST,
            host_kind="department", employer=example.HOST, sector="care", level="2", area="north",
            places=2, ringfenced=False, supernumerary=False, hours_per_week=37,
            pay_pence_per_hour=640, planned_length=example.terms.planned_length, requirements=(),
            lengths=example.LENGTHS, minimum=ApprenticeMinimum(rule="", pence_per_hour=640),
        ),
        ReleasePlace(
            id=example.COMMAND, today=example.DAY, on=example.DAY, by=example.OFFICER, via="policy",
            opportunity=example.OPPORTUNITY, placement=example.PLACEMENT, reason="ended_early",
        ),
    ),
    states=(
        Unopened(),
        Opened(terms=example.terms),
        Opened(terms=example.terms, held_by=frozenset({example.PLACEMENT})),
        Opened(terms=example.terms, held_by=frozenset({example.PLACEMENT, example.OTHER})),
    ),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=lambda command: [f"opportunity-{command.opportunity}"], events=get_args(Event),
    initial=Unopened(), decide=decide, evolve=evolve, samples=samples, named=named,
)  # fmt: skip
