"""The file from its first line to its last: which section a line belongs to."""

from collections.abc import Iterable
from typing import Any

from chronicle.verify.finding import Finding, Kind
from chronicle.verify.lines import Ending, Heading, Redacted, Row, Seal, Stored, meant, read
from chronicle.verify.seals import Outside
from chronicle.verify.section import Section
from chronicle.verify.spool import Spool
from chronicle.verify.stretch import Stretch


class Reading:
    """Takes the lines one by one or stretches of them, in their order; `close` comes last.

    `tags` tells under which tag the events of which section are spooled.
    """

    def __init__(self, outside: Outside, spool: Spool) -> None:
        self._outside, self._spool = outside, spool
        self.sections: list[Section] = []
        self.findings: list[Finding] = []
        self.tags: dict[int, int] = {}
        self.ending: bytes | None = None
        """What the last line says, where it is written as it should be."""
        self._section: Section | None = None
        self._tag = 0
        self._ended = False
        self._lost = False

    def stretch(self, read: Stretch, tag: int) -> bool:
        """False when it has to be read line by line after all."""
        section = self._section
        if section is None or not section.stretch(read):
            return False
        self.tags[tag] = section.number
        return True

    def lines(self, raws: Iterable[bytes], tag: int) -> None:
        """With their ends; the events of each section of them are spooled under a tag of its own.

        The tags are this one and those after it.
        """
        self._tag = tag
        self._tagged()
        for raw in raws:
            self._line(raw)

    def close(self) -> None:
        self._close()
        if not self._ended:
            said = "it ends before its last line"
            self.findings.append(Finding(kind=Kind.MISSING, said=said))

    def _tagged(self) -> None:
        if self._section is not None:
            self._section.tag = self._tag
            self.tags[self._tag] = self._section.number

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
        self._tag += 1
        self._tagged()
        if not exact:
            self._section.edited(Heading, read=True)

    def _end(self, ending: Ending, exact: bool) -> None:
        self._close()
        self._ended = True
        self.ending = ending.sha256 if exact else None

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
