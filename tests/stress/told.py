"""What writers say was acknowledged, a JSON line each, from one process to another."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import monotonic_ns

from chronicle.append import Line, Reached, reached


@dataclass(frozen=True, slots=True)
class Told:
    """When it was acknowledged (ns of the machine's monotonic clock), and what it wrote: stream,
    first version, count. Of a command its id, what it reached, and whether that was said before.
    """

    at: int
    wrote: tuple[tuple[str, int, int], ...]
    command: str | None = None
    reached: Reached | None = None
    repeated: bool = False

    @property
    def events(self) -> list[tuple[str, int]]:
        return [(s, v) for s, first, count in self.wrote for v in range(first, first + count)]

    def spoken(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def acknowledged(said: Sequence[Line], command: object = None) -> Told:
    """Just now, of a command when there is one."""
    first: dict[str, int] = {}
    for one in said:
        first.setdefault(one.stream, one.version)
    wrote = tuple((s, first[s], last - first[s] + 1) for s, last in reached(said))
    if command is None:
        return Told(monotonic_ns(), wrote)
    return Told(monotonic_ns(), wrote, str(command), reached(said))


def answered_again(command: object, first: Reached | None) -> Told:
    return Told(monotonic_ns(), (), str(command), first, True)


def heard(line: str) -> Told:
    said = json.loads(line)
    wrote = tuple((stream, first, count) for stream, first, count in said.pop("wrote"))
    first = said.pop("reached")
    return Told(
        **said, wrote=wrote,
        reached=None if first is None else tuple((stream, version) for stream, version in first),
    )  # fmt: skip
