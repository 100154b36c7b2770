"""The whole system under one supervisor: given or embedded parts, and the four services."""

import json
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from chronicle.clock import set_file
from throughcare import databases, topics
from throughcare.embedded.broker import Broker
from throughcare.embedded.postgres import Postgres
from throughcare.house import House
from throughcare.machine import must_have_room
from throughcare.process import Process
from throughcare.supervisor import Supervisor

STATE = Path(".throughcare")
ROOM = 1_000
"""Megabytes that a story may need."""
Say = Callable[[str], None]


@asynccontextmanager
async def system(folder: Path, say: Say, begins: datetime) -> AsyncIterator[House]:
    """A fresh system below `folder`, its clock at `begins`; all of it ends with the block.

    DATABASE_URL (an admin's) and KAFKA_BOOTSTRAP_SERVERS replace the embedded parts; then the
    demo's own databases and topics there are made anew. Raises CannotStart with what to do.
    """
    folder = roomy(folder)
    async with Supervisor(folder, say) as supervisor:
        await forget(folder)
        clock_file = folder / "clock"
        set_file(clock_file, begins.astimezone(UTC))
        postgres = None if "DATABASE_URL" in os.environ else Postgres(folder / "postgres")
        broker = None if "KAFKA_BOOTSTRAP_SERVERS" in os.environ else Broker(folder / "broker")
        say("starting PostgreSQL and the broker")
        if postgres:
            await supervisor.start(postgres)
        services: list[Process] = []
        house: list[House] = []

        async def begin_again() -> None:
            """The embedded broker keeps nothing: topics, members and messages are made anew.

            No relay runs meanwhile: one that went on from where it stood would bring what is later
            before what was lost.
            """

            async def messages() -> None:
                await house[0].publish_again()
                await house[0].make_topics()

            if house:
                await supervisor.restart(*services, between=messages)

        if broker:
            await supervisor.start(broker, on_restart=begin_again)
        house.append(
            House(
                folder=folder, clock_file=clock_file, prefix="throughcare_demo_",
                admin_url=postgres.url if postgres else os.environ["DATABASE_URL"],
                servers=broker.servers if broker else os.environ["KAFKA_BOOTSTRAP_SERVERS"],
                kafka_kind="embedded" if broker else kafka_kind(),
            )
        )  # fmt: skip
        if not postgres:
            await databases.drop(house[0].admin_url, house[0].prefix)
        if not broker:
            await topics.forget(house[0].servers)
        say("making databases, roles, keys and topics")
        await house[0].prepare()
        services.extend(house[0].processes())
        say("starting the four services")
        await supervisor.start(*services)
        yield house[0]


def roomy(folder: Path) -> Path:
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    must_have_room(folder, ROOM, "the story")
    return folder


async def forget(folder: Path) -> None:
    """Whatever an earlier run left, but the mark of the supervisor that is running now."""
    Postgres(folder / "postgres").erase()
    for name in ("postgres", "broker", "keys", "logs"):
        shutil.rmtree(folder / name, ignore_errors=True)


def kafka_kind() -> Literal["apache", "embedded"]:
    return cast(Literal["apache", "embedded"], os.environ.get("KAFKA_KIND", "apache"))


def remember(house: House) -> Path:
    """Write where the doors and databases are, for the command lines of this user alone."""
    file = STATE / "house.json"
    said = {
        "doors": {service: house.door(service) for service in databases.SERVICES},
        "servers": house.servers,
        "kafka_kind": house.kafka_kind,
        "keys": str(house.pinned_keys),
        "environment": {service: house.environment(service) for service in databases.SERVICES},
    }
    file.parent.mkdir(exist_ok=True)
    file.touch(0o600)
    file.chmod(0o600)
    file.write_text(json.dumps(said, indent=2) + "\n")
    return file
