"""What an export of reporting's has of a log, after the position where the log itself ends."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from chronicle.append import Line
from chronicle.execute import envelope
from chronicle.verify.check import verify
from chronicle.verify.finding import Kind
from chronicle.verify.lines import Heading, Redacted, Row, Seal, Stored, read
from chronicle.verify.seals import Keys, Outside


class CannotGiveBack(Exception):
    """Why nothing was given back; the log is as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a log ends here: its last block and its last seal, 0 and empty where it has none."""

    log: UUID
    service: str
    block_no: int
    hash: bytes
    seal_no: int
    seal: bytes
    next_pos: int


@dataclass(slots=True)
class Lost:
    """The blocks after the end, in order, their events, and the seals that name them."""

    blocks: list[Row] = field(default_factory=list)
    events: list[Line] = field(default_factory=list)
    seals: list[Seal] = field(default_factory=list)


def must_be_verified(service: str, file: Path, keys: Keys) -> None:
    """A hole in another log harms nothing here; whatever else is found does. CannotGiveBack."""
    with file.open("rb") as exported:
        verdict = verify(exported, Outside(keys=keys))
    found = [
        finding
        for finding in verdict.findings
        if finding.kind != Kind.MISSING or finding.service in ("", service)
    ]
    if found:
        raise CannotGiveBack(f"{file} does not verify, {len(found)} findings: {found[0]}")


def lines_of(file: Path) -> Iterator[tuple[Heading | None, object]]:
    """Every line of an export, with the heading of its section."""
    heading = None
    with file.open("rb") as exported:
        for raw in exported:
            said, _ = read(raw)
            heading = said if isinstance(said, Heading) else heading
            yield heading, said


def lost_after(end: End, file: Path) -> Lost:
    """CannotGiveBack when the file has nothing more, or another history up to there."""
    lost, same = Lost(), end.block_no == 0
    for heading, said in lines_of(file):
        if heading is None or heading.log != end.log:
            continue
        match said:
            case Row(block_no=end.block_no):
                same = said.hash == end.hash
            case Row() if said.block_no > end.block_no:
                lost.blocks.append(said)
            case Stored() if said.position >= end.next_pos:
                lost.events.append(_line(said, end.log))
            case Redacted() if said.position >= end.next_pos:
                raise CannotGiveBack(f"{file} shows position {said.position} only by its leaf")
            case Seal(seal_no=end.seal_no):
                same = same and said.body == end.seal
            case Seal() if said.seal_no > end.seal_no:
                lost.seals.append(said)
    if not lost.blocks:
        raise CannotGiveBack(
            f"{file} has nothing of {end.service}, log {end.log}, after position {end.next_pos - 1}"
        )
    if not same:
        raise CannotGiveBack(
            f"block {end.block_no} of {end.service} is another in {file}: after the restore another"
            " history was sealed here"
        )
    return lost


def _line(event: Stored, log: UUID) -> Line:
    about = envelope(event.meta)
    if about.log != log:
        raise CannotGiveBack(
            f"position {event.position} is a copy of an event of log {about.log}: a witness is not"
            " given back but begun again, and hears everything anew"
        )
    return Line(
        about.subject, about.sequence, about.type, about.id, about.time, about.key, event.meta,
        event.body,
    )  # fmt: skip
