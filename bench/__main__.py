"""`python -m bench [--quick] [--rounds N] [--only append,command,…]`: the whole bench in one go.

Writes bench/RESULTS.md, bench/results.json and bench/chart.svg; exit 1 when a floor is missed or an
event was. `--quick` measures shortly, leaves out a million events, and writes nothing.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from bench import (
    accepted,
    limits,
    ours_app,
    ours_log,
    ours_services,
    peer,
    peer_app,
    peer_tail,
    tail,
    verified,
)
from bench.aims import failed, judged
from bench.figure import Figure, Run, contest
from bench.growth import growth
from bench.parts import Parts, parts, versions
from bench.report import Results, written

PEER = "peer, table lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured: seconds of one round, events of a standing log, rows of a view."""

    rounds: int
    seconds: float
    events: int
    rows: int
    peer_events: int
    sizes: tuple[int, ...]
    rates: tuple[float, ...]
    callers: tuple[int, ...] = (128, 256, 512)
    threads: tuple[int, ...] = (1, 2, 4, 8)


def whole(rounds: int) -> Scale:
    return Scale(
        rounds=rounds, seconds=4, events=100_000, rows=50_000, peer_events=5_000,
        sizes=(10_000, 100_000, 1_000_000), rates=accepted.RATES,
    )  # fmt: skip


