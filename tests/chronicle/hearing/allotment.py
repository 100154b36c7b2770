"""Invented contracts: a society lets allotments, and its shed lends a spade with each plot taken.

Three services: `allotments` says what happens, `shed` hears it, `archive` keeps all of it. Nothing
here is a contract or a service of the house.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self, TypeAlias, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from chronicle.decider import Decider, Envelope, Policy, Refused, Samples, derived
from chronicle.words import Words

ALLOTMENTS, SHED, ARCHIVE = "allotments", "shed", "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bed:
    crop: str
    metres: int


class Said(BaseModel):
    """An event, as the kernel asks for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    said_by: ClassVar[str] = ALLOTMENTS
    says: ClassVar[str]
    holder: UUID
    occurred_on: date = date(2024, 4, 9)

    @property
    def subject(self) -> str:
        return f"holding-{self.holder}"

    @property
    def key(self) -> str:
        return str(self.holder)

    def to_json(self) -> bytes:
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        return cls.model_validate_json(body, extra="ignore")


class PlotTaken(Said):
    says: ClassVar[str] = "PlotTaken.v2"
    plot: int
    until: date | None = None


class BedPlanted(Said):
    says: ClassVar[str] = "BedPlanted.v1"
    bed: Bed


class PlotGivenUp(Said):
    says: ClassVar[str] = "PlotGivenUp.v1"


class FenceMended(Said):
    """Said, and heard by nobody."""

    says: ClassVar[str] = "FenceMended.v1"


class SpadeLent(Said):
    said_by: ClassVar[str] = SHED
    says: ClassVar[str] = "SpadeLent.v1"
    plot: int

    @property
    def subject(self) -> str:
        return f"spade-{self.holder}"


V1_PLOT_TAKEN = "throughcare.allotments.PlotTaken.v1"
"""The first version called the plot's number `number`."""
WORDS = Words(
    [PlotTaken, BedPlanted, PlotGivenUp, FenceMended, SpadeLent],
    {V1_PLOT_TAKEN: lambda said: {"holder": said["holder"], "plot": said["number"]}},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size(Policy):
    most_metres: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePlot:
    id: UUID
    holder: UUID
    plot: int
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantBed:
    id: UUID
    holder: UUID
    bed: Bed
    size: Size


@dataclass(frozen=True, slots=True, kw_only=True)
class LendSpade:
    id: UUID
    holder: UUID
    plot: int


def let(command: TakePlot | PlantBed, taken: bool) -> list[PlotTaken | BedPlanted]:
    match command, taken:
        case TakePlot(), True:
            raise Refused("PLOT-01", "this holder has a plot")
        case TakePlot() as c, _:
            return [PlotTaken(holder=c.holder, plot=c.plot, until=c.until)]
        case PlantBed(bed=bed, size=size), _ if bed.metres > size.most_metres:
            raise Refused("PLOT-03", f"a bed has at most {size.most_metres} metres")
        case PlantBed() as c, True:
            return [BedPlanted(holder=c.holder, bed=c.bed)]
        case _:
            raise Refused("PLOT-02", "there is no plot to plant")


def lend(command: LendSpade, lent: bool) -> list[SpadeLent]:
    if command.plot == UNLUCKY:
        raise Refused("SHED-13", "no spade goes to that plot")
    return [SpadeLent(holder=command.holder, plot=command.plot)]


UNLUCKY = 13
NOBODY = UUID(int=0)
MOST = Size(rule="bed.size@2024-01-01", most_metres=5)
letting: Decider[TakePlot | PlantBed, bool, PlotTaken | BedPlanted] = Decider(
    reads=lambda command: [f"holding-{command.holder}"],
    events=(PlotTaken, BedPlanted, PlotGivenUp), initial=False, decide=let,
    evolve=lambda taken, event, about: not isinstance(event, PlotGivenUp),
    samples=Samples(
        commands=(
            TakePlot(id=NOBODY, holder=NOBODY, plot=1),
            PlantBed(id=NOBODY, holder=NOBODY, bed=Bed(crop="leek", metres=1), size=MOST),
        ),
        states=(False, True),
    ),
    named=lambda taken: "taken" if taken else "free",
)  # fmt: skip
lending: Decider[LendSpade, bool, SpadeLent] = Decider(
    reads=lambda command: [f"spade-{command.holder}"], events=(SpadeLent,), initial=False,
    decide=lend, evolve=lambda lent, event, about: True,
    samples=Samples(commands=(LendSpade(id=NOBODY, holder=NOBODY, plot=1),), states=(False, True)),
)  # fmt: skip

Heard: TypeAlias = PlotTaken | BedPlanted | PlotGivenUp
HEARD = get_args(Heard)


def spade_for(event: PlotTaken, about: Envelope) -> LendSpade:
    return LendSpade(id=derived(about.id, "LendSpade"), holder=event.holder, plot=event.plot)
