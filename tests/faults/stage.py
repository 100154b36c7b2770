"""The whole system as real processes under the supervisor, each of which can be armed to die."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Literal, TypeAlias

from tests.apache_kafka.broker import ApacheKafka
from tests.faults.armed import FILE
from tests.faults.points import PROCESSES
from throughcare.embedded.broker import Broker
from throughcare.embedded.postgres import Postgres
from throughcare.house import House
from throughcare.process import Command, Process, Program, run
from throughcare.supervisor import Supervisor
from throughcare.system import Say

Choice: TypeAlias = Literal["jars", "embedded"]
HERE = Path(__file__).parents[2]
PREFIX = "faults_"
BACK_WITHIN = 90.0
"""Seconds after which a process that is not ready again counts as gone for good."""
BLINK = 0.02


class Gone(Exception):
    """A process did not come back."""


@dataclass(kw_only=True)
class Stage:
    folder: Path
    supervisor: Supervisor
    postgres: Postgres
    broker: ApacheKafka | Broker
    house: House
    processes: dict[str, Program]

    def process(self, name: str) -> Process:
        return {"postgres": self.postgres, "broker": self.broker}.get(name) or self.processes[name]

    def arm(self, name: str, point: str, passes: int) -> Path:
        """Tells the running process where to die; gives the file that is gone once it did."""
        file = arms(self.folder) / name
        half = file.with_suffix(".half")
        half.write_text(f"{monotonic():.6f} {passes} {point}")
        half.replace(file)
        return file

    def kill(self, name: str) -> None:
        if pid := self.process(name).pid:
            os.kill(pid, signal.SIGKILL)

    async def back(self, name: str, before: int | None) -> None:
        """Until the process that was `before` has died and its successor is ready. Raises Gone."""
        process, until = self.process(name), monotonic() + BACK_WITHIN
        while (
            process.pid in (None, before)
            or not process.log.exists()
            or not await process.ready()
            or process.pid is None
        ):
            if monotonic() > until:
                raise Gone(f"{name} was not ready within {BACK_WITHIN:.0f} s: {process.log}")
            await asyncio.sleep(BLINK)

    async def begin_messages_again(self) -> None:
        """After a broker has lost everything: topics, members, and every message once more.

        The relays die before the topics are there: one that went on from where it stood would
        bring what is later before what was lost.
        """
        for name in self.processes:
            self.kill(name)
        await self.house.publish_again()
        await self.house.make_topics()

    async def runs_to_its_end(self, service: str, verb: str, house: House, name: str) -> int:
        """Another program of the service's, armed like the rest; its exit code. Raises Gone."""
        command = Command(
            argv=program(service, verb), cwd=HERE,
            env=environment(house, self.folder, service, name),
        )  # fmt: skip
        log = self.folder / "logs" / f"{name}.log"
        try:
            return await asyncio.wait_for(run(command, log), BACK_WITHIN)
        except TimeoutError:
            raise Gone(f"{name} did not end within {BACK_WITHIN:.0f} s: {log}") from None


def arms(folder: Path) -> Path:
    return folder / "arms"


def program(service: str, verb: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "tests.faults.armed", service, verb)


def environment(house: House, folder: Path, service: str, name: str) -> dict[str, str]:
    return {**os.environ, **house.environment(service), FILE: str(arms(folder) / name)}


def child(house: House, folder: Path, name: str, service: str, verb: str) -> Program:
    """Ready when its doors say so; without doors, when it runs."""

    async def runs() -> bool:
        return True

    return Program(
        name, folder / "logs", program(service, verb),
        ready=f"{house.door(service)}/health/ready" if verb in ("all", "api") else runs,
        env=environment(house, folder, service, name), cwd=HERE,
    )  # fmt: skip


@asynccontextmanager
async def stage(folder: Path, kind: Choice, clock_file: Path, say: Say) -> AsyncIterator[Stage]:
    """Everything runs; all of it ends with the block, also when a signal ends it."""
    arms(folder).mkdir(parents=True)
    postgres = Postgres(folder / "postgres")
    broker = Broker(folder / "broker") if kind == "embedded" else ApacheKafka(folder / "broker")
    async with Supervisor(folder, say) as supervisor:
        await supervisor.start(postgres)
        there: list[Any] = []

        async def begin_again() -> None:
            if there:
                await there[0].begin_messages_again()

        on_restart = begin_again if kind == "embedded" else None
        await supervisor.start(broker, on_restart=on_restart)
        house = House(
            folder=folder, admin_url=postgres.url, servers=broker.servers,
            kafka_kind="embedded" if kind == "embedded" else "apache",
            profile="test", clock_file=clock_file, prefix=PREFIX,
        )  # fmt: skip
        await house.prepare()
        processes = {
            name: child(house, folder, name, service, verb)
            for name, (service, verb) in PROCESSES.items()
        }
        await supervisor.start(*processes.values())
        there.append(
            Stage(
                folder=folder, supervisor=supervisor, postgres=postgres, broker=broker,
                house=house, processes=processes,
            )
        )  # fmt: skip
        yield there[0]
