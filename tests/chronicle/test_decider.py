"""A decider knows its commands, folds what it knows, and shows its whole rule book as a table."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

from chronicle.decider import Envelope, Policy, Refused, rules_of
from chronicle.execute import by_command
from tests.chronicle.library import (
    DAY,
    TERMS,
    BookDonated,
    BookWithdrawn,
    DonateBook,
    LendBook,
    LoanTaken,
    LoanTerms,
    NoteCondition,
    ReturnBook,
    Shelf,
    lending,
    withdrawal,
)

BOOK, READER = UUID(int=1), UUID(int=2)
ABOUT = Envelope(id=UUID(int=3), time=datetime(2024, 4, 9, tzinfo=UTC))
donated = BookDonated(book=BOOK, title="Persuasion")


def test_the_state_table_gives_every_command_in_every_state() -> None:
    assert lending.table() == {
        "nowhere": {
            "DonateBook": "BookDonated",
            "NoteCondition": "LIB-02",
            "LendBook": "LIB-02",
            "ReturnBook": "LIB-02",
        },
        "shelf": {
            "DonateBook": "LIB-01",
            "NoteCondition": "ConditionNoted",
            "LendBook": "BookLent + LoanTaken",
            "ReturnBook": "LIB-05",
        },
        "lent": {
            "DonateBook": "LIB-01",
            "NoteCondition": "ConditionNoted",
            "LendBook": "LIB-03",
            "ReturnBook": "BookReturned + LoanEnded",
        },
    }


def test_a_decision_without_events_is_called_nothing() -> None:
    note = NoteCondition(id=UUID(int=9), book=BOOK, words="torn")
    assert lending.outcome(note, Shelf(place="shelf", words="torn")) == "nothing"


def test_what_a_state_lets_through_is_what_its_row_does_not_refuse() -> None:
    assert lending.allowed(Shelf(place="lent", loans=7)) == ("NoteCondition", "ReturnBook")
    assert lending.allowed(Shelf(place="burnt")) == ()


def test_events_that_a_decider_does_not_name_are_passed_over() -> None:
    others = BookWithdrawn(book=BOOK)
    told = [(donated, ABOUT), (others, ABOUT), (LoanTaken(book=BOOK, reader=READER), ABOUT)]
    assert lending.fold(told) == Shelf(place="shelf", loans=1)  # type: ignore[arg-type]


def test_a_decider_is_about_the_kind_of_stream_it_reads_first() -> None:
    assert lending.category == withdrawal.category == "book"


def test_its_commands_are_those_of_its_samples() -> None:
    assert lending.commands == (DonateBook, NoteCondition, LendBook, ReturnBook)


def test_no_command_has_two_deciders() -> None:
    assert by_command([lending, withdrawal])[DonateBook] is lending
    with pytest.raises(TypeError, match="two deciders for DonateBook"):
        by_command([lending, lending])


def test_a_command_carries_its_rules_sorted_and_each_once() -> None:
    @dataclass(frozen=True)
    class Carries:
        id: UUID
        one: Policy
        other: Policy
        none: Policy

    carries = Carries(
        UUID(int=1),
        Policy(rule="b@2024-01-01,a@2018-01-01"),
        LoanTerms(rule="b@2024-01-01", most=1),
        Policy(rule=""),
    )
    assert rules_of(carries) == ("a@2018-01-01", "b@2024-01-01")


def test_a_command_without_rules_carries_none() -> None:
    assert rules_of(DonateBook(id=UUID(int=1), book=BOOK, title="")) == ()
    lend = LendBook(id=UUID(int=1), book=BOOK, reader=READER, due=DAY, terms=TERMS)
    assert rules_of(lend) == ("loan.terms@2024-01-01",)


def test_a_refusal_reads_as_a_code_and_a_reason_and_names_what_it_rests_on() -> None:
    refused = Refused("LIB-03", "this book is lent", BOOK)
    assert str(refused) == "LIB-03: this book is lent"
    assert refused.related == (BOOK,)
