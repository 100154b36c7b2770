"""At the border nothing raises: a record comes out in binary form, or with what is wrong."""

import json
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chronicle.append import Conflict
from chronicle.consume import backoff, border, transient
from chronicle.decider import Refused
from chronicle.parking import BadEnvelope, Behind, Heard, why
from chronicle.words import UnknownVersion
from contracts import cloudevents
from tests.chronicle.hearing.allotment import WORDS, PlotTaken
from tests.chronicle.hearing.home import AMI, Letter, letter

TAKEN = letter(PlotTaken(holder=AMI, plot=4), 1)


def crossed(one: Letter) -> tuple[dict[str, str], bytes, str | None]:
    return border(cloudevents, "throughcare.allotments", one.headers, one.value)


def structured(one: Letter, **extra: Any) -> Letter:
    said = {n.removeprefix("ce_"): (v or b"").decode() for n, v in one.headers if "ce_" in n}
    event = {**said, "data": json.loads(one.value or b"null"), **extra}
    kind = b"application/cloudevents+json; charset=UTF-8"
    return Letter(one.key, json.dumps(event).encode(), (("content-type", kind),))


def test_a_record_of_a_relay_passes_unchanged() -> None:
    headers, body, wrong = crossed(TAKEN)
    assert wrong is None
    assert body == TAKEN.value
    assert headers == {name: (value or b"").decode() for name, value in TAKEN.headers}


def test_a_structured_event_comes_out_as_the_binary_one() -> None:
    headers, body, wrong = crossed(structured(TAKEN, corrects=None))
    assert wrong is None
    assert json.loads(body) == json.loads(TAKEN.value or b"")
    binary = {n: v for n, v in crossed(TAKEN)[0].items() if n != "correlation_id"}
    assert headers == binary


@pytest.mark.parametrize("foreign", [None, b"\xff\xfe"])
def test_a_header_of_somebody_else_condemns_nothing(foreign: bytes | None) -> None:
    assert crossed(TAKEN.but(shade=foreign))[2] is None


@pytest.mark.parametrize("ours", [None, b"\xff\xfe"])
def test_a_header_of_ours_that_is_no_text_is_named(ours: bytes | None) -> None:
    assert crossed(TAKEN.but(ce_authority=ours))[2] == "header ce_authority"
    assert crossed(TAKEN.but(content_type=ours))[2] == "header content-type"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (Letter(b"", b"{}", ()), "missing: specversion, id"),
        (TAKEN.without("ce_log"), "missing: log"),
        (TAKEN.but(ce_id=b"one"), "cannot be read: id"),
        (TAKEN.but(ce_source=b"a\0b"), "NUL in: source"),
        (TAKEN.but(content_type=b"text/plain"), "the data is not JSON"),
        (structured(TAKEN, data_base64="e30="), "the data is not JSON"),
        (Letter(b"", b"{", structured(TAKEN).headers), "JSONDecodeError"),
        (Letter(b"", b"[]", structured(TAKEN).headers), "TypeError"),
    ],
)
def test_what_is_no_envelope_of_ours_says_why(bad: Letter, why: str) -> None:
    assert (crossed(bad)[2] or "").startswith(why)


@given(
    st.lists(st.tuples(st.text(), st.none() | st.binary())),
    st.none() | st.binary(),
    st.sampled_from([b"application/json", b"application/cloudevents+json", b"", None]),
)
def test_nothing_that_can_lie_on_a_topic_raises(
    headers: list[tuple[str, bytes | None]], value: bytes | None, kind: bytes | None
) -> None:
    pairs = [*TAKEN.headers, *headers, ("content-type", kind)]
    out, body, _ = border(cloudevents, "throughcare.allotments", pairs, value)
    assert all(isinstance(v, str) for v in out.values())
    assert isinstance(body, bytes)


def test_only_what_passes_by_itself_is_tried_again() -> None:
    passing = [
        ConnectionResetError(), TimeoutError(), Conflict("a"), asyncpg.DeadlockDetectedError(""),
        asyncpg.SerializationError(""), asyncpg.LockNotAvailableError(""),
        asyncpg.AdminShutdownError(""), asyncpg.ConnectionDoesNotExistError(""),
        asyncpg.InterfaceError("pool is closed"),
    ]  # fmt: skip
    lasting = [
        Refused("A", "no"), ZeroDivisionError(), ValueError(), Behind(),
        asyncpg.UniqueViolationError(""), asyncpg.DataError(""), asyncpg.UndefinedTableError(""),
    ]  # fmt: skip
    assert [e for e in passing if not transient(e)] == []
    assert [e for e in lasting if transient(e)] == []


def test_the_wait_between_two_tries_grows_and_ends_at_five_seconds() -> None:
    assert all(0.05 * 2**n * 0.5 <= backoff(n) <= 0.05 * 2**n for n in range(1, 6))
    assert backoff(50) <= 5.0


def failure(body: bytes) -> Exception:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 -- pydantic's or json's own
        WORDS.read("throughcare.allotments.PlotTaken.v2", body)
    return caught.value


@pytest.mark.parametrize(
    "body",
    [
        b'{"holder": "Rosa Quill", "plot": 4}',
        b'{"holder": "00000000-0000-0000-0000-000000000001", "plot": "Rosa Quill"}',
        b'"Rosa Quill"',
        b'{"plot": Rosa Quill',
        b'{"Rosa Quill": 1, "plot": [',
    ],
)
def test_the_detail_of_an_error_never_quotes_what_was_sent(body: bytes) -> None:
    reason, detail = why(failure(body))
    assert reason == "unreadable"
    assert "Rosa" not in json.dumps(detail)


def test_the_detail_of_an_error_names_the_place_and_the_kind() -> None:
    body = b'{"holder": "00000000-0000-0000-0000-000000000001", "plot": "Rosa Quill"}'
    assert why(failure(body))[1] == [{"at": "plot", "type": "int_parsing"}]


def test_every_reason_has_a_word() -> None:
    refused = Refused("SHED-13", "no spade")
    assert why(refused) == ("SHED-13", {"reason": "no spade", "state": ""})
    assert why(Behind()) == ("behind", None)
    assert why(BadEnvelope("header ce_id")) == ("bad_envelope", {"why": "header ce_id"})
    assert why(UnknownVersion("x.v9")) == ("UnknownVersion", None)
    assert why(KeyError("Rosa Quill")) == ("KeyError", None)


def test_what_calls_itself_nothing_is_named_by_where_it_lay() -> None:
    nameless = Heard("a-topic", 2, 40, b"", (), None)
    assert (nameless.source, nameless.event_id) == ("kafka:a-topic", "a-topic/2/40")
    unstorable = Heard("a-topic", 2, 40, b"", (("ce_id", b"a\0"), ("ce_source", b"\xff")), None)
    assert (unstorable.source, unstorable.event_id) == ("kafka:a-topic", "a-topic/2/40")
