"""The whole system on one machine: databases, keys, topics, and the four service processes."""

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Literal
from uuid import UUID

import asyncpg

from chronicle.migrate import migrate
from chronicle.republish import republish
from throughcare import databases, topics
from throughcare.databases import SERVICES, url_of
from throughcare.keys import signing_key, write_pinned
from throughcare.machine import free_port
from throughcare.process import Program


@dataclass(kw_only=True)
class House:
    """Where everything lives: `folder` for keys and logs, one admin address, one broker."""

    folder: Path
    admin_url: str
    servers: str
    kafka_kind: Literal["apache", "embedded"]
    profile: Literal["demo", "test"] = "demo"
    authority: str = "westmere"
    clock_file: Path | None = None
    prefix: str = "throughcare_"
    ports: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        self.ports = self.ports or {service: free_port() for service in SERVICES}

    async def prepare(self) -> None:
        """Databases, migrations, keys and topics. Safe to repeat."""
        await databases.make(self.admin_url, self.prefix)
        keys = {}
        for service in SERVICES:
            folder = Path(import_module(f"services.{service}").__path__[0]) / "migrations"
            owner = self.url(service, "owner")
            await migrate(owner, service, folder, datetime.now(UTC))
            keys[await self._log(owner)] = signing_key(self.key_file(service))
        write_pinned(self.pinned_keys, keys)
        await self.make_topics()

    async def make_topics(self) -> None:
        await topics.apply(self.servers, replicas=1)

    async def publish_again(self) -> None:
        """Every relay from its beginning; whoever had an event does not notice."""
        for service in SERVICES:
            await republish(self.url(service, "relay"))

    async def _log(self, url: str) -> UUID:
        db = await asyncpg.connect(url)
        try:
            log_id: UUID = await db.fetchval("select id from chronicle.log")
            return log_id
        finally:
            await db.close()

    def url(self, service: str, role: str) -> str:
        return url_of(self.admin_url, self.prefix + service, f"{service}_{role}")

    def door(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    def key_file(self, service: str) -> Path:
        return self.folder / "keys" / f"{service}.pem"

    @property
    def pinned_keys(self) -> Path:
        return self.folder / "keys.json"

    def environment(self, service: str) -> dict[str, str]:
        """Every setting of a service's process."""
        said = {
            "THROUGHCARE_PROFILE": self.profile,
            "THROUGHCARE_AUTHORITY": self.authority,
            "KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "KAFKA_KIND": self.kafka_kind,
            "KAFKA_SESSION_MS": "1500" if self.kafka_kind == "embedded" else "6000",
            "DATABASE_URL": self.url(service, "service"),
            "OWNER_DATABASE_URL": self.url(service, "owner"),
            "SEQUENCER_DATABASE_URL": self.url(service, "sequencer"),
            "RELAY_DATABASE_URL": self.url(service, "relay"),
            "PROJECTOR_DATABASE_URL": self.url(service, "projector"),
            "AUDITOR_DATABASE_URL": self.url(service, "auditor"),
            "SIGNING_KEY_FILE": str(self.key_file(service)),
            "PINNED_KEYS_FILE": str(self.pinned_keys),
            "HTTP_PORT": str(self.ports[service]),
        }
        if self.clock_file:
            said["THROUGHCARE_CLOCK_FILE"] = str(self.clock_file.resolve())
        return said

    def process(self, service: str, verb: str = "all") -> Program:
        """One service as a child process, ready when its doors say so."""
        return Program(
            service, self.folder / "logs",
            (sys.executable, "-m", f"services.{service}.main", verb),
            ready=f"{self.door(service)}/health/ready", env=self.environment(service),
        )  # fmt: skip

    def processes(self) -> list[Program]:
        return [self.process(service) for service in SERVICES]
