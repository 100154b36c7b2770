"""One fault from its beginning until everything is as if it had not been."""

import asyncio
import os
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from tests.faults.plan import Fault
from tests.faults.points import PROCESSES, SERVICE_OF
from tests.faults.reading import AWAY, Reading
from tests.faults.stage import BLINK, Gone, Stage, child
from tests.faults.watch import Watch
from throughcare import databases
from throughcare.mark import lives

REACHED_WITHIN = 20.0
"""Seconds of traffic after which a point that was not passed is not waited for."""
CAUGHT_UP_WITHIN = 90.0
LONGEST_MOMENT = 0.3
MENDED = 0
KILLED = -signal.SIGKILL
JUNK = b"{"
numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """What became of a fault. `ready` and `caught_up` are seconds since the process was dead;
    `wrong` says in words what did not come right."""

    fault: Fault
    hit: bool
    ready: float | None = None
    caught_up: float | None = None
    wrong: str = ""


async def strike(stage: Stage, watch: Watch, fault: Fault) -> Struck:
    try:
        match fault.kind:
            case "point":
                return await at_a_point(stage, watch, fault)
            case "migration":
                return await in_a_migration(stage, fault)
            case "switch":
                return await in_a_switch(stage, fault)
            case "broker wiped":
                return await broker_wiped(stage, watch, fault)
            case "backend":
                return await backend_killed(stage, watch, fault)
            case _:
                await asyncio.sleep(fault.moment * LONGEST_MOMENT)
                before = stage.process(fault.victim).pid
                stage.kill(fault.victim)
                return await recovered(stage, watch, fault, before)
    except Gone as gone:
        return Struck(fault=fault, hit=True, wrong=str(gone))


def has_doors(victim: str) -> bool:
    """Whether it says itself when it is ready again."""
    return victim not in PROCESSES or PROCESSES[victim][1] in ("all", "api")


async def recovered(stage: Stage, watch: Watch, fault: Fault, before: int | None) -> Struck:
    """Ready again, and past everything that was in any log at that moment."""
    since = monotonic()
    await stage.back(fault.victim, before)
    ready = monotonic() - since if has_doors(fault.victim) else None
    mark = await watch.stands()
    until = monotonic() + CAUGHT_UP_WITHIN
    while behind := (await watch.stands()).behind(mark):
        if monotonic() > until:
            wrong = f"not caught up within {CAUGHT_UP_WITHIN:.0f} s: {behind}"
            return Struck(fault=fault, hit=True, ready=ready, wrong=wrong)
        await asyncio.sleep(5 * BLINK)
    return Struck(fault=fault, hit=True, ready=ready, caught_up=monotonic() - since)


async def at_a_point(stage: Stage, watch: Watch, fault: Fault) -> Struck:
    before = stage.process(fault.victim).pid
    file = stage.arm(fault.victim, fault.point, fault.passes)
    provoking = asyncio.create_task(provoke(stage, fault, file))
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(gone(file), REACHED_WITHIN)
        if file.exists():
            file.unlink(missing_ok=True)
            return Struck(fault=fault, hit=False)
        while before is not None and lives(before):  # noqa: ASYNC110
            await asyncio.sleep(BLINK)
        return await recovered(stage, watch, fault, before)
    finally:
        provoking.cancel()
        await asyncio.gather(provoking, return_exceptions=True)


async def gone(file: Path) -> None:
    while file.exists():  # noqa: ASYNC110, ASYNC240 -- a process that killed itself tells nobody
        await asyncio.sleep(BLINK)


async def provoke(stage: Stage, fault: Fault, file: Path) -> None:
    """What leads a process to a point that traffic alone does not."""
    if fault.point.startswith("park/"):
        await send_junk(stage, fault.victim)
    if fault.point.startswith("rebalance/"):
        service = SERVICE_OF[fault.victim]
        other = child(stage.house, stage.folder, f"second-{fault.victim}", service, "consume")
        await other.start()
        try:
            await gone(file)
            await stage.back(fault.victim, None)
        finally:
            await other.stop()


async def send_junk(stage: Stage, victim: str) -> None:
    """A record that nobody can handle, under a key of its own, on a topic that the victim hears."""
    hears = import_module(f"services.{SERVICE_OF[victim]}.messaging.consume").TOPICS
    producer = AIOKafkaProducer(bootstrap_servers=stage.house.servers)
    with suppress(KafkaError, OSError):
        await producer.start()
        try:
            await producer.send_and_wait(
                hears[0], JUNK, key=f"fault-{next(numbers)}".encode(),
                headers=[("ce_type", b"throughcare.nobody.Knows.v1")],
            )  # fmt: skip
        finally:
            await producer.stop()


