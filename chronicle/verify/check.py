"""Verify a whole file: its sections, what they say of one another, and its last line."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from uuid import UUID

from chronicle.verify import proof
from chronicle.verify.compare import compare, unsound
from chronicle.verify.finding import Finding, Kind, exit_code
from chronicle.verify.hands import Alone, Many, parts_for
from chronicle.verify.lines import ending
from chronicle.verify.ranges import AT_ONCE, Moved, lines_of, ranges, size_of
from chronicle.verify.reading import Reading
from chronicle.verify.seals import Outside, Sealed
from chronicle.verify.section import Section

LAST_LINE = len(ending(bytes(32)))
WORTH_IT = 32 * 2**20
"""Bytes of a file that is read faster by several processes, their start included."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One log as the file tells it; something from outside speaks for `vouched` positions."""

    service: str
    log: UUID
    through: int
    blocks: int
    events: int
    redacted: int
    seals: int
    vouched: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """`silent` are the logs whose key was brought and of which the file has nothing: either they
    said nothing yet, or all they said was taken out, which a seal kept elsewhere would tell.
    """

    logs: tuple[Checked, ...]
    findings: tuple[Finding, ...]
    silent: tuple[UUID, ...]

    @property
    def exit_code(self) -> int:
        return exit_code(self.findings)


def verify(
    file: BinaryIO,
    outside: Outside | None = None,
    progress: Moved = lambda _: None,
    at_once: int = AT_ONCE,
) -> Verdict:
    """Everything that can be found in an export; `progress` is told the bytes read so far.

    Memory grows with the number of streams and of findings, not with the number of events.
    """
    with TemporaryDirectory() as folder:
        hands = Alone(file, Path(folder), parts_for(size_of(file)))
        return _verify(file, hands, outside or Outside(), progress, at_once)


def verify_file(
    path: Path,
    outside: Outside | None = None,
    progress: Moved = lambda _: None,
    processes: int = 1,
    at_once: int = AT_ONCE,
) -> Verdict:
    """The same, by so many processes."""
    with path.open("rb") as file:
        if processes == 1:
            return verify(file, outside, progress, at_once)
        with (
            TemporaryDirectory() as folder,
            Many(path, Path(folder), parts_for(size_of(file)), processes) as hands,
        ):
            return _verify(file, hands, outside or Outside(), progress, at_once)


def processes_for(size: int) -> int:
    """One where the start of others would take longer than they save."""
    return (os.cpu_count() or 1) if size >= WORTH_IT else 1


def verify_proof(raw: bytes, outside: Outside | None = None) -> Verdict:
    """What `prove` wrote: one event, its block, the seal that names it."""
    outside = outside or Outside()
    found = proof.read(raw)
    sealed = Sealed.of(found.seal.body) if found else None
    row = proof.named(sealed, found.position) if found and sealed else None
    if found is None or sealed is None or row is None:
        said = "it cannot be read, or its seal does not name its position"
        return Verdict((), (Finding(kind=Kind.EDITED, said=said),), ())
    findings = (*outside.findings, *proof.check(found, sealed, row, outside))
    vouched = 0 if findings else found.position
    log = Checked(sealed.service, sealed.log, found.position, 1, 1, 0, 1, vouched)
    return Verdict((log,), findings, ())


def _verify(
    file: BinaryIO, hands: Alone | Many, outside: Outside, progress: Moved,
    at_once: int,
) -> Verdict:  # fmt: skip
    size = size_of(file)
    digest = hands.digest(size - LAST_LINE)
    reading = Reading(outside, hands.spool)
    for piece in hands.stretches(ranges(file, size, at_once)):
        done = piece.start
        if piece.stretch is not None and reading.stretch(piece.stretch, piece.tag):
            done = piece.rest
        for lines in lines_of(file, done, piece.end):
            reading.lines(lines, piece.tag + 1)
        progress(piece.end)
    reading.close()
    hands.spool.write_out()
    findings = [*outside.findings, *reading.findings]
    findings += [found for section in reading.sections for found in section.findings]
    findings += compare(reading.sections, hands.unusual(reading.tags, unsound(reading.sections)))
    findings += _not_here(reading.sections, outside)
    if not findings and reading.ending != digest():
        said = "its bytes are not those that its last line was made of"
        findings.append(Finding(kind=Kind.EDITED, said=said))
    findings += _alone(reading.sections)
    here = {section.heading.log for section in reading.sections}
    silent = tuple(sorted(outside.keys.keys() - here))
    return Verdict(tuple(map(_checked, reading.sections)), tuple(findings), silent)


def _not_here(sections: Sequence[Section], outside: Outside) -> Iterator[Finding]:
    """Logs and seals that are known from elsewhere in the file, or from outside it."""
    here = {section.heading.log for section in sections}
    for log, (service, through) in _kept_and_not_met(outside).items():
        said = f"a seal you brought names its positions to {through}"
        yield Finding(kind=Kind.MISSING, said=said, service=service, log=log, position=through)
        here.add(log)
    copied = {log for section in sections for log in section.copied}
    for name in sorted(copied - {str(log) for log in here}):
        yield Finding(kind=Kind.MISSING, said=f"nothing of log {name}, of which it has copies")


def _kept_and_not_met(outside: Outside) -> dict[UUID, tuple[str, int]]:
    last: dict[UUID, tuple[str, int]] = {}
    for (log, _), kept in outside.kept.items():
        last[log] = kept.service, max(kept.through, last.get(log, ("", 0))[1])
    return last


def _alone(sections: Sequence[Section]) -> Iterator[Finding]:
    for section in sections:
        if section.chain.count and not section.signatures.compared:
            yield Finding(
                kind=Kind.NOTHING_OUTSIDE, service=section.heading.service,
                log=section.heading.log,
                said="neither a key nor a seal of this log was brought: it vouches for itself",
            )  # fmt: skip


def _checked(section: Section) -> Checked:
    heading, signatures = section.heading, section.signatures
    return Checked(
        heading.service, heading.log, heading.through, section.chain.count, section.events,
        section.redacted, signatures.count, signatures.vouched,
    )  # fmt: skip
