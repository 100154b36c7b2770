"""The sequencer: dense positions in sealed blocks, whatever the writers of the log are up to."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from typing import Any

import asyncpg
import pytest

from chronicle import sequencer
from chronicle.append import Conflict, append_within
from chronicle.db import Db
from chronicle.feed import page
from chronicle.sequencer import OtherCluster, Sequencer, read_head, unsealed, write_blocks
from chronicle.wake import Wake, announce
from tests.chronicle.library import SERVICE
from tests.chronicle.log import NOW, PATIENCE, Connection, Log, line, lines, until


async def append(log: Log, stream: str, first: int = 1, count: int = 1) -> None:
    await append_within(await log.connect(), lines(stream, first, count))


async def blocks(db: Db) -> list[asyncpg.Record]:
    return await db.fetch("select *, xmin::text as written_by from chronicle.block order by 1")


async def sealed(db: Db) -> list[tuple[int, str, int]]:
    rows = await db.fetch(
        "select b.first_pos + t.place - 1 as position, e.stream, e.version"
        " from chronicle.block b, unnest(b.tickets) with ordinality t(ticket, place)"
        " join chronicle.event e using (ticket) order by position"
    )
    return [(row["position"], row["stream"], row["version"]) for row in rows]


def a_sequencer(
    log: Log,
    wake: Wake | None = None,
    sealed: Callable[[], None] = lambda: None,
    idle_poll: float = sequencer.IDLE_POLL,
) -> Sequencer:
    wake, url = wake or Wake(), log.url("sequencer")
    return Sequencer(url, SERVICE, log.key, lambda: NOW, wake, sealed, idle_poll)


# Positions


async def test_positions_begin_at_one_and_have_no_hole(log: Log, admin: Connection) -> None:
    await append(log, "book-1", count=3)
    assert await log.seal_blocks() == 3
    await append(log, "book-2", count=2)
    assert await log.seal_blocks() == 2
    assert [position for position, *_ in await sealed(admin)] == [1, 2, 3, 4, 5]
    assert [(b["block_no"], b["first_pos"], b["n"]) for b in await blocks(admin)] == [
        (1, 1, 3), (2, 4, 2),
    ]  # fmt: skip


async def test_a_ticket_that_was_rolled_back_leaves_no_hole(log: Log, admin: Connection) -> None:
    db = await log.connect()
    await append_within(db, [line("book-1", 1)])
    rolled_back = db.transaction()
    await rolled_back.start()
    await append_within(db, lines("book-2", 1, 5))
    await rolled_back.rollback()
    await append_within(db, [line("book-1", 2)])
    await log.seal_blocks()
    assert await sealed(admin) == [(1, "book-1", 1), (2, "book-1", 2)]


async def test_what_no_block_holds_is_unsealed_though_its_ticket_is_an_early_one(
    log: Log, admin: Connection
) -> None:
    late = await log.connect()
    transaction = late.transaction()
    await transaction.start()
    await append_within(late, [line("book-1", 1)])
    await append(log, "book-2")
    await log.seal_blocks()
    assert await unsealed(admin) == 0
    await transaction.commit()
    assert await unsealed(admin) == 1
    await log.seal_blocks()
    assert await unsealed(admin) == 0


async def test_nothing_new_makes_no_block(log: Log, admin: Connection) -> None:
    assert await log.seal_blocks() == 0
    await append(log, "book-1")
    await log.seal_blocks()
    assert await log.seal_blocks() == 0
    assert len(await blocks(admin)) == 1


async def test_the_order_is_block_then_ticket_and_not_that_of_transactions(
    log: Log, admin: Connection
) -> None:
    """A consumer takes its transaction's number early, with the inbox row, and its ticket late."""
    consumer, door = await log.connect(), await log.connect()
    async with consumer.transaction():
        await consumer.execute("insert into chronicle.inbox values ('library', 'museum', '1')")
        await append_within(door, [line("book-1", 1)])
        await append_within(consumer, [line("book-1", 2)])
    await log.seal_blocks()
    by_transaction = await admin.fetch("select version from chronicle.event order by xid, ticket")
    assert [row["version"] for row in by_transaction] == [2, 1]
    assert await sealed(admin) == [(1, "book-1", 1), (2, "book-1", 2)]


async def test_a_sleeper_is_sealed_when_it_ends_and_nobody_waits_for_it(
    log: Log, admin: Connection
) -> None:
    sequencing, sleeper = await log.connect("sequencer"), await log.connect()
    head = await read_head(sequencing, SERVICE)
    async with sleeper.transaction():
        await append_within(sleeper, [line("book-1", 1)])
        for n in (2, 3):
            await append(log, f"book-{n}")
            assert await write_blocks(sequencing, head, NOW) == 1
    assert await write_blocks(sequencing, head, NOW) == 1
    assert [stream for _, stream, _ in await sealed(admin)] == ["book-2", "book-3", "book-1"]


