"""The supervisor: what dies comes back, and nothing outlives it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from throughcare.machine import CannotStart, free_port, in_use
from throughcare.mark import lives, until
from throughcare.process import Program, answers
from throughcare.supervisor import Supervisor, end_running, left_behind

ROOT = Path(__file__).parents[2]
SAYS_WHEN_IT_ENDS = """
import pathlib, signal, sys, time
here, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def end(*_):
    with (here / "ended").open("a") as ended:
        ended.write(name + " ")
    sys.exit()
signal.signal(signal.SIGTERM, end)
(here / name).touch()
time.sleep(60)
"""
IGNORES_SIGTERM = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
(pathlib.Path(sys.argv[1]) / sys.argv[2]).touch()
time.sleep(60)
"""
SUPERVISES = """
import asyncio, sys
from pathlib import Path
from throughcare.supervisor import Stopped, Supervisor
from tests.throughcare.test_supervisor import server

async def main(state):
    async with Supervisor(state, print) as supervisor:
        await supervisor.start(first := server(state, "first"), second := server(state, "second"))
        (state / "half").write_text(f"[{first.pid}, {second.pid}]")
        (state / "half").rename(state / "pids")
        await asyncio.Event().wait()

try:
    asyncio.run(main(Path(sys.argv[1])))
except Stopped as stopped:
    sys.exit(stopped.exit_code)
"""


def server(folder: Path, name: str, port: int | None = None) -> Program:
    port = port or free_port()
    argv = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1")
    return Program(name, folder, argv, ready=f"http://127.0.0.1:{port}/", cwd=folder)


def script(folder: Path, name: str, text: str) -> Program:
    async def ready() -> bool:
        return (folder / name).exists()

    return Program(name, folder, (sys.executable, "-c", text, str(folder), name), ready=ready)


@pytest.fixture
async def supervisor(tmp_path: Path) -> AsyncIterator[Supervisor]:
    async with Supervisor(tmp_path, print) as running:
        yield running


