"""Which faults, in which order, where and when: all of it follows from the seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Literal, TypeAlias

from tests.faults.points import BEGUN, HALF_APPLIED, HALF_SWITCHED, POINTS, PROCESSES, SWITCHED

Kind: TypeAlias = Literal[
    "kill", "point", "database", "backend", "broker", "broker wiped", "migration", "switch"
]
ALONE: frozenset[Kind] = frozenset({"database", "backend", "broker", "broker wiped"})
"""What takes everybody with it waits until nobody is down, so that its own recovery is measured."""
SWITCHING = ("matching", "reviews", "reporting")
MIGRATING = ("referrals", "matching")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`passes` is at which pass of the point; `after` counts acknowledged commands since the last
    fault; `moment` is a share of the time a kill may still wait, between 0 and 1."""

    kind: Kind
    victim: str
    point: str = ""
    seldom: bool = False
    passes: int = 1
    after: int
    moment: float

    @property
    def alone(self) -> bool:
        return self.kind in ALONE

    def __str__(self) -> str:
        return f"{self.kind} {self.victim} {self.point}".strip()


def plan(seed: int) -> Iterator[Fault]:
    """Rounds without end; in each round every point, every process, and the parts below them."""
    rng = Random(seed)
    while True:
        for kind, victim, point in rng.sample(every := one_round(rng), len(every)):
            seldom = any(p.name == point and p.seldom for p in POINTS)
            yield Fault(
                kind=kind, victim=victim, point=point, seldom=seldom, after=rng.randint(2, 12),
                passes=1 if seldom or kind in ("migration", "switch") else rng.randint(1, 3),
                moment=rng.random(),
            )  # fmt: skip


def first(count: int, seed: int) -> list[Fault]:
    return list(islice(plan(seed), count))


def one_round(rng: Random) -> list[tuple[Kind, str, str]]:
    return [
        *(("point", rng.choice(point.victims), point.name) for point in POINTS),
        *(("kill", process, "") for process in PROCESSES),
        *(("database", "postgres", ""), ("backend", "postgres", "")) * 2,
        *(("broker", "broker", ""),) * 3,
        ("broker wiped", "broker", ""),
        ("migration", rng.choice(MIGRATING), BEGUN),
        ("migration", rng.choice(MIGRATING), HALF_APPLIED),
        ("switch", rng.choice(SWITCHING), HALF_SWITCHED),
        ("switch", rng.choice(SWITCHING), SWITCHED),
    ]
