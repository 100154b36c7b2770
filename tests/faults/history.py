"""What callers were told, and what every log, inbox, parked table and read model holds."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from chronicle.fact import unversioned
from tests.faults.clerk import Reached, Told


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One event as it lies in a log; `position` is 0 where no block holds it."""

    position: int
    stream: str
    version: int
    type: str
    id: UUID
    key: str
    meta: bytes
    body: bytes

    @property
    def name(self) -> str:
        return self.type.split(".")[2]

    @property
    def unversioned(self) -> str:
        return unversioned(self.type)

    @cached_property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.body)
        return data

    @cached_property
    def causation(self) -> str:
        return str(json.loads(self.meta).get("causationid"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    block_no: int
    first: int
    count: int
    root: bytes
    hash: bytes


@dataclass(slots=True, kw_only=True)
class Log:
    """One service's: events in position order, the unsealed last."""

    service: str
    id: UUID
    events: list[Stored]
    blocks: list[Block]
    commands: dict[UUID, Reached] = field(default_factory=dict)
    inbox: list[str] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    """Ids of events that were set aside, without what the harness itself sent to be parked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What reporting's inbox says it has of another log."""

    log: UUID
    position: int
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One read model: a hash over every row as its table holds it, live and folded anew."""

    service: str
    name: str
    rows: int
    live: str
    rebuilt: str


@dataclass(slots=True, kw_only=True)
class History:
    told: list[Told]
    logs: dict[str, Log]
    kept: list[Kept] = field(default_factory=list)
    models: list[Compared] = field(default_factory=list)
    hears: dict[str, frozenset[str]] = field(default_factory=dict)
    """Types without a version, by consumer."""
