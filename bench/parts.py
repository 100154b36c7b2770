"""The one PostgreSQL and the one broker of a run, and what they and the machine are."""

import importlib.metadata
import os
import platform
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import asyncpg

from tests.apache_kafka.broker import JARS
from tests.parts import Kafka, a_broker, folder, now, running
from throughcare.embedded.postgres import Postgres
from throughcare.process import Command

SETTINGS = {
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "shared_buffers": "512MB",
    "max_connections": "250",
}
"""A forced checkpoint in a round would decide it. Durability stays as it is."""
PACKAGES = (
    "asyncpg", "psycopg", "aiokafka", "faststream", "uvloop", "pydantic", "uvicorn",
    "eventsourcing",
)  # fmt: skip
HERE = Path(__file__).parent


class BenchPostgres(Postgres):
    """The product's own server, with room for a write-ahead log."""

    async def prepare(self) -> Command:
        command = await super().prepare()
        more = (part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}"))
        return replace(command, argv=(*command.argv, *more))

    @property
    def programs(self) -> Path:
        """Where pgbench lies."""
        return self._programs(self._home())


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """`admin_url` is the superuser's; `folder` is for files of this run."""

    admin_url: str
    servers: str
    kafka_kind: Literal["apache", "embedded"]
    folder: Path
    programs: Path


@contextmanager
def parts() -> Iterator[Parts]:
    """Started for this run alone; everything they held is gone after it."""
    with folder() as below:
        postgres = BenchPostgres(below / "postgres")
        with running(postgres), a_kafka() as kafka:
            yield Parts(
                admin_url=postgres.url, servers=kafka.servers, kafka_kind=kafka.kind,
                folder=below, programs=postgres.programs,
            )  # fmt: skip
        postgres.erase()


@contextmanager
def a_kafka() -> Iterator[Kafka]:
    """Apache Kafka by its jars, unless THROUGHCARE_BROKER names another."""
    os.environ.setdefault("THROUGHCARE_BROKER", "jars")
    with a_broker() as kafka:
        yield kafka


def versions(parts: Parts) -> dict[str, str]:
    """What was compared, on what."""
    return {
        "python": platform.python_version(),
        "postgresql": now(_postgresql(parts.admin_url)),
        "kafka": kafka_version(parts),
        **{name: importlib.metadata.version(name) for name in PACKAGES},
        "cores": str(os.cpu_count()),
        "processor": processor(),
        "postgresql settings": ", ".join(f"{k}={v}" for k, v in SETTINGS.items()),
        "commit": commit(),
    }


async def _postgresql(url: str) -> str:
    db = await asyncpg.connect(url)
    try:
        return str(await db.fetchval("show server_version"))
    finally:
        await db.close()


def kafka_version(parts: Parts) -> str:
    if parts.kafka_kind == "embedded":
        return "embedded broker (not Apache Kafka)"
    found = [jar.stem.rpartition("-")[2] for jar in JARS.glob("kafka_2.13-*.jar")]
    return f"Apache Kafka {found[0] if found else 'of an unknown version'}"


def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def commit() -> str:
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=HERE, capture_output=True, text=True
    )
    return said.stdout.strip() or "unknown"
