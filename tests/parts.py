"""The real parts the tests run on: which broker, which PostgreSQL, and a fresh database on it."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar, cast
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from tests.apache_kafka.broker import ApacheKafka
from throughcare.embedded.broker import Broker, lists_topics
from throughcare.embedded.postgres import Postgres
from throughcare.machine import LOOPBACK, CannotStart, free_port
from throughcare.process import Process

T = TypeVar("T")
Kind: TypeAlias = Literal["apache", "embedded"]
Choice: TypeAlias = tuple[str, Kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kafka:
    """A broker that answers. `chosen` says in words which one it is, and what was passed over."""

    servers: str
    kind: Kind
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A PostgreSQL that answers at `url`, which may create databases and roles."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An empty database of one test's own, `url` being the superuser's address in it."""

    url: str


@contextmanager
def a_broker() -> Iterator[Kafka]:
    """The first that can be had, or the one THROUGHCARE_BROKER names (messaging.md 17)."""
    forced = os.environ.get("THROUGHCARE_BROKER")
    passed_over: list[str] = []
    with ExitStack() as until_the_end:
        for name, choice in CHOICES.items():
            if forced in (None, name):
                try:
                    servers, kind = until_the_end.enter_context(choice())
                except CannotStart as why:
                    if forced:
                        raise
                    passed_over.append(f"not {name}: {why}")
                    continue
                is_it = "Apache Kafka" if kind == "apache" else "which is not Apache Kafka"
                chosen = "; ".join([f"{name}, {is_it}, at {servers}", *passed_over])
                yield Kafka(servers=servers, kind=kind, chosen=chosen)
                return
    raise CannotStart(f"THROUGHCARE_BROKER={forced} is none of {', '.join(CHOICES)}")


@contextmanager
def given_address() -> Iterator[Choice]:
    if not (servers := os.environ.get("KAFKA_BOOTSTRAP_SERVERS")):
        raise CannotStart("KAFKA_BOOTSTRAP_SERVERS is not set")
    yield servers, cast(Kind, os.environ.get("KAFKA_KIND", "apache"))


@contextmanager
def docker_image() -> Iterator[Choice]:
    if not daemon_answers():
        raise CannotStart("no Docker daemon answers")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from testcontainers.core.container import DockerContainer
    port = free_port()
    container = DockerContainer(os.environ.get("KAFKA_IMAGE", "apache/kafka:4.3.1"))
    container.with_bind_ports(9092, port).with_envs(
        KAFKA_NODE_ID="1",
        KAFKA_PROCESS_ROLES="broker,controller",
        KAFKA_LISTENERS="PLAINTEXT://:9092,CONTROLLER://:9093",
        KAFKA_ADVERTISED_LISTENERS=f"PLAINTEXT://{LOOPBACK}:{port}",
        KAFKA_CONTROLLER_LISTENER_NAMES="CONTROLLER",
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP="PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        KAFKA_CONTROLLER_QUORUM_VOTERS="1@localhost:9093",
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR="1",
        KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR="1",
        KAFKA_TRANSACTION_STATE_LOG_MIN_ISR="1",
        KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS="0",
        KAFKA_AUTO_CREATE_TOPICS_ENABLE="false",
    )
    with container:
        servers = f"{LOOPBACK}:{port}"
        now(answering(servers))
        yield servers, "apache"


def daemon_answers() -> bool:
    if (client := shutil.which("docker")) is None:
        return False
    return subprocess.run([client, "info"], capture_output=True, timeout=20).returncode == 0


@contextmanager
def jars() -> Iterator[Choice]:
    with folder() as below, running(broker := ApacheKafka(below)):
        yield broker.servers, "apache"


@contextmanager
def embedded() -> Iterator[Choice]:
    with folder() as below, running(broker := Broker(below)):
        yield broker.servers, "embedded"


CHOICES: dict[str, Callable[[], AbstractContextManager[Choice]]] = {
    "address": given_address,
    "docker": docker_image,
    "jars": jars,
    "embedded": embedded,
}


@contextmanager
def a_postgres() -> Iterator[Server]:
    """The given DATABASE_URL, or the wheel's."""
    if url := os.environ.get("DATABASE_URL"):
        yield Server(url=url)
        return
    with folder() as below, running(postgres := Postgres(below)):
        yield Server(url=postgres.url)
    postgres.erase()


@asynccontextmanager
async def a_database(server: Server) -> AsyncIterator[Database]:
    """Fresh and empty, dropped at the end together with whoever is still connected."""
    name = f"test_{uuid4().hex}"
    await tell(server, f"create database {name}")
    try:
        yield Database(url=urlsplit(server.url)._replace(path=f"/{name}").geturl())
    finally:
        await tell(server, f"drop database {name} with (force)")


async def tell(server: Server, sql: str) -> None:
    connection = await asyncpg.connect(server.url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def answering(servers: str) -> None:
    async with asyncio.timeout(60):
        while not await lists_topics(servers):  # noqa: ASYNC110 -- a container says nothing
            await asyncio.sleep(0.1)


@contextmanager
def running(process: Process) -> Iterator[None]:
    try:
        now(process.start())
        yield
    finally:
        now(process.stop())


@contextmanager
def folder() -> Iterator[Path]:
    """Below the system's temporary folder, and open for the user the server drops to."""
    made = Path(tempfile.mkdtemp(prefix="throughcare-"))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made)


def now(work: Coroutine[Any, Any, T]) -> T:
    """For fixtures of the whole session: in a loop of its own, the tests' loops untouched."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(work)
