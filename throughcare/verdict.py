"""Verify an export or a proof with what was brought, and tell what was found."""

from pathlib import Path

from chronicle.verify import told
from chronicle.verify.check import Verdict
from chronicle.verify.told import as_json as as_json
from chronicle.verify.told import in_all as in_all
from throughcare import say


def of(file: Path, seals: Path | None, keys: Path | None) -> Verdict:
    """Raises NotReadable when what was brought is not what it should be."""
    brought = told.outside(seals, keys)
    with say.progress("verifying", file.stat().st_size) as moved:
        return told.verdict(file, brought, moved)


def show(verdict: Verdict) -> None:
    """The lines of `chronicle.verify.told`."""
    for line in told.lines(verdict):
        say.result(line)
