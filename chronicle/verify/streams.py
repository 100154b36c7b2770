"""Versions per stream: 1, 2, 3 in the order of the log, none twice and none left out."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal, TypeAlias

Stream: TypeAlias = tuple[str, str]
"""The log and the name."""
Saw: TypeAlias = Literal["next", "ahead", "late", "again"]


class Streams:
    """Remembers one number a stream, and whatever came before its turn."""

    def __init__(self) -> None:
        self._through: dict[Stream, int] = {}
        self._ahead: dict[Stream, dict[int, int]] = defaultdict(dict)
        self.disordered: set[int] = set()
        """The blocks of events that came in the wrong order within their stream."""

    def saw(self, stream: Stream, version: int, block: int) -> Saw:
        through = self._through.get(stream, 0)
        if self.follows(stream, version):
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

    def follows(self, stream: Stream, version: int) -> bool:
        return version == self._through.get(stream, 0) + 1 and stream not in self._ahead

    def goes_on(self, stream: Stream, last: int) -> None:
        """Through this version, none left out."""
        self._through[stream] = last

    def gaps(self) -> Iterator[tuple[Stream, int, int]]:
        """Streams that lack a version: which, the version lacking, the block after the gap."""
        for stream, ahead in self._ahead.items():
            if ahead:
                yield stream, self._through.get(stream, 0) + 1, ahead[min(ahead)]
