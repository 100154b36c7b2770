"""A read model of the library: where each book is and what was last said of it."""

from dataclasses import dataclass, replace
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from tests.chronicle.library import BookDonated, ConditionNoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    book: UUID
    place: str = "shelf"
    words: str = ""
    events: int = 1


Heard: TypeAlias = BookDonated | ConditionNoted


def fold(row: Standing | None, event: Heard, about: Envelope) -> Standing:
    if isinstance(event, ConditionNoted) and row:
        return replace(row, words=event.words, events=row.events + 1)
    return Standing(book=event.book)


shelf: ReadModel[Standing, Heard] = ReadModel(
    version=1, row=Standing, hears=get_args(Heard), key=lambda event: event.book, fold=fold
)
