"""A question and its answer: a pure fold from events to the rows of one table."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from chronicle.fact import Envelope, Fact

R = TypeVar("R")
E = TypeVar("E", bound=Fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModel(Generic[R, E]):
    """`fold(row, event, about)` gives the row after the event, or None when it goes.

    The table has the name of the module that `fold` is written in; its columns are the fields of
    `row`, the first of them the key. `key` picks the row an event changes; None gives each event
    a row of its own, keyed by the event's id. `version` rises when `fold` changes.
    """

    version: int
    row: type[R]
    hears: tuple[Any, ...]
    fold: Callable[[R | None, E, Envelope], R | None]
    key: Callable[[E], Hashable] | None = None

    @property
    def name(self) -> str:
        return self.fold.__module__.rpartition(".")[2]

    def of(self, record: Mapping[str, Any]) -> R:
        """A row as it was folded, from a record of its table."""
        row_type: Any = self.row
        row: R = shape_of(row_type).validate_python(dict(record))
        return row

    def keyed(self, event: E, about: Envelope) -> Hashable:
        return self.key(event) if self.key else about.id

    def folded(self, rows: dict[Hashable, R], event: E, about: Envelope) -> Hashable:
        """Fold one event into `rows` in place; gives the key of the row it may have changed."""
        key = self.keyed(event, about)
        row = self.fold(rows.get(key), event, about)
        if row is None:
            rows.pop(key, None)
        else:
            rows[key] = row
        return key


@cache
def shape_of(row: Any) -> TypeAdapter[Any]:
    """How a dataclass, or the type of one of its fields, is read from and written to JSON."""
    return TypeAdapter(row)
