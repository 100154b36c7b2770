"""Seals: every block is signed once, over the very bytes that travel."""

import base64
import json
from collections.abc import Awaitable, Callable

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chronicle import sequencer
from chronicle.append import append_within
from chronicle.fact import canonical
from chronicle.seal import public_text, write_seal
from chronicle.sequencer import Sequencer
from chronicle.wake import Wake
from tests.chronicle.library import SERVICE
from tests.chronicle.log import NOW, Connection, Log, lines, until


async def some_blocks(log: Log, name: str, count: int) -> None:
    db = await log.connect()
    for n in range(count):
        await append_within(db, lines(f"book-{name}{n}", 1, n + 1))
        await log.seal_blocks()


async def sign(log: Log) -> bool:
    db = await log.connect("sequencer")
    return await write_seal(db, log.id, SERVICE, log.key, NOW)


async def test_a_seal_names_every_block_since_the_last(log: Log, admin: Connection) -> None:
    await some_blocks(log, "a", 3)
    assert await sign(log)
    await some_blocks(log, "b", 2)
    assert await sign(log)
    rows = await admin.fetch(
        "select seal_no, first_block, last_block from chronicle.seal order by 1"
    )
    assert [tuple(row.values()) for row in rows] == [(1, 1, 3), (2, 4, 5)]


async def test_no_block_is_signed_twice(log: Log, admin: Connection) -> None:
    assert not await sign(log)
    await some_blocks(log, "a", 1)
    assert await sign(log)
    assert not await sign(log)
    assert await admin.fetchval("select count(*) from chronicle.seal") == 1


async def test_a_seal_says_where_each_block_begins_how_many_and_its_hashes(
    log: Log, admin: Connection
) -> None:
    await some_blocks(log, "a", 2)
    await sign(log)
    body = await admin.fetchval("select body from chronicle.seal")
    blocks = await admin.fetch("select * from chronicle.block order by block_no")
    assert json.loads(body) == {
        "log": str(log.id), "service": "library", "seal_no": 1,
        "sealed_at": "2024-04-09T23:30:00.000000Z", "key": public_text(log.key),
        "blocks": [
            {"block_no": n, "first_position": first, "count": count,
             "root": block["root"].hex(), "hash": block["hash"].hex()}
            for (n, first, count), block in zip([(1, 1, 1), (2, 2, 2)], blocks, strict=True)
        ],
    }  # fmt: skip
    assert body == canonical(json.loads(body))


async def test_the_signature_is_over_exactly_these_bytes(log: Log, admin: Connection) -> None:
    await some_blocks(log, "a", 1)
    await sign(log)
    seal = await admin.fetchrow("select body, signature from chronicle.seal")
    assert seal is not None
    public = Ed25519PublicKey.from_public_bytes(
        base64.urlsafe_b64decode(json.loads(seal["body"])["key"] + "=")
    )
    public.verify(seal["signature"], seal["body"])
    assert len(seal["signature"]) == 64
    with pytest.raises(InvalidSignature):
        public.verify(seal["signature"], seal["body"] + b" ")
    with pytest.raises(InvalidSignature):
        Ed25519PrivateKey.generate().public_key().verify(seal["signature"], seal["body"])


async def test_a_new_seal_waits_to_be_published(log: Log, admin: Connection) -> None:
    await some_blocks(log, "a", 1)
    await sign(log)
    assert await admin.fetchval("select not published from chronicle.seal")


@pytest.mark.parametrize(("interval", "fewest", "most"), [(3600.0, 1, 1), (0.0, 2, 10)])
async def test_the_sequencer_seals_at_most_once_in_an_interval(
    log: Log,
    admin: Connection,
    monkeypatch: pytest.MonkeyPatch,
    interval: float,
    fewest: int,
    most: int,
) -> None:
    monkeypatch.setattr(sequencer, "SEAL_INTERVAL", interval)
    await some_blocks(log, "a", 1)
    running = Sequencer(log.url("sequencer"), SERVICE, log.key, lambda: NOW, Wake(), lambda: None)
    log.working(running.run())
    db = await log.connect()
    for n in range(2, 11):
        await append_within(db, lines("book-b", n - 1, 1))
        await until(so_many_are_sealed(admin, n))
    seals = await admin.fetchval("select count(*) from chronicle.seal")
    assert fewest <= seals <= most


def so_many_are_sealed(admin: Connection, count: int) -> Callable[[], Awaitable[bool]]:
    async def are_sealed() -> bool:
        positions = await admin.fetchval("select coalesce(sum(n), 0) from chronicle.block")
        return bool(positions >= count)

    return are_sealed


def test_a_seal_is_signed_once_a_second() -> None:
    assert sequencer.SEAL_INTERVAL == 1.0
