"""`verify` by itself, for whoever has Python and nothing else."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from chronicle.verify import told
from chronicle.verify.seals import NotReadable

ABOUT = """Whether an export or the proof of one event is what was sealed: no database, no network.

Exit 0 when nothing was found; else the lowest of: 10 edited, 11 missing, 12 inserted, 13
reordered, 14 chain broken, 15 fork, 16 bad signature, 17 nothing outside to compare with."""


def main(given: Sequence[str] | None = None) -> int:
    """The exit code; 2 when what was brought cannot be read."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    asked = _parser().parse_args(given)
    try:
        brought = told.outside(asked.seals, asked.keys)
        found = told.verdict(asked.file, brought)
    except (NotReadable, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if asked.json:
        said = told.as_json(found)
        sys.stdout.write(json.dumps(said, indent=2, ensure_ascii=False, default=str) + "\n")
    else:
        sys.stdout.writelines(line + "\n" for line in told.lines(found))
    return found.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="throughcare-verify", description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("file", type=Path, help="An export or a proof.")
    parser.add_argument("--seals", type=Path, help="Seals you kept, in the lines of an export.")
    parser.add_argument("--keys", type=Path, help="Public keys you hold, {log: [keys]}.")
    parser.add_argument("--json", action="store_true", help="Answer as JSON.")
    return parser
