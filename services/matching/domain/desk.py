"""City Placements act on work experience alone; the officers on every kind (domain.md 11)."""

from typing import Final

from contracts.codes import Kind, Role
from contracts.event import Actor

CITY_PLACEMENTS: Final[frozenset[Role]] = frozenset({"placements_liaison", "placements_support"})
NOT_THEIR_KIND: Final = (
    "City Placements arrange work experience only:"
    " ask an apprenticeships, traineeships or work-experience officer to do this"
)


def not_their_kind(by: Actor, kind: Kind) -> bool:
    return by.role in CITY_PLACEMENTS and kind != "work_experience"
