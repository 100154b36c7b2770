"""The migration makes exactly the tables that the rows of the read models need."""

from dataclasses import fields
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from services.reporting.main import ROOMS
from tests.reporting.house import Reporting

TYPES: dict[Any, str] = {
    UUID: "uuid", int: "bigint", bool: "boolean", date: "date", str: "text",
    datetime: "timestamp with time zone",
}  # fmt: skip


def column(annotation: Any) -> tuple[str, bool]:
    """The type, and whether it may be null."""
    if get_origin(annotation) in (Union, UnionType):
        kinds = [arg for arg in get_args(annotation) if arg is not NoneType]
        return column(kinds[0])[0], NoneType in get_args(annotation)
    if get_origin(annotation) is Annotated:
        return column(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return "text", False
    return TYPES.get(annotation, "jsonb"), False


async def test_every_table_has_the_columns_of_its_row(reporting: Reporting) -> None:
    rows = await reporting.chronicle.pool.fetch(
        "select relname, attname, format_type(atttypid, atttypmod) as kind,"
        " not attnotnull as nullable from pg_attribute join pg_class c on c.oid = attrelid"
        " where relnamespace = 'view'::regnamespace and relkind = 'r' and attnum > 0"
        " order by relname, attnum"
    )
    wanted = [
        (model.name, field.name, *column(annotation))
        for model in sorted(ROOMS.models, key=lambda model: model.name)
        for field in fields(model.row)
        if (annotation := get_type_hints(model.row, include_extras=True)[field.name])
    ]
    assert [tuple(row.values()) for row in rows] == wanted
