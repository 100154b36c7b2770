"""What travels beside an event: its type, its attributes, and one way to write them as bytes."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chronicle.fact import Envelope, canonical, unversioned, wire_type
from contracts import cloudevents
from tests.chronicle.library import BookDonated

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
ABOUT = Envelope(
    id=UUID(int=1), time=datetime(2024, 4, 9, 23, 30, tzinfo=UTC),
    type="throughcare.library.BookDonated.v1", source="/throughcare/library",
    subject="book-x", key="x", sequence=3, position=17, log=UUID(int=2), correlation=UUID(int=3),
    causation=str(UUID(int=4)), policies=("loan.fees@2024-01-01", "loan.terms@2024-01-01"),
)  # fmt: skip
STORED = cloudevents.attributes(
    id=ABOUT.id, service="library", type=ABOUT.type, subject="book-x", key="x", time=ABOUT.time,
    sequence=3, log=UUID(int=2), correlation=UUID(int=3), causation=UUID(int=4),
    authority="westmere", policies=ABOUT.policies,
)  # fmt: skip


def test_a_type_names_house_service_event_and_version() -> None:
    book = BookDonated(book=UUID(int=0), title="Persuasion")
    assert wire_type(BookDonated) == wire_type(book) == "throughcare.library.BookDonated.v1"


def test_the_name_of_a_type_is_the_same_in_every_version() -> None:
    assert unversioned("throughcare.library.BookDonated.v12") == "throughcare.library.BookDonated"


def test_an_envelope_is_read_from_the_headers_it_travels_in() -> None:
    travelling = cloudevents.headers(canonical(STORED), 17, "00-trace")
    assert Envelope.heard(travelling) == replace(ABOUT, trace="00-trace")


def test_an_envelope_is_read_from_the_stored_attributes_and_its_place_in_the_log() -> None:
    assert Envelope.of(STORED, position=17) == ABOUT


def test_what_was_not_said_of_an_event_is_empty() -> None:
    needed = ("id", "time", "type", "source", "subject", "partitionkey")
    about = Envelope.of({name: STORED[name] for name in needed})
    assert (about.log, about.correlation, about.causation, about.policies) == (None, None, "", ())


def test_the_day_of_an_event_is_londons() -> None:
    assert ABOUT.on == date(2024, 4, 10)
    assert replace(ABOUT, time=datetime(2024, 1, 9, 23, 30, tzinfo=UTC)).on == date(2024, 1, 9)


def test_an_envelope_names_the_service_that_spoke() -> None:
    assert ABOUT.service == "library"


@given(st.dictionaries(WORDS, WORDS))
def test_one_mapping_has_one_writing(said: dict[str, str]) -> None:
    backwards = dict(reversed(said.items()))
    assert canonical(said) == canonical(backwards)
    assert json.loads(canonical(said)) == said


def test_bytes_are_sorted_close_set_and_in_plain_utf_8() -> None:
    assert canonical({"b": "é", "a": [1, "x"]}) == '{"a":[1,"x"],"b":"é"}'.encode()
