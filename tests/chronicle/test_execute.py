"""Execute: decided once whatever is repeated, raced or refused, and told in full to the log."""

import asyncio
import json
from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest

from chronicle.append import MOST_BODY, Conflict, GroupCommit, TooLarge, append_within
from chronicle.db import Db
from chronicle.decider import Decider, Envelope, Refused, Samples, derived
from chronicle.execute import ATTEMPTS, Chronicle, Within, by_command
from chronicle.fact import canonical
from chronicle.merkle import leaf
from contracts import cloudevents
from tests.chronicle.library import (
    DAY,
    TERMS,
    BookDonated,
    DonateBook,
    LendBook,
    LoanTerms,
    NoteCondition,
    ReturnBook,
    WithdrawBook,
)
from tests.chronicle.log import NOW, Connection, Log, line, waiting_for_locks

BOOK, READER = UUID(int=1), UUID(int=2)
BOOK_STREAM, READER_STREAM = f"book-{BOOK}", f"reader-{READER}"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
donate = DonateBook(id=UUID(int=11), book=BOOK, title="Persuasion")
note = NoteCondition(id=UUID(int=12), book=BOOK, words="torn")
HEARD = Envelope(id=UUID(int=21), time=NOW, correlation=UUID(int=22), trace=TRACE)
lend = LendBook(id=UUID(int=13), book=BOOK, reader=READER, due=DAY, terms=TERMS)


async def events(admin: Connection) -> list[asyncpg.Record]:
    return await admin.fetch("select * from chronicle.event order by ticket")


async def said(admin: Connection) -> list[str]:
    return [row["type"].split(".")[2] for row in await events(admin)]


async def remembered(admin: Connection) -> set[UUID]:
    return {row["id"] for row in await admin.fetch("select id from chronicle.command")}


# The receipt


