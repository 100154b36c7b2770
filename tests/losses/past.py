"""A log as it was at an earlier moment, and all that can be told of it."""

from typing import Any

from chronicle.feed import page
from tests.chronicle.log import Connection

GUARDED = ("event", "block", "command", "inbox")


async def restored_to(admin: Connection, block_no: int) -> None:
    """Whatever was written after this block is gone, as if it had never been."""
    for table in GUARDED:
        await admin.execute(f"alter table chronicle.{table} disable trigger append_only")
    await admin.execute(
        f"""
        create temp table gone on commit drop as
          select e.ticket, e.meta from chronicle.event e left join (
            select unnest(tickets) as ticket from chronicle.block where block_no <= {block_no}) k
          using (ticket) where k.ticket is null;
        delete from chronicle.command c using gone g
          where convert_from(g.meta, 'utf8')::jsonb ->> 'causationid' = c.id::text;
        delete from chronicle.inbox i using gone g
          where convert_from(g.meta, 'utf8')::jsonb ->> 'causationid' = i.event_id;
        delete from chronicle.event e using gone g where e.ticket = g.ticket;
        delete from chronicle.block where block_no > {block_no};
        delete from chronicle.seal where last_block > {block_no};
        """
    )
    for table in GUARDED:
        await admin.execute(f"alter table chronicle.{table} enable always trigger append_only")


async def everything(admin: Connection) -> dict[str, list[Any]]:
    """Of the log: what has a position, what bears witness to it, and what is answered by it."""
    last = await admin.fetchval("select coalesce(sum(n), 0) from chronicle.block")
    tables = {
        "blocks": "select block_no, first_pos, n, root, hash from chronicle.block order by 1",
        "seals": "select * from chronicle.seal order by 1",
        "commands": "select id, result::text from chronicle.command order by 1",
        "inbox": "select * from chronicle.inbox order by 1, 2, 3",
    }
    found: dict[str, list[Any]] = {
        name: [tuple(row.values()) for row in await admin.fetch(sql)]
        for name, sql in tables.items()
    }
    events = await page(admin, 0, last)
    found["events"] = [
        (e.position, e.type, e.event_id, e.stream, e.key, e.meta, e.body) for e in events
    ]
    return found
