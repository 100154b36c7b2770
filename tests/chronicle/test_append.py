"""Group commit and its rules one by one: each caller answered alone, each answer durable.

The rules are those of the event log's page, section 3.2; each test names what went wrong without.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from chronicle.append import (
    MOST_BODY,
    MOST_REQUESTS,
    Conflict,
    GroupCommit,
    Line,
    TooLarge,
    answered,
    append_within,
    reached,
    remember,
)
from tests.chronicle.library import DonateBook, NoteCondition
from tests.chronicle.log import PATIENCE, Connection, Log, line, lines, waiting_for_locks

Requests = Sequence[tuple[UUID, Sequence[Line]]]


async def together(log: Log, requests: Requests, pool: Any = None) -> list[BaseException | None]:
    """All of them wait before the flusher starts; gives each one's own answer."""
    commits = GroupCommit(pool or await log.pool())
    waiting = [asyncio.ensure_future(commits.append(c, said)) for c, said in requests]
    await asyncio.sleep(0)
    log.working(commits.run())
    async with asyncio.timeout(PATIENCE):
        return await asyncio.gather(*waiting, return_exceptions=True)


def alone(*said: Line) -> tuple[UUID, list[Line]]:
    return uuid4(), list(said)


async def stored(admin: Connection) -> list[tuple[str, int]]:
    rows = await admin.fetch("select stream, version from chronicle.event order by ticket")
    return [(row["stream"], row["version"]) for row in rows]


async def flushes(admin: Connection) -> list[int]:
    """How many events each transaction wrote, in the order they ran."""
    rows = await admin.fetch(
        "select count(*)::int as n from chronicle.event group by xid order by min(ticket)"
    )
    return [row["n"] for row in rows]


async def commands(admin: Connection) -> dict[UUID, Any]:
    rows = await admin.fetch("select id, result::text as result from chronicle.command")
    return {row["id"]: row["result"] for row in rows}


async def test_many_callers_are_one_transaction(log: Log, admin: Connection) -> None:
    answers = await together(log, [alone(line(f"book-{n}", 1)) for n in range(50)])
    assert answers == [None] * 50
    assert await flushes(admin) == [50]


async def test_every_event_of_a_request_is_stored_as_it_was_said(
    log: Log, admin: Connection
) -> None:
    one, other = lines("book-1", 1, 9), [line("book-2", 1, body=b'{"words":"\xc3\xa9"}')]
    assert await together(log, [alone(*one), alone(*other)]) == [None, None]
    rows = await admin.fetch(
        "select stream, version, type, event_id, recorded, key, meta, body, trace"
        " from chronicle.event order by stream, version"
    )
    assert [Line(*row.values()) for row in rows] == one + other


async def test_the_answer_of_a_command_is_stored_with_its_events(
    log: Log, admin: Connection
) -> None:
    (command, said) = request = alone(*lines("book-1", 1, 3))
    await together(log, [request])
    assert await commands(admin) == {command: '[["book-1", 3]]'}
    assert await answered(await log.connect(), command) == reached(said) == (("book-1", 3),)
    assert await answered(await log.connect(), uuid4()) is None


# At most one request per stream and per command id in a flush


async def test_of_two_that_saw_the_same_version_one_wins(log: Log, admin: Connection) -> None:
    first, second = alone(line("book-1", 1)), alone(line("book-1", 1))
    answers = await together(log, [first, second])
    assert answers[0] is None
    assert isinstance(answers[1], Conflict)
    assert await stored(admin) == [("book-1", 1)]
    assert set(await commands(admin)) == {first[0]}


async def test_a_second_request_of_a_stream_is_carried_to_the_next_flush(
    log: Log, admin: Connection
) -> None:
    answers = await together(
        log, [alone(line("book-1", 1)), alone(line("book-1", 2)), alone(line("book-2", 1))]
    )
    assert answers == [None] * 3
    assert await stored(admin) == [("book-1", 1), ("book-2", 1), ("book-1", 2)]
    assert await flushes(admin) == [2, 1]


