"""Every event can be shown: an example that is valid, readable, and named after a situation."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from contracts.event import Event
from contracts.registry import EVENTS
from contracts.schema import file_of
from tests.contracts.examples import FILES, event_of

SHOWN = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_every_event_has_an_example(event: type[Event]) -> None:
    assert [file.name for file in FILES if event_of(file) is event]


@SHOWN
def test_an_example_is_named_after_a_situation(file: Path) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z0-9]+\.[a-z0-9]+(_[a-z0-9]+)+\.json", file.name)


@SHOWN
def test_an_example_is_what_the_producer_would_write(file: Path) -> None:
    event = event_of(file).model_validate_json(file.read_bytes())
    assert list(json.loads(event.to_json()).items()) == list(json.loads(file.read_bytes()).items())
    assert event_of(file).from_json(event.to_json()) == event


@SHOWN
def test_an_example_satisfies_the_committed_schema(file: Path) -> None:
    schema = json.loads(file_of(event_of(file)).read_bytes())
    checks = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for error in checks.iter_errors(json.loads(file.read_bytes()))] == []


@SHOWN
def test_an_example_can_be_read_by_a_person(file: Path) -> None:
    text = file.read_text("utf-8")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
