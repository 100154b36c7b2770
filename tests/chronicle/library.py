"""A lending library: the smallest service that shows everything the kernel does.

It lends each book to one reader, and no reader more than the terms allow, so lending writes to
two streams. Nothing here knows a contract or a service of the house.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Self, TypeAlias, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from chronicle.decider import Decider, Envelope, Policy, Refused, Samples
from chronicle.words import Words

SERVICE = "library"


class Said(BaseModel):
    """An event of this library, as the kernel asks for it."""

    model_config = ConfigDict(frozen=True)
    said_by: ClassVar[str] = SERVICE
    says: ClassVar[str]
    book: UUID
    occurred_on: date = date(2024, 4, 9)

    @property
    def subject(self) -> str:
        return f"book-{self.book}"

    @property
    def key(self) -> str:
        return self.subject

    def to_json(self) -> bytes:
        return self.model_dump_json().encode()

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        return cls.model_validate_json(body)


class BookDonated(Said):
    says: ClassVar[str] = "BookDonated.v1"
    title: str


class ConditionNoted(Said):
    says: ClassVar[str] = "ConditionNoted.v1"
    words: str


class BookLent(Said):
    says: ClassVar[str] = "BookLent.v1"
    reader: UUID
    due: date


class BookReturned(Said):
    says: ClassVar[str] = "BookReturned.v1"
    reader: UUID


class BookWithdrawn(Said):
    says: ClassVar[str] = "BookWithdrawn.v1"


class LoanTaken(Said):
    """The reader's side of a loan."""

    says: ClassVar[str] = "LoanTaken.v1"
    reader: UUID

    @property
    def subject(self) -> str:
        return f"reader-{self.reader}"


class LoanEnded(LoanTaken):
    says: ClassVar[str] = "LoanEnded.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanTerms(Policy):
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DonateBook:
    id: UUID
    book: UUID
    title: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCondition:
    id: UUID
    book: UUID
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LendBook:
    id: UUID
    book: UUID
    reader: UUID
    due: date
    terms: LoanTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnBook:
    id: UUID
    book: UUID
    reader: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawBook:
    id: UUID
    book: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where one book is, and how many books its reader has."""

    place: str = "nowhere"
    words: str = ""
    loans: int = 0


Command: TypeAlias = DonateBook | NoteCondition | LendBook | ReturnBook
Event: TypeAlias = BookDonated | ConditionNoted | BookLent | BookReturned | LoanTaken | LoanEnded


def decide(command: Command, state: Shelf) -> list[Event]:
    match command, state:
        case DonateBook() as c, Shelf(place="nowhere"):
            noted = [ConditionNoted(book=c.book, words=words) for words in c.notes]
            return [BookDonated(book=c.book, title=c.title), *noted]
        case DonateBook(), _:
            raise Refused("LIB-01", "this book was donated before")
        case _, Shelf(place="nowhere"):
            raise Refused("LIB-02", "the library has no such book")
        case NoteCondition(words=words), Shelf(words=known) if words == known:
            return []
        case NoteCondition() as c, _:
            return [ConditionNoted(book=c.book, words=c.words)]
        case LendBook(), Shelf(place="lent"):
            raise Refused("LIB-03", "this book is lent")
        case LendBook(terms=LoanTerms(most=most)), Shelf(loans=loans) if loans >= most:
            raise Refused("LIB-04", f"a reader may have {most} books")
        case LendBook() as c, _:
            return [
                BookLent(book=c.book, reader=c.reader, due=c.due),
                LoanTaken(book=c.book, reader=c.reader),
            ]
        case ReturnBook() as c, Shelf(place="lent"):
            return [
                BookReturned(book=c.book, reader=c.reader),
                LoanEnded(book=c.book, reader=c.reader),
            ]
        case _:
            raise Refused("LIB-05", "this book is not lent")


def evolve(state: Shelf, event: Event, about: Envelope) -> Shelf:
    match event:
        case BookDonated():
            return replace(state, place="shelf")
        case ConditionNoted(words=words):
            return replace(state, words=words)
        case BookLent():
            return replace(state, place="lent")
        case BookReturned():
            return replace(state, place="shelf")
        case LoanEnded():
            return replace(state, loans=state.loans - 1)
        case LoanTaken():
            return replace(state, loans=state.loans + 1)


def reads(command: Command) -> list[str]:
    match command:
        case LendBook(book=book, reader=reader) | ReturnBook(book=book, reader=reader):
            return [f"book-{book}", f"reader-{reader}"]
        case _:
            return [f"book-{command.book}"]


NOBODY, DAY = UUID(int=0), date(2024, 1, 1)
lending: Decider[Command, Shelf, Event] = Decider(
    reads=reads, events=get_args(Event), initial=Shelf(), decide=decide, evolve=evolve,
    named=lambda state: state.place,
    samples=Samples(
        commands=(
            DonateBook(id=NOBODY, book=NOBODY, title=""),
            NoteCondition(id=NOBODY, book=NOBODY, words="torn"),
            LendBook(
                id=NOBODY, book=NOBODY, reader=NOBODY, due=DAY, terms=LoanTerms(rule="", most=1)
            ),
            ReturnBook(id=NOBODY, book=NOBODY, reader=NOBODY),
        ),
        states=(Shelf(), Shelf(place="shelf"), Shelf(place="lent", loans=1)),
    ),
)  # fmt: skip


def withdraw(command: WithdrawBook, gone: bool) -> list[BookWithdrawn]:
    if gone:
        raise Refused("LIB-06", "this book was withdrawn")
    return [BookWithdrawn(book=command.book)]


withdrawal: Decider[WithdrawBook, bool, BookWithdrawn] = Decider(
    reads=lambda command: [f"book-{command.book}"], events=(BookWithdrawn,), initial=False,
    decide=withdraw, evolve=lambda gone, event, about: True,
    samples=Samples(commands=(WithdrawBook(id=NOBODY, book=NOBODY),), states=(False, True)),
    named=lambda gone: "withdrawn" if gone else "kept",
)  # fmt: skip

WORDS = Words([*get_args(Event), BookWithdrawn])
TERMS = LoanTerms(rule="loan.terms@2024-01-01", most=2)
