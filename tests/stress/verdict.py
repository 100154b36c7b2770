"""The verdict on a run: what is wrong with it, whether it was too tame, and its figures."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.chronicle.log import Connection
from tests.stress.judge import broken_promises, faults, inversions_by_transaction, stored
from tests.stress.run import LEAST_EVENTS, LEAST_FOREIGN, Run, percentile

WILD = (
    "rollbacks", "conflicts", "repeated commands", "two streams", "savepoints", "sleepers",
    "inversions by (xid, ticket)", "read under the foreign one",
)  # fmt: skip
"""What must have happened at least once."""
MOST_P99 = 50.0
"""Milliseconds from acknowledgement to reader, while a foreign transaction is open."""
SURELY = 1.0
"""Seconds after which an acknowledged event must have been read, whatever else is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`wrong` is empty for a sound log, `tame` for a run that could have shown otherwise."""

    wrong: dict[str, int]
    tame: list[str]
    p99: float
    figures: str


async def judged(db: Connection, run: Run) -> Verdict:
    tables = await stored(db)
    positions = [seen.position for seen in run.seen]
    due, late = run.late(SURELY)
    counts = {
        **faults(tables),
        **broken_promises(tables, run.told),
        "never read": len(tables.events) - len({(seen.stream, seen.version) for seen in run.seen}),
        "positions not read in order": sum(at != n for n, at in enumerate(positions, 1)),
        "read only after the foreign transaction": late,
    }
    inversions = await inversions_by_transaction(db)
    met = {**run.met, "inversions by (xid, ticket)": inversions, "read under the foreign one": due}
    foreign = (run.foreign[1] - run.foreign[0]) / 1e9
    p50, p99 = (percentile(run.latencies(), n) for n in (50, 99))
    figures = "\n".join(
        [
            f"{len(tables.events)} events in {len(tables.blocks)} blocks, foreign {foreign:.1f} s",
            ", ".join(f"{name} {n}" for name, n in met.items()),
            ", ".join(f"{name} {n}" for name, n in counts.items()),
            f"acknowledged to reader: p50 {p50:.1f} ms, p99 {p99:.1f} ms",
        ]
    )
    return Verdict(
        wrong={name: n for name, n in counts.items() if n},
        tame=list(too_tame(met, len(tables.events), foreign)), p99=p99, figures=figures,
    )  # fmt: skip


def too_tame(met: dict[str, int], events: int, foreign: float) -> Iterator[str]:
    """A run in which nothing could go wrong proves nothing."""
    for name in WILD:
        if not met.get(name):
            yield f"no {name}"
    if events < LEAST_EVENTS:
        yield f"{events} events are fewer than {LEAST_EVENTS}"
    if foreign < LEAST_FOREIGN:
        yield f"the foreign transaction was open for {foreign:.1f} s"