async def backend_killed(stage: Stage, watch: Watch, fault: Fault) -> Struck:
    """kill -9 of one server process: PostgreSQL ends all sessions and recovers, itself alive."""
    db = await asyncpg.connect(stage.postgres.url)
    pids = await db.fetch(
        "select pid from pg_stat_activity where backend_type = 'client backend'"
        " and pid <> pg_backend_pid() and datname like 'faults%' order by pid"
    )
    os.kill(pids[int(fault.moment * len(pids))]["pid"], signal.SIGKILL)
    with suppress(*AWAY):
        while True:
            await db.fetchval("select 1")
            await asyncio.sleep(BLINK)
    db.terminate()
    return await recovered(stage, watch, fault, None)


async def broker_wiped(stage: Stage, watch: Watch, fault: Fault) -> Struck:
    """Dead, and its data with it: topics, members, offsets and messages."""
    before = stage.broker.pid
    stage.kill("broker")
    shutil.rmtree(stage.broker.folder / "data", ignore_errors=True)
    since = monotonic()
    await stage.back("broker", before)
    if stage.house.kafka_kind == "apache":  # the other loses all at every death, and says so itself
        await stage.begin_messages_again()
    for name in PROCESSES:
        await stage.back(name, None)
    lost = monotonic() - since
    struck = await recovered(stage, watch, fault, None)
    return replace(struck, ready=lost, caught_up=struck.caught_up and struck.caught_up + lost)


async def in_a_switch(stage: Stage, fault: Fault) -> Struck:
    """A rebuild killed in its switch; the next one goes through and finds no difference."""
    code = await armed_run(stage, fault, fault.victim, "switch")
    if code != KILLED:
        return Struck(fault=fault, hit=False, wrong=f"switch ended with {code}" if code else "")
    since = monotonic()
    again = await stage.runs_to_its_end(fault.victim, "switch", stage.house, "switch")
    wrong = f"a switch after a killed one ended with {again}" if again != MENDED else ""
    return Struck(fault=fault, hit=True, ready=monotonic() - since, wrong=wrong)


async def armed_run(stage: Stage, fault: Fault, service: str, verb: str, house: Any = None) -> int:
    file = stage.arm(verb, fault.point, fault.passes)
    try:
        return await stage.runs_to_its_end(service, verb, house or stage.house, verb)
    finally:
        file.unlink(missing_ok=True)


async def in_a_migration(stage: Stage, fault: Fault) -> Struck:
    """A new database whose migration is killed; the next one ends as if nothing had been."""
    service, admin = fault.victim, stage.postgres.url
    killed, whole = (f"faults{next(numbers)}_" for _ in range(2))
    for prefix in (killed, whole):
        await databases.make(admin, prefix, [service])
    try:
        house = replace(stage.house, prefix=killed)
        code = await armed_run(stage, fault, service, "migrate", house)
        since = monotonic()
        again = await stage.runs_to_its_end(service, "migrate", house, "migrate")
        took = monotonic() - since
        await stage.runs_to_its_end(
            service, "migrate", replace(stage.house, prefix=whole), "migrate"
        )
        differ = await shape(admin, killed + service) ^ await shape(admin, whole + service)
    finally:
        for prefix in (killed, whole):
            await databases.drop(admin, prefix, [service])
    wrong = f"migrated again: exit {again}, differs in {differ}" if differ or again else ""
    return Struck(fault=fault, hit=code == KILLED, ready=took, wrong=wrong)


async def shape(admin: str, database: str) -> set[tuple[Any, ...]]:
    """Every table, column and index, and which migrations are said to be done."""
    db = await asyncpg.connect(urlsplit(admin)._replace(path=f"/{database}").geturl())
    try:
        rows = await db.fetch(
            "select table_schema, table_name, column_name, data_type"
            " from information_schema.columns"
            " where table_schema in ('chronicle', 'view', 'vault')"
            " union all select schemaname, tablename, indexname, indexdef from pg_indexes"
            " where schemaname in ('chronicle', 'view', 'vault')"
            " union all select 'migration', name, '', '' from chronicle.migration"
        )
        return {tuple(row) for row in rows}
    finally:
        await db.close()


async def roll_back(reading: Reading, service: str) -> None:
    """Transactions that begin, take a number and roll back, all the time: after a crash of the
    database their numbers come again, and the sequencer must miss nothing that has them."""
    while True:
        with suppress(*AWAY):
            db = await reading.connected(service)
            try:
                while True:
                    await db.execute("begin; select pg_current_xact_id(); rollback")
                    await asyncio.sleep(5 * BLINK)
            finally:
                db.terminate()
        await asyncio.sleep(5 * BLINK)
