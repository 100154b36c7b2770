"""A log that was restored to the past gets back what it lost, byte for byte, or is left alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from chronicle.execute import Within, envelope
from chronicle.export import export
from chronicle.give_back import GivenBack, give_back
from chronicle.inbox import claim
from chronicle.lost import CannotGiveBack
from chronicle.seal import public_text, write_seal
from chronicle.sequencer import unsealed
from tests.chronicle.library import (
    DAY,
    SERVICE,
    TERMS,
    DonateBook,
    LendBook,
    NoteCondition,
    WithdrawBook,
)  # fmt: skip
from tests.chronicle.log import NOW, Connection, Log
from tests.losses.past import everything, restored_to
from tests.stress.judge import faults, stored

HEARS = {"throughcare.library.BookLent"}
OLD, NEW = uuid4(), uuid4()


@dataclass(kw_only=True)
class Library:
    """What happened before the moment that is restored (its first block), and after it."""

    log: Log
    admin: Connection
    file: Path

    async def begins(self) -> None:
        chronicle = await self.log.chronicle()
        await chronicle.execute(DonateBook(id=uuid4(), book=OLD, title="Emma", notes=("torn",)))
        await self.sealed()

    async def goes_on(self) -> LendBook:
        """A loan in two streams, what was heard of it, and another book; gives the loan."""
        chronicle = await self.log.chronicle()
        loan = LendBook(id=uuid4(), book=OLD, reader=uuid4(), due=DAY, terms=TERMS)
        await chronicle.execute(loan)
        await self.sealed()
        await self.hears_of_the_loan()
        await chronicle.execute(DonateBook(id=uuid4(), book=NEW, title="Persuasion"))
        await self.sealed()
        return loan

    async def hears_of_the_loan(self) -> bool:
        """As a consumer does: once, whatever is published again."""
        row = await self.admin.fetchrow(
            "select meta, key from chronicle.event where type = 'throughcare.library.BookLent.v1'"
        )
        assert row is not None
        about = envelope(row["meta"])
        db = await self.log.connect()
        async with db.transaction():
            new = await claim(db, SERVICE, about.source, str(about.id), row["key"].encode())
            if new:
                noted = NoteCondition(id=uuid4(), book=OLD, words="lent in a good state")
                await Within(self.log.service(), db, about).execute(noted)
        return new

    async def sealed(self) -> None:
        await self.log.seal_blocks()
        sequencer = await self.log.connect("sequencer")
        await write_seal(sequencer, self.log.id, SERVICE, self.log.key, NOW)
        await self.admin.execute("update chronicle.seal set published = true")

    async def exported(self) -> None:
        with self.file.open("wb") as out:
            async for piece in export(self.admin):
                out.write(piece)

    async def given_back(self, keys: dict[UUID, list[str]] | None = None) -> GivenBack:
        known = keys or {self.log.id: [public_text(self.log.key)]}
        return await give_back(
            self.log.url("owner"), SERVICE, self.file, known, HEARS, "a drill", NOW
        )


@pytest.fixture
async def library(log: Log, admin: Connection, tmp_path: Path) -> Library:
    library = Library(log=log, admin=admin, file=tmp_path / "export.jsonl")
    await library.begins()
    return library


async def wrong(db: Connection) -> dict[str, int]:
    return {kind: count for kind, count in faults(await stored(db)).items() if count}


async def left_alone(library: Library, as_it_was: dict[str, list[Any]]) -> None:
    assert await everything(library.admin) == as_it_was
    assert await library.admin.fetchval("select count(*) from chronicle.anchor") == 1


# What comes back


async def test_everything_comes_back_as_it_was_and_the_log_goes_on(library: Library) -> None:
    await library.goes_on()
    as_it_was = await everything(library.admin)
    await library.exported()
    await restored_to(library.admin, 1)
    assert await everything(library.admin) != as_it_was

    back = await library.given_back()
    assert await everything(library.admin) == as_it_was
    assert (back.first, back.through, back.blocks, back.seals) == (3, 6, 2, 2)
    assert (back.commands, back.heard) == (2, 1)
    assert (back.resynced.sealed, back.resynced.anchor) == (0, 2)

    chronicle = await library.log.chronicle()
    await chronicle.execute(WithdrawBook(id=uuid4(), book=NEW))
    assert await library.log.seal_blocks() == 1
    assert await wrong(library.admin) == {}


async def test_a_command_that_was_lost_is_answered_as_it_was(library: Library) -> None:
    loan = await library.goes_on()
    chronicle = await library.log.chronicle()
    first = await chronicle.execute(loan)
    await library.exported()
    await restored_to(library.admin, 1)
    await library.given_back()
    assert first.repeated
    assert await chronicle.execute(loan) == first
    assert [stream.partition("-")[0] for stream, _ in first.streams] == ["book", "reader"]


async def test_what_was_heard_takes_no_effect_again(library: Library) -> None:
    await library.goes_on()
    await library.exported()
    await restored_to(library.admin, 1)
    await library.given_back()
    assert not await library.hears_of_the_loan()


async def test_a_whole_log_comes_back_into_an_empty_one(library: Library) -> None:
    await library.goes_on()
    as_it_was = await everything(library.admin)
    await library.exported()
    await restored_to(library.admin, 0)
    assert (await library.given_back()).first == 1
    assert await everything(library.admin) == as_it_was
    assert await wrong(library.admin) == {}


async def test_an_event_that_was_restored_unsealed_is_sealed_where_it_was(library: Library) -> None:
    """The moment lay between the commit and its block: the event is here, its position is not."""
    await library.goes_on()
    as_it_was = await everything(library.admin)
    await library.exported()
    await library.admin.execute(
        "alter table chronicle.block disable trigger append_only;"
        " delete from chronicle.block where block_no = 3;"
        " delete from chronicle.seal where last_block = 3"
    )
    assert await unsealed(library.admin) == 2
    back = await library.given_back()
    assert (back.first, back.through, back.resynced.sealed) == (5, 6, 0)
    assert await everything(library.admin) == as_it_was
    assert await wrong(library.admin) == {}


async def test_what_was_appended_elsewhere_in_the_meantime_follows(library: Library) -> None:
    await library.goes_on()
    await library.exported()
    await restored_to(library.admin, 1)
    chronicle = await library.log.chronicle()
    await chronicle.execute(DonateBook(id=uuid4(), book=uuid4(), title="Mansfield Park"))
    back = await library.given_back()
    assert (back.through, back.resynced.sealed, back.resynced.through) == (6, 1, 7)
    assert await library.log.seal_blocks() == 0
    assert await wrong(library.admin) == {}


# What is refused, and leaves the log as it is


async def test_what_was_appended_in_the_way_is_named(library: Library) -> None:
    await library.goes_on()
    await library.exported()
    await restored_to(library.admin, 1)
    chronicle = await library.log.chronicle()
    await chronicle.execute(DonateBook(id=uuid4(), book=NEW, title="Sanditon"))
    as_it_is = await everything(library.admin)
    with pytest.raises(CannotGiveBack, match=f"something was appended to book-{NEW}$"):
        await library.given_back()
    await left_alone(library, as_it_is)
    assert await unsealed(library.admin) == 1


async def test_another_history_that_was_sealed_meanwhile_is_refused(library: Library) -> None:
    await library.goes_on()
    await library.exported()
    await restored_to(library.admin, 1)
    chronicle = await library.log.chronicle()
    await chronicle.execute(DonateBook(id=uuid4(), book=uuid4(), title="Sanditon"))
    await library.log.seal_blocks()
    as_it_is = await everything(library.admin)
    with pytest.raises(CannotGiveBack, match="block 2 of library is another"):
        await library.given_back()
    await left_alone(library, as_it_is)


async def test_an_export_in_which_a_byte_was_changed_is_refused(library: Library) -> None:
    await library.goes_on()
    await library.exported()
    await restored_to(library.admin, 1)
    as_it_is = await everything(library.admin)
    raw = library.file.read_bytes()
    place = raw.rindex(b'"body":"') + 9
    library.file.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
    with pytest.raises(CannotGiveBack, match="does not verify"):
        await library.given_back()
    await left_alone(library, as_it_is)


async def test_an_export_that_nobody_vouches_for_is_refused(library: Library) -> None:
    await library.goes_on()
    await library.exported()
    await restored_to(library.admin, 1)
    with pytest.raises(CannotGiveBack, match="it vouches for itself"):
        await library.given_back(keys={uuid4(): [public_text(library.log.key)]})


async def test_where_nothing_was_lost_nothing_is_given_back(library: Library) -> None:
    await library.goes_on()
    await library.exported()
    as_it_is = await everything(library.admin)
    with pytest.raises(CannotGiveBack, match=f"has nothing of library, .*after position {6}$"):
        await library.given_back()
    await left_alone(library, as_it_is)
