"""Results on stdout, talk on stderr, colour and progress only where a person looks."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

NO_EDGE = 10_000
"""The width where no person looks: a program that reads it wants whole lines."""


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else NO_EDGE
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=True)


def talk(said: str) -> None:
    """To whoever looks on."""
    _console(stderr=True).print(said, markup=False)


def result(said: str) -> None:
    _console(stderr=False).print(said, markup=False)


def as_json(said: Any) -> None:
    """One JSON value."""
    sys.stdout.write(json.dumps(said, indent=2, ensure_ascii=False, default=str) + "\n")


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """One line a row, in columns."""
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    _console(stderr=False).print(drawn, markup=False)


class Moved(Protocol):
    def __call__(self, done: int) -> None: ...


@contextmanager
def progress(
    doing: str, of: int | None, unit: Literal["bytes", "events"] = "bytes"
) -> Iterator[Moved]:
    """A bar on a terminal, and nothing elsewhere. It is told how many are done."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    size = (DownloadColumn(), TransferSpeedColumn()) if unit == "bytes" else (MofNCompleteColumn(),)
    columns = TextColumn(doing), BarColumn(), *size, TimeRemainingColumn()
    with Progress(*columns, console=_console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=of)
        yield lambda done: bar.update(task, completed=done)
