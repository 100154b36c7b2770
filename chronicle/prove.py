"""Prove one event: a small file that whoever holds the service's public key can check alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chronicle.db import Db
from chronicle.feed import page
from chronicle.integrity import leaves_of
from chronicle.merkle import genesis, leaf, path
from chronicle.verify.lines import Row, Seal
from chronicle.verify.proof import Proof, named
from chronicle.verify.seals import Sealed

EVENT = """
select e.ticket, e.meta, e.body, o.log, o.position
from chronicle.event e left join chronicle.origin o using (event_id) where e.event_id = $1
"""
OWN_PLACE = """
select b.first_pos + array_position(b.tickets, $1) - 1 as position, b.block_no, b.hash
from chronicle.block b
where b.min_ticket <= $1 and b.max_ticket >= $1 and $1 = any (b.tickets)
order by b.min_ticket desc limit 1
"""
OWN_SEAL = """
select seal_no, body, signature, last_block from chronicle.seal
where first_block <= $1 order by first_block desc limit 1
"""
OWN_HASH = "select hash from chronicle.block where block_no = $1"
KEPT = """
select seal_no, body, signature, last_pos from chronicle.witness
where log = $1 and seal_no >= $2 order by seal_no limit 1
"""
LAST_KEPT = """
select seal_no, last_pos from chronicle.witness where log = $1 order by seal_no desc limit 1
"""


class Unknown(LookupError):
    """No event of this id is held."""


class NotSealed(Exception):
    """It is held, and nothing that is signed vouches for it yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """An event in the block that a seal names, with the leaves of that block."""

    position: int
    row: Row
    seal: Seal
    previous: bytes
    leaves: Sequence[bytes]


async def prove(db: Db, event_id: UUID) -> bytes:
    """The file of `chronicle.verify.proof`. Raises Unknown, and NotSealed with what is awaited.

    An event that was heard is proved by the seal of the service that said it.
    """
    event = await db.fetchrow(EVENT, event_id)
    if event is None:
        raise Unknown(f"no event {event_id} is held")
    if event["log"] is None:
        place = await _own(db, event["ticket"])
    else:
        place = await _heard(db, event["log"], event["position"])
    if len(place.leaves) != place.row.n:
        raise NotSealed("not every event of its block is held")
    return Proof(
        position=place.position, meta=event["meta"], body=event["body"],
        beside=path(place.leaves, place.position - place.row.first), previous=place.previous,
        seal=place.seal,
    ).written()  # fmt: skip


async def _own(db: Db, ticket: int) -> Place:
    """Of the log of whoever is asked."""
    block = await db.fetchrow(OWN_PLACE, ticket)
    seal = block and await db.fetchrow(OWN_SEAL, block["block_no"])
    if block is None or seal is None or seal["last_block"] < block["block_no"]:
        raise NotSealed("its block is in no seal yet")
    row = _row(seal["body"], block["position"])
    events = await page(db, row.first - 1, row.n)
    previous = await db.fetchval(OWN_HASH, row.block_no - 1) or await _genesis(db)
    return Place(
        block["position"], row, Seal(seal["seal_no"], seal["body"], seal["signature"]), previous,
        [leaf(event.meta, event.body) for event in events],
    )  # fmt: skip


async def _genesis(db: Db) -> bytes:
    (log,) = await db.fetch("select id, service from chronicle.log")
    return genesis(log["service"], log["id"])


async def _heard(db: Db, log: UUID, position: int) -> Place:
    """Of a log that is kept: of its blocks there is nothing but the seals."""
    seal = await _kept_seal(db, log, position)
    row = _row(seal.body, position)
    return Place(
        position, row, seal, await _hash_before(db, log, seal, row),
        await leaves_of(db, log, row.first, row.last),
    )  # fmt: skip


async def _kept_seal(db: Db, log: UUID, position: int) -> Seal:
    """The first that reaches this position, found by halves: their number grows for ever."""
    last = await db.fetchrow(LAST_KEPT, log)
    if last is None or last["last_pos"] < position:
        raise NotSealed("the seal over its block has not come yet")
    low, high = 0, last["seal_no"]
    while low + 1 < high:
        half = (low + high) // 2
        (at,) = await db.fetch(KEPT, log, half)
        if at["last_pos"] >= position:
            high = half
        else:
            low = at["seal_no"]
    (found,) = await db.fetch(KEPT, log, low + 1)
    return Seal(found["seal_no"], found["body"], found["signature"])


def _row(body: bytes, position: int) -> Row:
    sealed = Sealed.of(body)
    if sealed and (row := named(sealed, position)):
        return row
    raise NotSealed("the seal over its block is not held")


async def _hash_before(db: Db, log: UUID, seal: Seal, row: Row) -> bytes:
    said = json.loads(seal.body)
    if row.block_no == 1:
        return genesis(said["service"], log)
    blocks = said["blocks"]
    if blocks[0]["block_no"] == row.block_no:
        before = await db.fetchval(
            "select body from chronicle.witness where log = $1 and seal_no = $2",
            log, seal.seal_no - 1,
        )  # fmt: skip
        blocks = json.loads(before)["blocks"] if before else []
    hashes = {block["block_no"]: block["hash"] for block in blocks}
    if row.block_no - 1 not in hashes:
        raise NotSealed("the seal over the block before is not held")
    return bytes.fromhex(hashes[row.block_no - 1])
