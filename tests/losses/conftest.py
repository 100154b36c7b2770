"""The library's log for losses of one log; a whole house of its own, whose parts may be lost."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chronicle.clock import set_file
from tests.apache_kafka.broker import ApacheKafka
from tests.chronicle.conftest import admin, empty, library_database, log
from tests.journeys.scheme import Scheme, placed
from tests.losses.house import Losses
from tests.parts import Server, folder, now
from throughcare import databases
from throughcare.council import Council
from throughcare.databases import SERVICES
from throughcare.embedded.broker import Broker
from throughcare.house import House
from throughcare.machine import CannotStart
from throughcare.process import Process
from throughcare.supervisor import together

__all__ = ["admin", "empty", "library_database", "log"]

PREFIX = "losses_"


@pytest.fixture(scope="package")
def losses(postgres: Server) -> Iterator[Losses]:
    """Four services at work on a broker that nobody else uses."""
    with folder() as place:
        broker = a_broker_of_its_own(place / "broker")
        clock_file = place / "clock"
        set_file(clock_file, datetime(2024, 4, 2, 8, tzinfo=UTC))
        house = House(
            folder=place, admin_url=postgres.url, servers=broker.servers,
            kafka_kind="embedded" if isinstance(broker, Broker) else "apache", profile="test",
            clock_file=clock_file, prefix=PREFIX,
        )  # fmt: skip
        services: dict[str, Process] = {service: house.process(service) for service in SERVICES}
        try:
            now(databases.drop(postgres.url, PREFIX))
            now(house.prepare())
            now(together(process.start() for process in services.values()))
            yield Losses(house=house, broker=broker, services=services)
        finally:
            now(together(process.stop() for process in (*services.values(), broker)))
            now(databases.drop(postgres.url, PREFIX))


def a_broker_of_its_own(place: Path) -> Broker | ApacheKafka:
    """Apache Kafka where it can be had from its jars, and is not forbidden."""
    if os.environ.get("THROUGHCARE_BROKER") != "embedded" and shutil.which("java"):
        broker = ApacheKafka(place)
        try:
            now(broker.start())
            return broker
        except CannotStart:
            now(broker.stop())
    embedded = Broker(place)
    now(embedded.start())
    return embedded


@pytest.fixture(scope="package")
def story(losses: Losses) -> None:
    """One young person from registration to an early exit, heard by everybody."""
    now(played(losses))


async def played(losses: Losses) -> None:
    async with at_the_doors(losses) as scheme:
        someone = await placed(scheme, "Alder Brook")
        await scheme.on(date(2024, 8, 5))
        await someone.leaves(date(2024, 8, 5), "workload")
        await scheme.council.settle()


@pytest.fixture
async def scheme(losses: Losses, story: None) -> AsyncIterator[Scheme]:
    async with at_the_doors(losses) as scheme:
        yield scheme


@asynccontextmanager
async def at_the_doors(losses: Losses) -> AsyncIterator[Scheme]:
    async with Council.at({s: losses.house.door(s) for s in SERVICES}) as council:
        yield Scheme(house=losses.house, council=council)