async def test_what_a_savepoint_kept_is_sealed_and_what_it_took_back_is_not(
    log: Log, admin: Connection
) -> None:
    db = await log.connect()
    async with db.transaction():
        await append_within(db, [line("book-1", 1)])
        with suppress(Conflict):
            async with db.transaction():
                await append_within(db, [line("book-2", 1), line("book-1", 1)])
        async with db.transaction():
            await append_within(db, [line("book-3", 1)])
    await log.seal_blocks()
    assert [stream for _, stream, _ in await sealed(admin)] == ["book-1", "book-3"]


async def test_a_long_transaction_of_another_database_delays_nothing(
    log: Log, admin: Connection
) -> None:
    foreign = await log.admin("postgres")
    async with foreign.transaction():
        await foreign.fetchval("select pg_current_xact_id()")
        await append(log, "book-1")
        oldest = await admin.fetchval("select pg_snapshot_xmin(pg_current_snapshot())")
        own = await admin.fetchval("select xid from chronicle.event")
        assert oldest < own, "a watermark would wait for it"
        assert await log.seal_blocks() == 1


# Blocks


def leaf(meta: bytes, body: bytes) -> bytes:
    return sha256(b"\0" + len(meta).to_bytes(4, "big") + meta + body).digest()


def root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()


async def assert_the_chain_holds(db: Db, log: Log) -> None:
    """Computed again from the stored bytes by the words of the page, not by the kernel's code."""
    hashed = sha256(b"throughcare" + b"library" + log.id.bytes).digest()
    for block in await blocks(db):
        events = await page(db, block["first_pos"] - 1, block["n"])
        assert root([leaf(event.meta, event.body) for event in events]) == block["root"]
        numbers = (block["block_no"], block["first_pos"], block["n"])
        header = b"".join(number.to_bytes(8, "big") for number in numbers)
        hashed = sha256(hashed + header + block["root"]).digest()
        assert hashed == block["hash"]


async def test_every_block_is_chained_to_the_one_before(log: Log, admin: Connection) -> None:
    for n, count in enumerate((1, 2, 3, 7, 8), 1):
        await append(log, f"book-{n}", count=count)
        await log.seal_blocks()
    assert len(await blocks(admin)) == 5
    await assert_the_chain_holds(admin, log)


async def test_a_changed_byte_breaks_the_chain(log: Log, admin: Connection) -> None:
    await append(log, "book-1", count=3)
    await log.seal_blocks()
    await admin.execute(
        "alter table chronicle.event disable trigger append_only;"
        " update chronicle.event set body = '{}x' where version = 2"
    )
    with pytest.raises(AssertionError):
        await assert_the_chain_holds(admin, log)


