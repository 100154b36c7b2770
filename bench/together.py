"""Load from several processes at once: they begin together, and each says what it did."""

import asyncio
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier, Event
from typing import Any, TypeAlias

PATIENCE = 600.0
"""Seconds that one run may take."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What the processes of one run share: the moment they begin, and the end of the load."""

    ready: Barrier
    over: Event

    def begin(self) -> None:
        """Returns in all of them at the same moment."""
        self.ready.wait(PATIENCE)

    async def until_over(self) -> None:
        """Until every process that loads has ended."""
        await asyncio.to_thread(self.over.wait)


Job: TypeAlias = Callable[[Gate], Any]
"""A picklable function, called in a process of its own; it calls `begin` once it is warm."""


class Failed(Exception):
    """A process of the bench ended without an answer."""


def at_once(load: Sequence[Job], beside: Sequence[Job] = ()) -> tuple[list[Any], list[Any]]:
    """The answers of those that load, and of those beside them, who end when `over` is set."""
    spawn = multiprocessing.get_context("spawn")
    gate = Gate(spawn.Barrier(len(load) + len(beside)), spawn.Event())
    started = []
    for job in (*load, *beside):
        ours, theirs = spawn.Pipe(duplex=False)
        process = spawn.Process(target=_work, args=(job, gate, theirs), daemon=True)
        process.start()
        theirs.close()
        started.append((process, ours))
    try:
        loaded = [_answer(pipe) for _, pipe in started[: len(load)]]
        gate.over.set()
        return loaded, [_answer(pipe) for _, pipe in started[len(load) :]]
    finally:
        for process, _ in started:
            process.join(5)
            if process.is_alive():
                process.kill()


def _answer(pipe: Connection) -> Any:
    if not pipe.poll(PATIENCE):
        raise Failed(f"no answer within {PATIENCE:.0f} s")
    try:
        said, error = pipe.recv()
    except EOFError:
        raise Failed("it ended without an answer") from None
    if error:
        raise Failed(error)
    return said


def _work(job: Job, gate: Gate, answers: Connection) -> None:
    try:
        answers.send((job(gate), ""))
    except BaseException as error:
        gate.ready.abort()
        answers.send((None, f"{type(error).__name__}: {error}"))
        raise
