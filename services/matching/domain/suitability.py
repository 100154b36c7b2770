"""How well an opportunity fits a young person, part by part, the same for advice and record."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol, get_args
from uuid import UUID

from chronicle.decider import Policy
from contracts.codes import KINDS_OF, Area, Interest, Kind, Level, Route, ScorePart, Sector, Skill
from contracts.event import Sealed
from contracts.parts import MatchScore

LEVELS: Final[tuple[Level, ...]] = get_args(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchScoring(Policy):
    """`match.score`, as in force on the day of the proposal."""

    weights: Mapping[ScorePart, int]
    level_equal: int
    level_one_apart: int
    support_fit: int
    reason_at: int
    sector_interests: Mapping[Sector, frozenset[Interest]]


class Wanted(Protocol):
    """What a referral tells about a young person: the event, or the row made of it."""

    @property
    def route(self) -> Route: ...
    @property
    def sectors(self) -> tuple[Sector, ...]: ...
    @property
    def level(self) -> Level: ...
    @property
    def areas(self) -> tuple[Area, ...]: ...
    @property
    def interests(self) -> tuple[Interest, ...] | Sealed: ...
    @property
    def skills(self) -> tuple[Skill, ...] | Sealed: ...


class Offered(Protocol):
    """What an opportunity asks and gives: the event, or the row made of it."""

    @property
    def sector(self) -> Sector: ...
    @property
    def level(self) -> Level: ...
    @property
    def area(self) -> Area: ...
    @property
    def requirements(self) -> tuple[Skill, ...]: ...


class Listed(Offered, Protocol):
    """An opportunity in the register, with what is left of it."""

    @property
    def opportunity(self) -> UUID: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def closes_on(self) -> date | None: ...
    @property
    def places_left(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Advice: this opportunity, how well it fits, and the parts that say why."""

    opportunity: UUID
    score: MatchScore
    total: int
    reasons: tuple[ScorePart, ...]


def ranked(
    referral: Wanted, opportunities: Iterable[Listed], scoring: MatchScoring, today: date
) -> list[Proposal]:
    """The opportunities a person may propose today, best first, equal totals by opportunity id."""
    fitting = [
        proposal(referral, place, scoring)
        for place in opportunities
        if fits(referral.route, place.kind)
        and still_open(place.closes_on, today)
        and place.places_left > 0
    ]
    return sorted(fitting, key=lambda proposal: (-proposal.total, proposal.opportunity))


def proposal(referral: Wanted, place: Listed, scoring: MatchScoring) -> Proposal:
    parts = scored(referral, place, scoring)
    return Proposal(
        opportunity=place.opportunity,
        score=MatchScore.model_validate(parts),
        total=total(parts, scoring),
        reasons=reasons(parts, scoring),
    )


def scored(wanted: Wanted, offered: Offered, scoring: MatchScoring) -> dict[ScorePart, int]:
    """Each part of the score, 0 to 100. A sealed value counts as empty (domain.md 5.4, 15)."""
    liked = scoring.sector_interests.get(offered.sector, frozenset())
    return {
        "aspiration": 100 if offered.sector in wanted.sectors else 0,
        "interests": share(liked, readable(wanted.interests)),
        "skills": share(offered.requirements, readable(wanted.skills)),
        "travel": 100 if offered.area in wanted.areas else 0,
        "level": level_points(wanted.level, offered.level, scoring),
        "support_fit": scoring.support_fit,
    }


def total(parts: Mapping[ScorePart, int], scoring: MatchScoring) -> int:
    """The parts by their weights, 0 to 100, rounded down."""
    weighted = sum(points * scoring.weights[part] for part, points in parts.items())
    return weighted // sum(scoring.weights.values())


def reasons(parts: Mapping[ScorePart, int], scoring: MatchScoring) -> tuple[ScorePart, ...]:
    return tuple(part for part, points in parts.items() if points >= scoring.reason_at)


def fits(route: Route, kind: Kind) -> bool:
    return kind in KINDS_OF[route]


def still_open(closes_on: date | None, day: date) -> bool:
    """Open to the end of `closes_on`. One without that day never closes, not even when full."""
    return closes_on is None or day <= closes_on


def share(asked: Collection[str], has: Collection[str]) -> int:
    """How much of what is asked is there, in percent rounded down; all of it if nothing is."""
    return 100 * len(set(asked) & set(has)) // len(set(asked)) if asked else 100


def readable(value: tuple[str, ...] | Sealed) -> tuple[str, ...]:
    return () if isinstance(value, Sealed) else value


def level_points(wanted: Level, offered: Level, scoring: MatchScoring) -> int:
    match abs(LEVELS.index(wanted) - LEVELS.index(offered)):
        case 0:
            return scoring.level_equal
        case 1:
            return scoring.level_one_apart
        case _:
            return 0
