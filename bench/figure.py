"""What was measured: one value a round, and what a reader of the log missed at that speed."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Protocol

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Missed:
    """What a tail reader or the tables show: events never seen, seen twice, seen in wrong order."""

    missed: int = 0
    twice: int = 0
    inverted: int = 0

    def __add__(self, other: "Missed") -> "Missed":
        return Missed(
            self.missed + other.missed, self.twice + other.twice, self.inverted + other.inverted
        )

    def __str__(self) -> str:
        return f"{self.missed} / {self.twice} / {self.inverted}"


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: its value in the figure's unit."""

    value: float
    missed: Missed | None = None
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`side` says who: `ours …`, `peer …` or `limit …`. `missed` is the sum over all rounds."""

    test: str
    side: str
    unit: str
    values: tuple[float, ...]
    missed: Missed | None = None
    said: str = ""

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def lowest(self) -> float:
        return min(self.values)

    @property
    def highest(self) -> float:
        return max(self.values)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"median": self.median}


class Run(Protocol):
    """One round of one side."""

    def __call__(self) -> Sample: ...


def contest(test: str, unit: str, sides: Mapping[str, Run], rounds: int, say: Say) -> list[Figure]:
    """A warm-up of each side that does not count, then the rounds, interleaved: A B A B."""
    for side, run in sides.items():
        say(f"{test}: {side}, warm-up: {run().value:,.1f} {unit}")
    samples: dict[str, list[Sample]] = {side: [] for side in sides}
    for number in range(1, rounds + 1):
        for side, run in sides.items():
            samples[side].append(run())
            say(f"{test}: {side}, round {number}: {samples[side][-1].value:,.1f} {unit}")
    return [figure(test, side, unit, taken) for side, taken in samples.items()]


def figure(test: str, side: str, unit: str, taken: list[Sample]) -> Figure:
    found = [sample.missed for sample in taken if sample.missed is not None]
    return Figure(
        test=test, side=side, unit=unit, values=tuple(sample.value for sample in taken),
        missed=sum(found, Missed()) if found else None, said=taken[-1].said,
    )  # fmt: skip


class Best:
    """A side that has a setting: its first run tries each one shortly and keeps the best.

    `run` gets the setting and the seconds to run for.
    """

    def __init__(
        self, settings: tuple[int, ...], seconds: float, run: Callable[[int, float], Sample]
    ) -> None:
        self._settings, self._seconds, self._run = settings, seconds, run
        self._best: int | None = settings[0] if len(settings) == 1 else None

    def __call__(self) -> Sample:
        if self._best is None:
            short = self._seconds / 2
            tried = {setting: self._run(setting, short).value for setting in self._settings}
            self._best = max(tried, key=lambda setting: tried[setting])
        return self._run(self._best, self._seconds)
