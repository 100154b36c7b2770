"""What a read model shows after these events."""

from collections.abc import Hashable
from typing import Any, TypeVar

from chronicle.given import Told
from chronicle.read_model import ReadModel

R = TypeVar("R")


def rows(model: ReadModel[R, Any], *told: Told[Any]) -> list[R]:
    found: dict[Hashable, R] = {}
    for one in told:
        if isinstance(one.event, model.hears):
            model.folded(found, one.event, one.about)
    return list(found.values())
