"""HTTP doors: a command in, a receipt out; a question in, a board out; a refusal explained."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Generic, Literal, TypedDict, TypeVar
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from chronicle import project
from chronicle.as_of import as_of as fold_as_of
from chronicle.as_of import position_at
from chronicle.clock import london_day
from chronicle.db import Db
from chronicle.decider import Command, Refused, kind
from chronicle.execute import Alongside, Chronicle
from chronicle.feed import head
from chronicle.ids import uuid7
from chronicle.problems import Problem, Unprocessable
from chronicle.read_model import ReadModel
from chronicle.wake import Wake

log = structlog.get_logger()

A = TypeVar("A")
WAIT_SECONDS = 5.0


@dataclass(kw_only=True)
class Desk:
    """What the doors of one service share; `main.py` puts it together."""

    chronicle: Chronicle
    models: tuple[ReadModel[Any, Any], ...]
    passed: Wake
    actor: Callable[[str], Any]
    roles: Mapping[type[Any], frozenset[str]]
    stream_of: Callable[[str], str] = field(default=lambda stream: stream)

    @property
    def today(self) -> date:
        return london_day(self.chronicle.service.clock())


class AskedAt(TypedDict, Generic[A]):
    """What every command carries, as a door brings it."""

    id: UUID
    today: date
    on: date
    by: A
    via: Literal["api"]


class Body(BaseModel):
    """What a stranger sends: nothing unknown passes, and it is not changed afterwards.

    `occurred_on` is when it was true, Europe/London; today when left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    occurred_on: date | None = None


CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.\w{2,}|(?<![\w-])\+?\d(?:[ ()-]?\d){9,13}(?![\w-])")
"""An e-mail address, or a telephone number of ten digits or more."""


def without_contact(words: str) -> str:
    if CONTACT.search(words):
        said = "these words hold an e-mail address or a telephone number: keep it in the vault"
        raise Refused("ALL-05", said)
    return words


Words = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(without_contact)]
"""What somebody typed about a person; no contact data, which belongs in no event."""


class Written(BaseModel):
    stream: str
    version: int


class Receipt(BaseModel):
    """What the command reached: a read can wait for `stream@version`; `leaf` proves the event."""

    command: UUID
    stream: str
    version: int
    leaf: str
    streams: list[Written]
    repeated: bool


@dataclass(kw_only=True)
class Door(Generic[A]):
    """One knock at a door: who, with which key, on which day."""

    desk: Desk
    id: UUID
    actor: A
    expected: int | None
    trace: str | None

    @property
    def today(self) -> date:
        return self.desk.today

    def asked(self, on: date | None = None) -> AskedAt[A]:
        """The base of a command that a person gives about the day `on`, or about today."""
        on = on or self.today
        if on > self.today:
            raise Unprocessable(f"{on} is after today, {self.today}: send the day it happened")
        return self.planned(on)

    def planned(self, on: date | None = None) -> AskedAt[A]:
        """The same, for the few commands whose rule has a code for a day in the future."""
        today = self.today
        return {"id": self.id, "today": today, "on": on or today, "by": self.actor, "via": "api"}

    async def execute(self, command: Command, alongside: Alongside | None = None) -> JSONResponse:
        """201 with a receipt, 200 when it was done before; a refusal becomes problem details."""
        role = getattr(self.actor, "role", "")
        if role not in self.desk.roles[type(command)]:
            raise Refused("ALL-07", f"the role {role} may not give {kind(command)}")
        done = await self.desk.chronicle.execute(
            command, expected=self.expected, alongside=alongside, trace=self.trace
        )
        log.info(
            "repeated" if done.repeated else "accepted", command=kind(command),
            correlation=str(done.command), stream=done.stream, version=done.version,
        )  # fmt: skip
        receipt = Receipt(
            command=done.command, stream=done.stream, version=done.version, leaf=done.leaf,
            streams=[Written(stream=s, version=v) for s, v in done.streams],
            repeated=done.repeated,
        )  # fmt: skip
        first = done.streams and not done.repeated
        headers = {"ETag": f'"{done.version}"'} if done.streams else {}
        return JSONResponse(
            receipt.model_dump(mode="json"), status_code=201 if first else 200, headers=headers
        )


