"""What the kernel knows of an event: who says it, which stream, which bytes, and its envelope."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar, Protocol, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic_core import from_json

from chronicle.canonical import canonical as canonical

LONDON = ZoneInfo("Europe/London")
PREFIX = "ce_"


class Fact(Protocol):
    """An event class of the contracts, as far as the kernel needs it."""

    said_by: ClassVar[str]
    says: ClassVar[str]

    @property
    def subject(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def occurred_on(self) -> date: ...
    def to_json(self) -> bytes: ...
    @classmethod
    def from_json(cls, body: bytes) -> Self: ...


def wire_type(fact: type[Fact] | Fact) -> str:
    """`throughcare.<service>.<Event>.v<n>`"""
    return f"throughcare.{fact.said_by}.{fact.says}"


def unversioned(wire: str) -> str:
    """The type without its version, which tells whether a consumer hears it at all."""
    return wire.rpartition(".v")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What travels beside an event's body; `position` is 0 while it is not sealed yet."""

    id: UUID
    time: datetime
    type: str = ""
    source: str = ""
    subject: str = ""
    key: str = ""
    sequence: int = 0
    position: int = 0
    log: UUID | None = None
    correlation: UUID | None = None
    causation: str = ""
    """An event's or a command's id; of an admitted outside event whatever its sender calls it."""
    policies: tuple[str, ...] = ()
    trace: str | None = None

    @property
    def on(self) -> date:
        """The London day on which the event was recorded: today, for the commands it asks for."""
        return self.time.astimezone(LONDON).date()

    @property
    def service(self) -> str:
        return self.source.rpartition("/")[2]

    @classmethod
    def heard(cls, headers: Mapping[str, Any]) -> Self:
        """From `ce_` headers that the border has checked."""
        attributes = {k.removeprefix(PREFIX): v for k, v in headers.items() if k.startswith(PREFIX)}
        return replace(cls.of(attributes), trace=headers.get("traceparent"))

    @classmethod
    def of(cls, attributes: Mapping[str, str], position: int = 0) -> Self:
        """From stored attributes; the position is not among them, the block holds it."""
        a = attributes
        return cls(
            id=UUID(a["id"]), time=datetime.fromisoformat(a["time"]), type=a["type"],
            source=a["source"], subject=a["subject"], key=a["partitionkey"],
            sequence=int(a.get("sequence", 0)), position=int(a.get("position", position)),
            log=_uuid(a.get("log")), correlation=_uuid(a.get("correlationid")),
            causation=a.get("causationid", ""),
            policies=tuple(a["policies"].split(",")) if a.get("policies") else (),
        )  # fmt: skip


class Unopened:
    """A stored envelope that is opened when somebody looks into it: most folds look at few."""

    __slots__ = ("_meta", "_opened", "_position")

    def __init__(self, meta: bytes, position: int) -> None:
        self._meta, self._position = meta, position
        self._opened: Envelope | None = None

    def __getattr__(self, name: str) -> Any:
        if self._opened is None:
            self._opened = Envelope.of(from_json(self._meta), self._position)
        return getattr(self._opened, name)


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


class Binding(Protocol):
    """How attributes are laid out on the wire: `contracts.cloudevents`, handed in by `main.py`."""

    def attributes(
        self,
        *,
        id: UUID,
        service: str,
        type: str,
        subject: str,
        key: str,
        time: datetime,
        sequence: int,
        log: UUID,
        correlation: UUID,
        causation: UUID,
        authority: str,
        policies: tuple[str, ...],
    ) -> dict[str, str]: ...

    def headers(self, meta: bytes, position: int, trace: str | None) -> dict[str, str]: ...
    def seal_headers(
        self, service: str, log: UUID, seal_no: int, signature: bytes
    ) -> dict[str, str]: ...
    def meta(self, headers: Mapping[str, str]) -> bytes: ...
    def check(self, headers: Mapping[str, str], topic: str) -> str | None: ...
