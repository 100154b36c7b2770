"""Verify a whole file: its sections, what they say of one another, and its last line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any, BinaryIO
from uuid import UUID

from chronicle.verify.compare import compare
from chronicle.verify.finding import Finding, Kind, exit_code
from chronicle.verify.lines import Ending, Heading, Redacted, Row, Seal, Stored, meant, read
from chronicle.verify.seals import Outside
from chronicle.verify.section import Section
from chronicle.verify.spool import Spool

AT_ONCE = 2**20


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
    file: BinaryIO, outside: Outside | None = None, progress: Callable[[int], Any] = lambda _: None
) -> Verdict:
    """Everything that can be found in an export; `progress` is told the bytes read so far.

    Memory grows with the number of streams and of findings, not with the number of events.
    """
    outside = outside or Outside()
    with Spool() as spool:
        reading = _Reading(outside, spool)
        reading.read(file, progress)
        findings = [*outside.findings, *reading.findings]
        findings += [found for section in reading.sections for found in section.findings]
        findings += compare(reading.sections, spool)
        findings += _not_here(reading.sections, outside)
        if not findings and not reading.whole:
            said = "its bytes are not those that its last line was made of"
            findings.append(Finding(kind=Kind.EDITED, said=said))
        findings += _alone(reading.sections)
    here = {section.heading.log for section in reading.sections}
    silent = tuple(sorted(outside.keys.keys() - here))
    return Verdict(tuple(map(_checked, reading.sections)), tuple(findings), silent)


class _Reading:
    """The file from its first line to its last."""

    def __init__(self, outside: Outside, spool: Spool) -> None:
        self._outside, self._spool = outside, spool
        self.sections: list[Section] = []
        self.findings: list[Finding] = []
        self.whole = False
        self._section: Section | None = None
        self._digest = sha256()
        self._ended = False
        self._lost = False

    def read(self, file: BinaryIO, progress: Callable[[int], Any]) -> None:
        before, done = b"", 0
        for lines in iter(partial(file.readlines, AT_ONCE), []):
            self._digest.update(before)
            self._digest.update(b"".join(lines[:-1]))
            before = lines[-1]
            for raw in lines:
                self._line(raw)
            done += sum(map(len, lines))
            progress(done)
        self._close()
        if not self._ended:
            said = "it ends before its last line"
            self.findings.append(Finding(kind=Kind.MISSING, said=said))

    def _line(self, raw: bytes) -> None:
        section = self._section
        said, exact = read(raw)
        if type(said) is Stored and section is not None:
            if not exact:
                section.edited(Stored, read=True)
            section.stored(said)
        elif self._ended:
            self.findings.append(Finding(kind=Kind.INSERTED, said="lines after its last line"))
        elif said is None:
            self._unreadable(meant(raw), raw)
        elif isinstance(said, Heading):
            self._begin(said, exact)
        elif isinstance(said, Ending):
            self._end(said, exact)
        elif section is not None:
            if not exact:
                section.edited(type(said), read=True)
            self._within(section, said)
        elif not self._lost:
            self._headless()

    def _within(self, section: Section, said: Row | Redacted | Seal | Stored) -> None:
        if isinstance(said, Row):
            section.row(said)
        elif isinstance(said, Redacted):
            section.shown_by_leaf(said)
        elif isinstance(said, Seal):
            section.seal(said)

    def _begin(self, heading: Heading, exact: bool) -> None:
        self._close()
        if any(section.heading.log == heading.log for section in self.sections):
            said = "a second section of this log"
            self.findings.append(
                Finding(kind=Kind.INSERTED, said=said, service=heading.service, log=heading.log)
            )
        self._lost = False
        self._section = Section(heading, len(self.sections), self._outside, self._spool)
        self.sections.append(self._section)
        if not exact:
            self._section.edited(Heading, read=True)

    def _end(self, ending: Ending, exact: bool) -> None:
        self._close()
        self._ended = True
        self.whole = exact and ending.sha256 == self._digest.digest()

    def _unreadable(self, kind: type[Any], raw: bytes) -> None:
        if not raw.endswith(b"\n"):
            return
        if kind is Ending:
            self._close()
            self._ended = True
        elif kind is Heading or self._section is None:
            self._headless()
        else:
            self._section.unreadable(kind)

    def _headless(self) -> None:
        """Lines of a section whose heading cannot be read are passed over, once it is said."""
        self._close()
        self._lost = True
        said = "the heading of a section cannot be read"
        self.findings.append(Finding(kind=Kind.EDITED, said=said))

    def _close(self) -> None:
        if self._section is not None:
            self._section.close()
        self._section = None


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
