"""Answer as of then: fold the log up to a position, a moment or a day into tables of the moment."""

from collections.abc import Hashable, Sequence
from datetime import date, datetime
from typing import Any

from chronicle.db import Db
from chronicle.fact import Fact
from chronicle.feed import page
from chronicle.project import LIVE, PAGE, heard_by, read
from chronicle.rows import Model, columns, record
from chronicle.words import Words


async def as_of(
    db: Db, words: Words, models: Sequence[Model], position: int, effective_on: date | None = None
) -> None:
    """Fold the log up to `position` into temporary tables that hide the live ones.

    With `effective_on` only what had occurred by that day is folded, whenever it was recorded.
    Call it inside a transaction: the tables go with it, and every query in it answers as of then.
    """
    states: dict[str, dict[Hashable, Any]] = {model.name: {} for model in models}
    at = 0
    while at < position and (sealed := await page(db, at, min(PAGE, position - at))):
        batch = [read(words, event) for event in sealed]
        for model in models:
            for r in heard_by(model, batch):
                if r.event is not None and occurred(r.event, effective_on):
                    model.folded(states[model.name], r.event, r.about)
        at = sealed[-1].position
    for model in models:
        await db.execute(
            f"create temporary table {model.name} (like {LIVE}.{model.name} including all)"
            " on commit drop"
        )
        names = columns(model)
        rows = [record(names, row) for row in states[model.name].values()]
        await db.copy_records_to_table(
            model.name, records=rows, columns=names, schema_name="pg_temp"
        )


def occurred(event: Fact, by: date | None) -> bool:
    return by is None or event.occurred_on <= by


async def position_at(db: Db, instant: datetime) -> int:
    """The last position sealed by this instant of the service's clock."""
    position: int = await db.fetchval(
        "select coalesce(max(first_pos + n - 1), 0) from chronicle.block where sealed_at <= $1",
        instant,
    )
    return position