def quick() -> Scale:
    return Scale(
        rounds=1, seconds=1, events=20_000, rows=5_000, peer_events=1_000, sizes=(10_000, 50_000),
        rates=(20.0, 100.0), callers=(256,), threads=(4,),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bench:
    parts: Parts
    scale: Scale

    def contest(self, test: str, unit: str, **sides: Run) -> list[Figure]:
        named = {name.replace("__", ", ").replace("_", " "): run for name, run in sides.items()}
        return contest(test, unit, named, self.scale.rounds, talk)

    def append(self) -> list[Figure]:
        url, s = self.parts.admin_url, self.scale
        found = []
        for per in (1, 10):
            sides: dict[str, Run] = {
                "ours, one process": ours_log.side(
                    url, "group commit", per=per, callers=s.callers, seconds=s.seconds
                ),
                "ours, two processes": ours_log.side(
                    url, "group commit", per=per, callers=s.callers, processes=2, seconds=s.seconds
                ),
                PEER: peer.side(url, per=per, threads=s.threads, seconds=s.seconds),
                f"{PEER}, two processes": peer.side(
                    url, per=per, threads=s.threads, processes=2, seconds=s.seconds
                ),
            }
            noun = "event" if per == 1 else "events"
            found += contest(f"append of {per} {noun}", "events/s", sides, s.rounds, talk)
        return found

    def sealed(self) -> list[Figure]:
        url, s = self.parts.admin_url, self.scale
        sides: dict[str, Run] = {
            f"ours, {words}": ours_log.side(
                url, "group commit", callers=s.callers, processes=n, sealed=True, seconds=s.seconds
            )
            for n, words in ((1, "one process"), (2, "two processes"))
        }
        found = contest("append of 1 event, sealed and hashed", "events/s", sides, s.rounds, talk)
        alone: dict[str, Run] = {
            "ours, 16 writers": ours_log.side(
                url, "own transaction", callers=(16,), seconds=s.seconds
            ),
            "ours, 16 writers in two processes": ours_log.side(
                url, "own transaction", callers=(8,), processes=2, seconds=s.seconds
            ),
            "ours, 16 writers, with a command row": ours_log.side(
                url, "with a command row", callers=(16,), seconds=s.seconds
            ),
        }
        return found + contest(
            "append of 1 event, own transaction", "events/s", alone, s.rounds, talk
        )

    def unsafe(self) -> list[Figure]:
        """The peer's fast mode, with what its own tail reader never saw."""
        url, s = self.parts.admin_url, self.scale
        sides: dict[str, Run] = {
            "peer, database functions (unsafe)": peer.side(
                url, threads=(4,), processes=2, mode="database functions", tailed=True,
                seconds=s.seconds,
            ),
            f"{PEER}, with its tail reader": peer.side(
                url, threads=(4,), processes=2, tailed=True, seconds=s.seconds
            ),
        }  # fmt: skip
        return contest("append of 1 event beside a tail reader", "events/s", sides, s.rounds, talk)

    def command(self) -> list[Figure]:
        url, s = self.parts.admin_url, self.scale
        sides: dict[str, Run] = {
            "ours, one process": ours_app.commands(
                url, callers=(32, 64), processes=1, books_each=1_000, seconds=s.seconds
            ),
            "ours, two processes": ours_app.commands(
                url, callers=(32, 64), processes=2, books_each=1_000, seconds=s.seconds
            ),
            PEER: peer_app.commands(
                url, threads=s.threads, processes=1, books=200, seconds=s.seconds
            ),
        }
        return contest("command: load, decide, append", "commands/s", sides, s.rounds, talk)

    def projection(self) -> list[Figure]:
        url, s = self.parts.admin_url, self.scale
        few = s.peer_events
        sides: dict[str, Run] = {
            "ours, folded": ours_app.projects(url, how="folded", events=s.events, rows=s.rows),
            "ours, upsert per event": ours_app.projects(
                url, how="upsert per event", events=s.events, rows=s.rows
            ),
            "ours, transaction per event": ours_app.projects(
                url, how="transaction per event", events=few, rows=few // 2
            ),
            PEER: peer_app.projects(url, few, s.rows),
        }
        return contest("read model, catching up", "events/s", sides, s.rounds, talk)

    def read(self) -> list[Figure]:
        url, s = self.parts.admin_url, self.scale
        sides: dict[str, Run] = {
            "ours": ours_app.reads(url, s.events), PEER: peer_app.reads(url, s.peer_events * 4)
        }  # fmt: skip
        found = contest("log read, 500 a page, decoded", "events/s", sides, s.rounds, talk)
        verifying = {"ours": verified.verifies(url, self.parts.folder, s.events)}
        return found + contest("verify", "events/s", verifying, s.rounds, talk)

    def tail(self) -> list[Figure]:
        url, s = self.parts.admin_url, self.scale
        sides: dict[str, Run] = {
            "ours": tail.tails(url, 500, s.seconds), PEER: peer_tail.tails(url, 500, s.seconds)
        }  # fmt: skip
        found = contest("append to reader, p99, 500/s", "ms", sides, s.rounds, talk)
        foreign: dict[str, Run] = {"ours": tail.tails(url, 500, max(5, s.seconds), foreign=True)}
        name = "append to reader, p99, foreign transaction of 5 s open"
        return found + contest(name, "ms", foreign, s.rounds, talk)

    def kafka(self) -> list[Figure]:
        s = self.scale
        found = []
        for test, run in (
            ("relay: log to Kafka", ours_services.publishes),
            ("hearing in batches: Kafka to log", ours_services.hears),
        ):
            sides: dict[str, Run] = {
                "ours": run(self.parts, "ours", s.events // 2),
                "bare aiokafka, the same work": run(self.parts, "bare", s.events // 2),
            }
            found += contest(test, "events/s", sides, s.rounds, talk)
        return found

    def limits(self) -> list[Figure]:
        s = self.scale
        return limits.limits(
            self.parts, seconds=s.seconds / 2, rows=s.events // 2, rounds=s.rounds, say=talk
        )

    def growth(self) -> list[Figure]:
        s = self.scale
        return growth(
            self.parts.admin_url, s.sizes, rounds=min(s.rounds, 2), seconds=s.seconds, say=talk
        )


MEASURES: dict[str, Callable[[Bench], list[Figure]]] = {
    "append": Bench.append, "sealed": Bench.sealed, "unsafe": Bench.unsafe,
    "command": Bench.command, "projection": Bench.projection, "read": Bench.read,
    "tail": Bench.tail, "kafka": Bench.kafka, "limits": Bench.limits, "growth": Bench.growth,
}  # fmt: skip
DOORS = "doors"


def talk(said: str) -> None:
    sys.stderr.write(said + "\n")
    sys.stderr.flush()


def main() -> int:
    told = ArgumentParser(prog="python -m bench", description=(__doc__ or "").splitlines()[0])
    told.add_argument("--quick", action="store_true", help="a short look; nothing is written")
    told.add_argument("--rounds", type=int, default=3)
    told.add_argument("--only", default="", help=f"some of {', '.join([*MEASURES, DOORS])}")
    asked = told.parse_args()
    chosen = asked.only.split(",") if asked.only else [*MEASURES, DOORS]
    if unknown := set(chosen) - {*MEASURES, DOORS}:
        told.error(f"no such measure: {', '.join(sorted(unknown))}")
    results = measured(quick() if asked.quick else whole(asked.rounds), chosen)
    sys.stdout.write(written(results, keep=not (asked.quick or asked.only)))
    return 1 if failed(results.judged) or results.missed else 0


def measured(scale: Scale, chosen: list[str]) -> Results:
    began, figures, costs = monotonic(), list[Figure](), dict[str, float]()
    with parts() as found:
        for name in chosen:
            if name == DOORS:
                seen, costs = accepted.measure(
                    found, seconds=max(3, scale.seconds), rounds=scale.rounds, rates=scale.rates,
                    say=talk,
                )  # fmt: skip
                figures += seen
            else:
                figures += MEASURES[name](Bench(found, scale))
        about = versions(found)
    return Results(
        figures=figures, judged=judged(figures), costs=costs, about=about,
        minutes=(monotonic() - began) / 60,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
