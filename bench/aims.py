"""What was hoped for: ratios and limits within one run; a floor that is missed fails the bench."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.figure import Figure

Verdict = Literal["met", "missed", "BELOW THE FLOOR", "not measured"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """`over` and `under` begin a figure's test and side; without `under` the value itself counts.

    `best` is how the figure of several sides is chosen; `at_most` turns the comparison round.
    """

    name: str
    test: str
    ours: str
    theirs: str = ""
    beside: str = ""
    aim: float
    floor: float | None = None
    at_most: bool = False
    unit: str = "x"


@dataclass(frozen=True, slots=True)
class Judged:
    aim: Aim
    value: float | None

    @property
    def verdict(self) -> Verdict:
        if self.value is None:
            return "not measured"
        if reached(self.aim, self.value, self.aim.aim):
            return "met"
        below = self.aim.floor is not None and not reached(self.aim, self.value, self.aim.floor)
        return "BELOW THE FLOOR" if below else "missed"


def reached(aim: Aim, value: float, mark: float) -> bool:
    return value <= mark if aim.at_most else value >= mark


PEER = "peer, table lock"
AIMS = (
    Aim(name="append of one event", test="append of 1 event", ours="ours", theirs=PEER, aim=20,
        floor=10),
    Aim(name="the same, sealed and hashed", test="append of 1 event, sealed", ours="ours",
        theirs=PEER, beside="append of 1 event", aim=15, floor=8),
    Aim(name="append of ten events", test="append of 10 events", ours="ours", theirs=PEER, aim=9,
        floor=5),
    Aim(name="append in its own transaction", test="append of 1 event, own transaction",
        ours="ours", theirs=PEER, beside="append of 1 event", aim=8, floor=4),
    Aim(name="command: load, decide, append", test="command", ours="ours", theirs=PEER, aim=15,
        floor=8),
    Aim(name="read model, folded", test="read model", ours="ours, folded", theirs=PEER, aim=100,
        floor=40),
    Aim(name="read model, an upsert per event", test="read model", ours="ours, upsert per event",
        theirs=PEER, aim=50, floor=20),
    Aim(name="log read, decoded", test="log read", ours="ours", theirs=PEER, aim=2, floor=1),
    Aim(name="group commit beside the unnest limit", test="append of 10 events", ours="ours",
        theirs="limit", beside="unnest of 1000 rows", aim=0.6),
    Aim(name="relay beside the bare producer", test="relay", ours="ours", theirs="bare", aim=0.4,
        floor=0.4),
    Aim(name="hearing in batches beside bare aiokafka", test="hearing", ours="ours",
        theirs="bare", aim=0.4, floor=0.4),
    Aim(name="verify", test="verify", ours="ours", aim=200_000, unit="events/s"),
    Aim(name="append to reader at 500/s, p99, beside the peer", test="append to reader, p99, 500/s",
        ours="ours", theirs=PEER, aim=0.5, at_most=True),
    Aim(name="the same with a foreign transaction open", test="append to reader, p99, foreign",
        ours="ours", aim=10, floor=50, at_most=True, unit="ms"),
    Aim(name="accepted to visible at 100/s, p99", test="accepted to visible, p99, 100/s",
        ours="ours, HTTP", aim=50, at_most=True, unit="ms"),
    Aim(name="commands a second through the doors", test="highest rate held", ours="ours, HTTP",
        aim=400, unit="commands/s"),
    Aim(name="append rate, a million beside ten thousand",
        test="append of one event, one process, at 1,000,000", ours="ours", theirs="ours",
        beside="append of one event, one process, at 10,000 ", aim=0.8),
    Aim(name="append to reader, a million beside ten thousand",
        test="append to reader, p99, at 1,000,000", ours="ours", theirs="ours",
        beside="append to reader, p99, at 10,000 ", aim=1.2, at_most=True),
)  # fmt: skip


def judged(figures: Sequence[Figure]) -> list[Judged]:
    return [Judged(aim, value(aim, figures)) for aim in AIMS]


def value(aim: Aim, figures: Sequence[Figure]) -> float | None:
    ours = best(figures, aim.test, aim.ours, aim.at_most)
    if not aim.theirs:
        return ours
    theirs = best(figures, aim.beside or aim.test, aim.theirs, aim.at_most)
    return ours / theirs if ours is not None and theirs else None


def best(figures: Iterable[Figure], test: str, side: str, least: bool) -> float | None:
    """The best median of the sides whose name begins so, of the test whose name begins so."""
    exact = [f for f in figures if f.test == test and f.side.startswith(side)]
    begun = [f for f in figures if f"{f.test} ".startswith(test) and f.side.startswith(side)]
    found = [f.median for f in exact or begun]
    return (min if least else max)(found, default=None)


def failed(results: Iterable[Judged]) -> list[Judged]:
    return [one for one in results if one.verdict == "BELOW THE FLOOR"]
