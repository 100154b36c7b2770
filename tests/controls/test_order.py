"""No event is skipped, whatever transactions are open, and order holds (G3, G4)."""

from datetime import datetime

from chronicle import sequencer
from chronicle.append import append_within
from chronicle.completeness import completeness
from chronicle.db import Db
from chronicle.sequencer import DELTA, Head
from tests.chronicle.hearing.allotment import PlotTaken
from tests.chronicle.hearing.home import AMI, BEN, Home
from tests.chronicle.hearing.test_witness import kept_by
from tests.chronicle.log import Connection, Log, line, lines
from tests.controls.control import Control
from tests.stress.judge import faults, stored

BY_TRANSACTION = DELTA.replace("select e.ticket,", "select e.xid, e.ticket,").replace(
    "order by d.ticket", "order by d.xid, d.ticket"
)
BY_TICKET = """
select pg_current_snapshot()::text as snap, e.ticket, e.meta, e.body
from (select $1::text as prev) p left join chronicle.event e
on p.prev is not null and e.ticket > $2
and e.ticket > (select coalesce(max(max_ticket), 0) from chronicle.block)
order by e.ticket
"""
BUT_ONE = DELTA.replace("e.ticket > $2", "e.ticket > $2 and e.ticket <> 2")


async def found(admin: Connection) -> set[str]:
    """The kinds of fault in the tables of this log."""
    return {kind for kind, count in faults(await stored(admin)).items() if count}


async def test_a_consumer_that_a_door_overtakes_inverts_no_stream(
    control: Control, log: Log, admin: Connection
) -> None:
    control.breaks("chronicle.sequencer.DELTA", BY_TRANSACTION)
    consumer, door = await log.connect(), await log.connect()
    async with consumer.transaction():
        await consumer.execute("select pg_current_xact_id()")
        await append_within(door, [line("book-1", 1)])
        await append_within(consumer, [line("book-1", 2)])
    await log.seal_blocks()
    with control.red("feed ordered by transaction id", "inverted"):
        assert await found(admin) == set()


async def test_what_is_committed_late_is_not_missed(
    control: Control, log: Log, admin: Connection
) -> None:
    control.breaks("chronicle.sequencer.DELTA", BY_TICKET)
    late, early = await log.connect(), await log.connect()
    async with late.transaction():
        await append_within(late, [line("book-1", 1)])
        await append_within(early, [line("book-2", 1)])
        await log.seal_blocks()
    await log.seal_blocks()
    with control.red("feed read by plain ticket", "missed"):
        assert await found(admin) == set()


async def test_every_ticket_is_in_a_block(control: Control, log: Log, admin: Connection) -> None:
    control.breaks("chronicle.sequencer.DELTA", BUT_ONE)
    await append_within(await log.connect(), lines("book-1", 1, 3))
    await log.seal_blocks()
    with control.red("sequencer skipping a ticket", "missed"):
        assert await found(admin) == set()


async def skipping_a_position(db: Db, head: Head, now: datetime) -> int:
    head.next_pos += 1
    return await sequencer.write_blocks(db, head, now)


async def test_positions_have_no_hole_for_a_listener(
    control: Control, allotments: Home, archive: Home
) -> None:
    control.breaks("tests.chronicle.hearing.home.write_blocks", skipping_a_position)
    for holder in (AMI, BEN):
        await allotments.say(PlotTaken(holder=holder, plot=1))
        await allotments.seal()
    await kept_by(archive).hear(await allotments.records())
    async with archive.pool.acquire() as db:
        (log,) = await completeness(db)
    with control.red("sequencer skipping a position", r"\(1, 1\)"):
        assert log.holes == ()
