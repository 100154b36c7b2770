"""Apache Kafka itself, on the local Java, from jars that Maven resolves once."""

import os
import secrets
import shutil
import tempfile
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import ClassVar

from throughcare.embedded.broker import lists_topics
from throughcare.machine import LOOPBACK, CannotStart, free_port, must_be_free
from throughcare.process import Command, Process, run

HERE = Path(__file__).parent
JARS = HERE.parents[1] / ".throughcare" / "kafka-jars"


class ApacheKafka(Process):
    """One node, broker and controller; its data stay from start to start."""

    grace: ClassVar[float] = 30

    def __init__(self, folder: Path, jars: Path = JARS) -> None:
        super().__init__("apache-kafka", folder)
        self.port, self._controller, self._jars = free_port(), free_port(), jars

    @property
    def servers(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    async def prepare(self) -> Command:
        for port in (self.port, self._controller):
            must_be_free(port, self.name)
        await self._resolve_jars()
        settings, data = self.folder / "server.properties", self.folder / "data"
        if not data.exists():
            settings.write_text(properties(self.port, self._controller, data))
            # Never with a dash in front: the tool would take it for an option.
            cluster = urlsafe_b64encode(b"\0" + secrets.token_bytes(15)).decode().rstrip("=")
            tool = ("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(settings))
            await self._must_run("format its data", self._java(*tool))
        return self._java("kafka.Kafka", str(settings))

    async def ready(self) -> bool:
        return await lists_topics(self.servers)

    def _java(self, *main: str) -> Command:
        return Command(
            argv=(
                program("java"),
                *("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC"),
                f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
                *("-cp", f"{self._jars}/*"),
                *main,
            )
        )

    async def _resolve_jars(self) -> None:
        if self._jars.exists():
            return
        self._jars.parent.mkdir(parents=True, exist_ok=True)
        half = tempfile.mkdtemp(prefix="kafka-jars-", dir=self._jars.parent)
        maven = (program(os.environ.get("MAVEN", "mvn")), "-q", "-B", "-f", str(HERE / "pom.xml"))
        goal = ("dependency:copy-dependencies", f"-DoutputDirectory={half}")
        try:
            await self._must_run("get its jars from Maven", Command(argv=(*maven, *goal)))
            os.rename(half, self._jars)
        finally:
            shutil.rmtree(half, ignore_errors=True)

    async def _must_run(self, aim: str, command: Command) -> None:
        if await run(command, self.log) != 0:
            said = self.log.read_text().splitlines()[-1:]
            raise CannotStart(f"{self.name} could not {aim}: {' '.join(said)}")


def program(name: str) -> str:
    if (found := shutil.which(name)) is None:
        raise CannotStart(f"{name} is not installed")
    return found


def properties(port: int, controller: int, data: Path) -> str:
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller}",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(data),
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": "0",
        # A node killed by kill -9 may not come back before its old session has ended.
        "broker.session.timeout.ms": "2000",
        "broker.heartbeat.interval.ms": "500",
        "offsets.topic.num.partitions": "1",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.num.partitions": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())
