"""What every test may ask for: a broker, a PostgreSQL, a database of its own."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest

from tests.parts import CHOICES, Database, Kafka, Server, a_broker, a_database, a_postgres

CHOSEN = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pure", action="store_true", help="only rules: no database, no broker")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --pure: deciders, policies and folds, which ask for no part."""
    if config.getoption("--pure"):
        pure = [item for item in items if is_pure(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in pure])
        items[:] = pure


def is_pure(item: pytest.Item) -> bool:
    rooms = {"domain", "read_models", "test_policies.py"}
    asks: set[str] = set(getattr(item, "fixturenames", ()))
    return bool(rooms & set(item.path.parts)) and not asks & {"kafka", "postgres"}


def pytest_report_header() -> str:
    forced = os.environ.get("THROUGHCARE_BROKER")
    return f"broker: {forced or 'the first that can be had of ' + ', '.join(CHOICES)}"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    terminalreporter.write_line(f"broker: {config.stash.get(CHOSEN, 'no test asked for one')}")


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Iterator[Kafka]:
    """A broker that answers; topics are whoever makes them's to delete."""
    with a_broker() as broker:
        request.config.stash[CHOSEN] = broker.chosen
        yield broker


@pytest.fixture(autouse=True)
def on_apache_kafka_alone(request: pytest.FixtureRequest) -> None:
    """A test marked apache_kafka is skipped aloud on another broker; in CI that is a failure."""
    if request.node.get_closest_marker("apache_kafka") is None:
        return
    broker: Kafka = request.getfixturevalue("kafka")
    if broker.kind != "apache":
        expected = os.environ.get("CI") and os.environ.get("THROUGHCARE_BROKER") != "embedded"
        (pytest.fail if expected else pytest.skip)(f"needs Apache Kafka: {broker.chosen}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with a_postgres() as server:
        yield server


@pytest.fixture
async def new_database(postgres: Server) -> AsyncIterator[Callable[[], Awaitable[Database]]]:
    """Makes as many fresh databases as a test needs."""
    async with AsyncExitStack() as until_the_end:
        yield lambda: until_the_end.enter_async_context(a_database(postgres))


@pytest.fixture
async def database(new_database: Callable[[], Awaitable[Database]]) -> Database:
    return await new_database()
