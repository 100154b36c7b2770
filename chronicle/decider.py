"""How a service decides: commands and past events in, new events or one refusal out."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Generic, Protocol, TypeVar, cast
from uuid import UUID

from chronicle.fact import Envelope, Fact
from chronicle.ids import derived, opaque

__all__ = ["Command", "Decider", "Envelope", "Policy", "Refused", "Samples", "derived", "opaque"]


class Command(Protocol):
    @property
    def id(self) -> UUID: ...


C = TypeVar("C", bound=Command)
S = TypeVar("S")
E = TypeVar("E", bound=Fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Dated policy data in the domain's own shape; `rule` is `name@version`, comma-separated."""

    rule: str


class Refused(Exception):
    """A rule said no. `code` is the rule book's, `related` the events it rests on.

    State, allowed commands and rule versions are added by the kernel.
    """

    def __init__(self, code: str, reason: str, *related: UUID) -> None:
        super().__init__(code, reason)
        self.code, self.reason, self.related = code, reason, related
        self.state = ""
        self.allowed: tuple[str, ...] = ()
        self.rules: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples(Generic[C, S]):
    """One command and one state of every kind: they make the state table."""

    commands: tuple[C, ...]
    states: tuple[S, ...]


def kind(value: object) -> str:
    return type(value).__name__


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decider(Generic[C, S, E]):
    """A decision as four pure functions.

    `reads` names the streams a command needs, from the command alone. `events` are the classes
    it folds; others in those streams are passed over. `named` gives a state's name for people,
    where the state is a product and its class says too little.
    """

    reads: Callable[[C], list[str]]
    events: tuple[Any, ...]
    initial: S
    decide: Callable[[C, S], list[E]]
    evolve: Callable[[S, E, Envelope], S]
    samples: Samples[C, S]
    named: Callable[[S], str] = kind

    @property
    def commands(self) -> tuple[type[C], ...]:
        return tuple(type(command) for command in self.samples.commands)

    @property
    def categories(self) -> tuple[str, ...]:
        """The kinds of stream its commands read, that which it decides about first."""
        reads = (name for command in self.samples.commands for name in self.reads(command))
        return tuple(dict.fromkeys(name.partition("-")[0] for name in reads))

    @property
    def category(self) -> str:
        return self.categories[0]

    def fold(self, told: list[tuple[E, Envelope]]) -> S:
        state = self.initial
        for event, about in told:
            if isinstance(event, self.events):
                state = self.evolve(state, event, about)
        return state

    def outcome(self, command: C, state: S) -> str:
        """What deciding says, in one cell of the state table: events, `nothing`, or a code."""
        try:
            events = self.decide(command, state)
        except Refused as refused:
            return refused.code
        return " + ".join(kind(event) for event in events) or "nothing"

    def table(self) -> dict[str, dict[str, str]]:
        """Every sample command in every sample state: `{state: {command: outcome}}`."""
        return {
            self.named(state): {kind(c): self.outcome(c, state) for c in self.samples.commands}
            for state in self.samples.states
        }

    def allowed(self, state: S) -> tuple[str, ...]:
        """The commands that a state of this kind lets through, as the state table shows them."""
        row = self.table().get(self.named(state), {})
        return tuple(command for command, cell in row.items() if "-" not in cell)


def rules_of(command: object) -> tuple[str, ...]:
    """Every policy entry that a command carries, as `name@version`, sorted."""
    held = (getattr(command, field.name) for field in fields(cast(Any, command)))
    return tuple(sorted({r for v in held if isinstance(v, Policy) for r in v.rule.split(",") if r}))
