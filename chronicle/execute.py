"""Execute one command: load, fold, decide, append; once, and with a receipt."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias, cast
from uuid import UUID

import asyncpg

from chronicle.append import (
    Conflict,
    GroupCommit,
    Line,
    Reached,
    answered,
    append_within,
    reached,
    remember,
)  # fmt: skip
from chronicle.clock import Clock
from chronicle.db import TRANSIENT_SQLSTATES, Db, Pool
from chronicle.decider import Command, Decider, Refused, kind, rules_of
from chronicle.fact import Binding, Envelope, Fact, Unopened, canonical, wire_type
from chronicle.ids import derived
from chronicle.merkle import leaf
from chronicle.words import Words

ATTEMPTS = 8
"""How often a lost race is decided again before the caller hears of it."""

Alongside: TypeAlias = Callable[[Db], Awaitable[None]]
"""A row that stands or falls with the events, written in their transaction."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What started a timer's command: the event its deadline began with, and that one's chain."""

    id: UUID
    correlation: UUID
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a command reached: its first stream, that version, and the leaf of that event.

    `repeated` says that it was done before and this is the first answer again. A command that
    had nothing to say has no streams, version 0 and no leaf.
    """

    command: UUID
    streams: Reached
    leaf: str
    repeated: bool = False

    @property
    def stream(self) -> str:
        return self.streams[0][0] if self.streams else ""

    @property
    def version(self) -> int:
        return self.streams[0][1] if self.streams else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Who remembers: its name and log, its deciders, its words and how they travel."""

    name: str
    log: UUID
    authority: str
    deciders: dict[type[Any], Decider[Any, Any, Any]]
    words: Words
    binding: Binding
    clock: Clock


def by_command(
    deciders: Iterable[Decider[Any, Any, Any]],
) -> dict[type[Any], Decider[Any, Any, Any]]:
    """The decider of each command; two for one command is a mistake of the service's."""
    found: dict[type[Any], Decider[Any, Any, Any]] = {}
    for decider in deciders:
        for command in decider.commands:
            if command in found:
                raise TypeError(f"two deciders for {command.__name__}")
            found[command] = decider
    return found


