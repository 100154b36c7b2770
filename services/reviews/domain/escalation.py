"""Who hears of a missed deadline, and how many days after it."""

from dataclasses import dataclass
from datetime import date, timedelta

from chronicle.decider import Policy
from contracts.codes import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    days: int
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation(Policy):
    """The levels of one deadline, level 1 first; `days` counts from the day it was due."""

    levels: tuple[Level, ...]


def reached(escalation: Escalation, due_by: date, today: date) -> list[int]:
    """Every level whose day has come, as people count them, from 1."""
    return [
        number
        for number, level in enumerate(escalation.levels, start=1)
        if today >= due_by + timedelta(days=level.days)
    ]


def role_at(escalation: Escalation, level: int) -> Role:
    return escalation.levels[level - 1].role
