"""The society's office: its doors, its rooms, and a process of it that a test can ask."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
from fastapi import APIRouter, Depends, Response
from pydantic import Field

from chronicle.clock import set_file
from chronicle.doors import Board, Body, Door, Reading, at_door, commands, questions, reading
from chronicle.operations import application
from chronicle.process import Process, put_together
from chronicle.rooms import Rooms
from chronicle.settings import Settings
from contracts import cloudevents
from tests.chronicle.hearing.allotment import (
    ALLOTMENTS,
    MOST,
    SHED,
    WORDS,
    Bed,
    PlantBed,
    TakePlot,
    lending,
    letting,
)  # fmt: skip
from tests.chronicle.hearing.ears import HEARS
from tests.chronicle.hearing.home import NOON, Home
from tests.chronicle.hearing.read_models.plots import by_number
from tests.chronicle.hearing.read_models.plots import plots as plots_model
from tests.chronicle.hearing.rebuilding import MODELS


@dataclass(frozen=True, slots=True)
class Keeper:
    worker: str
    role: str


def keeper(header: str) -> Keeper:
    worker, role = header.removeprefix("worker=").split("; role=")
    return Keeper(worker, role)


SECRETARY = {"X-Actor": "worker=dot; role=secretary"}
VISITOR = {"X-Actor": "worker=eli; role=visitor"}
OPERATOR = {"X-Actor": "worker=fay; role=operations"}
At = Annotated[Door[Keeper], Depends(at_door)]


class Take(Body):
    holder: UUID
    plot: Annotated[int, Field(ge=1)]
    until: date | None = None


class Plant(Body):
    holder: UUID
    crop: str
    metres: int


async def take_plot(body: Take, door: At) -> Response:
    door.asked(body.occurred_on)
    return await door.execute(
        TakePlot(id=door.id, holder=body.holder, plot=body.plot, until=body.until)
    )


async def plant_bed(body: Plant, door: At) -> Response:
    bed = Bed(crop=body.crop, metres=body.metres)
    return await door.execute(PlantBed(id=door.id, holder=body.holder, bed=bed, size=MOST))


async def plots(reading: Annotated[Reading, reading(plots_model)]) -> Board:
    return reading.board(list(await by_number(reading.db)))


def doors() -> APIRouter:
    router = APIRouter()
    commands(router, take_plot, plant_bed)
    questions(router, plots)
    return router


async def timers(_: object, today: date) -> int:
    return today.day


ROOMS = Rooms(
    name=ALLOTMENTS, words=WORDS, binding=cloudevents, deciders=(letting,), models=MODELS,
    listen=lambda router, terms: None, doors=doors,
    roles={TakePlot: frozenset({"secretary"}), PlantBed: frozenset({"secretary", "visitor"})},
    actor=keeper, statuses={"ALL-07": 403, "PLOT-03": 422}, migrations=Path(__file__),
    timers=timers, stream_of=lambda stream: stream.removeprefix("allotments/"),
)  # fmt: skip
SHED_ROOMS = replace(ROOMS, name=SHED, deciders=(lending,), hears=HEARS)


@dataclass(frozen=True, slots=True)
class Office:
    process: Process
    http: httpx.AsyncClient

    async def take(self, holder: UUID, plot: int = 7, **headers: str) -> httpx.Response:
        said = {"holder": str(holder), "plot": plot}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post("/take-plot", json=said, headers=SECRETARY | given)

    async def see(self, **how: Any) -> dict[str, Any]:
        answer = await self.http.get("/plots", params=how, headers=VISITOR)
        assert answer.status_code == 200, answer.text
        board: dict[str, Any] = answer.json()
        return board


@asynccontextmanager
async def opened(
    home: Home, folder: Path, url: str = "", rooms: Rooms = ROOMS, verb: str = "api"
) -> AsyncIterator[Office]:
    """The doors in this process, with group commit at work; nothing else runs."""
    clock = folder / "clock"
    set_file(clock, NOON)
    settings = Settings(
        throughcare_profile="test", throughcare_clock_file=clock,
        kafka_bootstrap_servers="127.0.0.1:9", kafka_kind="embedded",
        database_url=url or home.url("service"),
    )  # fmt: skip
    async with AsyncExitStack() as stack:
        process = await put_together(rooms, settings, verb, stack)
        process.part("group commit", process.chronicle.commits.run())
        transport = httpx.ASGITransport(app=application(process))
        http = httpx.AsyncClient(transport=transport, base_url="http://office")
        yield Office(process, await stack.enter_async_context(http))
