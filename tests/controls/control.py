"""One promise checked twice: by the product as it is, and with one part of it broken on purpose."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass(slots=True)
class Tally:
    """Which breaks were made in this run, and which of them a check saw."""

    made: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        missed = "".join(f"; not seen: {name}" for name in sorted(self.made - self.seen))
        return f"red {len(self.seen)} of {len(self.made)}{missed}"


@dataclass(frozen=True, slots=True)
class Control:
    """`broken` says which of the two runs this is; the breaks of the other one do nothing."""

    broken: bool
    patch: pytest.MonkeyPatch
    tally: Tally

    def breaks(self, target: str, by: Any) -> None:
        """Puts `by` in the place of a part, which `target` names by its full path."""
        if self.broken:
            self.patch.setattr(target, by)

    @contextmanager
    def red(
        self, name: str, match: str, error: type[BaseException] = AssertionError
    ) -> Iterator[None]:
        """What is checked within holds; when broken it must fail, with an error that says `match`.

        `name` is the break, as trust.md 8 calls it.
        """
        if not self.broken:
            yield
            return
        self.tally.made.add(name)
        with pytest.raises(error, match=match):
            yield
        self.tally.seen.add(name)
