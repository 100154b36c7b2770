"""The newest seal elsewhere: found among those of others, and compared with the log itself."""

# mypy: allow-untyped-calls
# (aiokafka has no types)

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from chronicle import elsewhere
from chronicle.append import append_within
from chronicle.db import Db
from chronicle.elsewhere import LogIsBehind, compare, newest_seal
from chronicle.relay import SEALS
from chronicle.seal import write_seal
from chronicle.sequencer import Sequencer
from chronicle.verify.seals import Sealed
from chronicle.wake import Wake
from tests.chronicle.library import SERVICE
from tests.chronicle.log import NOW, Connection, Log, lines, until
from tests.parts import Kafka, now


@pytest.fixture
def servers(kafka: Kafka) -> Iterator[str]:
    """A broker on which there are no seals yet."""
    now(topics_are(kafka.servers, made=True))
    yield kafka.servers
    now(topics_are(kafka.servers, made=False))


async def topics_are(servers: str, *, made: bool) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        if SEALS in await admin.list_topics():
            await admin.delete_topics([SEALS])
        if made:
            await admin.create_topics([NewTopic(SEALS, 1, 1)])
    finally:
        await admin.close()


async def published(servers: str, *bodies: bytes) -> None:
    """In batches, as a relay sends them that is behind."""
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", linger_ms=20)
    await producer.start()
    try:
        sent = [await producer.send(SEALS, body, partition=0) for body in bodies]
        for each in sent:
            await each
    finally:
        await producer.stop()


async def sealed(log: Log, admin: Connection, count: int) -> list[bytes]:
    """So many blocks of two events, each with a seal of its own; gives the seals' bodies."""
    sequencer = await log.connect("sequencer")
    for _ in range(count):
        await append_within(await log.connect(), lines(f"book-{uuid4()}", 1, 2))
        await log.seal_blocks()
        await write_seal(sequencer, log.id, SERVICE, log.key, NOW)
    rows = await admin.fetch("select body from chronicle.seal order by seal_no")
    return [row["body"] for row in rows]


def of(body: bytes) -> Sealed:
    said = Sealed.of(body)
    assert said is not None
    return said


def of_others(bodies: list[bytes], log: UUID) -> list[bytes]:
    return [body.replace(str(log).encode(), str(uuid4()).encode()) for body in bodies]


# Found


async def test_where_no_seal_is_there_is_nothing_to_compare_with(servers: str) -> None:
    assert await newest_seal(servers, uuid4()) is None


async def test_where_there_is_no_topic_there_is_nothing_to_compare_with(servers: str) -> None:
    await topics_are(servers, made=False)
    assert await newest_seal(servers, uuid4()) is None


async def test_the_newest_is_found_whatever_came_after_it_from_others(
    log: Log, admin: Connection, servers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elsewhere, "WINDOW", 2)
    bodies = await sealed(log, admin, 3)
    await published(servers, *of_others(bodies, log.id), *bodies)
    assert await newest_seal(servers, log.id) == of(bodies[-1])
    for _ in range(4):
        await published(servers, *of_others(bodies, log.id))
    assert await newest_seal(servers, log.id) == of(bodies[-1])


async def test_the_one_at_the_very_beginning_is_found_and_a_log_without_any_is_not(
    log: Log, admin: Connection, servers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elsewhere, "WINDOW", 2)
    bodies = await sealed(log, admin, 1)
    await published(servers, *bodies, *of_others(bodies * 30, log.id))
    assert await newest_seal(servers, log.id) == of(bodies[0])
    assert await newest_seal(servers, uuid4()) is None


async def test_what_is_no_seal_is_passed_over(log: Log, admin: Connection, servers: str) -> None:
    bodies = await sealed(log, admin, 1)
    await published(servers, *bodies, b"", b"{}", b"until here")
    assert await newest_seal(servers, log.id) == of(bodies[0])


# Compared


async def test_a_log_that_holds_what_its_seal_names_goes_on(log: Log, admin: Connection) -> None:
    bodies = await sealed(log, admin, 2)
    for body in bodies:
        await compare(admin, SERVICE, of(body))
    await compare(admin, SERVICE, None)


async def test_a_log_that_ends_before_its_seal_is_told_which_positions_it_lacks(
    log: Log, admin: Connection
) -> None:
    bodies = await sealed(log, admin, 3)
    await lose(admin, blocks=2)
    with pytest.raises(
        LogIsBehind,
        match=r"ends at position 2, seal 3 elsewhere .* to 6: 3 to 6 were lost .*"
        r"`chronicle resync --service library --from FILE`",
    ):
        await compare(admin, SERVICE, of(bodies[-1]))


async def test_a_log_that_sealed_another_history_is_told_where(log: Log, admin: Connection) -> None:
    bodies = await sealed(log, admin, 3)
    other = of(bodies[-1])
    block = other.blocks[-1]._replace(hash=bytes(32))
    with pytest.raises(LogIsBehind, match=r"block 3 .* another history .* positions 5 to 6"):
        await compare(admin, SERVICE, replace(other, blocks=(*other.blocks[:-1], block)))


async def lose(admin: Connection, blocks: int) -> None:
    """As a restore to an earlier moment leaves the log."""
    await admin.execute("alter table chronicle.block disable trigger append_only")
    await admin.execute(
        "delete from chronicle.block where block_no > (select max(block_no) - $1 from"
        " chronicle.block)",
        blocks,
    )


# A running sequencer


async def test_a_sequencer_whose_log_was_restored_under_it_compares_again_and_ends(
    log: Log, admin: Connection
) -> None:
    bodies = await sealed(log, admin, 3)
    asked: list[str] = []

    async def compares(db: Db) -> None:
        asked.append("compared")
        await compare(db, SERVICE, of(bodies[-1]))

    sequencer = Sequencer(
        log.url("sequencer"), SERVICE, log.key, lambda: NOW, Wake(), lambda: None,
        compare=compares,
    )  # fmt: skip
    running = asyncio.create_task(sequencer.run())
    first = await leader(admin)
    await gone(admin)
    await leader(admin, but=first)
    assert asked == ["compared"], "the newest block is the one it left"
    await lose(admin, blocks=1)
    await gone(admin)
    with pytest.raises(LogIsBehind):
        await running
    assert asked == ["compared"] * 2


async def leader(admin: Connection, but: int = 0) -> int:
    """The session that leads, once it has come to wait for new events."""
    found: list[int] = []

    async def waits() -> bool:
        found[:] = [
            row["pid"]
            for row in await admin.fetch(
                "select pid from pg_stat_activity where usename = 'library_sequencer'"
                " and datname = current_database() and query like '%pg_current_snapshot%'"
            )
        ]
        return bool(found) and found != [but]

    await until(waits)
    return found[0]


async def gone(admin: Connection) -> None:
    await admin.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where usename = 'library_sequencer' and datname = current_database()"
    )
