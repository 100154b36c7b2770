"""Starts processes, starts again the one that died, and leaves nothing running."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Self

from throughcare.machine import CannotStart
from throughcare.mark import Mark
from throughcare.process import Process

Hook = Callable[[], Awaitable[None]]
FIRST_PAUSE, LONGEST_PAUSE, STEADY = 0.2, 5.0, 10.0
FAILED_STARTS = 6
NAME, GRACE = "supervisor.running", 60.0


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, or SIGTERM."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.Signals(signum).name)
        self.exit_code = 128 + signum


class Supervisor:
    """`async with Supervisor(state, say) as supervisor:`: all it started ends with the block.

    The block is cancelled when a signal asks for the end, or when a process cannot be started
    again; once all has ended, Stopped or CannotStart is raised from it. `state` holds the mark of
    the one supervisor that may run there; `say` gets one line for a person to read.
    """

    def __init__(self, state: Path, say: Callable[[str], None]) -> None:
        self._mark = Mark(state / NAME)
        self._say = say
        self._started: list[tuple[Process, ...]] = []
        self._hooks: dict[Process, Hook] = {}
        self._keepers: dict[Process, asyncio.Task[None]] = {}
        self._owner: asyncio.Task[Any] | None = None
        self._why: Exception | None = None

    async def __aenter__(self) -> Self:
        if self._mark.names() is not None:
            raise CannotStart(
                f"another Throughcare runs from {self._mark.path.parent}: end it with `make down`"
            )
        self._mark.path.parent.mkdir(parents=True, exist_ok=True)
        self._mark.put(os.getpid(), signal.SIGTERM)
        self._owner = asyncio.current_task()
        for signum in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(signum, self._end, Stopped(signum))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._why is not None and self._owner is not None:
            self._owner.uncancel()
        self._owner = None
        try:
            await self._stop_all()
        finally:
            for signum in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().remove_signal_handler(signum)
            self._mark.wipe()
        if self._why is not None:
            raise self._why from None

    async def start(self, *processes: Process, on_restart: Hook | None = None) -> None:
        """Starts them side by side and returns when all are ready. Raises CannotStart.

        `on_restart` is awaited whenever one of them died and is ready again: what was lost with a
        broker's memory is made there, and who must join it anew is restarted. What it raises ends
        the block.
        """
        self._started.append(processes)
        for process in processes:
            if on_restart is not None:
                self._hooks[process] = on_restart
        await together(process.start() for process in processes)
        for process in processes:
            self._keep(process)

    async def restart(self, *processes: Process, between: Hook | None = None) -> None:
        """Stops them all and starts them again; their own hook is not called.

        `between` is awaited while none of them runs.
        """
        await together(self._rest(process) for process in processes)
        if between is not None:
            await between()
        await together(self._resume(process) for process in processes)

    async def _rest(self, process: Process) -> None:
        if process in self._keepers:
            await cancelled(self._keepers.pop(process))
        await process.stop()

    async def _resume(self, process: Process) -> None:
        await self._start_again(process, FIRST_PAUSE)
        self._keep(process)

    def _keep(self, process: Process) -> None:
        self._keepers[process] = asyncio.create_task(self._keeping(process))

    async def _keeping(self, process: Process) -> None:
        try:
            pause = FIRST_PAUSE
            while True:
                since = monotonic()
                code = await process.wait()
                if monotonic() - since > STEADY:
                    pause = FIRST_PAUSE
                self._say(f"{process.name} ended ({code}): starting it again")
                await self._start_again(process, pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                if process in self._hooks:
                    await self._hooks[process]()
        except Exception as error:
            self._end(error)

    async def _start_again(self, process: Process, pause: float) -> None:
        for left in reversed(range(FAILED_STARTS)):
            await asyncio.sleep(pause)
            try:
                await process.start()
                return
            except CannotStart as error:
                if not left:
                    raise
                self._say(str(error))
                pause = min(pause * 2, LONGEST_PAUSE)

    def _end(self, why: Exception) -> None:
        if self._owner is not None and self._why is None:
            self._why = why
            self._owner.cancel()

    async def _stop_all(self) -> None:
        for keeper in self._keepers.values():
            await cancelled(keeper)
        for processes in reversed(self._started):
            await together(process.stop() for process in processes)


async def end_running(state: Path) -> bool:
    """Ends the supervisor of `state` with all it started, and what a killed one left behind.

    Whether anything ran.
    """
    found = await Mark(state / NAME).end_what_it_names(GRACE)
    for mark in left_behind(state):
        found |= await mark.end_what_it_names(GRACE)
    return found


def left_behind(state: Path) -> list[Mark]:
    return [Mark(path) for path in state.rglob("*.running")]


async def together(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Side by side; the first failure cancels the others, and is raised when they have ended."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
