"""A service's own program that can be told to die: `python -m tests.faults.armed <service> <verb>`.

FAULTS_ARMED names a file. While it is there it holds "<nonce> <n> <point>": at the n-th pass of
that point the process removes the file and kills itself by kill -9. Nothing else differs.
"""

import asyncio
import functools
import os
import runpy
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
from faststream.kafka import KafkaBroker

from chronicle import append, consume, execute, migrate, project, rebuild, relay, sequencer, witness
from tests.faults import points
from tests.faults.points import Point

FILE = "FAULTS_ARMED"
Passes = Callable[[Any], bool]


def always(_: Any) -> bool:
    return True


class Arm:
    """What this process was told, looked up at every pass."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._passes: Counter[str] = Counter()

    def passed(self, point: str) -> None:
        try:
            told = self._file.read_text()
        except FileNotFoundError:
            return
        _, n, where = told.split(" ")
        if where != point:
            return
        self._passes[told] += 1
        if self._passes[told] >= int(n):
            self._file.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, owner: Any, name: str, point: Point | str) -> None:
        original = getattr(owner, name)

        @functools.wraps(original)
        async def armed(*args: Any, **more: Any) -> Any:
            self.passed(named(point))
            return await original(*args, **more)

        setattr(owner, name, armed)

    def after(self, owner: Any, name: str, point: Point | str, when: Passes = always) -> None:
        """`when` looks at what came back."""
        original = getattr(owner, name)

        @functools.wraps(original)
        async def armed(*args: Any, **more: Any) -> Any:
            result = await original(*args, **more)
            if when(result):
                self.passed(named(point))
            return result

        setattr(owner, name, armed)

    def after_statements(self, starts: dict[str, Point | str]) -> None:
        """After a statement that begins so was run, its transaction still open."""
        original = asyncpg.Connection.execute

        @functools.wraps(original)
        async def armed(self_: Any, query: str, *args: Any, **more: Any) -> Any:
            result = await original(self_, query, *args, **more)
            said = query.lstrip()
            for start, point in starts.items():
                if said.startswith(start):
                    self.passed(named(point))
            return result

        setattr(asyncpg.Connection, "execute", armed)  # noqa: B010 -- it is a patch

    def after_sending(self) -> None:
        original = KafkaBroker.publish

        @functools.wraps(original)
        async def armed(*args: Any, **more: Any) -> Any:
            result = await original(*args, **more)
            seal = more.get("topic") == relay.SEALS
            self.passed(named(points.SEAL_SENT if seal else points.HALF_SENT))
            return result

        setattr(KafkaBroker, "publish", armed)  # noqa: B010 -- it is a patch


def named(point: Point | str) -> str:
    return point if isinstance(point, str) else point.name


def arm(file: Path) -> None:
    """Put every point into the kernel. AttributeError where the kernel has moved on from here."""
    it = Arm(file)
    it.before(append.GroupCommit, "_commit", points.NOT_BEGUN)
    it.after(append.GroupCommit, "_commit", points.NOT_ANSWERED)
    it.after(execute, "remember", points.SEVERAL_STREAMS)
    it.after(execute.Chronicle, "execute", points.EXECUTED)
    it.after(sequencer, "write_blocks", points.BLOCK_DONE, bool)
    it.after(sequencer, "write_seal", points.SEAL_DONE, bool)
    it.before(relay.Relay, "_send", points.PAGE_READ)
    it.after(relay.Relay, "_send", points.ALL_SENT)
    it.after(consume, "claim", points.CLAIMED, bool)
    it.after(execute.Within, "execute", points.EFFECT)
    it.after(consume.OnceOrPark, "_once", points.OFFSET)
    it.before(consume.OnceOrPark, "_park", points.TO_PARK)
    it.after(consume.OnceOrPark, "_park", points.PARKED)
    it.before(consume.Drain, "on_partitions_revoked", points.REVOKED)
    it.before(consume.Drain, "on_partitions_assigned", points.ASSIGNED)
    it.after(witness.Witness, "_store", points.KEPT)
    it.after(witness.Witness, "hear", points.HEARD)
    it.after(project.Projector, "_fold", points.FOLDED)
    it.after(project.Projector, "step", points.PROJECTED, bool)
    it.after(migrate, "_begin", points.BEGUN)
    it.after(migrate, "_apply", points.BEGUN)
    it.after(rebuild.Beside, "_take_the_place", points.SWITCHED)
    it.after_sending()
    it.after_statements({
        "insert into chronicle.block ": points.BLOCK_OPEN,
        "insert into chronicle.seal ": points.SEAL_OPEN,
        "reset role": points.HALF_APPLIED,
        "drop table view.": points.HALF_SWITCHED,
    })  # fmt: skip


def main() -> None:
    _, service, verb = sys.argv
    arm(Path(os.environ[FILE]))
    if verb == "switch":
        from tests.faults.switch import switch

        asyncio.run(switch(service))
    else:
        sys.argv = [service, verb]
        runpy.run_module(f"services.{service}.main", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