async def test_the_same_command_twice_in_the_queue_is_done_once(
    log: Log, admin: Connection
) -> None:
    command = uuid4()
    answers = await together(
        log,
        [(command, [line("book-1", 1)]), (command, [line("book-2", 1)]), alone(line("book-3", 1))],
    )
    assert answers[0] is answers[2] is None
    assert isinstance(answers[1], Conflict)
    assert await stored(admin) == [("book-1", 1), ("book-3", 1)]
    assert await flushes(admin) == [2]


async def test_a_flush_has_a_limit_of_requests(log: Log, admin: Connection) -> None:
    answers = await together(log, [alone(line(f"book-{n}", 1)) for n in range(MOST_REQUESTS + 9)])
    assert answers == [None] * len(answers)
    assert await flushes(admin) == [MOST_REQUESTS, 9]


async def test_a_flush_has_a_limit_of_bytes(log: Log, admin: Connection) -> None:
    large = [alone(line(f"book-{n}", 1, body=b"x" * 250_000)) for n in range(5)]
    assert await together(log, large) == [None] * 5
    assert await flushes(admin) == [3, 2]


async def test_a_request_above_the_limit_of_bytes_goes_alone(log: Log, admin: Connection) -> None:
    huge = [line("book-1", version, body=b"x" * MOST_BODY) for version in range(1, 6)]
    answers = await together(log, [alone(*huge), alone(line("book-2", 1))])
    assert answers == [None, None]
    assert await flushes(admin) == [5, 1]


# A request stands or falls as a whole, and alone


async def test_a_version_that_was_taken_is_a_conflict_and_leaves_nothing(
    log: Log, admin: Connection
) -> None:
    await together(log, [alone(*lines("book-1", 1, 3))])
    answers = await together(log, [alone(*lines("book-1", 2, 2)), alone(line("book-2", 1))])
    assert isinstance(answers[0], Conflict)
    assert answers[1] is None
    assert await stored(admin) == [("book-1", n) for n in (1, 2, 3)] + [("book-2", 1)]
    assert len(await commands(admin)) == 2


async def test_a_predecessor_that_is_not_there_is_a_conflict(log: Log, admin: Connection) -> None:
    answers = await together(log, [alone(line("book-1", 4)), alone(line("book-2", 1))])
    assert isinstance(answers[0], Conflict)
    assert answers[1] is None
    assert await stored(admin) == [("book-2", 1)]


async def test_a_command_that_was_done_before_is_a_conflict_for_its_request_alone(
    log: Log, admin: Connection
) -> None:
    command = uuid4()
    await together(log, [(command, [line("book-1", 1)])])
    again = (command, [line("book-1", 2)])
    answers = await together(log, [again, alone(line("book-2", 1)), alone(line("book-3", 1))])
    assert isinstance(answers[0], Conflict)
    assert answers[1] is answers[2] is None
    assert await stored(admin) == [("book-1", 1), ("book-2", 1), ("book-3", 1)]
    assert await flushes(admin) == [1, 2]


# Sort by stream and version inside the batch; a deadlock is tried again


async def test_a_flush_writes_in_the_order_of_streams_and_so_meets_nobody_crosswise(
    log: Log, admin: Connection
) -> None:
    other = await log.admin()
    await other.execute("set deadlock_timeout = '50ms'")  # so that `other` would be the victim
    async with other.transaction():
        await append_within(other, [line("book-a", 1)])
        flush = asyncio.ensure_future(
            together(log, [alone(line("book-b", 1)), alone(line("book-a", 1))])
        )
        await waiting_for_locks(admin)
        await append_within(other, [line("book-b", 1)])
    assert [type(answer) for answer in await flush] == [Conflict, Conflict]


