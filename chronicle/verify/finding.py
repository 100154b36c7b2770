"""What verify can find, each kind with the exit code of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID


class Kind(IntEnum):
    """The value is the exit code; of several findings the lowest counts."""

    EDITED = 10
    MISSING = 11
    INSERTED = 12
    REORDERED = 13
    CHAIN_BROKEN = 14
    FORK = 15
    BAD_SIGNATURE = 16
    NOTHING_OUTSIDE = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong and where: as near as the file lets it be known."""

    kind: Kind
    said: str
    service: str = ""
    log: UUID | None = None
    block: int | None = None
    position: int | None = None
    event: UUID | None = None

    @property
    def where(self) -> str:
        """`referrals block 7 position 41 event 0190…`"""
        named = (("block", self.block), ("position", self.position), ("event", self.event))
        words = [f"{name} {value}" for name, value in named if value is not None]
        return " ".join([self.service or "the file", *words])

    def __str__(self) -> str:
        return f"{self.kind.name.lower().replace('_', ' ')}: {self.where}: {self.said}"


def exit_code(findings: Iterable[Finding]) -> int:
    """The lowest kind found, 0 when nothing was."""
    return min((int(finding.kind) for finding in findings), default=0)
