"""Three words for tests: given past events, when a command or event comes, then exactly this."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from uuid import UUID

from chronicle.decider import Command, Decider, Refused
from chronicle.fact import Envelope, Fact
from chronicle.read_model import ReadModel

C = TypeVar("C", bound=Command)
S = TypeVar("S")
E = TypeVar("E", bound=Fact)
R = TypeVar("R")
Rules = TypeVar("Rules")


@dataclass(frozen=True, slots=True)
class Told(Generic[E]):
    """A past event with an envelope of its own, where a test needs to tell two apart."""

    event: E
    about: Envelope


def told(event: E, about: Envelope, event_id: UUID) -> Told[E]:
    return Told(event, replace(about, id=event_id))


def _all_told(events: tuple[Any, ...], about: Envelope) -> list[tuple[Any, Envelope]]:
    return [(e.event, e.about) if isinstance(e, Told) else (e, about) for e in events]


@dataclass(frozen=True, slots=True)
class Deciding(Generic[C, S, E]):
    decider: Decider[C, S, E]
    about: Envelope

    def given(self, *events: Any) -> "Given[C, S, E]":
        return Given(self.decider, self.decider.fold(_all_told(events, self.about)))


@dataclass(frozen=True, slots=True)
class Given(Generic[C, S, E]):
    decider: Decider[C, S, E]
    state: S

    def when(self, command: C) -> "When[E]":
        try:
            return When(self.decider.decide(command, self.state), None)
        except Refused as refused:
            return When([], refused)


@dataclass(frozen=True, slots=True)
class When(Generic[E]):
    events: list[E]
    refused: Refused | None

    def then(self, *events: E) -> None:
        assert self.refused is None, f"refused: {self.refused}"
        assert self.events == list(events)

    def then_nothing(self) -> None:
        self.then()

    def then_refused(self, code: str) -> None:
        assert self.refused is not None, f"not refused, said: {self.events}"
        assert self.refused.code == code, str(self.refused)


@dataclass(frozen=True, slots=True)
class Folding(Generic[R, E]):
    model: ReadModel[R, E]
    about: Envelope

    def given(self, *events: Any) -> "Folded[R]":
        rows: dict[Hashable, R] = {}
        for event, about in _all_told(events, self.about):
            if isinstance(event, self.model.hears):
                self.model.folded(rows, event, about)
        return Folded(list(rows.values()))


@dataclass(frozen=True, slots=True)
class Folded(Generic[R]):
    rows: list[R]

    def shows(self, *rows: R) -> None:
        assert self.rows == list(rows)


@dataclass(frozen=True, slots=True)
class Reacting(Generic[E, C, Rules]):
    react: Callable[[E, Envelope, Rules], list[C]]
    about: Envelope
    rules: Rules

    def given(self, event: E) -> "Asked[C]":
        return Asked(self.react(event, self.about, self.rules))


@dataclass(frozen=True, slots=True)
class Asked(Generic[C]):
    commands: list[C]

    def asks(self, *commands: C) -> None:
        assert self.commands == list(commands)
