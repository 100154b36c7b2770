"""A story is told in plain dated sentences, and no sentence tells what is not plain."""

import json
import random
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from contracts.event import Sealed, Tag
from contracts.registry import EVENTS
from services.reporting.read_models.timeline import (
    Entry,
    Told,
    as_it_happened,
    fold,
    sentence,
    timeline,
)
from tests.contracts.examples import FILES, event_of
from tests.reporting import facts
from tests.reporting.facts import STORY, again, id_of

PRIVATE = {Tag.personal, Tag.special, Tag.free_text}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_example_is_told_in_one_sentence_without_a_code(file: Path) -> None:
    said = sentence(event_of(file).model_validate_json(file.read_bytes()))
    day, _, rest = said.partition(": ")
    assert day.split(" ")[2].isdigit()
    assert rest.endswith(".")
    assert "_" not in said
    assert "\n" not in said
    assert "was said" not in said, "no sentence of its own"


def test_every_event_has_an_example_to_be_told_by() -> None:
    assert {event_of(file) for file in FILES} == set(EVENTS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_sentence_is_the_same_when_everything_private_is_sealed(file: Path) -> None:
    event = event_of(file)
    body: dict[str, Any] = json.loads(file.read_bytes())
    sealed = Sealed(sealed="AAAA", key="case.1").model_dump()
    for name, field in event.model_fields.items():
        tagged = field.rebuild_annotation()
        tags = {*getattr(tagged, "__metadata__", ()), *_inner(tagged)}
        if name in body and tags & PRIVATE:
            body[name] = sealed
    assert sentence(event.model_validate(body)) == sentence(
        event.model_validate_json(file.read_bytes())
    )


def _inner(annotation: Any) -> set[Any]:
    found: set[Any] = set()
    for arg in getattr(annotation, "__args__", ()):
        found |= {*getattr(arg, "__metadata__", ())} | _inner(arg)
    return found


def test_an_entry_names_its_event_its_person_and_what_it_came_of() -> None:
    entry = fold(None, facts.received.event, facts.received.about)
    assert entry == Entry(
        event=id_of(11), person=facts.AMI, occurred_on=facts.APRIL_11,
        recorded=facts.received.about.time,
        sentence="11 April 2024: The referral to apprenticeship was received,"
        " to be decided by 16 May 2024.",
        service="matching", type="ReferralReceived", position=None, correlation=UUID(int=900),
        causation=str(id_of(10)),
    )  # fmt: skip


def test_what_is_about_nobody_has_no_person() -> None:
    assert fold(None, facts.reserved.event, facts.reserved.about).person is None
    assert set(timeline.hears) == set(EVENTS)


def told(one: Any, position: int) -> Told:
    entry = fold(None, one.event, one.about)
    return Told(
        event=entry.event, person=entry.person, occurred_on=entry.occurred_on,
        recorded=entry.recorded, sentence=entry.sentence, service=entry.service, type=entry.type,
        position=position, correlation=entry.correlation, causation=entry.causation,
    )  # fmt: skip


def numbers(story: list[Told]) -> list[int]:
    return [one.event.int - 100 for one in story]


def test_a_story_tells_a_cause_before_what_it_caused_and_each_service_in_its_order() -> None:
    whole = [told(one, position) for position, one in enumerate(STORY, 1)]
    random.Random(1).shuffle(whole)
    story = as_it_happened(whole)
    place = {one.event: index for index, one in enumerate(story)}
    for one in story:
        if one.causation:
            assert place[UUID(one.causation)] < place[one.event], one.type
    for service in ("referrals", "matching", "reviews"):
        own = [one for one in story if one.service == service]
        assert own == sorted(own, key=lambda one: one.position)
    assert [one.occurred_on for one in story] == sorted(one.occurred_on for one in story)


def test_what_was_recorded_late_stands_on_the_day_it_was_true() -> None:
    late = again(facts.neet, 60, occurred_on=facts.APRIL_11)
    recorded_later = told(late, 99)
    story = as_it_happened([told(facts.arranged, 1), recorded_later, told(facts.agreed, 2)])
    assert numbers(story) == [9, 60, 15]
