"""Verify an export with what was brought, and tell what was found."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from chronicle.verify.check import Verdict, verify
from chronicle.verify.finding import Kind
from chronicle.verify.seals import Outside, read_keys
from throughcare import say

MOST_SHOWN = 100
"""Findings that are printed; `--json` gives all of them."""


def of(file: Path, seals: Path | None, keys: Path | None) -> Verdict:
    """Raises NotReadable when what was brought is not what it should be."""
    outside = Outside(keys=read_keys(keys.read_bytes()) if keys else {})
    if seals:
        with seals.open("rb") as kept:
            outside.keep(kept)
    with file.open("rb") as exported, say.progress("verifying", file.stat().st_size) as moved:
        return verify(exported, outside, moved)


def as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "exit_code": verdict.exit_code,
        "logs": [asdict(log) for log in verdict.logs],
        "silent": list(verdict.silent),
        "findings": [asdict(f) | {"kind": f.kind.name.lower()} for f in verdict.findings],
    }


def show(verdict: Verdict) -> None:
    """A line for each finding, then each log, then what it comes to."""
    for finding in verdict.findings[:MOST_SHOWN]:
        say.result(str(finding))
    if (more := len(verdict.findings) - MOST_SHOWN) > 0:
        say.result(f"and {more} more: --json gives all")
    say.table(
        ("service", "log", "positions", "blocks", "events", "seals", "vouched for through"),
        [
            (log.service, log.log, log.through, log.blocks, log.events + log.redacted, log.seals,
             log.vouched or "nothing")
            for log in verdict.logs
        ],
    )  # fmt: skip
    for log in verdict.silent:
        say.result(
            f"nothing of log {log}, whose key you brought: it has said nothing yet, or all of it"
            " was taken out, and only a seal that you kept can tell"
        )
    say.result(in_all(verdict))


def in_all(verdict: Verdict) -> str:
    if verdict.exit_code == 0:
        events = sum(log.events + log.redacted for log in verdict.logs)
        return f"verified: {events} events of {len(verdict.logs)} logs"
    if verdict.exit_code == Kind.NOTHING_OUTSIDE:
        return (
            "consistent, which is all that a file can prove of itself: bring the services' public"
            " keys with --keys, or any seal that you kept with --seals"
        )
    return f"NOT verified: {len(verdict.findings)} findings"
