"""Read the sealed log in position order, a page at a time."""

from typing import NamedTuple
from uuid import UUID

from chronicle.db import Db

PAGE = """
select b.first_pos + t.place - 1 as position, e.type, e.event_id, e.stream, e.key, e.meta, e.body,
       e.trace
from (select first_pos, tickets from chronicle.block
      where first_pos + n > $1 and first_pos < $1 + $2 order by first_pos limit $2) b,
     unnest(b.tickets) with ordinality t(ticket, place)
join chronicle.event e using (ticket)
where b.first_pos + t.place - 1 between $1 and $1 + $2 - 1
order by position
"""


class Sealed(NamedTuple):
    """One event with its place in the log."""

    position: int
    type: str
    event_id: UUID
    stream: str
    key: str
    meta: bytes
    body: bytes
    trace: str | None


async def page(db: Db, after: int, most: int) -> list[Sealed]:
    """The events at positions `after + 1` to `after + most`, as far as they are sealed."""
    return [Sealed._make(row.values()) for row in await db.fetch(PAGE, after + 1, most)]


async def head(db: Db) -> int:
    """The last sealed position, 0 in an empty log."""
    position: int = await db.fetchval(
        "select coalesce((select first_pos + n - 1 from chronicle.block"
        " order by block_no desc limit 1), 0)"
    )
    return position


async def cursor(db: Db, name: str) -> int:
    """Where the reader of this name stands; 0 before its first step."""
    position: int | None = await db.fetchval(
        "select position from chronicle.cursor where name = $1", name
    )
    return position or 0


async def move(db: Db, name: str, before: int, after: int, epoch: int = 0) -> None:
    """Move a cursor from where it was seen; Moved when another runner owns it."""
    if before == 0:
        await db.execute(
            "insert into chronicle.cursor (name, epoch, position) values ($1, $2, 0)"
            " on conflict do nothing",
            name, epoch,
        )  # fmt: skip
    status = await db.execute(
        "update chronicle.cursor set position = $4"
        " where name = $1 and epoch = $2 and position = $3",
        name, epoch, before, after,
    )  # fmt: skip
    if status != "UPDATE 1":
        raise Moved(name)


class Moved(Exception):
    """Somebody else moved this cursor: another runner is at work, so this one stops."""
