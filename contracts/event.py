"""What every event is: frozen, with a stream and a producer, and every field tagged."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from string import Formatter
from typing import Annotated, Any, ClassVar, Self, TypeAlias, TypedDict, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler

from contracts.codes import Role, Team, Via

T = TypeVar("T")


class Tag(StrEnum):
    """How sensitive a field is; decides how it is stored (domain.md 5.4)."""

    plain = "plain"
    identifier = "identifier"
    personal = "personal"
    special = "special"
    free_text = "free_text"

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> Any:
        return handler(schema) | {"x-tag": self.value}


class Sealed(BaseModel):
    """The encrypted form of a personal field: the outermost tagged field holds this instead."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sealed: str
    key: str


Plain = Annotated[T, Tag.plain]
Identifier = Annotated[T, Tag.identifier]
Personal = Annotated[T | Sealed, Tag.personal]
Special = Annotated[T | Sealed, Tag.special]
FreeText: TypeAlias = Annotated[str | Sealed, Tag.free_text]


class Part(BaseModel):
    """A nested piece of an event; its own fields carry their own tags."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Actor(Part):
    """Who did it, in what role, and for whom."""

    worker: Identifier[UUID | None] = None
    role: Plain[Role]
    team: Plain[Team]
    cover_for: Identifier[UUID | None] = None

    @classmethod
    def from_header(cls, text: str) -> Self:
        """From `X-Actor: worker=<uuid>; role=<role>; team=<team>`; ValueError when it is not that.

        The one place that says who somebody is; real sign-on comes here.
        """
        parts = (part.partition("=") for part in text.split(";") if part.strip())
        return cls.model_validate({name.strip(): value.strip() for name, _, value in parts})


SYSTEM = Actor(role="system", team="technical")
"""What a policy or a timer says is by nobody in person."""


class Said(TypedDict):
    """The base fields of an event's data, as a command brings them."""

    occurred_on: date
    by: Actor
    via: Via


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every command carries: its id, the London day it is asked on, when it was true, by whom.

    `today` is the London day of the service's clock, or of the heard event. `on` becomes the
    event's `occurred_on`.
    """

    id: UUID
    today: date
    on: date
    by: Actor
    via: Via

    @property
    def said(self) -> Said:
        return Said(occurred_on=self.on, by=self.by, via=self.via)


class Event(BaseModel):
    """A fact, as it is stored, published and proved: the same bytes everywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    said_by: ClassVar[str]
    says: ClassVar[str]
    stream: ClassVar[str]

    occurred_on: Plain[date]
    by: Plain[Actor]
    via: Plain[Via]
    corrects: Identifier[UUID | None] = None

    def __init_subclass__(
        cls, *, stream: str, version: int = 1, said_by: str = "", **kwargs: Any
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.stream, cls.said_by = stream, said_by or cls.__module__.rpartition(".")[2]
        cls.says = f"{cls.__name__.removesuffix(f'V{version}')}.v{version}"

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        for _, name, _, _ in Formatter().parse(cls.stream):
            if name is not None and name not in cls.model_fields:
                raise TypeError(f"{cls.__name__}: the stream {cls.stream!r} names no field {name}")

    @property
    def subject(self) -> str:
        """The name of the stream this event belongs to, such as `case-{person}`."""
        return self.stream.format_map(self.__dict__)

    @property
    def key(self) -> str:
        """The Kafka key: the person the event is about, else the stream."""
        person = self.__dict__.get("person")
        return str(person) if person else self.subject

    def to_json(self) -> bytes:
        """The bytes that are stored, published and hashed. Made once, never again."""
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read stored or heard bytes. Unknown fields are let through, at every depth."""
        return cls.model_validate_json(body, extra="ignore")
