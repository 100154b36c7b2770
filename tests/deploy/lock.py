"""A hashed lock as the tests read it."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from tests.architecture.house import ROOT

WHOLE: Final = ROOT / "requirements.txt"
RUNTIME: Final = ROOT / "deploy/requirements.txt"


def locked(path: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """By package: its version, and the hashes of its files."""
    blocks = re.split(r"^(?=\w)", path.read_text(), flags=re.MULTILINE)
    found = {}
    for block in filter(None, blocks):
        name, version = re.match(r"([\w.-]+)==([^\s;\\]+)", block).groups()  # type: ignore[union-attr]
        found[name] = version, frozenset(re.findall(r"--hash=(sha256:[0-9a-f]{64})", block))
    return found


def installed(folder: Path, lock: Path) -> Path:
    """A folder of packages: those of a lock that are installed here, linked, and no other."""
    folder.mkdir()
    for name in locked(lock):
        try:
            found = distribution(name)
        except PackageNotFoundError:  # one for another platform
            continue
        for top in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            (folder / top).symlink_to(str(found.locate_file(top)))
    return folder
