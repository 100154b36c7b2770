"""The pieces that events are made of; each carries its own tags."""

from datetime import date
from typing import Annotated

from pydantic import Field

from contracts.codes import EetPointKind, LengthUnit, Role, StepKind
from contracts.event import FreeText, Part, Plain, Tag


class Length(Part):
    """How long a placement lasts: calendar days, weeks or months."""

    count: Plain[int]
    unit: Plain[LengthUnit]


Points = Annotated[int, Field(ge=0, le=100), Tag.personal]


class MatchScore(Part):
    """How well an opportunity fits a young person, part by part, each 0 to 100."""

    aspiration: Points
    interests: Points
    skills: Points
    travel: Points
    level: Points
    support_fit: Points


class Apology(Part):
    """Somebody could not come, and who came for them, if anybody did."""

    role: Plain[Role]
    substitute: Plain[Role | None] = None


class EetPoint(Part):
    """One point of education, employment or training that a review settled."""

    kind: Plain[EetPointKind]
    text: FreeText


class Action(Part):
    """Something somebody will do, by a day."""

    what: FreeText
    owner: Plain[Role]
    due_by: Plain[date]


class PlanStep(Part):
    """One numbered step of the young person's plan."""

    step: Plain[int]
    kind: Plain[StepKind]
    owner: Plain[Role]
    due_by: Plain[date]
    text: FreeText
