"""Accepted to visible, and the highest rate that holds: a house of four real processes."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from urllib.parse import urlsplit

from bench.doors import Pace, Seen, knock
from bench.figure import Figure, Sample, Say, figure
from bench.in_process import by_stage, execute
from bench.parts import Parts
from bench.processes import used
from bench.together import at_once
from tests.parts import now, running
from throughcare import databases, topics
from throughcare.databases import SERVICES
from throughcare.house import House
from throughcare.process import Process, Program

RATES = (20.0, 100.0, 200.0)
LADDER = (300.0, 400.0, 500.0, 600.0, 800.0, 1_000.0)
GENTLE = Pace(rate=20, seconds=3)
SPLIT = (
    ("referrals", "api"), ("referrals", "sequence"), ("referrals", "relay"),
    ("reporting", "consume"), ("reporting", "sequence"), ("reporting", "project"),
)  # fmt: skip
VISIBLE = "accepted to visible, p99"


@contextmanager
def a_house(parts: Parts) -> Iterator[House]:
    """Prepared, nothing started; its databases and topics are taken away at the end."""
    house = House(
        folder=parts.folder / "house", admin_url=parts.admin_url, servers=parts.servers,
        kafka_kind=parts.kafka_kind, profile="test", prefix="bench_house_",
    )  # fmt: skip
    now(house.prepare())
    try:
        yield house
    finally:
        now(databases.drop(parts.admin_url, house.prefix))
        now(topics.forget(parts.servers))


def board(house: House) -> str:
    """Reporting's database as the superuser sees it, so that looking is no service's work."""
    at = urlsplit(house.admin_url)
    return at._replace(path=f"/{house.prefix}reporting").geturl()


def measure(
    parts: Parts, *, seconds: float, rounds: int, rates: Sequence[float], say: Say
) -> tuple[list[Figure], dict[str, float]]:
    """Figures, and the milliseconds of processor time that one command costs by stage."""
    with a_house(parts) as house:
        others = [house.process(service) for service in SERVICES if service != "referrals"]
        with started(others):
            taken: dict[tuple[str, float], list[Seen]] = {}
            for number in range(1, rounds + 1):
                with started([house.process("referrals")]):
                    ask(house, GENTLE)
                    for rate in rates:
                        told = ask(house, Pace(rate=rate, seconds=seconds))
                        taken.setdefault(("HTTP", rate), []).append(told)
                        say(f"doors: HTTP, {rate:.0f}/s, round {number}: p99 {told.p99:.1f} ms")
                paces = tuple(Pace(rate=rate, seconds=seconds) for rate in rates)
                for rate, told in zip(rates, ask_within(house, paces), strict=True):
                    taken.setdefault(("execute", rate), []).append(told)
                    say(f"doors: execute, {rate:.0f}/s, round {number}: p99 {told.p99:.1f} ms")
            with started([house.process("referrals")]):
                ask(house, GENTLE)
                highest = climb(house, seconds, say)
        costs = by_process(house, Pace(rate=100, seconds=seconds), say)
    figures = [visible(way, rate, told) for (way, rate), told in taken.items()]
    return [*figures, highest], costs


@contextmanager
def started(processes: Sequence[Process]) -> Iterator[None]:
    with ExitStack() as stack:
        for process in processes:
            stack.enter_context(running(process))
        yield


def ask(house: House, pace: Pace) -> Seen:
    (told,), _ = at_once([partial(knock, house.door("referrals"), board(house), pace)])
    assert isinstance(told, Seen)
    return told


def ask_within(house: House, paces: tuple[Pace, ...]) -> list[Seen]:
    (told,), _ = at_once([partial(execute, house.environment("referrals"), board(house), paces)])
    return list(told)


def climb(house: House, seconds: float, say: Say) -> Figure:
    """The last rate of the ladder that held; rows that did not come are counted on the way."""
    best: list[Sample] = [Sample(0.0, said="none of the ladder held")]
    for rate in LADDER:
        told = ask(house, Pace(rate=rate, seconds=seconds))
        held = told.held and told.rate > 0.95 * rate
        say(f"doors: ladder, {rate:.0f}/s: {'held' if held else 'not held'}, p99 {told.p99:.0f} ms")
        if not held:
            break
        best = [Sample(told.rate, told.missed, words(told))]
    return figure("highest rate held through the doors", "ours, HTTP", "commands/s", best)


def visible(way: str, rate: float, told: list[Seen]) -> Figure:
    samples = [Sample(each.p99, each.missed, words(each)) for each in told]
    return figure(f"{VISIBLE}, {rate:.0f}/s", f"ours, {way}", "ms", samples)


def words(told: Seen) -> str:
    return (
        f"p50 {told.p50:.1f}, max {told.worst:.1f} ms;"
        f" asked to accepted p50 {told.door_p50:.1f}, p99 {told.door_p99:.1f} ms"
    )


def by_process(house: House, pace: Pace, say: Say) -> dict[str, float]:
    """Each verb in a process of its own, so that /proc tells who used the processor."""
    programs = [program(house, service, verb) for service, verb in SPLIT]
    with started(programs):
        ask(house, GENTLE)
        pids = {each.name: each.pid for each in programs if each.pid}
        before = now(used(house.admin_url, pids))
        told = ask(house, pace)
        spent = now(used(house.admin_url, pids)).since(before)
    say(f"doors: verb by verb, {pace.rate:.0f}/s: p99 {told.p99:.1f} ms")
    (alone,), _ = at_once([partial(by_stage, house.environment("referrals"), 500)])
    return stages({who: s / told.accepted * 1e3 for who, s in spent.items()}, *alone)


def program(house: House, service: str, verb: str) -> Program:
    async def at_once_ready() -> bool:
        return True

    ready = f"{house.door(service)}/health/ready" if verb == "api" else at_once_ready
    return Program(
        f"{service} {verb}", house.folder / "logs",
        (sys.executable, "-m", f"services.{service}.main", verb),
        ready=ready, env=house.environment(service),
    )  # fmt: skip


def stages(spent: dict[str, float], decide: float, append: float) -> dict[str, float]:
    """By process and role to by stage; `decide` and `append` were measured alone."""

    def both(process: str, role: str) -> float:
        return spent.get(process, 0.0) + spent.get(f"backend {role}", 0.0)

    return {
        "door": spent["referrals api"] - decide - append,
        "decide": decide,
        "append": append,
        "decide and append, in PostgreSQL": spent.get("backend referrals_service", 0.0),
        "seal": both("referrals sequence", "referrals_sequencer"),
        "relay": both("referrals relay", "referrals_relay"),
        "Kafka": spent["kafka"],
        "hear": both("reporting consume", "reporting_service"),
        "seal, in reporting": both("reporting sequence", "reporting_sequencer"),
        "fold": both("reporting project", "reporting_projector"),
        "PostgreSQL itself": spent["postgresql, itself"],
    }