async def test_a_deadlock_refuses_nobody_who_was_not_in_it(log: Log, admin: Connection) -> None:
    other = await log.admin()
    await other.execute("set deadlock_timeout = '20s'")  # so that the flush is the victim
    async with other.transaction():
        await append_within(other, [line("book-b", 1)])
        flush = asyncio.ensure_future(
            together(log, [alone(line(f"book-{name}", 1)) for name in "abc"])
        )
        await waiting_for_locks(admin)
        await append_within(other, [line("book-a", 1)])
    answers = await flush
    assert [type(answer) for answer in answers] == [Conflict, Conflict, type(None)]
    assert await stored(admin) == [("book-b", 1), ("book-a", 1), ("book-c", 1)]


# On any error of the batch, run its requests one by one


@pytest.mark.parametrize("key", ["a\0b", "\ud800"], ids=["the server", "the driver"])
async def test_what_one_request_cannot_say_does_not_refuse_its_neighbours(
    log: Log, admin: Connection, key: str
) -> None:
    answers = await together(
        log, [alone(line("book-1", 1)), alone(line("book-2", 1, key=key)), alone(line("book-3", 1))]
    )
    assert answers[0] is answers[2] is None
    assert isinstance(answers[1], asyncpg.PostgresError)
    assert await stored(admin) == [("book-1", 1), ("book-3", 1)]


async def test_an_event_id_that_was_used_before_is_a_conflict_for_its_request_alone(
    log: Log, admin: Connection
) -> None:
    twice = uuid4()
    await together(log, [alone(line("book-1", 1, event_id=twice))])
    answers = await together(
        log, [alone(line("book-2", 1)), alone(line("book-3", 1, event_id=twice))]
    )
    assert answers[0] is None
    assert isinstance(answers[1], Conflict)
    assert await stored(admin) == [("book-1", 1), ("book-2", 1)]


# The size of a body


async def test_a_body_too_large_for_the_broker_never_enters_the_queue(
    log: Log, admin: Connection
) -> None:
    large = line("book-1", 1, body=b"x" * (MOST_BODY + 1))
    answers = await together(log, [alone(large), alone(line("book-2", 1))])
    assert isinstance(answers[0], TooLarge)
    assert answers[1] is None
    db = await log.connect()
    with pytest.raises(TooLarge):
        await append_within(db, [line("book-3", 1), large])
    assert await stored(admin) == [("book-2", 1)]


async def test_the_table_refuses_a_larger_body_too(log: Log) -> None:
    db = await log.connect()
    await append_within(db, [line("book-1", 1, body=b"x" * MOST_BODY)])
    with pytest.raises(asyncpg.CheckViolationError):
        await db.execute(
            "insert into chronicle.event (stream, version, type, event_id, recorded, key, meta,"
            " body) values ('book-2', 1, '', gen_random_uuid(), now(), '', '', $1)",
            b"x" * (MOST_BODY + 1),
        )


# Scalar sub-select, never EXISTS under OR


async def test_a_plan_made_on_an_empty_table_looks_up_one_row_at_a_time(
    log: Log, admin: Connection
) -> None:
    said: list[str] = []
    admin.add_log_listener(lambda _, message: said.append(message.as_dict()["message"]))
    await admin.execute("load 'auto_explain'")
    await admin.execute(
        "set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;"
        " set client_min_messages = log; set plan_cache_mode = force_generic_plan"
    )
    await append_within(admin, [line("book-1", 1)])
    await admin.execute(
        "select chronicle.append_many(array[gen_random_uuid()], array['book-2'], array[0],"
        " array[1], array[''], array[gen_random_uuid()], array[now()], array[''], array[''::bytea],"
        " array[''::bytea], array[''])"
    )
    single, batch = (plan for plan in said if "Insert on event" in plan)
    for plan in (single, batch):
        assert "SubPlan" in plan or "InitPlan" in plan
        assert "hashed" not in plan


# A decision without events never enters the queue


