"""A schema is frozen: what may change is written, what may not says what to do instead."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from contracts import schema
from contracts.codes import CLOSED
from contracts.event import Event
from contracts.referrals import EetPlanRevised, ReferralMade
from contracts.registry import EVENTS
from contracts.reviews import EarlyExitRisk
from contracts.schema import ADVICE, SCHEMAS, Schema, file_of, forbidden, schema_of, text_of


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_the_committed_schema_is_what_the_model_says(event: type[Event]) -> None:
    committed = json.loads(file_of(event).read_text("utf-8"))
    changes = forbidden(committed, schema_of(event))
    assert not changes, f"{'; '.join(changes)}: {ADVICE}"
    assert file_of(event).read_text("utf-8") == text_of(event), "run `make schemas`"


def test_a_released_schema_keeps_its_event() -> None:
    assert set(SCHEMAS.glob("*")) == {file_of(event) for event in EVENTS}


def test_an_open_list_says_so_and_a_closed_one_does_not() -> None:
    risk = schema_of(EarlyExitRisk)["properties"]
    assert "RiskLevel" in CLOSED
    assert "x-open" not in risk["level"]
    assert risk["groups"]["items"]["x-open"] is True


def test_a_schema_says_how_sensitive_a_field_is_and_that_it_may_be_sealed() -> None:
    made = schema_of(ReferralMade)["properties"]
    assert made["person"]["x-tag"] == "identifier"
    assert made["interests"]["x-tag"] == "personal"
    assert {"$ref": "#/$defs/Sealed"} in made["summary"]["anyOf"]


MADE, PLAN, RISK = schema_of(ReferralMade), schema_of(EetPlanRevised), schema_of(EarlyExitRisk)


def changed(schema: Schema, *path: str, to: Any) -> Schema:
    """The schema with the value at `path` replaced, or taken out when `to` is None."""
    copy = deepcopy(schema)
    node = copy
    for key in path[:-1]:
        node = node[key]
    if to is None:
        del node[path[-1]]
    else:
        node[path[-1]] = to
    return copy


def test_a_field_may_be_added_when_it_is_optional() -> None:
    more = changed(MADE, "properties", "colour", to={"type": "string", "x-tag": "plain"})
    assert forbidden(MADE, more) == []
    more["required"] = [*more["required"], "colour"]
    assert forbidden(MADE, more) == ["colour was made required"]


def test_a_field_may_be_added_inside_a_part() -> None:
    more = changed(PLAN, "$defs", "PlanStep", "properties", "place", to={"type": "string"})
    assert forbidden(PLAN, more) == []


def test_an_open_list_may_grow_and_a_closed_one_may_not() -> None:
    routes, levels = MADE["properties"]["route"]["enum"], RISK["properties"]["level"]["enum"]
    grown = changed(MADE, "properties", "route", "enum", to=[*routes, "internship"])
    assert forbidden(MADE, grown) == []
    grown = changed(RISK, "properties", "level", "enum", to=[*levels, "calm"])
    assert forbidden(RISK, grown) == ["level. is a closed list and gained ['calm']"]


def test_words_that_explain_may_change() -> None:
    assert forbidden(MADE, changed(MADE, "description", to="Sent on.")) == []


def test_a_number_may_become_wider_and_never_narrower() -> None:
    wide = changed(PLAN, "properties", "version", "type", to="number")
    assert forbidden(PLAN, wide) == []
    assert forbidden(wide, PLAN) != []
    for keyword, wider in (("minimum", 0), ("maximum", 9)):
        bound = changed(PLAN, "properties", "version", keyword, to=5)
        loose = changed(PLAN, "properties", "version", keyword, to=wider)
        assert forbidden(bound, loose) == forbidden(bound, PLAN) == []
        assert forbidden(loose, bound) != []
        assert forbidden(PLAN, bound) != []


@pytest.mark.parametrize(
    "broken",
    [
        changed(MADE, "properties", "summary", to=None),
        changed(MADE, "properties", "person", "type", to="integer"),
        changed(MADE, "properties", "person", "format", to="date"),
        changed(MADE, "properties", "person", "x-tag", to="plain"),
        changed(MADE, "properties", "route", "enum", to=["apprenticeship"]),
        changed(MADE, "properties", "route", "x-open", to=None),
        changed(MADE, "properties", "route", "default", to="none"),
        changed(MADE, "properties", "prior_referral", "anyOf", to=[{"type": "string"}]),
        changed(MADE, "properties", "sectors", "items", "pattern", to="^[a-z]$"),
        changed(MADE, "required", to=[*MADE["required"], "prior_referral"]),
        changed(MADE, "required", to=[n for n in MADE["required"] if n != "route"]),
        changed(MADE, "x-stream", to="referral-{referral}"),
        changed(MADE, "$defs", "Actor", "properties", "team", to=None),
    ],
    ids=lambda _: "",
)
def test_anything_else_is_forbidden(broken: Schema) -> None:
    assert forbidden(MADE, broken) != []


def test_a_field_renamed_is_a_field_removed() -> None:
    field = MADE["properties"]["plan_version"]
    renamed = changed(changed(MADE, "properties", "plan_version", to=None),
                      "properties", "plan_revision", to=field)  # fmt: skip
    assert forbidden(MADE, renamed) == ["plan_version was removed"]


def test_the_writer_refuses_what_is_forbidden_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "SCHEMAS", tmp_path)
    assert schema.main() is None
    assert {file.name for file in tmp_path.iterdir()} == {file_of(event).name for event in EVENTS}
    older = changed(MADE, "properties", "colour", to={"type": "string"})
    file_of(ReferralMade).write_text(json.dumps(older), "utf-8")
    assert schema.main() == (
        "throughcare.referrals.ReferralMade.v1 is frozen (colour was removed):"
        " add a field, or write version 2"
    )
    assert json.loads(file_of(ReferralMade).read_text("utf-8")) == older
