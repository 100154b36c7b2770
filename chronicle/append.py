"""Append: lines into the log, by group commit or in a transaction, each caller answered alone."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias
from uuid import UUID

import asyncpg

from chronicle.db import LOST, Db, Pool

MOST_REQUESTS, MOST_BYTES = 256, 1_000_000
MOST_BODY = 262_144
"""Bytes of one body. A larger event would stop the relay for ever."""

Reached: TypeAlias = tuple[tuple[str, int], ...]
"""The streams a command wrote, in the order it wrote them, with the version reached in each."""


class Conflict(Exception):
    """A lost race: the stream is not where the caller saw it, or its command was done already."""


class TooLarge(ValueError):
    """An event's body is over MOST_BODY bytes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event ready to be stored."""

    stream: str
    version: int
    type: str
    event_id: UUID
    recorded: datetime
    key: str
    meta: bytes
    body: bytes
    trace: str | None = None


def reached(lines: Iterable[Line]) -> Reached:
    """The last version of each stream, streams in the order they come."""
    return tuple({line.stream: line.version for line in lines}.items())


INSERT = (
    "insert into chronicle.event"
    " (stream, version, type, event_id, recorded, key, meta, body, trace)"
    " select $1, $2 + o, t, i, $5, $6, m, b, $9"
    " from unnest($3::text[], $4::uuid[], $7::bytea[], $8::bytea[])"
    " with ordinality u(t, i, m, b, o)"
    " where $2 = 0 or (select true from chronicle.event v where v.stream = $1 and v.version = $2)"
    " order by o"
)


async def append_within(db: Db, lines: Sequence[Line]) -> None:
    """Append in the caller's transaction; Conflict leaves that transaction aborted."""
    for line in lines:
        _measure(line)
    by_stream = sorted(lines, key=attrgetter("stream", "version"))
    for stream, group in groupby(by_stream, key=attrgetter("stream")):
        written = list(group)
        first = written[0]
        try:
            status = await db.execute(
                INSERT, stream, first.version - 1, [x.type for x in written],
                [x.event_id for x in written], first.recorded, first.key,
                [x.meta for x in written], [x.body for x in written], first.trace,
            )  # fmt: skip
        except asyncpg.UniqueViolationError as lost:
            raise Conflict(stream) from lost
        if status != f"INSERT 0 {len(written)}":
            raise Conflict(stream)


async def remember(db: Db, command: UUID, lines: Sequence[Line]) -> None:
    """The command's answer, in the transaction of its events."""
    try:
        await db.execute(
            "insert into chronicle.command (id, result) values ($1, $2)", command, reached(lines)
        )
    except asyncpg.UniqueViolationError as done:
        raise Conflict(f"command {command}") from done


async def answered(db: Db, command: UUID) -> Reached | None:
    """What this command reached when it was done before, or None."""
    result = await db.fetchval("select result from chronicle.command where id = $1", command)
    return None if result is None else tuple((stream, version) for stream, version in result)


def _measure(line: Line) -> None:
    if len(line.body) > MOST_BODY:
        raise TooLarge(f"{line.type} has {len(line.body)} bytes; {MOST_BODY} are allowed")


@dataclass(slots=True)
class _Request:
    command: UUID
    lines: Sequence[Line]
    answer: "asyncio.Future[None]"

    @property
    def stream(self) -> str:
        return self.lines[0].stream

    @property
    def size(self) -> int:
        return sum(len(line.body) + len(line.meta) for line in self.lines)


class GroupCommit:
    """One fsync for all who wait. While one commit is in flight the next batch forms."""

    def __init__(self, pool: Pool, appended: Callable[[], None] = lambda: None) -> None:
        self._pool, self._appended = pool, appended
        self._waiting: list[_Request] = []
        self._wake = asyncio.Event()

    async def append(self, command: UUID, lines: Sequence[Line]) -> None:
        """Durable when it returns. All lines are of one stream; Conflict if the race was lost."""
        for line in lines:
            _measure(line)
        request = _Request(command, lines, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        self._wake.set()
        await request.answer

    async def run(self) -> None:
        """Commit what waits until cancelled; what still waits then is told so."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    await self._flush(self._take())
        finally:
            for request in self._waiting:
                request.answer.cancel()

    def _take(self) -> list[_Request]:
        """At most one request per stream and per command id; the others stay for the next."""
        taken: list[_Request] = []
        left: list[_Request] = []
        seen: set[str | UUID] = set()
        size = 0
        for request in self._waiting:
            size += request.size
            fits = len(taken) < MOST_REQUESTS and (size <= MOST_BYTES or not taken)
            if fits and request.stream not in seen and request.command not in seen:
                taken.append(request)
            else:
                left.append(request)
            seen |= {request.stream, request.command}
        self._waiting = left
        return sorted(taken, key=lambda r: (r.stream, r.lines[0].version))

    async def _flush(self, batch: list[_Request]) -> None:
        try:
            winners = await self._commit(batch)
        except LOST as error:
            if len(batch) > 1 and isinstance(error, asyncpg.PostgresError):
                for request in batch:  # one bad body must not refuse its good neighbours
                    await self._flush([request])
            else:
                lost = isinstance(error, asyncpg.UniqueViolationError)
                for request in batch:
                    _fail(request, Conflict(request.stream) if lost else error)
        except BaseException:
            for request in batch:
                request.answer.cancel()
            raise
        else:
            self._appended()
            for number, request in enumerate(batch, 1):
                if number in winners:
                    _settle(request)
                else:
                    _fail(request, Conflict(request.stream))

    async def _commit(self, batch: list[_Request]) -> set[int]:
        lines = [line for request in batch for line in request.lines]
        async with self._pool.acquire() as db:
            rows = await db.fetch(
                "select chronicle.append_many($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as r",
                [r.command for r in batch], [r.stream for r in batch],
                [r.lines[0].version - 1 for r in batch], [len(r.lines) for r in batch],
                [x.type for x in lines], [x.event_id for x in lines],
                [x.recorded for x in lines], [x.key for x in lines], [x.meta for x in lines],
                [x.body for x in lines], [x.trace for x in lines],
            )  # fmt: skip
        return {row["r"] for row in rows}


def _settle(request: _Request) -> None:
    if not request.answer.done():
        request.answer.set_result(None)


def _fail(request: _Request, error: BaseException) -> None:
    if not request.answer.done():
        request.answer.set_exception(error)
