"""A log that was restored into another cluster goes on, with nothing missed and nothing twice."""

import asyncio

import pytest

from chronicle import resync as resyncing
from chronicle.append import append_within
from chronicle.resync import Resynced, SameCluster, resync
from chronicle.sequencer import OtherCluster, read_head, unsealed
from tests.chronicle.library import SERVICE
from tests.chronicle.log import NOW, Connection, Log, line, lines, until, waiting_for_locks
from tests.stress.judge import faults, stored

SOUND = {"missed", "twice", "unknown", "inverted", "not dense", "not chained"}
WHY = "its machine is gone"


async def append(log: Log, stream: str, first: int = 1, count: int = 1) -> None:
    await append_within(await log.connect(), lines(stream, first, count))


async def comes_from_elsewhere(admin: Connection) -> None:
    """As a dump that was loaded here: anchored in another cluster, whose numbers were higher."""
    await admin.execute(
        "insert into chronicle.anchor select 2, cluster + 1, 0, snap, 'elsewhere', at"
        " from chronicle.anchor;"
        " alter table chronicle.event disable trigger append_only;"
        " update chronicle.event set xid = '4000000000'"
    )


async def resynced(log: Log) -> Resynced:
    return await resync(log.url("owner"), SERVICE, WHY, NOW)


async def wrong(admin: Connection) -> dict[str, int]:
    found = faults(await stored(admin))
    assert found.keys() == SOUND
    return {kind: count for kind, count in found.items() if count}


async def test_what_was_not_sealed_is_sealed_and_the_log_goes_on(
    log: Log, admin: Connection
) -> None:
    await append(log, "book-1", count=3)
    await log.seal_blocks()
    await append(log, "book-2", count=2)
    await comes_from_elsewhere(admin)
    assert await resynced(log) == Resynced(service=SERVICE, sealed=2, through=5, anchor=3, floor=5)
    await append(log, "book-2", first=3)
    assert await log.seal_blocks() == 1
    blocks = await admin.fetch("select anchor, first_pos, n from chronicle.block order by 1, 2")
    assert [tuple(block.values()) for block in blocks] == [(1, 1, 3), (3, 4, 2), (3, 6, 1)]
    assert await wrong(admin) == {}


async def test_the_anchor_says_in_which_cluster_from_which_ticket_on_and_why(
    log: Log, admin: Connection
) -> None:
    await append(log, "book-1", count=3)
    await comes_from_elsewhere(admin)
    await resynced(log)
    anchor = await admin.fetchrow("select * from chronicle.anchor order by anchor desc limit 1")
    cluster = await admin.fetchval("select system_identifier from pg_control_system()")
    assert anchor is not None
    assert (anchor["anchor"], anchor["cluster"], anchor["floor_ticket"]) == (3, cluster, 3)
    assert (anchor["why"], anchor["at"]) == (WHY, NOW)


async def test_without_a_resync_nothing_is_sealed_there(log: Log, admin: Connection) -> None:
    await append(log, "book-1")
    await comes_from_elsewhere(admin)
    with pytest.raises(OtherCluster, match="run `chronicle resync --service library`"):
        await read_head(admin, SERVICE)


async def test_events_with_the_numbers_of_another_cluster_are_not_read_again(
    log: Log, admin: Connection
) -> None:
    await append(log, "book-1", count=650)
    await log.seal_blocks()
    await comes_from_elsewhere(admin)
    await resynced(log)
    assert await unsealed(admin) == 0
    assert await log.seal_blocks() == 0
    assert await wrong(admin) == {}


async def test_a_log_of_this_cluster_is_left_as_it_is(log: Log, admin: Connection) -> None:
    await append(log, "book-1")
    with pytest.raises(SameCluster, match="nothing to re-sync"):
        await resynced(log)
    assert await unsealed(admin) == 1
    assert await admin.fetchval("select count(*) from chronicle.anchor") == 1


async def test_a_second_resync_is_refused_and_harms_nothing(log: Log, admin: Connection) -> None:
    await append(log, "book-1")
    await comes_from_elsewhere(admin)
    await resynced(log)
    with pytest.raises(SameCluster):
        await resynced(log)
    assert await wrong(admin) == {}


async def test_an_empty_log_may_be_resynced(log: Log, admin: Connection) -> None:
    await comes_from_elsewhere(admin)
    assert await resynced(log) == Resynced(service=SERVICE, sealed=0, through=0, anchor=3, floor=0)
    await append(log, "book-1")
    assert await log.seal_blocks() == 1
    assert await wrong(admin) == {}


async def test_tickets_go_on_above_those_that_came_without_their_sequence(
    log: Log, admin: Connection
) -> None:
    await append(log, "book-1", count=3)
    await comes_from_elsewhere(admin)
    await admin.execute("alter table chronicle.event alter column ticket restart")
    await resynced(log)
    await append(log, "book-2")
    assert await admin.fetchval("select max(ticket) from chronicle.event") == 4
    await log.seal_blocks()
    assert await wrong(admin) == {}


async def test_a_log_that_is_far_behind_is_cut_into_blocks_as_ever(
    log: Log, admin: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chronicle.sequencer.MOST_IN_BLOCK", 10)
    await append(log, "book-1", count=25)
    await comes_from_elsewhere(admin)
    assert (await resynced(log)).sealed == 25
    rows = await admin.fetch("select n from chronicle.block order by block_no")
    assert [row["n"] for row in rows] == [10, 10, 5]
    assert await wrong(admin) == {}


# A writer in flight


async def overtaken(log: Log, admin: Connection) -> tuple[Connection, "asyncio.Task[Resynced]"]:
    """A writer has the first ticket and has not committed; another took the second, and has."""
    await comes_from_elsewhere(admin)
    slow = await log.connect()
    await slow.execute("begin")
    await append_within(slow, [line("book-1", 1)])
    await append(log, "book-2")
    return slow, asyncio.ensure_future(resynced(log))


async def test_a_writer_in_flight_is_waited_for(log: Log, admin: Connection) -> None:
    slow, working = await overtaken(log, admin)
    await waiting_for_locks(admin)
    await slow.execute("commit")
    assert (await working).sealed == 2
    assert await log.seal_blocks() == 0
    assert await wrong(admin) == {}


async def test_without_the_lock_the_writer_in_flight_would_be_missed_for_ever(
    log: Log, admin: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: this is what the lock is for, and what the judge sees without it."""
    monkeypatch.setattr(resyncing, "WRITERS_OUT", "select 1")
    slow, working = await overtaken(log, admin)
    assert (await working).sealed == 1
    await slow.execute("commit")
    assert await log.seal_blocks() == 0
    assert await wrong(admin) == {"missed": 1}


async def test_a_writer_that_comes_meanwhile_waits_and_is_sealed_afterwards(
    log: Log, admin: Connection
) -> None:
    slow, working = await overtaken(log, admin)
    await waiting_for_locks(admin)
    late = asyncio.ensure_future(append(log, "book-3"))
    await waiting_for_locks(admin, 2)
    await slow.execute("commit")
    await asyncio.gather(working, late)

    async def all_is_sealed() -> bool:
        await log.seal_blocks()
        return await unsealed(admin) == 0

    await until(all_is_sealed)
    assert await wrong(admin) == {}
    assert await admin.fetchval("select sum(n) from chronicle.block") == 3
