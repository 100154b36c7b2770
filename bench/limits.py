"""What the machine and a bare PostgreSQL can do: no log on it can be faster."""

import os
import re
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import asyncpg
import uvloop

from bench.figure import Figure, Sample, Say, figure
from bench.library_log import COLUMNS, Ids, Log, a_log, history, superuser
from bench.ours_log import LOG
from bench.parts import Parts
from bench.together import Gate, at_once
from chronicle.append import Line
from tests.parts import now

BLOCK = b"\0" * 8192
INSERT = """
insert into chronicle.event (stream, version, type, event_id, recorded, key, meta, body)
select * from unnest($1::text[], $2::int[], $3::text[], $4::uuid[], $5::timestamptz[],
                     $6::text[], $7::bytea[], $8::bytea[])
"""
BARE = """
create table bare (stream text, version int, type text, event_id uuid, recorded timestamptz,
                   key text, meta bytea, body bytea)
"""
TABLE = """
drop table if exists durable;
create table durable (id bigint generated always as identity primary key, body text)
"""
SELECT = "select 1;\n"
DURABLE = "insert into public.durable (body) values (repeat('x', 200));\n"
Runs: TypeAlias = Mapping[tuple[str, str], Callable[[], Sample]]
"""By name and unit."""


def limits(parts: Parts, *, seconds: float, rows: int, rounds: int, say: Say) -> list[Figure]:
    """Every limit so many times; figures that hold for whoever writes to this server."""
    runs: Runs = {
        ("fdatasync of 8 kB", "syncs/s"): partial(fdatasync, parts.folder, seconds),
        **pgbench_runs(parts, seconds),
        **row_runs(parts, rows),
    }
    taken: dict[tuple[str, str], list[Sample]] = {limit: [] for limit in runs}
    for _ in range(rounds):
        for limit, run in runs.items():
            taken[limit].append(run())
            say(f"limit: {limit[0]}: {taken[limit][-1].value:,.1f} {limit[1]}")
    return [figure(name, "limit", unit, samples) for (name, unit), samples in taken.items()]


def fdatasync(folder: Path, seconds: float) -> Sample:
    """On the file system that holds the data."""
    with tempfile.TemporaryFile(dir=folder) as file:
        began, syncs = monotonic(), 0
        while monotonic() - began < seconds:
            os.pwrite(file.fileno(), BLOCK, 0)
            os.fdatasync(file.fileno())
            syncs += 1
        return Sample(syncs / (monotonic() - began))


def pgbench_runs(parts: Parts, seconds: float) -> Runs:
    selects = {
        (f"pgbench, select 1, {clients} clients", "queries/s"): partial(
            pgbench, parts, SELECT, clients, seconds
        )
        for clients in (1, 8)
    }
    inserts = {
        (f"pgbench, durable insert of one row, {clients} clients", "rows/s"): partial(
            pgbench, parts, DURABLE, clients, seconds
        )
        for clients in (1, 4, 8, 16, 32)
    }
    return {**selects, **inserts}


def pgbench(parts: Parts, script: str, clients: int, seconds: float) -> Sample:
    """Transactions a second, from the program that comes with PostgreSQL."""
    at = urlsplit(parts.admin_url)
    now(told(parts.admin_url, TABLE))
    file = parts.folder / "pgbench.sql"
    file.write_text(script)
    said = subprocess.run(
        [
            parts.programs / "pgbench", "-n", "-M", "prepared", "-f", file, "-c", str(clients),
            "-j", "1", "-T", str(max(1, round(seconds))), "-h", str(at.hostname),
            "-p", str(at.port), "-U", unquote(at.username or ""), "postgres",
        ],
        env=os.environ | {"PGPASSWORD": unquote(at.password or "")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", said.stdout)
    assert found, said.stdout
    return Sample(float(found[1]))


def row_runs(parts: Parts, rows: int) -> Runs:
    """Rows of the very shape the log has, into the very table, with all of its indexes."""
    into = "into the table of the log"
    unnested = {
        (f"unnest of {size} rows a transaction {into}", "rows/s"): partial(
            loaded, parts.admin_url, unnest, rows, size
        )
        for size in (100, 1_000, 5_000)
    }
    return unnested | {
        (f"COPY {into}", "rows/s"): partial(loaded, parts.admin_url, copy, rows, rows),
        ("COPY into a bare table", "rows/s"): partial(
            loaded, parts.admin_url, copy_bare, rows, rows
        ),
        ("COPY out of the log, binary, undecoded", "rows/s"): partial(
            loaded, parts.admin_url, copy_out, rows, rows
        ),
    }


Columns: TypeAlias = tuple[list[Any], ...]
Load: TypeAlias = Callable[["asyncpg.Connection[Any]", list[Line], int], Awaitable[float]]


def loaded(admin_url: str, load: Load, rows: int, size: int) -> Sample:
    with a_log(admin_url) as log:
        (rate,), _ = at_once([partial(timed, log, load, rows, size)])
        return Sample(rate)


def timed(log: Log, load: Load, rows: int, size: int, gate: Gate) -> float:
    return uvloop.run(_timed(log, load, rows, size, gate))


async def _timed(log: Log, load: Load, rows: int, size: int, gate: Gate) -> float:
    ids = Ids()
    lines = list(history(LOG, [ids() for _ in range(rows // 10)], rows))
    async with superuser(log) as db:
        gate.begin()
        return rows / await load(db, lines, size)


async def unnest(db: "asyncpg.Connection[Any]", lines: list[Line], size: int) -> float:
    parts = [columns(lines[n : n + size]) for n in range(0, len(lines), size)]
    began = monotonic()
    for part in parts:
        await db.execute(INSERT, *part)
    return monotonic() - began


def columns(lines: list[Line]) -> Columns:
    return tuple(map(list, zip(*map(record, lines), strict=True)))


def record(line: Line) -> tuple[Any, ...]:
    return tuple(getattr(line, name) for name in COLUMNS)


async def copy(db: "asyncpg.Connection[Any]", lines: list[Line], _: int) -> float:
    records = list(map(record, lines))
    began = monotonic()
    await db.copy_records_to_table(
        "event", schema_name="chronicle", columns=COLUMNS, records=records
    )
    return monotonic() - began


async def copy_bare(db: "asyncpg.Connection[Any]", lines: list[Line], _: int) -> float:
    await db.execute(BARE)
    records = list(map(record, lines))
    began = monotonic()
    await db.copy_records_to_table("bare", columns=COLUMNS, records=records)
    return monotonic() - began


async def copy_out(db: "asyncpg.Connection[Any]", lines: list[Line], size: int) -> float:
    await copy(db, lines, size)
    began = monotonic()
    await db.copy_from_table(
        "event", schema_name="chronicle", columns=COLUMNS, format="binary", output=Path(os.devnull)
    )
    return monotonic() - began


async def told(admin_url: str, sql: str) -> None:
    db = await asyncpg.connect(admin_url)
    try:
        await db.execute(sql)
    finally:
        await db.close()
