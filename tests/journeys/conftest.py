"""One whole system for all journeys: four processes, a real PostgreSQL, a real broker."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from chronicle.clock import set_file
from tests.journeys.scheme import Scheme
from tests.parts import Kafka, Server, folder, now
from throughcare import databases, topics
from throughcare.council import Council
from throughcare.databases import SERVICES
from throughcare.house import House
from throughcare.process import Process
from throughcare.supervisor import together

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
    services: dict[str, Process] = {service: house.process(service) for service in SERVICES}
    try:
        now(together(process.start() for process in services.values()))
        yield services
    finally:
        now(together(process.stop() for process in services.values()))


@pytest.fixture
async def scheme(house: House, processes: dict[str, Process]) -> AsyncIterator[Scheme]:
    async with Council.at({s: house.door(s) for s in SERVICES}) as council:
        yield Scheme(house=house, council=council)