async def at_door(
    request: Request,
    x_actor: Annotated[str | None, Header(description="worker=<uuid>; role=…; team=…")] = None,
    idempotency_key: Annotated[UUID | None, Header(description="the command's id")] = None,
    if_match: Annotated[str | None, Header(description="version of the first stream")] = None,
    traceparent: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Door[Any]:
    desk: Desk = request.app.state.desk
    return Door(
        desk=desk,
        id=idempotency_key or uuid7(desk.chronicle.service.clock()),
        actor=actor_of(desk, x_actor),
        expected=_version(if_match),
        trace=traceparent,
    )


def actor_of(desk: Desk, header: str | None) -> Any:
    """Who knocks; 401 when the header says nobody."""
    if not header:
        raise HTTPException(401, "name the actor: X-Actor: worker=<uuid>; role=<role>; team=<team>")
    try:
        return desk.actor(header)
    except ValueError:
        raise HTTPException(
            401, "X-Actor cannot be read: send worker=<uuid>; role=<role>; team=<team>"
        ) from None


def _version(if_match: str | None) -> int | None:
    if if_match is None:
        return None
    if found := re.fullmatch(r'(?:W/)?"?(\d+)"?', if_match.strip()):
        return int(found[1])
    raise Unprocessable('If-Match is the version of the first stream written, such as "3"')


Handler = Callable[..., Awaitable[Any]]


def commands(router: APIRouter, *handlers: Handler) -> None:
    """One `POST /<command-in-kebab-case>` for each function, named as its command."""
    answers: dict[int | str, dict[str, Any]] = {
        200: {"model": Receipt, "description": "Done before: the first answer again"},
        **{
            status: {"model": Problem, "description": HTTPStatus(status).phrase}
            for status in (401, 403, 409, 422, 428, 503)
        },
    }
    for handler in handlers:
        router.post(
            path_of(handler), status_code=201, response_model=Receipt, responses=answers,
            tags=["commands"],
        )(handler)  # fmt: skip


def questions(router: APIRouter, *handlers: Handler) -> None:
    """One `GET /<read-model>` for each function, named as its question."""
    for handler in handlers:
        router.get(path_of(handler), tags=["questions"])(handler)


def path_of(handler: Handler) -> str:
    name: str = getattr(handler, "__name__", "")
    return "/" + name.replace("_", "-")


class Board(BaseModel):
    """An answer and what it rests on.

    `position` is the last sealed event it has seen, `effective_on` the day after which nothing it
    tells of had occurred; `unread` counts events that are kept but could
    not be read; `catching_up` says that the event waited for had not arrived in time.
    """

    position: int
    as_of: datetime | None
    effective_on: date | None
    unread: int
    catching_up: bool
    rows: list[Any]


@dataclass(kw_only=True)
class Reading:
    """A connection whose read models stand at `position`, live or as of then."""

    desk: Desk
    db: Db
    actor: Any
    position: int
    as_of: datetime | None
    effective_on: date | None
    unread: int
    catching_up: bool

    @property
    def today(self) -> date:
        """The London day that the answer is about."""
        known = london_day(self.as_of) if self.as_of else self.desk.today
        return self.effective_on or known

    @property
    def now(self) -> datetime:
        return self.as_of or self.desk.chronicle.service.clock()

    def board(self, rows: list[Any]) -> Board:
        return Board(
            position=self.position, as_of=self.as_of, effective_on=self.effective_on,
            unread=self.unread, catching_up=self.catching_up, rows=rows,
        )  # fmt: skip


def reading(*models: ReadModel[Any, Any]) -> Any:
    """A dependency that gives a Reading over these read models.

    `?wait=<stream>@<version>` waits for a write; `?as_of_position=` and `?as_of=` answer as of
    then, under today's rights; `?effective_on=` leaves out what had not occurred by that day.
    """

    async def read(
        request: Request,
        x_actor: Annotated[str | None, Header(description="worker=…; role=…; team=…")] = None,
        wait: Annotated[str | None, Query(pattern=r".+@\d+")] = None,
        as_of_position: Annotated[int | None, Query(ge=0)] = None,
        as_of: Annotated[datetime | None, Query(description="RFC 3339, recorded by then")] = None,
        effective_on: Annotated[date | None, Query(description="occurred by that day")] = None,
    ) -> AsyncIterator[Reading]:
        desk: Desk = request.app.state.desk
        actor = actor_of(desk, x_actor)
        late = wait is not None and not await _waited(desk, models, wait)
        async with AsyncExitStack() as stack:
            db = await stack.enter_async_context(desk.chronicle.pool.acquire())
            await stack.enter_async_context(db.transaction(isolation="repeatable_read"))
            position = await _position(db, models)
            if as_of is not None and as_of.tzinfo is None:
                raise Unprocessable("as_of needs an offset, such as 2024-07-01T12:00:00Z")
            if (as_of, as_of_position, effective_on) != (None, None, None):
                position = await _then(db, as_of, as_of_position)
                words = desk.chronicle.service.words
                await fold_as_of(db, words, models, position, effective_on)
            yield Reading(
                desk=desk, db=db, actor=actor, position=position, as_of=as_of,
                effective_on=effective_on, unread=await _unread(db, models), catching_up=late,
            )  # fmt: skip

    return Depends(read)


async def _waited(desk: Desk, models: tuple[ReadModel[Any, Any], ...], wait: str) -> bool:
    stream, _, version = wait.rpartition("@")
    pool = desk.chronicle.pool
    return await project.wait_for(
        pool, desk.passed, models, desk.stream_of(stream), int(version), WAIT_SECONDS
    )


async def _then(db: Db, as_of: datetime | None, position: int | None) -> int:
    end = await head(db)
    by_time = await position_at(db, as_of) if as_of is not None else end
    return min(end, by_time, end if position is None else position)


async def _position(db: Db, models: tuple[ReadModel[Any, Any], ...]) -> int:
    position: int | None = await db.fetchval(
        "select min(position) from chronicle.cursor where name = any($1)",
        [project.checkpoint(model) for model in models],
    )
    return position or 0


async def _unread(db: Db, models: tuple[ReadModel[Any, Any], ...]) -> int:
    count: int = await db.fetchval(
        "select count(distinct position) from chronicle.unread where read_model = any($1)",
        [model.name for model in models],
    )
    return count