class Chronicle:
    """For doors and timers: group commit, or a transaction of its own."""

    def __init__(
        self, service: Service, pool: Pool, commits: GroupCommit, appended: Callable[[], None]
    ) -> None:
        self.service, self.pool, self.commits, self._appended = service, pool, commits, appended

    async def execute(
        self,
        command: Command,
        *,
        because: Envelope | Cause | None = None,
        expected: int | None = None,
        alongside: Alongside | None = None,
        trace: str | None = None,
    ) -> Receipt:
        """Decide and append, durably.

        `because` is what started it, for a timer; a person's command is its own cause. `expected`
        is the version the caller saw of the first stream written (`If-Match`). Raises Refused,
        or Conflict when the race was lost with `expected` given, or ATTEMPTS times without.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._once(command, because, expected, alongside, trace)
            except Conflict:
                if done := await self._done(command):
                    return done
                if expected is not None or attempt == ATTEMPTS:
                    raise
            except asyncpg.PostgresError as error:
                if error.sqlstate not in TRANSIENT_SQLSTATES or attempt == ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def _once(
        self,
        command: Command,
        because: Envelope | Cause | None,
        expected: int | None,
        alongside: Alongside | None,
        trace: str | None,
    ) -> Receipt:
        try:
            async with self.pool.acquire() as db:
                lines = await decide(self.service, db, command, because, expected, trace)
        except Refused:
            if done := await self._done(command):
                return done
            raise
        if not lines:
            return await self._done(command) or Receipt(command.id, (), "")
        if alongside is None and len({line.stream for line in lines}) == 1:
            await self.commits.append(command.id, lines)
        else:
            async with self.pool.acquire() as db, db.transaction():
                await append_within(db, lines)
                await remember(db, command.id, lines)
                if alongside is not None:
                    await alongside(db)
            self._appended()
        return receipt(command, lines)

    async def _done(self, command: Command) -> Receipt | None:
        async with self.pool.acquire() as db:
            streams = await answered(db, command.id)
            if streams is None:
                return None
            row = await db.fetchrow(
                "select meta, body from chronicle.event where stream = $1 and version = $2",
                *streams[0],
            )
            assert row is not None
        return Receipt(command.id, streams, leaf(row["meta"], row["body"]).hex(), repeated=True)


class Within:
    """For handlers: the same call on the connection that holds the inbox row.

    No command row: the inbox suffices. A lost race leaves the transaction aborted, so all of it
    runs again.
    """

    def __init__(self, service: Service, db: Db, about: Envelope) -> None:
        self._service, self._db, self._about = service, db, about

    async def execute(
        self, command: Command, *, because: Envelope | Cause | None = None
    ) -> Receipt:
        cause = because or self._about
        lines = await decide(self._service, self._db, command, cause, None, cause.trace)
        if not lines:
            return Receipt(command.id, (), "")
        await append_within(self._db, lines)
        return receipt(command, lines)


def receipt(command: Command, lines: list[Line]) -> Receipt:
    streams = reached(lines)
    last = next(line for line in reversed(lines) if line.stream == streams[0][0])
    return Receipt(command.id, streams, leaf(last.meta, last.body).hex())


async def decide(
    service: Service,
    db: Db,
    command: Command,
    because: Envelope | Cause | None,
    expected: int | None,
    trace: str | None,
) -> list[Line]:
    """Load the streams the command reads, decide, and make each event into a line, once."""
    decider = service.deciders[type(command)]
    streams = decider.reads(command)
    told, versions = await load(service.words, db, streams)
    state = decider.fold(told)
    try:
        events = decider.decide(command, state)
    except Refused as refused:
        refused.state = decider.named(state)
        refused.allowed = await allowed_now(service, db, streams)
        refused.rules = rules_of(command)
        raise
    if events and expected is not None and versions.get(events[0].subject, 0) != expected:
        raise Conflict(events[0].subject)
    return written(service, command, events, versions, streams, because, trace)


async def allowed_now(service: Service, db: Db, streams: list[str]) -> tuple[str, ...]:
    """Every command about this kind of stream that its state lets through, whoever decides it.

    Others may read streams of the same id that the refused command did not: they are read here.
    """
    category, _, owner = streams[0].partition("-")
    others = [d for d in dict.fromkeys(service.deciders.values()) if d.category == category]
    beside = [f"{read}-{owner}" for decider in others for read in decider.categories]
    told, _ = await load(service.words, db, list({*streams, *beside}))
    return tuple(allowed for d in others for allowed in d.allowed(d.fold(told)))


async def load(
    words: Words, db: Db, streams: list[str]
) -> tuple[list[tuple[Any, Envelope]], dict[str, int]]:
    """The events of these streams in the order they were written, and each stream's version."""
    rows = await db.fetch(
        "select stream, version, type, meta, body from chronicle.event"
        " where stream = any($1) order by ticket",
        streams,
    )
    told = [(words.read(row["type"], row["body"]), envelope(row["meta"])) for row in rows]
    return told, {row["stream"]: row["version"] for row in rows}


def written(
    service: Service,
    command: Command,
    events: list[Any],
    versions: dict[str, int],
    streams: list[str],
    because: Envelope | Cause | None,
    trace: str | None,
) -> list[Line]:
    now = service.clock()
    versions = dict(versions)
    lines = []
    for k, event in enumerate(events, 1):
        _mine(service, command, event, streams)
        version = versions[event.subject] = versions.get(event.subject, 0) + 1
        event_id = derived(command.id, f"{service.name}/{k}")
        attributes = service.binding.attributes(
            id=event_id, service=service.name, type=wire_type(event), subject=event.subject,
            key=event.key, time=now, sequence=version, log=service.log,
            correlation=(because and because.correlation) or command.id,
            causation=because.id if because else command.id,
            authority=service.authority, policies=rules_of(command),
        )  # fmt: skip
        lines.append(
            Line(
                event.subject, version, wire_type(event), event_id, now, event.key,
                canonical(attributes), event.to_json(), trace,
            )
        )  # fmt: skip
    return lines


def _mine(service: Service, command: Command, event: Fact, streams: list[str]) -> None:
    if event.said_by != service.name:
        raise TypeError(f"{service.name} may not say {wire_type(event)}")
    if event.subject not in streams:
        raise TypeError(f"{kind(command)} writes {event.subject} without reading it")


def envelope(meta: bytes, position: int = 0) -> Envelope:
    """From the attributes as stored, read when one of them is asked for."""
    return cast(Envelope, Unopened(meta, position))
