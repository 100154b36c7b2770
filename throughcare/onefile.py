"""Build the verifier as one file that needs Python 3.11 and nothing else.

`python -m throughcare.onefile build/throughcare-verify.pyz`. The same source gives the same bytes.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import chronicle

ALONE = ("__init__.py", "canonical.py", "merkle.py", "signature.py", "verify/*.py")
MAIN = """\
import sys

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed")
from chronicle.verify.command import main

sys.exit(main())
"""
BEGINNING = b"#!/usr/bin/env python3\n"
SOME_DAY = (2024, 1, 1, 0, 0, 0)


def built() -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, text in sorted(sources()):
            entry = ZipInfo(name, SOME_DAY)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, text)
    return BEGINNING + packed.getvalue()


def sources() -> Iterator[tuple[str, str]]:
    yield "__main__.py", MAIN
    below = Path(chronicle.__path__[0])
    for pattern in ALONE:
        for file in below.glob(pattern):
            yield f"chronicle/{file.relative_to(below).as_posix()}", file.read_text("utf-8")


def main() -> None:
    out = Path(sys.argv[1])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(built())
    out.chmod(0o755)


if __name__ == "__main__":
    main()
