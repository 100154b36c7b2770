"""Judge a log from its tables alone, by the words of event-log.md and none of the kernel's code."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from chronicle.db import Db
from tests.stress.told import Told


@dataclass(frozen=True, slots=True)
class Stored:
    stream: str
    version: int
    leaf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Events by ticket, blocks in order, each command's answer, and what stands before block 1."""

    before: bytes
    events: dict[int, Stored]
    blocks: Sequence[Any]
    answers: dict[str, str]


async def stored(db: Db) -> Tables:
    origin = await db.fetchrow("select id, service from chronicle.log")
    assert origin is not None
    rows = await db.fetch("select ticket, stream, version, meta, body from chronicle.event")
    commands = await db.fetch("select id::text, result::text from chronicle.command")
    return Tables(
        before=sha256(b"throughcare" + origin["service"].encode() + origin["id"].bytes).digest(),
        events={
            r["ticket"]: Stored(r["stream"], r["version"], leaf(r["meta"], r["body"])) for r in rows
        },
        blocks=await db.fetch("select * from chronicle.block order by block_no"),
        answers={row["id"]: row["result"] for row in commands},
    )  # fmt: skip


def faults(tables: Tables) -> dict[str, int]:
    """How many of each kind; a sound log has none of any."""
    tickets = [ticket for block in tables.blocks for ticket in block["tickets"]]
    times = Counter(tickets)
    in_order = [tables.events[t] for t in tickets if t in tables.events]
    return {
        "missed": len(tables.events.keys() - times.keys()),
        "twice": sum(n - 1 for n in times.values()),
        "unknown": len(times.keys() - tables.events.keys()),
        "inverted": inverted([(event.stream, event.version) for event in in_order]),
        "not dense": not_dense(tables.blocks),
        "not chained": not_chained(tables),
    }


def inverted(order: Iterable[tuple[str, int]]) -> int:
    """How many do not follow their predecessor in the stream: 1, 2, 3 ..."""
    last: Counter[str] = Counter()
    wrong = 0
    for stream, version in order:
        wrong += version != last[stream] + 1
        last[stream] = version
    return wrong


def not_dense(blocks: Iterable[Any]) -> int:
    """Blocks that do not begin where the one before ended, or do not hold as many as they say."""
    wrong, number, position = 0, 0, 1
    for block in blocks:
        begins = (block["block_no"], block["first_pos"], block["n"])
        wrong += begins != (number + 1, position, len(block["tickets"]))
        number, position = block["block_no"], block["first_pos"] + block["n"]
    return wrong


def not_chained(tables: Tables) -> int:
    """Blocks whose root or hash is not that of their events and of the block before."""
    wrong, before = 0, tables.before
    for block in tables.blocks:
        leaves = [tables.events[t].leaf for t in block["tickets"] if t in tables.events]
        root = tree(leaves) if leaves else b""
        wrong += (root, header(before, block)) != (block["root"], block["hash"])
        before = block["hash"]
    return wrong


def header(before: bytes, block: Any) -> bytes:
    """The hash of a block: of the one before, its number, first position, count and root."""
    numbers = (block["block_no"], block["first_pos"], block["n"])
    packed = b"".join(number.to_bytes(8, "big") for number in numbers)
    return sha256(before + packed + block["root"]).digest()


def leaf(meta: bytes, body: bytes) -> bytes:
    return sha256(b"\x00" + len(meta).to_bytes(4, "big") + meta + body).digest()


def tree(leaves: list[bytes]) -> bytes:
    """Halved at the greatest power of two, which is to promote an odd node at every level."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + tree(leaves[:half]) + tree(leaves[half:])).digest()


def broken_promises(tables: Tables, told: Sequence[Told]) -> dict[str, int]:
    """What was acknowledged against what is there; nothing may be lost, doubled or made up."""
    there = Counter((event.stream, event.version) for event in tables.events.values())
    said = Counter(event for one in told for event in one.events)
    firsts = Counter(one.command for one in told if one.command and not one.repeated)
    return {
        "events lost": (said - there).total(),
        "events nobody was told of": (there - said).total(),
        "commands lost": len(firsts.keys() - tables.answers.keys()),
        "commands nobody was told of": len(tables.answers.keys() - firsts.keys()),
        "commands done twice": sum(n - 1 for n in firsts.values()),
        "other answers": sum(
            tables.answers.get(one.command, "") != spelled(one)
            for one in told if one.command
        ),
    }  # fmt: skip


def spelled(told: Told) -> str:
    """What a command reached, as PostgreSQL writes it."""
    pairs = ", ".join(f'["{stream}", {version}]' for stream, version in told.reached or ())
    return f"[{pairs}]"


async def inversions_by_transaction(db: Db) -> int:
    """For contrast: the order that a feed by transaction's number would have."""
    rows = await db.fetch("select stream, version from chronicle.event order by xid, ticket")
    return inverted([(row["stream"], row["version"]) for row in rows])
