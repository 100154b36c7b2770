"""The rows of a read model's table: loaded by key, folded elsewhere, and replaced."""

from collections.abc import Hashable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from chronicle.db import Db
from chronicle.read_model import ReadModel

Model: TypeAlias = ReadModel[Any, Any]
PLAIN = frozenset({str, int, bool, UUID, date, datetime, type(None)})
"""What a table takes as it is; nearly every value is of these types and of no other."""


async def load_rows(db: Db, model: Model, keys: Sequence[Hashable]) -> dict[Hashable, Any]:
    key = columns(model)[0]
    records = await db.fetch(f"select * from {model.name} where {key} = any($1)", keys)
    return {record[key]: model.of(record) for record in records}


async def store_rows(
    db: Db, model: Model, keys: Sequence[Hashable], rows: dict[Hashable, Any]
) -> None:
    """Replace the rows of these keys: delete by key, then COPY."""
    names = columns(model)
    await db.execute(f"delete from {model.name} where {names[0]} = any($1)", keys)
    kept = [record(names, rows[key]) for key in keys if key in rows]
    if kept:
        await db.copy_records_to_table(model.name, records=kept, columns=names)


def columns(model: Model) -> list[str]:
    return [field.name for field in fields(model.row)]


def record(names: Sequence[str], row: Any) -> tuple[Any, ...]:
    """A row as its table holds it, with these columns: nested values as JSON."""
    values = (getattr(row, name) for name in names)
    return tuple(value if type(value) in PLAIN else stored(value) for value in values)


def stored(value: Any) -> Any:
    if isinstance(value, (tuple, dict, BaseModel)) or is_dataclass(value):
        return to_jsonable_python(value)
    return value