async def test_a_large_delta_is_cut_into_blocks_in_one_transaction(
    log: Log, admin: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sequencer.MOST_IN_BLOCK == 10_000
    monkeypatch.setattr(sequencer, "MOST_IN_BLOCK", 10)
    await append(log, "book-1", count=25)
    assert await log.seal_blocks() == 25
    cut = await blocks(admin)
    assert [(b["first_pos"], b["n"]) for b in cut] == [(1, 10), (11, 10), (21, 5)]
    assert len({block["written_by"] for block in cut}) == 1
    assert [version for *_, version in await sealed(admin)] == list(range(1, 26))
    await assert_the_chain_holds(admin, log)


async def test_a_block_says_which_tickets_it_holds(log: Log, admin: Connection) -> None:
    await append(log, "book-1", count=3)
    await log.seal_blocks()
    (block,) = await blocks(admin)
    tickets = [
        r["ticket"] for r in await admin.fetch("select ticket from chronicle.event order by 1")
    ]
    assert block["tickets"] == tickets
    assert (block["min_ticket"], block["max_ticket"]) == (tickets[0], tickets[-1])


async def test_the_time_of_a_block_does_not_go_back_with_the_clock(
    log: Log, admin: Connection
) -> None:
    hour = timedelta(hours=1)
    for n, now in enumerate((NOW, NOW - hour, NOW + hour, NOW), 1):
        await append(log, f"book-{n}")
        await log.seal_blocks(now)
    at = [block["sealed_at"] for block in await blocks(admin)]
    assert at == [NOW, NOW, NOW + hour, NOW + hour]


# One sequencer


async def test_a_second_sequencer_is_fenced_by_the_number_of_the_block(
    log: Log, admin: Connection
) -> None:
    one, other = await log.connect("sequencer"), await log.connect("sequencer")
    heads = [await read_head(db, SERVICE) for db in (one, other)]
    await append(log, "book-1", count=2)
    assert await write_blocks(one, heads[0], NOW) == 2
    with pytest.raises(asyncpg.UniqueViolationError):
        await write_blocks(other, heads[1], NOW)
    assert [version for *_, version in await sealed(admin)] == [1, 2]


async def test_one_leads_and_the_next_leads_when_it_is_gone(log: Log, admin: Connection) -> None:
    first, second = a_sequencer(log), a_sequencer(log)
    leading = log.working(first.run())
    await until(holds(lambda: first.leading))
    log.working(second.run())
    await until(waits_to_lead(admin))
    assert not second.leading
    leading.cancel()
    await until(holds(lambda: second.leading))
    assert not first.leading
    await append(log, "book-1")
    await until(so_many_blocks(admin, 1))


async def test_after_a_lost_connection_the_newest_block_counts_and_no_memory(
    log: Log, admin: Connection
) -> None:
    running = a_sequencer(log)
    log.working(running.run())
    await append(log, "book-1")
    await until(so_many_blocks(admin, 1))
    stand_in = await log.connect("sequencer")
    leads = asyncio.ensure_future(stand_in.execute(sequencer.LEAD))
    await until(waits_to_lead(admin))
    await end_sessions_of(admin, "library_sequencer", but=stand_in)
    await leads
    await append(log, "book-2")
    assert await write_blocks(stand_in, await read_head(stand_in, SERVICE), NOW) == 1
    await append(log, "book-3")
    await stand_in.close()
    await until(so_many_blocks(admin, 3))
    assert [stream for _, stream, _ in await sealed(admin)] == ["book-1", "book-2", "book-3"]
    await assert_the_chain_holds(admin, log)


async def test_a_log_from_another_cluster_is_not_sealed_and_says_what_to_run(
    log: Log, admin: Connection
) -> None:
    await append(log, "book-1")
    await admin.execute(
        "insert into chronicle.anchor select 2, cluster + 1, 0, snap, 'elsewhere', at"
        " from chronicle.anchor"
    )
    with pytest.raises(OtherCluster, match="run `chronicle resync --service library` as its owner"):
        await asyncio.wait_for(a_sequencer(log).run(), PATIENCE)
    assert await blocks(admin) == []


async def test_the_newest_anchor_says_where_to_go_on(log: Log, admin: Connection) -> None:
    """After a re-sync what lies below its floor is sealed already, whatever its xids are."""
    await append(log, "book-1", count=2)
    await log.seal_blocks()
    await admin.execute(
        "insert into chronicle.anchor select 2, cluster, (select max(ticket) from chronicle.event),"
        " '1:1:', 'restored', at from chronicle.anchor"
    )
    await append(log, "book-1", first=3)
    assert await log.seal_blocks() == 1
    assert [(b["anchor"], b["first_pos"]) for b in await blocks(admin)] == [(1, 1), (2, 3)]


async def test_a_hint_is_enough_to_be_sealed(
    log: Log, admin: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "LEAST_INTERVAL", 3600.0)
    wake, looked = Wake(), asyncio.Event()
    log.working(a_sequencer(log, wake, looked.set, idle_poll=3600.0).run())
    await asyncio.wait_for(looked.wait(), PATIENCE)
    await append(log, "book-1")
    wake.hint()
    await until(so_many_blocks(admin, 1))


async def test_an_append_of_another_process_is_announced_to_the_sequencer(
    log: Log, admin: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "LEAST_INTERVAL", 3600.0)
    looked, elsewhere = asyncio.Event(), Wake()
    log.working(a_sequencer(log, Wake(), looked.set, idle_poll=3600.0).run())
    await asyncio.wait_for(looked.wait(), PATIENCE)
    log.working(announce(elsewhere, await log.pool(), 0.005))
    await append(log, "book-1")
    elsewhere.hint()
    await until(so_many_blocks(admin, 1))


async def test_readers_are_told_of_every_block(log: Log) -> None:
    told: list[Any] = []
    listening = await log.connect()
    await listening.add_listener("chronicle_block", lambda *said: told.append(said))
    await append(log, "book-1")
    await log.seal_blocks()
    await until(holds(lambda: len(told) == 1))


def holds(true: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return true()

    return asked


def so_many_blocks(admin: Connection, count: int) -> Callable[[], Awaitable[bool]]:
    async def there_are() -> bool:
        return len(await blocks(admin)) >= count

    return there_are


def waits_to_lead(admin: Connection) -> Callable[[], Awaitable[bool]]:
    async def waits() -> bool:
        return bool(
            await admin.fetchval(
                "select true from pg_locks where locktype = 'advisory' and not granted limit 1"
            )
        )

    return waits


async def end_sessions_of(admin: Connection, role: str, *, but: Connection) -> None:
    await admin.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where usename = $1 and pid <> $2 and datname = current_database()",
        role,
        but.get_server_pid(),
    )
