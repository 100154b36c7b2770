"""The rules in force on a day: dated entries, and over them the council's own."""

import tomllib
from collections.abc import Hashable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T", bound=Hashable)

NATIONAL = Path(__file__).with_name("policies")
_council: list[Path] = []


class NoPolicy(LookupError):
    """A setting has no entry for the day: nothing may be decided on a guess."""


def council_layer(*folders: Path) -> None:
    """From now on this folder's entries replace single values of the national ones.

    `main.py` calls it once, before anything is decided; without a folder there is no layer. Every
    file is read now, so that a setting nobody knows, or a key it does not have, stops the start.
    """
    for file in (file for folder in folders for file in sorted(folder.glob("*.toml"))):
        known = {key for entry in entries(NATIONAL, file.stem) for key in entry}
        said = {key for entry in entries(file.parent, file.stem) for key in entry}
        if unknown := said - known:
            raise NoPolicy(f"{file.name} has nothing to replace in {', '.join(sorted(unknown))}")
    _council[:] = folders


def in_force(name: str, on: date, shape: type[T]) -> T:
    """The setting as it stands on that day, as the dataclass `shape`, whose `rule` names the entry.

    With a council's layer the council's values replace the national ones key by key, and `rule`
    names both entries, comma-separated. Raises `NoPolicy` when no entry is in force on that day.
    """
    national = entry_on(NATIONAL, name, on)
    if national is None:
        raise NoPolicy(f"no entry of {name} is in force on {on}")
    rule, values = f"{name}@{national['from']}", dict(national)
    for folder in _council:
        if own := entry_on(folder, name, on):
            rule += f",council.{name}@{own['from']}"
            values |= own
    filled: T = adapter(shape).validate_python(values | {"rule": rule})
    return filled


def entry_on(folder: Path, name: str, on: date) -> dict[str, Any] | None:
    return next((entry for entry in entries(folder, name) if entry["from"] <= on), None)


@cache
def entries(folder: Path, name: str) -> tuple[dict[str, Any], ...]:
    """Every entry of a setting, the newest first; none when the folder has no such file."""
    file = folder / f"{name}.toml"
    if not file.exists():
        return ()
    return tuple(sorted(tomllib.loads(file.read_text("utf-8"))["entry"], key=starts, reverse=True))


def starts(entry: dict[str, Any]) -> date:
    start: date = entry["from"]
    return start


@cache
def adapter(shape: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(shape)
