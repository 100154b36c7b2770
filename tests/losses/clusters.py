"""PostgreSQL clusters that a test may dump, kill and take away."""

import importlib.util
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.parts import folder, running
from throughcare.embedded.postgres import WHEEL, Postgres, environment


@contextmanager
def a_cluster() -> Iterator[Postgres]:
    """One that has just begun, and of which nothing is left."""
    with folder() as place, running(postgres := Postgres(place)):
        yield postgres
    postgres.erase()


def address(url: str, database: str) -> str:
    """Of another database in the same cluster, for the same user."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def tool(name: str, *options: str) -> None:
    """Run one of PostgreSQL's own programs to its end."""
    found = importlib.util.find_spec(WHEEL)
    assert found is not None
    assert found.origin is not None
    program = Path(found.origin).parent / "pginstall" / "bin" / name
    subprocess.run([program, *options], env=environment(), check=True, capture_output=True)


def dump(url: str, file: Path) -> None:
    """What is in one database now."""
    tool("pg_dump", "--format=custom", f"--file={file}", url)


def load(file: Path, url: str) -> None:
    """Into a database that is empty, with the owners and grants it had; its roles must be there."""
    tool("pg_restore", "--exit-on-error", f"--dbname={url}", str(file))
