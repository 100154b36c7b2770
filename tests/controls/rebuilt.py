"""`python -m tests.controls.rebuilt <fold> <url>`: the read models, built beside the live ones."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from chronicle.fact import Envelope
from chronicle.rebuild import Beside
from chronicle.rows import Model
from tests.chronicle.hearing.allotment import WORDS, Heard
from tests.chronicle.hearing.read_models.plantings import plantings
from tests.chronicle.hearing.read_models.plots import Plot, fold, plots


def by_the_clock(row: Plot | None, event: Heard, about: Envelope) -> Plot | None:
    folded = fold(row, event, about)
    return folded and replace(folded, taken_at=datetime.now(UTC))


def in_the_order_of_a_set(row: Plot | None, event: Heard, about: Envelope) -> Plot | None:
    folded = fold(row, event, about)
    return folded and replace(folded, beds=tuple(set(folded.beds)))


FOLDS: dict[str, Callable[[Plot | None, Heard, Envelope], Plot | None]] = {
    each.__name__: each for each in (fold, by_the_clock, in_the_order_of_a_set)
}


def models(name: str) -> tuple[Model, ...]:
    """Both read models, the plots folded by the fold of this name."""
    chosen = FOLDS[name]
    chosen.__module__ = plots.fold.__module__
    return replace(plots, fold=chosen), plantings


if __name__ == "__main__":
    building = Beside(url=sys.argv[2], words=WORDS, models=models(sys.argv[1]))
    asyncio.run(building.build())
