"""One whole system for all journeys: four processes, a real PostgreSQL, a real broker."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from chronicle.clock import set_file
from tests.journeys.scheme import Scheme
from tests.parts import Kafka, Server, folder, now, running
from throughcare import databases, topics
from throughcare.council import Council
from throughcare.house import House
from throughcare.process import Process

PREFIX = "journeys_"


@pytest.fixture(scope="package")
def house(kafka: Kafka, postgres: Server) -> Iterator[House]:
    with folder() as place:
        clock_file = place / "clock"
        set_file(clock_file, datetime(2024, 4, 2, 8, tzinfo=UTC))
        here = House(
            folder=place, admin_url=postgres.url, servers=kafka.servers, kafka_kind=kafka.kind,
            profile="test", clock_file=clock_file, prefix=PREFIX,
        )  # fmt: skip
        now(databases.drop(postgres.url, PREFIX))
        now(topics.forget(kafka.servers))
        now(here.prepare())
        yield here
        now(databases.drop(postgres.url, PREFIX))
        now(topics.forget(kafka.servers))


@pytest.fixture(scope="package")
def processes(house: House) -> Iterator[dict[str, Process]]:
    """The four services; a test that kills one starts it again."""
    with ExitStack() as until_the_end:
        services = {service: house.process(service) for service in databases.SERVICES}
        for process in services.values():
            until_the_end.enter_context(running(process))
        yield dict(services)


@pytest.fixture
async def scheme(house: House, processes: dict[str, Process]) -> AsyncIterator[Scheme]:
    async with Council.at({s: house.door(s) for s in databases.SERVICES}) as council:
        yield Scheme(house=house, council=council)
