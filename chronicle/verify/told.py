"""What was found, in lines for a person and in JSON for a program: the same wherever it is run."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chronicle.verify.check import Verdict, processes_for, verify_file, verify_proof
from chronicle.verify.finding import Kind
from chronicle.verify.proof import BEGINS, MOST
from chronicle.verify.ranges import Moved
from chronicle.verify.seals import Outside, read_keys

MOST_SHOWN = 100
"""Findings that are told one by one; JSON has all of them."""
COLUMNS = ("service", "log", "positions", "blocks", "events", "seals", "vouched for through")


def outside(seals: Path | None, keys: Path | None) -> Outside:
    """What was brought along. Raises NotReadable when it is not what it should be."""
    brought = Outside(keys=read_keys(keys.read_bytes()) if keys else {})
    if seals:
        with seals.open("rb") as kept:
            brought.keep(kept)
    return brought


def verdict(file: Path, brought: Outside, progress: Moved = lambda _: None) -> Verdict:
    """Of an export, or of the proof of one event."""
    with file.open("rb") as opened:
        if opened.read(len(BEGINS)) == BEGINS:
            opened.seek(0)
            return verify_proof(opened.read(MOST), brought)
    return verify_file(file, brought, progress, processes_for(file.stat().st_size))


def as_json(found: Verdict) -> dict[str, Any]:
    """Ids are left for the encoder to write as text."""
    return {
        "exit_code": found.exit_code,
        "logs": [asdict(log) for log in found.logs],
        "silent": list(found.silent),
        "findings": [asdict(f) | {"kind": f.kind.name.lower()} for f in found.findings],
    }


def lines(found: Verdict) -> Iterator[str]:
    """One for each finding, then each log, then what it comes to."""
    yield from map(str, found.findings[:MOST_SHOWN])
    if (more := len(found.findings) - MOST_SHOWN) > 0:
        yield f"and {more} more: --json gives all"
    rows = [
        (log.service, log.log, log.through, log.blocks, log.events + log.redacted, log.seals,
         log.vouched or "nothing")
        for log in found.logs
    ]  # fmt: skip
    yield from table([COLUMNS, *rows])
    for log in found.silent:
        yield (
            f"nothing of log {log}, whose key you brought: it has said nothing yet, or all of it"
            " was taken out, and only a seal that you kept can tell"
        )
    yield in_all(found)


def table(rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    """One line a row, in columns."""
    widths = [max(len(str(cell)) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (str(cell).ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def in_all(found: Verdict) -> str:
    if found.exit_code == 0:
        events = sum(log.events + log.redacted for log in found.logs)
        return f"verified: {events} events of {len(found.logs)} logs"
    if found.exit_code == Kind.NOTHING_OUTSIDE:
        return (
            "consistent, which is all that a file can prove of itself: bring the services' public"
            " keys with --keys, or any seal that you kept with --seals"
        )
    return f"NOT verified: {len(found.findings)} findings"
