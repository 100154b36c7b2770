"""The one clock: the system's, or a file that a story moves (demo and test profiles only)."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeAlias

from chronicle.fact import LONDON

Clock: TypeAlias = Callable[[], datetime]


def system() -> datetime:
    return datetime.now(UTC)


def from_file(path: Path) -> Clock:
    """A clock that reads the one RFC 3339 instant in `path`, which is replaced atomically."""
    return lambda: datetime.fromisoformat(path.read_text().strip()).astimezone(UTC)


def set_file(path: Path, instant: datetime) -> None:
    waiting = path.with_suffix(".next")
    waiting.write_text(instant.isoformat())
    waiting.replace(path)


def london_day(instant: datetime) -> date:
    return instant.astimezone(LONDON).date()
