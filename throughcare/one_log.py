"""The log of one service as whoever operates it reaches it: its rooms, addresses and keys."""

import asyncio
import os
from collections.abc import Coroutine
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any, TypeVar, cast

import asyncpg
import typer

from chronicle.rebuild import Beside, NotBuilt
from chronicle.rooms import Rooms
from chronicle.settings import Settings
from throughcare.databases import SERVICES
from throughcare.doors import CANNOT_REACH, REFUSED, end, house

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OneLog:
    """A service's rooms, and the addresses and keys of its processes."""

    rooms: Rooms
    settings: Settings

    def beside(self) -> Beside:
        return Beside(
            url=self.settings.url("projector"), words=self.rooms.words, models=self.rooms.models,
            keep_unread=self.rooms.say_checked is not None,
        )  # fmt: skip


def of(service: str) -> OneLog:
    """The log of the house that runs here; else of the service whose settings are set."""
    known = house().get("environment", {}).get(service) or os.environ
    try:
        settings = Settings.read(known)
    except ValueError:
        end(
            CANNOT_REACH,
            f"the database of {service} is not known: start the system with `throughcare up`, or"
            " set what its processes are given, DATABASE_URL and PROJECTOR_DATABASE_URL at least",
        )
    rooms = cast(Rooms, import_module(f"services.{service}.main").ROOMS)
    return OneLog(rooms, settings)


def a_service(name: str) -> str:
    if name not in SERVICES:
        raise typer.BadParameter(f"one of {', '.join(SERVICES)}")
    return name


Service = Annotated[
    str, typer.Option("--service", callback=a_service, help="Whose log: one of the four services.")
]


def done(work: Coroutine[Any, Any, T]) -> T:
    """Run it; what cannot be reached, and what is not ready for this, become a sentence."""
    try:
        return asyncio.run(work)
    except NotBuilt as error:
        end(REFUSED, str(error))
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InvalidPasswordError) as error:
        end(CANNOT_REACH, f"the database does not answer: {type(error).__name__}: {error}")
