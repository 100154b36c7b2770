"""Versions per stream: 1, 2, 3 in the order of the log, none twice and none left out."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal, TypeAlias

Saw: TypeAlias = Literal["next", "ahead", "late", "again"]


class Streams:
    """Remembers one number a stream, and whatever came before its turn."""

    def __init__(self) -> None:
        self._through: dict[str, int] = {}
        self._ahead: dict[str, dict[int, int]] = defaultdict(dict)
        self.disordered: set[int] = set()
        """The blocks of events that came in the wrong order within their stream."""

    def saw(self, stream: str, version: int, block: int) -> Saw:
        through = self._through.get(stream, 0)
        if version == through + 1 and stream not in self._ahead:
            self._through[stream] = version
            return "next"
        ahead = self._ahead[stream]
        if version <= through or version in ahead:
            return "again"
        if version != through + 1:
            ahead[version] = block
            return "ahead"
        self.disordered |= {block, *ahead.values()}
        while version + 1 in ahead:
            version += 1
            del ahead[version]
        self._through[stream] = version
        if not ahead:
            del self._ahead[stream]
        return "late"

    def gaps(self) -> Iterator[tuple[str, int, int]]:
        """Streams that lack a version: its name, the version lacking, the block after the gap."""
        for stream, ahead in self._ahead.items():
            if ahead:
                yield stream, self._through.get(stream, 0) + 1, ahead[min(ahead)]
