"""Attacked rows written over a real service's tables, as only their owner could."""

from tests.attacks.rows import Log
from tests.chronicle.hearing.home import Home

TABLES = ("event", "block", "seal")


async def written(home: Home, log: Log) -> None:
    """Rows that are as they were keep their transaction, others have that of this one."""
    admin = await home.admin()
    for table in TABLES:
        await admin.execute(f"alter table chronicle.{table} disable trigger all")
    async with admin.transaction():
        await admin.execute(
            "delete from chronicle.event where ticket <> all ($1::bigint[])", list(log.events)
        )
        await admin.execute("update chronicle.event set version = -version")
        for event in log.events.values():
            changed = await admin.execute(
                "update chronicle.event set event_id = $2, version = $3, meta = $4, body = $5"
                " where ticket = $1",
                event.ticket, event.event_id, event.version, event.meta, event.body,
            )  # fmt: skip
            if changed == "UPDATE 0":
                await admin.execute(
                    "insert into chronicle.event (ticket, stream, version, type, event_id,"
                    " recorded, key, meta, body) overriding system value"
                    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                    event.ticket, event.stream, event.version, event.type, event.event_id,
                    event.recorded, event.key, event.meta, event.body,
                )  # fmt: skip
        old = {row["block_no"]: row for row in await admin.fetch("select * from chronicle.block")}
        await admin.execute("delete from chronicle.block")
        for block in log.blocks:
            row, like = block.row, old[min(block.row.block_no, max(old))]
            await admin.execute(
                "insert into chronicle.block (block_no, anchor, first_pos, n, tickets, min_ticket,"
                " max_ticket, root, hash, snap, sealed_at)"
                " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                row.block_no, like["anchor"], row.first, row.n, list(block.tickets),
                min(block.tickets), max(block.tickets), row.root, row.hash, like["snap"],
                like["sealed_at"],
            )  # fmt: skip
        await admin.execute("delete from chronicle.seal")
        for seal, blocks in zip(log.seals, log.blocks_in_seals, strict=True):
            last = sum(log.blocks_in_seals[: seal.seal_no])
            await admin.execute(
                "insert into chronicle.seal (seal_no, first_block, last_block, body, signature)"
                " values ($1, $2, $3, $4, $5)",
                seal.seal_no, last - blocks + 1, last, seal.body, seal.signature,
            )  # fmt: skip