async def test_a_receipt_names_the_stream_the_version_and_the_leaf_of_its_last_event(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    receipt = await chronicle.execute(replace(donate, notes=("torn", "stained")))
    last = (await events(admin))[-1]
    assert (receipt.command, receipt.repeated) == (donate.id, False)
    assert (receipt.stream, receipt.version) == (BOOK_STREAM, 3) == (last["stream"], 3)
    assert receipt.leaf == leaf(last["meta"], last["body"]).hex()


async def test_a_receipt_of_several_streams_names_them_in_the_order_they_were_written(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    receipt = await chronicle.execute(lend)
    assert receipt.streams == ((BOOK_STREAM, 2), (READER_STREAM, 1))
    lent = (await events(admin))[1]
    assert receipt.leaf == leaf(lent["meta"], lent["body"]).hex()


async def test_a_decision_without_events_writes_nothing_and_may_be_made_again(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(replace(donate, notes=("torn",)))
    for _ in range(2):
        receipt = await chronicle.execute(note)
        assert (receipt.streams, receipt.leaf, receipt.repeated) == ((), "", False)
    assert await said(admin) == ["BookDonated", "ConditionNoted"]
    assert await remembered(admin) == {donate.id}


# Several streams


async def test_what_a_decision_says_to_two_streams_is_one_transaction(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    await chronicle.execute(lend)
    written = await events(admin)
    assert [(row["stream"], row["version"]) for row in written] == [
        (BOOK_STREAM, 1), (BOOK_STREAM, 2), (READER_STREAM, 1),
    ]  # fmt: skip
    assert written[0]["xid"] != written[1]["xid"] == written[2]["xid"]
    assert await remembered(admin) == {donate.id, lend.id}


async def test_a_rule_over_two_streams_holds_for_two_who_decide_at_once(
    log: Log, admin: Connection
) -> None:
    one, other = await log.chronicle(), await log.chronicle()
    books = [uuid4() for _ in range(8)]
    for book in books:
        await one.execute(DonateBook(id=uuid4(), book=book, title="Emma"))
    answers = await asyncio.gather(
        *(
            chronicle.execute(LendBook(id=uuid4(), book=book, reader=READER, due=DAY, terms=TERMS))
            for book, chronicle in zip(books, [one, other] * 4, strict=True)
        ),
        return_exceptions=True,
    )
    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert refused == ["LIB-04"] * (len(books) - TERMS.most)
    assert (await said(admin)).count("LoanTaken") == TERMS.most


# Idempotent by command id


async def test_a_repeated_command_is_given_its_first_answer(log: Log, admin: Connection) -> None:
    chronicle = await log.chronicle()
    firsts = [await chronicle.execute(command) for command in (donate, note, lend)]
    before = await events(admin)
    again = [await chronicle.execute(command) for command in (donate, note, lend)]
    assert again == [replace(first, repeated=True) for first in firsts]
    assert await events(admin) == before


async def test_a_command_that_its_own_effect_would_refuse_is_looked_up_first(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    assert (await chronicle.execute(donate)).repeated
    with pytest.raises(Refused, match="LIB-01"):
        await chronicle.execute(replace(donate, id=uuid4()))
    assert await remembered(admin) == {donate.id}


async def test_the_first_answer_is_given_whatever_was_said_since(log: Log) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    first = await chronicle.execute(lend)
    await chronicle.execute(ReturnBook(id=uuid4(), book=BOOK, reader=READER))
    await chronicle.execute(note)
    assert await chronicle.execute(lend) == replace(first, repeated=True)


async def test_the_same_commands_at_once_in_two_processes_are_done_once(
    log: Log, admin: Connection
) -> None:
    one, other = await log.chronicle(), await log.chronicle()
    books = [uuid4() for _ in range(12)]
    donations = [DonateBook(id=uuid4(), book=b, title="Emma", notes=("new",)) for b in books]
    loans = [LendBook(id=uuid4(), book=b, reader=b, due=DAY, terms=TERMS) for b in books]
    said: list[DonateBook] | list[LendBook]
    for said in (donations, loans):
        answers = await asyncio.gather(
            *(chronicle.execute(c) for c in said for chronicle in (one, other, one))
        )
        for c in said:
            mine = [answer for answer in answers if answer.command == c.id]
            assert sorted(answer.repeated for answer in mine) == [False, True, True]
            assert len({(answer.streams, answer.leaf) for answer in mine}) == 1
    assert len(await events(admin)) == 4 * len(books)
    assert await remembered(admin) == {c.id for c in donations} | {c.id for c in loans}


async def test_one_command_id_is_one_command_even_about_another_stream(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    first = await chronicle.execute(donate)
    elsewhere = replace(donate, book=uuid4())
    assert await chronicle.execute(elsewhere) == replace(first, repeated=True)
    assert await said(admin) == ["BookDonated"]


# A lost race


async def test_a_lost_race_is_decided_again_on_what_is_true_now(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    db = await log.connect()
    async with db.transaction():
        await Within(log.service(), db, HEARD).execute(replace(note, id=uuid4(), words="burnt"))
        losing = asyncio.ensure_future(chronicle.execute(note))
        await waiting_for_locks(admin)
    assert (await losing).version == 3
    assert [json.loads(row["body"]).get("words") for row in await events(admin)] == [
        None, "burnt", "torn",
    ]  # fmt: skip


async def test_a_race_lost_to_what_refuses_it_is_refused(log: Log, admin: Connection) -> None:
    chronicle = await log.chronicle()
    db = await log.connect()
    async with db.transaction():
        await Within(log.service(), db, HEARD).execute(replace(donate, id=uuid4()))
        losing = asyncio.ensure_future(chronicle.execute(donate))
        await waiting_for_locks(admin)
    with pytest.raises(Refused, match="LIB-01"):
        await losing


class Loses:
    """A row beside the events that meets another's, so many times."""

    def __init__(self, times: int, error: Exception) -> None:
        self.times, self.error, self.met = times, error, 0

    async def __call__(self, db: Db) -> None:
        self.met += 1
        if self.met <= self.times:
            raise self.error


async def test_a_race_is_run_eight_times_at_most(log: Log, admin: Connection) -> None:
    chronicle = await log.chronicle()
    last = Loses(ATTEMPTS - 1, Conflict("meanwhile"))
    assert (await chronicle.execute(donate, alongside=last)).version == 1
    assert last.met == ATTEMPTS == 8
    never = Loses(ATTEMPTS, Conflict("meanwhile"))
    with pytest.raises(Conflict):
        await chronicle.execute(note, alongside=never)
    assert never.met == ATTEMPTS
    assert await said(admin) == ["BookDonated"]


async def test_what_passes_by_itself_is_tried_again_and_what_does_not_is_not(log: Log) -> None:
    chronicle = await log.chronicle()
    deadlock = Loses(1, asyncpg.DeadlockDetectedError("deadlock detected"))
    assert (await chronicle.execute(donate, alongside=deadlock)).version == 1
    full = Loses(1, asyncpg.DiskFullError("no space left on device"))
    with pytest.raises(asyncpg.DiskFullError):
        await chronicle.execute(note, alongside=full)
    assert (deadlock.met, full.met) == (2, 1)


# If-Match


async def test_a_version_the_caller_did_not_see_is_a_conflict_and_writes_nothing(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate, expected=0)
    for stale in (0, 2):
        with pytest.raises(Conflict):
            await chronicle.execute(note, expected=stale)
    assert await said(admin) == ["BookDonated"]
    assert (await chronicle.execute(note, expected=1)).version == 2


async def test_who_says_what_they_saw_loses_a_race_once(log: Log) -> None:
    chronicle = await log.chronicle()
    meets = Loses(1, Conflict("meanwhile"))
    with pytest.raises(Conflict):
        await chronicle.execute(donate, expected=0, alongside=meets)
    assert meets.met == 1


async def test_a_repeated_command_has_its_answer_though_what_it_saw_is_past(log: Log) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    first = await chronicle.execute(note, expected=1)
    assert await chronicle.execute(note, expected=1) == replace(first, repeated=True)


async def test_the_version_seen_is_of_the_first_stream_written(log: Log) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    await chronicle.execute(note)
    assert (await chronicle.execute(lend, expected=2)).version == 3


# A row alongside


async def keep_a_row(db: Db) -> None:
    await db.execute("insert into chronicle.inbox values ('library', 'desk', 'slip 7')")


async def keep_a_row_twice(db: Db) -> None:
    await keep_a_row(db)
    await keep_a_row(db)


async def slips(admin: Connection) -> int:
    count: int = await admin.fetchval("select count(*) from chronicle.inbox")
    return count


async def test_a_row_alongside_stands_with_the_events(log: Log, admin: Connection) -> None:
    chronicle = await log.chronicle()
    receipt = await chronicle.execute(donate, alongside=keep_a_row)
    assert (await slips(admin), await said(admin)) == (1, ["BookDonated"])
    assert await chronicle.execute(donate, alongside=keep_a_row) == replace(receipt, repeated=True)
    assert await slips(admin) == 1


async def test_the_events_fall_with_a_row_alongside(log: Log, admin: Connection) -> None:
    chronicle = await log.chronicle()
    with pytest.raises(asyncpg.UniqueViolationError):
        await chronicle.execute(donate, alongside=keep_a_row_twice)
    assert (await slips(admin), await said(admin), await remembered(admin)) == (0, [], set())


async def test_a_row_alongside_falls_with_the_events(log: Log, admin: Connection) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    with pytest.raises(Refused):
        await chronicle.execute(replace(donate, id=uuid4()), alongside=keep_a_row)
    large = replace(note, words="x" * MOST_BODY)
    with pytest.raises(TooLarge):
        await chronicle.execute(large, alongside=keep_a_row)
    assert await slips(admin) == 0


# Too large, and not ours to say


async def test_what_is_too_large_for_the_broker_is_refused_at_append(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    with pytest.raises(TooLarge, match=str(MOST_BODY)):
        await chronicle.execute(replace(note, words="x" * MOST_BODY))
    assert await said(admin) == ["BookDonated"]


async def test_a_service_says_nothing_in_anothers_name(log: Log) -> None:
    chronicle = await log.chronicle()
    chronicle.service = replace(chronicle.service, name="museum")
    with pytest.raises(TypeError, match=r"museum may not say throughcare\.library\.BookDonated"):
        await chronicle.execute(donate)


async def test_a_stream_is_read_before_it_is_written(log: Log) -> None:
    blind: Decider[WithdrawBook, bool, BookDonated] = Decider(
        reads=lambda command: ["book-elsewhere"], events=(), initial=False,
        decide=lambda command, state: [BookDonated(book=command.book, title="")],
        evolve=lambda state, event, envelope: state,
        samples=Samples(commands=(WithdrawBook(id=BOOK, book=BOOK),), states=(False,)),
    )  # fmt: skip
    chronicle = await log.chronicle()
    chronicle.service = replace(chronicle.service, deciders=by_command([blind]))
    with pytest.raises(TypeError, match=f"WithdrawBook writes {BOOK_STREAM} without reading it"):
        await chronicle.execute(WithdrawBook(id=uuid4(), book=BOOK))


# A refusal


async def test_a_refusal_says_the_state_the_rules_and_what_is_allowed_by_every_decider(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    await chronicle.execute(lend)
    with pytest.raises(Refused) as refusal:
        await chronicle.execute(replace(lend, id=uuid4()))
    refused = refusal.value
    assert (refused.code, refused.state) == ("LIB-03", "lent")
    assert refused.allowed == ("NoteCondition", "ReturnBook", "WithdrawBook")
    assert refused.rules == ("loan.terms@2024-01-01",)
    assert len(await events(admin)) == 3


# What is said beside an event


async def attributes(admin: Connection, position: int = -1) -> dict[str, str]:
    attributes: dict[str, str] = json.loads((await events(admin))[position]["meta"])
    return attributes


async def test_an_event_tells_in_full_who_said_what_when_and_why(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    await chronicle.execute(lend, trace=TRACE)
    lent = (await events(admin))[1]
    assert json.loads(lent["meta"]) == {
        "specversion": "1.0",
        "id": str(derived(lend.id, "library/1")),
        "source": "/throughcare/library",
        "type": "throughcare.library.BookLent.v1",
        "subject": BOOK_STREAM,
        "time": "2024-04-09T23:30:00.000000Z",
        "dataschema": "urn:throughcare:schema:throughcare.library.BookLent.v1",
        "partitionkey": BOOK_STREAM,
        "sequence": "2",
        "log": str(log.id),
        "correlationid": str(lend.id),
        "causationid": str(lend.id),
        "authority": "westmere",
        "policies": "loan.terms@2024-01-01",
    }
    assert (lent["recorded"], lent["trace"]) == (NOW, TRACE)


async def test_the_columns_of_an_event_are_what_its_meta_says(log: Log, admin: Connection) -> None:
    chronicle = await log.chronicle()
    for command in (donate, note, lend):
        await chronicle.execute(command)
    for row in await events(admin):
        meta = json.loads(row["meta"])
        assert (row["stream"], str(row["version"])) == (meta["subject"], meta["sequence"])
        assert (row["type"], str(row["event_id"])) == (meta["type"], meta["id"])
        assert row["key"] == meta["partitionkey"]


async def test_event_ids_derive_from_the_command_the_service_and_their_place(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(replace(donate, notes=("torn", "stained")))
    assert [row["event_id"] for row in await events(admin)] == [
        derived(donate.id, f"library/{k}") for k in (1, 2, 3)
    ]


async def test_meta_is_canonical_and_headers_fold_back_into_its_very_bytes(
    log: Log, admin: Connection
) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(replace(donate, title="Les Misérables"), trace=TRACE)
    await chronicle.execute(lend, because=HEARD)
    for row in await events(admin):
        assert row["meta"] == canonical(json.loads(row["meta"]))
        assert cloudevents.meta(cloudevents.headers(row["meta"], 17, row["trace"])) == row["meta"]


async def test_every_rule_version_is_named_once_and_sorted(log: Log, admin: Connection) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    terms = LoanTerms(rule="loan.terms@2024-01-01,loan.fees@2018-01-01", most=1)
    await chronicle.execute(replace(lend, terms=terms))
    assert (await attributes(admin))["policies"] == "loan.fees@2018-01-01,loan.terms@2024-01-01"


async def test_a_timers_command_names_what_started_it(log: Log, admin: Connection) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate, because=HEARD)
    meta = await attributes(admin)
    assert meta["causationid"] == str(HEARD.id)
    assert meta["correlationid"] == str(HEARD.correlation)


async def test_a_cause_without_a_correlation_begins_one(log: Log, admin: Connection) -> None:
    chronicle = await log.chronicle()
    await chronicle.execute(donate, because=replace(HEARD, correlation=None))
    assert (await attributes(admin))["correlationid"] == str(donate.id)


# Within: the call of a handler


async def test_what_a_handler_decides_is_in_its_own_transaction(
    log: Log, admin: Connection
) -> None:
    db = await log.connect()
    within = Within(log.service(), db, HEARD)
    transaction = db.transaction()
    await transaction.start()
    receipt = await within.execute(donate)
    assert await events(admin) == []
    await transaction.commit()
    (donated,) = await events(admin)
    assert (receipt.stream, receipt.version) == (BOOK_STREAM, 1)
    assert receipt.leaf == leaf(donated["meta"], donated["body"]).hex()


async def test_a_handlers_command_needs_no_row_for_the_inbox_has_one(
    log: Log, admin: Connection
) -> None:
    await Within(log.service(), await log.connect(), HEARD).execute(donate)
    assert await said(admin) == ["BookDonated"]
    assert await remembered(admin) == set()


async def test_a_handlers_events_follow_what_was_heard(log: Log, admin: Connection) -> None:
    await Within(log.service(), await log.connect(), HEARD).execute(donate)
    meta = await attributes(admin)
    assert meta["causationid"] == str(HEARD.id)
    assert meta["correlationid"] == str(HEARD.correlation)
    assert (await events(admin))[0]["trace"] == TRACE


async def test_a_handler_that_has_nothing_to_say_says_nothing(log: Log, admin: Connection) -> None:
    within = Within(log.service(), await log.connect(), HEARD)
    await within.execute(replace(donate, notes=("torn",)))
    assert (await within.execute(note)).streams == ()
    assert len(await events(admin)) == 2


async def test_a_race_that_a_handler_loses_undoes_all_it_did(log: Log, admin: Connection) -> None:
    db, winner = await log.connect(), await log.connect()

    async def handle() -> None:
        async with db.transaction():
            await keep_a_row(db)
            await Within(log.service(), db, HEARD).execute(donate)

    async with winner.transaction():
        await append_within(winner, [line(BOOK_STREAM, 1)])
        losing = asyncio.ensure_future(handle())
        await waiting_for_locks(admin)
    with pytest.raises(Conflict):
        await losing
    assert (await slips(admin), len(await events(admin))) == (0, 1)


# The hint to the sequencer


async def test_every_way_of_appending_wakes_the_sequencer(log: Log) -> None:
    hints: list[str] = []
    pool = await log.pool()
    commits = GroupCommit(pool, lambda: hints.append("flush"))
    log.working(commits.run())
    chronicle = Chronicle(log.service(), pool, commits, lambda: hints.append("transaction"))
    await chronicle.execute(donate)
    await chronicle.execute(lend)
    assert hints == ["flush", "transaction"]
