"""Go on in another cluster: seal what no block holds, and anchor the log where that ends.

Transaction numbers are facts of one cluster. After a dump was loaded into another, those of old
events may lie above or below its own, so nothing may be read by them any more: from the anchor on
the sequencer reads by ticket what is newer, and by number only among that.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from chronicle.db import Db, connect
from chronicle.sequencer import Head, cluster_of, cut, newest
from chronicle.wake import BLOCK

WRITERS_OUT = "lock table chronicle.event in share row exclusive mode"
"""A writer in flight would hold a ticket below the floor, and its event would never be read."""
TICKETS_ABOVE = """
select setval(pg_get_serial_sequence('chronicle.event', 'ticket'), last)
from (select max(ticket) as last from chronicle.event) t where last is not null
"""
IN_NO_BLOCK = """
select e.ticket, e.meta, e.body from chronicle.event e
left join (select unnest(tickets) as ticket from chronicle.block) s using (ticket)
where s.ticket is null order by e.ticket
"""
PRESENT = """
select pg_current_snapshot()::text as snap, coalesce(max(ticket), 0) as floor from chronicle.event
"""
ANCHOR = """
insert into chronicle.anchor (anchor, cluster, floor_ticket, snap, why, at)
values ($1, $2, $3, $4::text::pg_snapshot, $5, $6)
"""


class SameCluster(Exception):
    """The log was written in this cluster: nothing has to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resynced:
    """What a re-sync did: events it sealed, the last position, and the anchor it left."""

    service: str
    sealed: int
    through: int
    anchor: int
    floor: int


async def resync(url: str, service: str, why: str, now: datetime) -> Resynced:
    """Let a log go on in the cluster it was restored into, as its owner, in one transaction.

    Writers wait meanwhile. `why` is kept with the anchor. The seals of what is sealed here are
    signed by the sequencer, as ever. Raises SameCluster, also when it is run a second time.
    """
    db = await connect(url)
    try:
        async with db.transaction(isolation="read_committed"):
            await shut_writers_out(db)
            head, written = await newest(db, service)
            if written == await cluster_of(db):
                raise SameCluster(
                    f"the log of {service} was written in this cluster ({written}): there is"
                    " nothing to re-sync, and its sequencer goes on by itself"
                )
            return await anchored(db, service, next_anchor(head), why, now)
    finally:
        await db.close()


async def shut_writers_out(db: Db) -> None:
    """Until the transaction ends; and whoever writes then gets a ticket above all that are there.

    A logical copy does not bring the sequence of the tickets with it.
    """
    await db.execute(WRITERS_OUT)
    await db.execute(TICKETS_ABOVE)


def next_anchor(head: Head) -> Head:
    return replace(head, anchor=head.anchor + 1)


async def anchored(db: Db, service: str, head: Head, why: str, now: datetime) -> Resynced:
    """Seal after `head` what no block holds, and write the anchor that `head` names.

    In a transaction of the owner's that has shut the writers out, statement after statement: each
    must see what was committed before the lock was had.
    """
    events = await db.fetch(IN_NO_BLOCK)
    present = await db.fetchrow(PRESENT)
    assert present is not None
    sealed = await cut(db, replace(head, snap=present["snap"]), events, now)
    await db.execute(
        ANCHOR, head.anchor, await cluster_of(db), present["floor"], present["snap"], why, now
    )
    await db.execute(f"notify {BLOCK}")
    return Resynced(
        service=service, sealed=len(events), through=sealed.next_pos - 1, anchor=head.anchor,
        floor=present["floor"],
    )  # fmt: skip