async def test_a_decision_without_events_is_answered_while_nobody_flushes(log: Log) -> None:
    chronicle, book = await log.chronicle(), uuid4()
    await chronicle.execute(DonateBook(id=uuid4(), book=book, title="Emma", notes=("torn",)))
    chronicle.commits = GroupCommit(chronicle.pool)
    receipt = await chronicle.execute(NoteCondition(id=uuid4(), book=book, words="torn"))
    assert (receipt.streams, receipt.version, receipt.leaf) == ((), 0, "")


# Answer only after the call returned


async def test_nobody_is_answered_before_the_commit(log: Log, admin: Connection) -> None:
    held = await log.admin()
    commits = GroupCommit(await log.pool())
    log.working(commits.run())
    async with held.transaction():
        await held.execute("lock table chronicle.event in share mode")
        waiting = asyncio.ensure_future(commits.append(*alone(line("book-1", 1))))
        await waiting_for_locks(admin)
        assert not waiting.done()
    await waiting
    assert await stored(admin) == [("book-1", 1)]


async def test_the_service_waits_for_the_disk(log: Log) -> None:
    db = await log.connect()
    assert await db.fetchval("show synchronous_commit") == "on"
    assert await db.fetchval("show fsync") == "on"


async def test_a_caller_who_gives_up_leaves_the_others_their_answer(
    log: Log, admin: Connection
) -> None:
    commits = GroupCommit(await log.pool())
    gone, stays = (
        asyncio.ensure_future(commits.append(*alone(line(f"book-{n}", 1)))) for n in (1, 2)
    )
    await asyncio.sleep(0)
    gone.cancel()
    log.working(commits.run())
    await asyncio.wait_for(stays, PATIENCE)
    assert await stored(admin) == [("book-1", 1), ("book-2", 1)]


async def test_who_waits_when_the_process_ends_is_told_so(log: Log, admin: Connection) -> None:
    held = await log.admin()
    commits = GroupCommit(await log.pool())
    running = asyncio.ensure_future(commits.run())
    async with held.transaction():
        await held.execute("lock table chronicle.event in share mode")
        flushed = asyncio.ensure_future(commits.append(*alone(line("book-1", 1))))
        await waiting_for_locks(admin)
        queued = asyncio.ensure_future(commits.append(*alone(line("book-2", 1))))
        await asyncio.sleep(0)
        running.cancel()
        async with asyncio.timeout(PATIENCE):
            answers = await asyncio.gather(running, flushed, queued, return_exceptions=True)
    assert [type(answer) for answer in answers] == [asyncio.CancelledError] * 3
    assert await stored(admin) == []


# Several streams


async def test_several_streams_are_all_or_nothing(log: Log, admin: Connection) -> None:
    db = await log.connect()
    await append_within(db, [line("book-2", 1)])
    with pytest.raises(Conflict, match="book-2"):
        async with db.transaction():
            await append_within(db, [line("book-1", 1), line("book-2", 1), line("book-3", 1)])
    assert await stored(admin) == [("book-2", 1)]
    async with db.transaction():
        await append_within(db, [line("book-3", 1), *lines("book-2", 2, 2), line("book-1", 1)])
    written = [("book-1", 1), ("book-2", 2), ("book-2", 3), ("book-3", 1)]
    assert await stored(admin) == [("book-2", 1), *written]
    assert await flushes(admin) == [1, 4]


async def test_in_a_transaction_too_an_unknown_predecessor_is_a_conflict(log: Log) -> None:
    db = await log.connect()
    with pytest.raises(Conflict, match="book-1"):
        await append_within(db, [line("book-1", 2)])


async def test_a_command_is_remembered_once(log: Log) -> None:
    db, command = await log.connect(), uuid4()
    await remember(db, command, [line("book-2", 3), *lines("book-1", 1, 2)])
    assert await answered(db, command) == (("book-2", 3), ("book-1", 2))
    with pytest.raises(Conflict, match=str(command)):
        await remember(db, command, [line("book-2", 4)])
