"""The same event in two places of the file: reporting's copy vouches for the origin, and back."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from uuid import UUID

from chronicle.verify.finding import Finding, Kind
from chronicle.verify.lines import Row
from chronicle.verify.section import Section
from chronicle.verify.spool import Seen

MOST_NAMED = 10
"""Positions that are listed one by one; more are given from the first to the last."""


def unsound(sections: Sequence[Section]) -> list[set[int]]:
    """The blocks of each section that something is wrong with."""
    return [section.chain.unsound for section in sections]


def compare(sections: Sequence[Section], unusual: Iterable[list[Seen]]) -> Iterator[Finding]:
    """Events that are there twice or otherwise, and what is to be thought of doubtful blocks."""
    blocks = unsound(sections)
    vouched: Counter[tuple[int, int]] = Counter()
    alone: dict[tuple[int, int], list[Seen]] = defaultdict(list)
    changed: set[tuple[int, int]] = set()

    def sound(seen: Seen) -> bool:
        return seen.block not in blocks[seen.section]

    for places in unusual:
        yield from _twice(sections, places, sound)
        for seen in places:
            others = [other for other in places if other.section != seen.section]
            if sound(seen):
                continue
            if any(other.leaf == seen.leaf for other in others if sound(other)):
                vouched[seen.section, seen.block] += 1
            elif any(other.leaf != seen.leaf for other in others):
                changed.add((seen.section, seen.block))
                yield _found(sections, seen, Kind.EDITED, "it is not what its copy says")
            else:
                alone[seen.section, seen.block].append(seen)
    for section in sections:
        for row in section.chain.doubtful.values():
            place = section.number, row.block_no
            if place not in changed:
                yield from _doubtful(section, row, vouched[place], alone[place], sections)


def _twice(
    sections: Sequence[Section], places: list[Seen], sound: Callable[[Seen], bool]
) -> Iterator[Finding]:
    by_section: dict[int, list[Seen]] = defaultdict(list)
    for seen in places:
        by_section[seen.section].append(seen)
    for found in by_section.values():
        if len(found) > 1:
            second = next((seen for seen in found if not sound(seen)), found[-1])
            if len({seen.leaf for seen in found}) == 1:
                yield _found(sections, second, Kind.INSERTED, "the same event is there twice")
            else:
                yield _found(sections, second, Kind.FORK, "two events have this id")
    believed = [seen for seen in places if sound(seen)]
    if len(by_section) > 1 and len({seen.leaf for seen in believed}) > 1:
        for seen in believed:
            yield _found(sections, seen, Kind.FORK, "two sealed histories tell it otherwise")


def _doubtful(
    section: Section, row: Row, vouched: int, alone: list[Seen], sections: Sequence[Section]
) -> Iterator[Finding]:
    """A root that is not that of its events, whose number and positions are right."""
    if vouched == row.n:
        said = "each of its events is what its copy says: they are not in order"
        yield _block(section, row, Kind.REORDERED, said)
    elif len(alone) == 1 and vouched + 1 == row.n:
        yield _found(sections, alone[0], Kind.EDITED, "it is not what was sealed")
    else:
        rest = vouched + len(alone) == row.n and len(alone) <= MOST_NAMED
        named = sorted(seen.position for seen in alone) if rest else [row.first, "to", row.last]
        said = f"one of positions {' '.join(map(str, named))} is not what was sealed"
        yield _block(section, row, Kind.EDITED, said)


def _block(section: Section, row: Row, kind: Kind, said: str) -> Finding:
    return Finding(
        kind=kind, said=said, service=section.heading.service, log=section.heading.log,
        block=row.block_no, position=row.first if row.n == 1 else None,
    )  # fmt: skip


def _found(sections: Sequence[Section], seen: Seen, kind: Kind, said: str) -> Finding:
    heading = sections[seen.section].heading
    return Finding(
        kind=kind, said=said, service=heading.service, log=heading.log, block=seen.block,
        position=seen.position, event=UUID(bytes=seen.event),
    )  # fmt: skip