@pytest.fixture
def a_run(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A supervisor of two servers, in a process of its own."""
    with subprocess.Popen([sys.executable, "-c", SUPERVISES, str(tmp_path)], cwd=ROOT) as run:
        yield run
        run.kill()


async def children(state: Path) -> list[int]:
    await until((state / "pids").exists)
    pids: list[int] = json.loads((state / "pids").read_text())
    assert all(lives(pid) for pid in pids)
    return pids


async def test_a_child_that_died_comes_back_on_its_port(tmp_path: Path) -> None:
    said: list[str] = []
    back = asyncio.Event()

    async def on_restart() -> None:
        back.set()

    port = free_port()
    child = server(tmp_path, "child", port)
    async with Supervisor(tmp_path, said.append) as supervisor:
        await supervisor.start(child, on_restart=on_restart)
        before = child.pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        await asyncio.wait_for(back.wait(), 20)
        assert child.pid not in (None, before)
        assert await answers(f"http://127.0.0.1:{port}/")
    assert said == ["child ended (-9): starting it again"]
    assert not in_use(port)


async def test_what_a_dead_broker_forgot_is_made_before_others_join_it_again(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    broker, service = server(tmp_path, "broker"), server(tmp_path, "service")
    seen: list[tuple[bool, bool]] = []
    back = asyncio.Event()

    async def on_restart() -> None:
        before = service.pid
        ready = await broker.ready()
        await supervisor.restart(service)
        seen.append((ready, service.pid not in (None, before)))
        back.set()

    await supervisor.start(broker, on_restart=on_restart)
    await supervisor.start(service)
    await broker.kill()
    await asyncio.wait_for(back.wait(), 20)
    assert seen == [(True, True)]
    assert await service.ready()


async def test_what_was_started_last_ends_first(tmp_path: Path) -> None:
    async with Supervisor(tmp_path, print) as supervisor:
        for name in ("database", "broker", "service"):
            await supervisor.start(script(tmp_path, name, SAYS_WHEN_IT_ENDS))
    assert (tmp_path / "ended").read_text().split() == ["service", "broker", "database"]


async def test_a_child_that_will_not_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Program, "grace", 0.2)
    child = script(tmp_path, "stubborn", IGNORES_SIGTERM)
    async with Supervisor(tmp_path, print) as supervisor:
        await supervisor.start(child)
    assert await child.wait() == -signal.SIGKILL


async def test_what_did_start_ends_when_its_neighbour_cannot(tmp_path: Path) -> None:
    fine, port = server(tmp_path, "fine"), free_port()
    broken = Program(
        "broken", tmp_path, (sys.executable, "-c", "1/0"), ready=f"http://127.0.0.1:{port}/"
    )
    with pytest.raises(CannotStart, match=r"broken ended while it started: read .*broken\.log"):
        async with Supervisor(tmp_path, print) as supervisor:
            await supervisor.start(fine, broken)
    assert fine.pid is None
    assert "ZeroDivisionError" in broken.log.read_text()


async def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path) -> None:
    port = free_port()
    first, second = server(tmp_path, "first", port), server(tmp_path, "second", port)
    async with Supervisor(tmp_path, print) as supervisor:
        await supervisor.start(first)
        with pytest.raises(CannotStart, match=f"second needs port {port}, which is in use"):
            await supervisor.start(second)


async def test_a_child_that_cannot_come_back_ends_the_whole_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("throughcare.supervisor.FIRST_PAUSE", 0.001)
    port, program = free_port(), tmp_path / "program"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -m http.server {port}\n")
    program.chmod(0o700)
    child = Program("child", tmp_path, (str(program),), ready=f"http://127.0.0.1:{port}/")
    other = server(tmp_path, "other")

    async def lose_the_program() -> None:
        async with Supervisor(tmp_path, print) as supervisor:
            await supervisor.start(child, other)
            program.unlink()
            await child.kill()
            await asyncio.Event().wait()

    with pytest.raises(CannotStart, match="program could not be run"):
        await lose_the_program()
    assert other.pid is None


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
async def test_asked_to_end_it_leaves_nothing_running(
    a_run: subprocess.Popen[bytes], tmp_path: Path, signum: signal.Signals
) -> None:
    pids = await children(tmp_path)
    a_run.send_signal(signum)
    await until(lambda: a_run.poll() is not None)
    assert a_run.returncode == 128 + signum
    assert not any(lives(pid) for pid in pids)
    assert not left_behind(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
async def test_killed_it_leaves_nothing_running(
    a_run: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    pids = await children(tmp_path)
    a_run.kill()
    await asyncio.wait_for(until(lambda: not any(lives(pid) for pid in pids)), 20)


async def test_a_second_run_from_the_same_folder_is_refused_until_the_first_is_ended(
    a_run: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    pids = await children(tmp_path)
    with pytest.raises(CannotStart, match="end it with `make down`"):
        async with Supervisor(tmp_path, print):
            pass
    assert await end_running(tmp_path)
    assert not any(lives(pid) for pid in pids)
    assert not await end_running(tmp_path)


async def test_a_second_run_ends_what_a_killed_one_left(tmp_path: Path) -> None:
    port = free_port()
    left = server(tmp_path, "child", port)
    await left.start()
    async with Supervisor(tmp_path, print) as supervisor:
        await supervisor.start(server(tmp_path, "child", port))
        assert left.pid is None


async def test_a_pid_that_was_used_again_is_left_alone(tmp_path: Path) -> None:
    other = server(tmp_path, "other")
    await other.start()
    mark = {"pid": other.pid, "command": "something else", "stops_by": signal.SIGKILL}
    (tmp_path / "child.running").write_text(json.dumps(mark))
    async with Supervisor(tmp_path, print) as supervisor:
        await supervisor.start(server(tmp_path, "child"))
        assert other.pid is not None
    await other.stop()
