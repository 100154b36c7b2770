"""The source tree as the tests of its shape read it."""

import ast
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from chronicle.rooms import Rooms

ROOT: Final = Path(__file__).parents[2]
SERVICES: Final = ("referrals", "matching", "reviews", "reporting")


def files(*patterns: str) -> list[Path]:
    found = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
    assert found, patterns
    return found


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def module(path: Path) -> ModuleType:
    return import_module(named(path).removesuffix(".py").replace("/", "."))


def imported(path: Path) -> set[str]:
    """Every module a file imports, by its full name."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def rooms(service: str) -> Rooms:
    given: Any = import_module(f"services.{service}.main").ROOMS
    assert isinstance(given, Rooms)
    return given
