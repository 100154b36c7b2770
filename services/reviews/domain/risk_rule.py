"""When signals about a placement add up to a risk; evidence about a placement, never a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, get_args
from uuid import UUID

from chronicle.decider import Policy
from contracts.codes import RiskLevel, SignalGroup, SignalKind

LEVELS: Final[tuple[RiskLevel, ...]] = get_args(RiskLevel)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRule(Policy):
    """Signals of the last `window_days` add up; a kind in `at_once` is at risk by itself."""

    window_days: int
    at_risk_from: int
    urgent_from: int
    weights: Mapping[SignalKind, int]
    at_once: frozenset[SignalKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class RespondWithin(Policy):
    working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What a recorded signal leaves to count: its event, its day, its group and its weight."""

    event: UUID
    on: date
    group: SignalGroup
    weight: int


def counting(signals: Iterable[Signal], today: date, rule: RiskRule) -> tuple[Signal, ...]:
    """The signals of the last `window_days` days, today being one of them."""
    since = today - timedelta(days=rule.window_days)
    return tuple(signal for signal in signals if since < signal.on <= today)


def total(signals: Iterable[Signal]) -> int:
    return sum(signal.weight for signal in signals)


def groups(signals: Iterable[Signal]) -> tuple[SignalGroup, ...]:
    """Each group once, in the order in which it was first seen."""
    return tuple(dict.fromkeys(signal.group for signal in signals))


def level_by_rule(weight: int, at_once: bool, rule: RiskRule) -> RiskLevel | None:
    if weight >= rule.urgent_from:
        return "urgent"
    return "at_risk" if at_once or weight >= rule.at_risk_from else None


def rank(level: RiskLevel | None) -> int:
    return 0 if level is None else 1 + LEVELS.index(level)
