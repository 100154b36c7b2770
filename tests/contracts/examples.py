"""The committed examples, by the event they show."""

from pathlib import Path
from typing import TypeVar

import contracts
from contracts.event import Event
from contracts.registry import EVENTS

E = TypeVar("E", bound=Event)

FILES = sorted((Path(contracts.__file__).parent / "examples").glob("*.json"))


def event_of(file: Path) -> type[Event]:
    name = file.name.partition(".")[0]
    return next(event for event in EVENTS if event.__name__ == name)


def example(event: type[E]) -> E:
    file = next(file for file in FILES if event_of(file) is event)
    return event.model_validate_json(file.read_bytes())
