"""Every event is named, placed and tagged as the scheme says (domain.md 7)."""

from datetime import date
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError

from contracts import codes
from contracts.event import Actor, Event, Plain, Sealed, Tag
from contracts.referrals import ActivityStatusRecorded, ReferralClosed
from contracts.registry import EVENTS
from contracts.reviews import ReviewHeld
from contracts.seals import BlockSealed
from tests.contracts.examples import example
from tests.contracts.fields import leaves, tag_of, walk

SPINE = {
    "referrals": "YoungPersonRegistered ActivityStatusRecorded ProfileUpdated"
    " Stage1MeetingScheduled Stage1MeetingHeld AgendaItemAdded CaseDiscussed RouteDecided"
    " RouteAgreedByYoungPerson ReferralMade ReferralClosed EetPlanRevised",
    "matching": "OpportunityOpened ReferralReceived MatchProposed MatchChosen PlacementArranged"
    " PlaceReserved PreStartCheckCompleted PlacementStarted PlaceReleased ArrangementConcluded",
    "reviews": "PlacementOpened ReviewScheduled ReviewHeld RiskSignalRecorded EarlyExitRisk"
    " ReviewBroughtForward BringForwardDeclined ReviewOverdue RiskResponseOverdue"
    " PlacementCompleted PlacementEndedEarly CaseHandedBackToStage1",
    "reporting": "IntegrityCheckPassed IntegrityCheckFailed",
}
EVERY = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)


@pytest.mark.parametrize("service", SPINE)
def test_a_service_says_the_words_of_the_spine_and_no_others(service: str) -> None:
    said = {event.__name__ for event in EVENTS if event.said_by == service}
    assert said == set(SPINE[service].split())


def test_the_spine_has_36_events() -> None:
    assert len(EVENTS) == 36


@EVERY
def test_an_event_says_in_one_sentence_what_happened(event: type[Event]) -> None:
    assert event.__doc__
    assert event.__doc__.strip().endswith(".")
    assert "\n" not in event.__doc__.strip()


@pytest.mark.parametrize("model", [*EVENTS, BlockSealed], ids=lambda model: model.__name__)
def test_every_field_is_tagged_nested_ones_too(model: type[BaseModel]) -> None:
    assert [name for name, tag in leaves(model) if tag is None] == []


@EVERY
def test_ids_are_identifiers_and_typed_words_are_never_plain(event: type[Event]) -> None:
    words = {"note", "summary", "rationale", "views", "aspirations", "what_changed", "text", "what"}
    for name, tag in leaves(event):
        if name in {"person", "placement", "referral", "because", "corrects"}:
            assert tag is Tag.identifier, name
        if name.rpartition(".")[2] in words:
            assert tag is Tag.free_text, name


@EVERY
def test_what_is_sensitive_may_be_sealed_at_its_outermost_tag(event: type[Event]) -> None:
    for name, field in event.model_fields.items():
        annotation = field.rebuild_annotation()
        if tag_of(annotation) in {Tag.personal, Tag.special, Tag.free_text}:
            assert Sealed in walk(annotation), name


def test_a_tag_survives_an_optional_field() -> None:
    assert dict(leaves(ActivityStatusRecorded)) == {
        "occurred_on": Tag.plain, "by": Tag.plain, "by.worker": Tag.identifier,
        "by.role": Tag.plain, "by.team": Tag.plain, "by.cover_for": Tag.identifier,
        "via": Tag.plain, "corrects": Tag.identifier, "person": Tag.identifier,
        "status": Tag.plain, "oc3": Tag.special, "nccis": Tag.special, "age_band": Tag.plain,
        "verified_by": Tag.plain, "placement": Tag.identifier, "note": Tag.free_text,
    }  # fmt: skip


def test_a_stream_that_names_no_field_fails_at_import() -> None:
    with pytest.raises(TypeError, match="names no field persno"):

        class Misspelt(Event, stream="case-{persno}"):
            """Somebody misspelt."""

            person: Plain[str]


@EVERY
def test_no_event_inherits_from_another(event: type[Event]) -> None:
    assert event.__bases__ == (Event,)


def test_what_goes_out_has_no_unknown_field_and_what_comes_in_may() -> None:
    closed = example(ReferralClosed)
    stranger = closed.model_dump(mode="json", exclude_none=True) | {"colour": "blue"}
    with pytest.raises(ValidationError):
        ReferralClosed.model_validate(stranger)
    body = closed.to_json()[:-1] + b',"colour":"blue"}'
    assert ReferralClosed.from_json(body.replace(b'"team"', b'"hat":1,"team"')) == closed


def test_what_is_absent_is_left_out_and_the_base_fields_come_first() -> None:
    event = ReferralClosed(
        occurred_on=date(2024, 8, 5), by=Actor(role="system", team="technical"), via="policy",
        referral=UUID(int=1), person=UUID(int=2), outcome="completed",
    )  # fmt: skip
    assert event.to_json() == (
        b'{"occurred_on":"2024-08-05","by":{"role":"system","team":"technical"},"via":"policy",'
        b'"referral":"00000000-0000-0000-0000-000000000001",'
        b'"person":"00000000-0000-0000-0000-000000000002","outcome":"completed"}'
    )
    assert event.subject == f"case-{UUID(int=2)}"
    assert event.key == str(UUID(int=2))


def test_a_review_settles_at_least_one_point() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        ReviewHeld.model_validate(example(ReviewHeld).model_dump() | {"eet_points": ()})


def code_lists() -> dict[str, Any]:
    return {n: v for n, v in vars(codes).items() if get_origin(v) is Literal}


def test_only_lists_that_exist_are_closed() -> None:
    assert code_lists().keys() >= codes.CLOSED


def test_no_list_says_a_code_twice() -> None:
    for name, codes_of in code_lists().items():
        assert len(set(get_args(codes_of))) == len(get_args(codes_of)), name


def test_every_role_has_a_team_every_reason_and_signal_a_group_every_route_its_kinds() -> None:
    assert set(codes.TEAM_OF) == set(get_args(codes.Role))
    assert set(codes.TEAM_OF.values()) == set(get_args(codes.Team))
    assert set(codes.EXIT_GROUP_OF) == set(get_args(codes.ExitReason))
    assert set(codes.EXIT_GROUP_OF.values()) == set(get_args(codes.ExitGroup))
    assert set(codes.SIGNAL_GROUP_OF) == set(get_args(codes.SignalKind))
    assert set(codes.SIGNAL_GROUP_OF.values()) == set(get_args(codes.SignalGroup))
    assert set(codes.KINDS_OF) == set(get_args(codes.Route))
    kinds = [kind for some in codes.KINDS_OF.values() for kind in some]
    assert sorted(kinds) == sorted(get_args(codes.Kind))
