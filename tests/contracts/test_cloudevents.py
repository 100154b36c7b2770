"""The headers are the stored attributes spread out, and fold back into the very same bytes."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.cloudevents import attributes, check, headers, meta
from contracts.referrals import ReferralMade
from contracts.registry import wire_type

TOPIC = "throughcare.referrals"
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
UUIDS = st.uuids()
SAID = st.builds(
    attributes,
    id=UUIDS,
    service=st.sampled_from(["referrals", "matching"]),
    type=WORDS,
    subject=WORDS,
    key=WORDS,
    time=st.datetimes(datetime(2018, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis adds the zone
    sequence=st.integers(1, 10**9),
    log=UUIDS,
    correlation=UUIDS,
    causation=UUIDS,
    authority=st.one_of(st.just(""), WORDS),
    policies=st.lists(st.from_regex(r"\A[a-z.]+@2024-01-01\Z"), max_size=3).map(tuple),
)


def stored(said: dict[str, str]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


SPOKEN = attributes(
    id=UUID(int=1), service="referrals", type=wire_type(ReferralMade), subject="case-x", key="x",
    time=datetime(2024, 4, 11, 10, 30, tzinfo=timezone(timedelta(hours=1))), sequence=5,
    log=UUID(int=2), correlation=UUID(int=3), causation=UUID(int=4), authority="westmere",
    policies=("route.teams@2018-01-01", "catalogue.routes@2023-08-01"),
)  # fmt: skip
SENT = headers(stored(SPOKEN), 7, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")


def test_the_attributes_are_those_of_the_binding() -> None:
    assert SPOKEN == {
        "specversion": "1.0",
        "id": "00000000-0000-0000-0000-000000000001",
        "source": "/throughcare/referrals",
        "type": "throughcare.referrals.ReferralMade.v1",
        "subject": "case-x",
        "time": "2024-04-11T09:30:00.000000Z",
        "dataschema": "urn:throughcare:schema:throughcare.referrals.ReferralMade.v1",
        "partitionkey": "x",
        "sequence": "5",
        "log": "00000000-0000-0000-0000-000000000002",
        "correlationid": "00000000-0000-0000-0000-000000000003",
        "causationid": "00000000-0000-0000-0000-000000000004",
        "authority": "westmere",
        "policies": "catalogue.routes@2023-08-01,route.teams@2018-01-01",
    }


def test_what_nobody_set_is_left_out() -> None:
    said = attributes(
        id=UUID(int=1), service="referrals", type="t", subject="s", key="k",
        time=datetime(2024, 4, 11, tzinfo=UTC), sequence=1, log=UUID(int=2),
        correlation=UUID(int=3), causation=UUID(int=4), authority="", policies=(),
    )  # fmt: skip
    assert SPOKEN.keys() - said.keys() == {"authority", "policies"}


def test_the_position_and_the_trace_travel_beside_what_is_stored() -> None:
    assert SENT["ce_position"] == "7"
    assert SENT["content-type"] == "application/json"
    assert SENT["correlation_id"] == SENT["ce_correlationid"]
    assert SENT["traceparent"].startswith("00-4bf9")
    assert "traceparent" not in headers(stored(SPOKEN), 7, None)
    assert b"position" not in meta(SENT)


@given(SAID, st.integers(1, 10**12), st.one_of(st.none(), WORDS))
def test_headers_fold_back_into_the_very_bytes(
    said: dict[str, str], position: int, trace: str | None
) -> None:
    sent = headers(stored(said), position, trace)
    assert meta(sent) == stored(said)
    assert meta(dict(reversed(sent.items())) | {"x-proxy": "7"}) == stored(said)
    assert check(sent, TOPIC) is None


@given(st.dictionaries(st.from_regex(r"\Ace_[a-z0-9]{1,20}\Z"), WORDS))
def test_bytes_spread_out_again_are_the_headers_that_came(came: dict[str, str]) -> None:
    came |= {"ce_position": "3"}
    sent = headers(meta(came), 3, None)
    assert {name: value for name, value in sent.items() if name.startswith("ce_")} == came


@pytest.mark.parametrize(
    "name",
    ["specversion", "id", "source", "type", "subject", "time", "partitionkey", "sequence",
     "position", "log"],
)  # fmt: skip
def test_a_service_leaves_nothing_out(name: str) -> None:
    sent = dict(SENT)
    del sent[f"ce_{name}"]
    assert check(sent, TOPIC) == f"missing: {name}"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("ce_specversion", "0.3", "specversion is not 1.0"),
        ("ce_id", "order-17", "cannot be read: id"),
        ("ce_log", "nobody's", "cannot be read: log"),
        ("ce_time", "yesterday", "cannot be read: time"),
        ("ce_time", "2024-04-11T09:30:00", "cannot be read: time"),
        ("ce_sequence", "0", "cannot be read: sequence"),
        ("ce_position", "1e3", "cannot be read: position"),
        ("ce_position", "٣", "cannot be read: position"),
        ("ce_correlationid", "none", "cannot be read: correlationid"),
        ("ce_subject", "case-\0", "NUL in: subject"),
        ("ce_data_base64", "AAAA", "the data is not JSON"),
        ("content-type", "text/xml", "the data is not JSON"),
        ("traceparent", "\0", "NUL in: traceparent"),
    ],
)
def test_what_cannot_be_read_is_told_and_never_raised(name: str, value: str, why: str) -> None:
    assert check(dict(SENT) | {name: value}, TOPIC) == why


def test_a_header_of_somebody_else_does_not_condemn_an_event() -> None:
    assert check(dict(SENT) | {"x-proxy": "\0"}, TOPIC) is None
    assert check({k: v for k, v in SENT.items() if k != "content-type"}, TOPIC) is None


def test_an_outsider_names_its_event_as_it_likes() -> None:
    came = {"ce_specversion": "1.0", "ce_id": "order-17", "ce_source": "/feed", "ce_type": "x"}
    assert check(came, f"{TOPIC}.intake") is None
    assert check(came, f"{TOPIC}.intake.college") is None
    assert check(came | {"ce_time": "noon"}, f"{TOPIC}.intake") == "cannot be read: time"
    assert check({}, f"{TOPIC}.intake") == "missing: specversion, id, source, type"


def test_a_seal_is_named_after_its_log_and_its_number() -> None:
    came = {
        "ce_specversion": "1.0", "ce_source": "/throughcare/referrals", "ce_signature": "c2ln",
        "ce_type": "throughcare.referrals.BlockSealed.v1", "ce_id": f"{UUID(int=2)}/12",
    }  # fmt: skip
    assert check(came, "throughcare.seals") is None
    for name in (str(UUID(int=2)), f"{UUID(int=2)}/x", "log/1", f"{UUID(int=2)}/0"):
        assert check(came | {"ce_id": name}, "throughcare.seals") == "cannot be read: id"
    assert check(came | {"ce_signature": ""}, "throughcare.seals") == "missing: signature"


@given(st.dictionaries(st.text(), st.text()), st.text())
def test_nothing_that_arrives_makes_it_raise(came: dict[str, str], topic: str) -> None:
    check(came, topic)
