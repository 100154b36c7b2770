"""Reporting on a real PostgreSQL: what it hears, what it checks, and what its doors then answer."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from aiokafka import ConsumerRecord
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from chronicle.append import GroupCommit
from chronicle.db import Pool, connect, open_pool
from chronicle.doors import Desk
from chronicle.execute import Chronicle, Service, by_command
from chronicle.fact import canonical, wire_type
from chronicle.given import Told
from chronicle.merkle import chained, genesis, leaf, root
from chronicle.problems import explain_refusals
from chronicle.project import Projector
from chronicle.seal import public_text
from chronicle.sequencer import read_head, write_blocks
from chronicle.wake import Wake
from chronicle.witness import Witness
from contracts import cloudevents
from services.reporting.main import ROOMS
from throughcare.databases import url_of

Record = ConsumerRecord[Any, Any]
LOGS = {name: UUID(int=500 + n) for n, name in enumerate(("referrals", "matching", "reviews"))}
ACTOR = "role=auditor; team=governance"


@dataclass(kw_only=True)
class Origin:
    """The log of another service, as far as what it publishes shows it."""

    name: str
    log: UUID
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    versions: Counter[str] = field(default_factory=Counter)
    published: list[Record] = field(default_factory=list)
    seal_no: int = 0

    def publishes(self, told: Told[Any]) -> Record:
        event, about = told.event, told.about
        self.versions[event.subject] += 1
        attributes = cloudevents.attributes(
            id=about.id, service=self.name, type=wire_type(event), subject=event.subject,
            key=event.key, time=about.time, sequence=self.versions[event.subject], log=self.log,
            correlation=about.correlation or about.id,
            causation=UUID(about.causation) if about.causation else UUID(int=900),
            authority="westmere", policies=(),
        )  # fmt: skip
        position = len(self.published) + 1
        headers = cloudevents.headers(canonical(attributes), position, None)
        self.published.append(
            record(f"throughcare.{self.name}", event.key.encode(), headers, event.to_json())
        )
        return self.published[-1]

    def seals(self) -> Record:
        """One block and one seal over all that was published."""
        self.seal_no += 1
        leaves = [leaf(cloudevents.meta(text(r)), r.value or b"") for r in self.published]
        mine = root(leaves)
        block_hash = chained(genesis(self.name, self.log), 1, 1, len(leaves), mine)
        body = canonical({
            "log": str(self.log), "service": self.name, "seal_no": self.seal_no,
            "sealed_at": "2024-08-20T09:00:00.000000Z", "key": public_text(self.key),
            "blocks": [{
                "block_no": 1, "first_position": 1, "count": len(leaves), "root": mine.hex(),
                "hash": block_hash.hex(),
            }],
        })  # fmt: skip
        headers = cloudevents.seal_headers(self.name, self.log, self.seal_no, self.key.sign(body))
        return record("throughcare.seals", str(self.log).encode(), headers, body)


def record(topic: str, key: bytes, headers: dict[str, str], value: bytes) -> Record:
    pairs = tuple((name, said.encode()) for name, said in headers.items())
    return ConsumerRecord(topic, 0, 0, 0, 0, key, value, None, len(key), len(value), pairs)


def text(r: Record) -> dict[str, str]:
    return {name: value.decode() for name, value in r.headers}


@dataclass(kw_only=True)
class Reporting:
    """One migrated database with reporting's parts at hand; `now` is its clock."""

    admin_url: str
    database: str
    stack: AsyncExitStack
    chronicle: Chronicle = field(init=False)
    witness: Witness = field(init=False)
    projector: Projector = field(init=False)
    app: FastAPI = field(init=False)
    now: datetime = datetime(2024, 8, 20, 9, tzinfo=UTC)
    origins: dict[str, Origin] = field(
        default_factory=lambda: {name: Origin(name=name, log=log) for name, log in LOGS.items()}
    )

    def url(self, role: str) -> str:
        return url_of(self.admin_url, self.database, f"reporting_{role}")

    async def open(self) -> None:
        pool = await self._pool("service")
        service = Service(
            name="reporting", log=await pool.fetchval("select id from chronicle.log"),
            authority="westmere", deciders=by_command(ROOMS.deciders), words=ROOMS.words,
            binding=cloudevents, clock=lambda: self.now,
        )  # fmt: skip
        commits = GroupCommit(pool)
        self._while_open(commits.run())
        self.chronicle = Chronicle(service, pool, commits, lambda: None)
        self.witness = Witness(service, pool, lambda: None)
        projecting, passed = await self._pool("projector"), Wake()
        self.projector = Projector(
            self.url("projector"), projecting, ROOMS.words, ROOMS.models, passed.hint,
            keep_unread=True,
        )  # fmt: skip
        await self.projector.begin()
        self.app = FastAPI()
        self.app.state.desk = Desk(
            chronicle=self.chronicle, models=ROOMS.models, passed=passed, actor=ROOMS.actor,
            roles=ROOMS.roles, stream_of=ROOMS.stream_of,
        )  # fmt: skip
        explain_refusals(self.app, ROOMS.statuses, ROOMS.unprocessable)
        self.app.include_router(ROOMS.doors())

    async def _pool(self, role: str) -> Pool:
        return await self.stack.enter_async_context(await open_pool(self.url(role)))

    def _while_open(self, work: Any) -> None:
        task = asyncio.ensure_future(work)

        async def end() -> None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

        self.stack.push_async_callback(end)

    async def hears(self, *told: Told[Any]) -> None:
        """These are said by their services, heard here, sealed, and folded."""
        await self.keeps([self.origins[one.event.said_by].publishes(one) for one in told])

    async def keeps(self, records: Sequence[Record]) -> None:
        await self.witness.hear(records)
        await self.seals_and_folds()

    async def seals_and_folds(self) -> None:
        db = await connect(self.url("sequencer"))
        try:
            await write_blocks(db, await read_head(db, "reporting"), self.now)
        finally:
            await db.close()
        while await self.projector.step():
            pass

    async def asks(self, path: str, actor: str | None = ACTOR, **query: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting") as client:
            headers = {"X-Actor": actor} if actor else {}
            return await client.get(path, params=query, headers=headers)

    async def rows(self, path: str, **query: Any) -> list[dict[str, Any]]:
        answer = await self.asks(path, **query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["rows"]
        return found

    @property
    def keys(self) -> dict[UUID, list[str]]:
        return {origin.log: [public_text(origin.key)] for origin in self.origins.values()}


def with_other_bytes(r: Record) -> Record:
    """The same place in the same log, and another body."""
    return with_body(r, (r.value or b"").replace(b'"via":"api"', b'"via":"page"'))


def with_body(r: Record, body: bytes) -> Record:
    return replace(r, value=body)


MIGRATIONS = Path(ROOMS.migrations)
