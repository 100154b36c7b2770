"""The three words themselves: they hold when the code does, and fail when it says anything else."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TypeAlias
from uuid import UUID

import pytest

from chronicle.decider import Envelope, derived
from chronicle.given import Deciding, Folding, Reacting, told
from chronicle.read_model import ReadModel
from tests.chronicle.library import (
    TERMS,
    BookDonated,
    BookLent,
    BookReturned,
    ConditionNoted,
    DonateBook,
    LendBook,
    LoanTaken,
    NoteCondition,
    lending,
)

BOOK, OTHER, READER = UUID(int=1), UUID(int=2), UUID(int=3)
ABOUT = Envelope(id=UUID(int=4), time=datetime(2024, 4, 9, 23, 30, tzinfo=UTC))
MAY = date(2024, 5, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    book: UUID
    since: date
    because: UUID


Heard: TypeAlias = BookLent | BookReturned


def fold(row: Loan | None, event: Heard, about: Envelope) -> Loan | None:
    match event:
        case BookLent(book=book):
            return Loan(book=book, since=about.on, because=about.id)
        case BookReturned():
            return None


def react(event: BookReturned, about: Envelope, words: str) -> list[NoteCondition]:
    if not words:
        return []
    return [NoteCondition(id=derived(about.id, "NoteCondition"), book=event.book, words=words)]


on_loan: ReadModel[Loan, Heard] = ReadModel(
    version=1, row=Loan, hears=(BookLent, BookReturned), key=lambda e: e.book, fold=fold
)
given, folding = Deciding(lending, ABOUT).given, Folding(on_loan, ABOUT).given
hearing = Reacting(react, ABOUT, "worn").given

donate = DonateBook(id=UUID(int=5), book=BOOK, title="Persuasion")
lend = LendBook(id=UUID(int=6), book=BOOK, reader=READER, due=MAY, terms=TERMS)
note = NoteCondition(id=UUID(int=7), book=BOOK, words="worn")
donated = BookDonated(book=BOOK, title="Persuasion")
noted = ConditionNoted(book=BOOK, words="worn")
lent = BookLent(book=BOOK, reader=READER, due=MAY)
taken = LoanTaken(book=BOOK, reader=READER)
returned = BookReturned(book=BOOK, reader=READER)


def test_then_wants_exactly_these_events_in_this_order() -> None:
    given(donated).when(lend).then(lent, taken)
    for wrong in [(lent,), (taken, lent), (lent, taken, taken), ()]:
        with pytest.raises(AssertionError):
            given(donated).when(lend).then(*wrong)


def test_then_fails_with_the_reason_of_a_refusal() -> None:
    with pytest.raises(AssertionError, match="LIB-02: the library has no such book"):
        given().when(lend).then(lent, taken)


def test_then_nothing_is_a_decision_without_events_and_no_refusal() -> None:
    given(donated, noted).when(note).then_nothing()
    with pytest.raises(AssertionError):
        given(donated).when(note).then_nothing()
    with pytest.raises(AssertionError, match="LIB-02"):
        given().when(note).then_nothing()


def test_then_refused_wants_this_code() -> None:
    given(donated).when(donate).then_refused("LIB-01")
    with pytest.raises(AssertionError, match="LIB-01"):
        given(donated).when(donate).then_refused("LIB-02")
    with pytest.raises(AssertionError, match="not refused"):
        given().when(donate).then_refused("LIB-01")


def test_a_past_event_may_have_an_id_of_its_own() -> None:
    one, other = UUID(int=8), UUID(int=9)
    folding(told(lent, ABOUT, one), told(lent, ABOUT, other)).shows(
        Loan(book=BOOK, since=date(2024, 4, 10), because=other)
    )
    given(told(donated, ABOUT, one)).when(donate).then_refused("LIB-01")


def test_shows_wants_exactly_these_rows() -> None:
    row = Loan(book=BOOK, since=date(2024, 4, 10), because=ABOUT.id)
    other = BookLent(book=OTHER, reader=READER, due=MAY)
    folding(lent, other).shows(row, replace(row, book=OTHER))
    folding(lent, other, returned).shows(replace(row, book=OTHER))
    with pytest.raises(AssertionError):
        folding(lent, other).shows(row)


def test_what_a_read_model_does_not_hear_is_passed_over() -> None:
    folding(donated, taken).shows()


def test_asks_wants_exactly_these_commands() -> None:
    asked = replace(note, id=derived(ABOUT.id, "NoteCondition"))
    hearing(returned).asks(asked)
    with pytest.raises(AssertionError):
        hearing(returned).asks()
    with pytest.raises(AssertionError):
        hearing(returned).asks(note)
    Reacting(react, ABOUT, "").given(returned).asks()
