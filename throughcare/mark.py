"""The mark a running process leaves, so that a later run can end it if its parent was killed."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

BLINK = 0.05
PROC = Path("/proc")


class Mark:
    """A file that names a process, and knows it again by its command line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, pid: int, stops_by: signal.Signals) -> None:
        mark = {"pid": pid, "command": command_of(pid), "stops_by": stops_by}
        self.path.write_text(json.dumps(mark))

    def wipe(self) -> None:
        self.path.unlink(missing_ok=True)

    def names(self) -> int | None:
        """The pid, while the process that was marked lives."""
        return mark[0] if (mark := self._read()) else None

    async def end_what_it_names(self, grace: float) -> bool:
        """Ends the marked process, by kill -9 when it outlives its grace; whether it lived."""
        if (mark := self._read()) is None:
            self.wipe()
            return False
        pid, stops_by = mark
        with suppress(ProcessLookupError):
            os.kill(pid, stops_by)
            try:
                await asyncio.wait_for(until(lambda: not lives(pid)), grace)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                await until(lambda: not lives(pid))
        self.wipe()
        return True

    def _read(self) -> tuple[int, int] | None:
        try:
            mark = json.loads(self.path.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        pid, command = mark["pid"], mark["command"]
        # In a container the next run often has the pid of the last.
        theirs = pid != os.getpid() and command and command_of(pid) == command
        return (pid, mark["stops_by"]) if theirs else None


def command_of(pid: int) -> str:
    """The command line of a living process, "" where there is none: pids are used again."""
    if (PROC / "self").exists():
        try:
            return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except OSError:
            return ""
    return ps("command", pid)


def lives(pid: int) -> bool:
    """False once it holds nothing any more: its command line is gone before its ports are."""
    if (PROC / "self").exists():
        try:
            state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
    else:
        state = ps("stat", pid)
    return state[:1] not in ("", "Z", "X")


def ps(column: str, pid: int) -> str:
    listed = subprocess.run(["ps", "-ww", "-o", f"{column}=", "-p", str(pid)], capture_output=True)
    return listed.stdout.decode().strip()


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 -- nobody tells us that a process has ended
        await asyncio.sleep(BLINK)
