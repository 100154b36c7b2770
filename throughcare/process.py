"""A process that is our child: ready when started, and ended when we end, whatever way that is."""

import asyncio
import ctypes
import functools
import os
import pwd
import signal
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from throughcare.machine import CannotStart, must_be_free
from throughcare.mark import BLINK, Mark, until

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    cwd: Path | None = None
    user: pwd.struct_passwd | None = None


class Process(ABC):
    """One program as our direct child, in a session of its own, so that Ctrl-C reaches us alone.

    It can be started again, on the same ports and data. A child whose parent was killed is ended by
    the kernel (Linux), and by the next start from the same folder (everywhere).
    """

    stops_by: ClassVar[signal.Signals] = signal.SIGTERM
    dies_by: ClassVar[signal.Signals] = signal.SIGKILL
    patience: ClassVar[float] = 60
    grace: ClassVar[float] = 15

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder.resolve()
        self.log = self.folder / f"{name}.log"
        self._mark = Mark(self.folder / f"{name}.running")
        self._child: subprocess.Popen[bytes] | None = None

    @abstractmethod
    async def prepare(self) -> Command:
        """Whatever must be there before the program runs, and the program. Raises CannotStart."""

    @abstractmethod
    async def ready(self) -> bool:
        """Whether it does its work, asked as its clients ask."""

    @property
    def pid(self) -> int | None:
        """Of the running process, None where there is none."""
        return self._child.pid if self._child and self._child.poll() is None else None

    async def start(self) -> None:
        """Returns when it is ready. Raises CannotStart; nothing runs then."""
        self.folder.mkdir(parents=True, exist_ok=True)
        await self._mark.end_what_it_names(self.grace)
        command = await self.prepare()
        self._child = child = spawn(command, self.log, self.dies_by)
        self._mark.put(child.pid, self.stops_by)
        try:
            async with asyncio.timeout(self.patience):
                while not await self.ready():
                    if child.poll() is not None:
                        raise CannotStart(f"{self.name} ended while it started: read {self.log}")
                    await asyncio.sleep(BLINK)
        except TimeoutError:
            await self.stop()
            raise CannotStart(
                f"{self.name} did not answer within {self.patience:.0f} s: read {self.log}"
            ) from None

    async def wait(self) -> int:
        """Until it has ended; its exit code, negative where a signal ended it."""
        assert self._child is not None, f"{self.name} was never started"
        code = await ended(self._child)
        self._mark.wipe()
        return code

    async def stop(self) -> None:
        """Asks it to end, and kills it where it does not within its grace."""
        if self._child is None:
            return
        self._child.send_signal(self.stops_by)
        try:
            await asyncio.wait_for(self.wait(), self.grace)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """kill -9, as a fault or as the last resort."""
        if self._child is not None:
            self._child.kill()
            await self.wait()


class Program(Process):
    """Any program that answers GET on one address with 200 when it is ready."""

    def __init__(
        self,
        name: str,
        folder: Path,
        argv: tuple[str, ...],
        *,
        ready: str | Callable[[], Awaitable[bool]],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        """`env` is added to our own environment."""
        super().__init__(name, folder)
        self._ready = ready
        self._command = Command(argv=argv, env={**os.environ, **(env or {})}, cwd=cwd)

    async def prepare(self) -> Command:
        if isinstance(self._ready, str) and (port := urlsplit(self._ready).port):
            must_be_free(port, self.name)
        return self._command

    async def ready(self) -> bool:
        return await answers(self._ready) if isinstance(self._ready, str) else await self._ready()


async def answers(url: str) -> bool:
    """Whether GET says 200; never through a proxy of the environment."""
    async with httpx.AsyncClient(trust_env=False, verify=False, timeout=5) as client:
        try:
            return (await client.get(url)).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


def spawn(command: Command, log: Path, dies_by: signal.Signals) -> subprocess.Popen[bytes]:
    # The kernel counts the starting thread as the parent: call it from one that lives as long.
    prctl()
    try:
        with log.open("ab") as out:
            return subprocess.Popen(
                command.argv,
                env=command.env,
                cwd=command.cwd,
                user=command.user.pw_uid if command.user else None,
                group=command.user.pw_gid if command.user else None,
                extra_groups=[] if command.user else None,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=functools.partial(die_with, os.getpid(), dies_by),
            )
    except OSError as error:
        raise CannotStart(f"{command.argv[0]} could not be run: {error}") from error


async def ended(child: subprocess.Popen[bytes]) -> int:
    # Not asyncio's own subprocess: that one belongs to one event loop, and tests have many.
    await until(lambda: child.poll() is not None)
    return child.returncode


async def run(command: Command, log: Path) -> int:
    """Runs a program to its end, which is the last we hear of it: its exit code."""
    child = spawn(command, log, signal.SIGKILL)
    try:
        return await ended(child)
    finally:
        child.kill()
        child.wait()


def die_with(parent: int, by: signal.Signals) -> None:
    """In the child, before the program: the kernel sends this signal when the parent is gone."""
    if (call := prctl()) is not None:
        call(PR_SET_PDEATHSIG, int(by), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


@functools.cache
def prctl() -> Callable[..., int] | None:
    """Linux's own; elsewhere only the mark ends what a killed parent left."""
    return ctypes.CDLL(None).prctl if sys.platform == "linux" else None
