"""The doors of operations, the same in every service: health, settled, timers, parked."""

import asyncio
import base64
from datetime import date
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from chronicle import feed, parking, project, relay, sequencer
from chronicle.consume import Inbox, handle_parked, in_hand, positions, transient
from chronicle.db import Db
from chronicle.doors import Desk, at_door
from chronicle.openapi_page import page
from chronicle.problems import explain_refusals, problem

if TYPE_CHECKING:
    from chronicle.process import Process

ALIVE_WITHIN = 10.0
"""Seconds since the loop last turned after which the process counts as stuck."""
LOOK_AGAIN = 0.01
MOST_LAG = 10_000
"""Positions that sequencer, relay or read models may be behind and still be ready."""


def application(process: "Process") -> FastAPI:
    rooms = process.rooms
    app = FastAPI(
        title=f"Throughcare {rooms.name}",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.process = process
    app.state.desk = Desk(
        chronicle=process.chronicle, models=rooms.models, passed=process.passed,
        actor=rooms.actor, roles=rooms.roles, stream_of=rooms.stream_of,
    )  # fmt: skip
    explain_refusals(app, rooms.statuses, rooms.unprocessable)
    app.include_router(rooms.doors())
    app.include_router(doors())
    return app


class Settled(BaseModel):
    """How far each part has come; `settled` for this service alone.

    `published` and `handled` are next offsets by `topic/partition`: another service has heard all
    of this one when its `handled` reaches this one's `published`, in the topics that it `hears`.
    """

    service: str
    settled: bool
    unsealed: int
    unpublished: int
    unprojected: int
    published: dict[str, int]
    hears: list[str]
    handled: dict[str, int]
    behind: int
    in_hand: int


async def settled(
    request: Request,
    within: Annotated[float, Query(ge=0, le=10, description="seconds to wait for it")] = 0,
) -> Settled:
    process: Process = request.app.state.process
    until = monotonic() + within
    while True:
        now = await _settled(process)
        if now.settled or monotonic() > until:
            return now
        await asyncio.sleep(LOOK_AGAIN)


async def _settled(process: "Process") -> Settled:
    async with process.chronicle.pool.acquire() as db:
        unsealed = await sequencer.unsealed(db)
        unpublished = await relay.lag(db)
        unprojected = await project.lag(db, process.rooms.models)
    handled, behind, in_hand = _consumed(process)
    return Settled(
        service=process.rooms.name,
        settled=process.joined
        and not (unsealed or unpublished or unprojected or behind or in_hand),
        unsealed=unsealed, unpublished=unpublished, unprojected=unprojected,
        published=process.relay.published if process.relay else {},
        hears=[t for one in process.drain.subscribers for t in one.topic_names_for_subscribe],
        handled=handled, behind=behind, in_hand=in_hand,
    )  # fmt: skip


def _consumed(process: "Process") -> tuple[dict[str, int], int, int]:
    """Next offset to handle by partition, how many are behind the high water, how many in hand."""
    handled: dict[str, int] = {}
    behind = hands = 0
    for subscriber in process.drain.subscribers:
        hands += in_hand(subscriber)
        for place, next_offset, high in positions(subscriber):
            handled[place] = next_offset
            behind += max(high - next_offset, 0)
    return handled, behind, hands


async def pass_timers(request: Request) -> dict[str, int]:
    """One pass over what is due today; it answers when the pass is done."""
    process: Process = request.app.state.process
    desk: Desk = request.app.state.desk
    return {"asked": await process.rooms.timers(process.chronicle, desk.today)}


async def live(request: Request) -> Response:
    process: Process = request.app.state.process
    stuck = monotonic() - process.turned > ALIVE_WITHIN
    return Response("stuck" if stuck else "live", status_code=503 if stuck else 200)


async def ready(request: Request) -> Response:
    process: Process = request.app.state.process
    if waiting := await _not_ready(process):
        return problem(503, "NOT_READY", "; ".join(waiting))
    return Response("ready")


async def _not_ready(process: "Process") -> list[str]:
    waiting = []
    try:
        async with process.chronicle.pool.acquire(timeout=2) as db:
            lag = await sequencer.unsealed(db) + await relay.lag(db)
            lag += await project.lag(db, process.rooms.models)
        if lag > MOST_LAG:
            waiting.append(f"{lag} events behind")
    except Exception as error:
        waiting.append(f"the database does not answer: {type(error).__name__}")
    if not process.joined:
        waiting.append("a subscriber has not joined yet")
    return waiting


class Which(BaseModel):
    """Which message, and why this is done with it."""

    model_config = ConfigDict(extra="forbid")
    consumer: str
    source: str
    event_id: str
    why: str


class Mend(Which):
    body: str
    """The corrected body, base64."""


async def operator(request: Request, door: Annotated[Any, Depends(at_door)]) -> str:
    """Who decides about a parked message: a worker in the role operations, by name."""
    role = getattr(door.actor, "role", "")
    if role != "operations":
        raise HTTPException(403, f"the role {role} may not decide about parked messages")
    return str(getattr(door.actor, "worker", None) or role)


Operator = Annotated[str, Depends(operator)]


async def parked(
    request: Request, operator: Operator, every: Annotated[bool, Query()] = False
) -> list[parking.Parked]:
    """What could not be handled, the oldest first; no word of what it says."""
    desk: Desk = request.app.state.desk
    async with desk.chronicle.pool.acquire() as db:
        return await parking.listed(db, every)


async def release(request: Request, operator: Operator, which: Which) -> Any:
    """Handle it, and what waits behind it, in order."""
    process: Process = request.app.state.process
    inbox = Inbox(
        service=process.chronicle.service, pool=process.chronicle.pool, hears=process.rooms.hears
    )

    async def handle(db: Db, row: Any) -> None:
        await handle_parked(inbox, db, row)

    try:
        count = await parking.release(
            inbox.pool, which.consumer, which.source, which.event_id, operator, which.why, handle
        )
    except parking.NotParked as error:
        raise HTTPException(404, str(error)) from None
    except Exception as error:
        if transient(error):
            raise
        reason, _ = parking.why(error)
        return problem(409, "STILL_PARKED", f"it failed again: {reason}")
    finally:
        process.appended.hint()
    return {"released": count}


async def mend(request: Request, operator: Operator, which: Mend) -> dict[str, str]:
    """Keep a corrected body beside the original; release handles it."""
    desk: Desk = request.app.state.desk
    try:
        body = base64.b64decode(which.body, validate=True)
        await parking.mend(
            desk.chronicle.pool, which.consumer, which.source, which.event_id, body, operator,
            which.why,
        )  # fmt: skip
    except parking.NotParked as error:
        raise HTTPException(404, str(error)) from None
    except ValueError:
        raise HTTPException(422, "body is not base64") from None
    return {"mended": which.event_id}


async def drop(request: Request, operator: Operator, which: Which) -> dict[str, str]:
    """Set it aside for good, with the reason."""
    desk: Desk = request.app.state.desk
    try:
        await parking.drop(
            desk.chronicle.pool, which.consumer, which.source, which.event_id, operator, which.why
        )
    except parking.NotParked as error:
        raise HTTPException(404, str(error)) from None
    return {"dropped": which.event_id}


async def docs(request: Request) -> Response:
    """Every door of this service on one page, without a script."""
    return Response(page(request.app.openapi()), media_type="text/html; charset=utf-8")


async def log_head(request: Request) -> dict[str, Any]:
    """Which log this is and how far it is sealed."""
    process: Process = request.app.state.process
    async with process.chronicle.pool.acquire() as db:
        end = await feed.head(db)
    service = process.chronicle.service
    return {"service": service.name, "log": str(service.log), "head": end, "today": _today(request)}


def _today(request: Request) -> date:
    desk: Desk = request.app.state.desk
    return desk.today


def doors() -> APIRouter:
    router = APIRouter(tags=["operations"])
    router.get("/health/live")(live)
    router.get("/health/ready")(ready)
    router.get("/settled")(settled)
    router.get("/log")(log_head)
    router.post("/timers")(pass_timers)
    router.get("/parked")(parked)
    router.post("/parked/release")(release)
    router.post("/parked/mend")(mend)
    router.post("/parked/drop")(drop)
    router.get("/docs", include_in_schema=False)(docs)
    router.get("/", include_in_schema=False)(docs)
    return router
