"""How cost grows with the log: fold, append and tail from ten thousand events to a million."""

from functools import partial

from bench.figure import Figure, Sample, Say, figure
from bench.library_log import Log, a_log, books, check, events_in, fill, seal_all
from bench.ours_app import folded, project
from bench.ours_log import Load, append
from bench.tail import Pace, tail
from bench.together import at_once
from tests.parts import now

CALLERS = 256
TAIL_RATE = 500.0


def growth(
    admin_url: str, sizes: tuple[int, ...], *, rounds: int, seconds: float, say: Say
) -> list[Figure]:
    """At each size: the rebuild of a read model, the append of one event, the tail's p99."""
    names = ("rebuild of a read model", "append of one event, one process", "append to reader, p99")
    units = ("events/s", "events/s", "ms")
    taken: dict[tuple[int, str], list[Sample]] = {}
    for number in range(1, rounds + 1):
        for size in sizes:
            with a_log(admin_url) as log:
                now(fill(log, books(size // 10), size))
                now(seal_all(log))
                for name, sample in zip(names, at_size(log, size, seconds), strict=True):
                    taken.setdefault((size, name), []).append(sample)
                    say(f"growth: {size:,} events, {name}, round {number}: {sample.value:,.1f}")
    return [
        figure(f"{name}, at {size:,} events", "ours", unit, taken[size, name])
        for name, unit in zip(names, units, strict=True)
        for size in sizes
    ]


def at_size(log: Log, size: int, seconds: float) -> tuple[Sample, Sample, Sample]:
    (rate,), _ = at_once([partial(project, log, "folded", size)])
    rebuilt = Sample(rate, now(folded(log, size)))
    load = Load(way="group commit", callers=CALLERS, per=1, seconds=seconds, log=log)
    (done,), _ = at_once([partial(append, load)])
    now(seal_all(log))
    missed = now(check(log, now(events_in(log))))
    appended = Sample(done.events / (done.ended - done.began), missed)
    return rebuilt, appended, tail(Pace(log=log, rate=TAIL_RATE, seconds=seconds)).sample()
