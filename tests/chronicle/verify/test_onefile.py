"""The verifier as one file, run by a Python that has nothing installed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from chronicle.verify import told
from chronicle.verify.finding import Kind
from tests.chronicle.verify.book import KEYS, File, file, verdict
from tests.chronicle.verify.test_proof import proof_of
from throughcare.onefile import built

NOTHING_INSTALLED = (sys.executable, "-I", "-S")
NO_CRYPTOGRAPHY = "import cryptography"
BY_MANY = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from chronicle.verify import told
from chronicle.verify.check import verify_file
brought = told.outside(None, Path(sys.argv[3]))
print(*told.lines(verify_file(Path(sys.argv[2]), brought, processes=2, at_once=400)), sep="\\n")
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "verify.pyz").write_bytes(built())
        keys = {str(log): keys for log, keys in KEYS.items()}
        (folder / "keys.json").write_text(json.dumps(keys))
        (folder / "clean.jsonl").write_bytes(file().bytes)
        (folder / "attacked.jsonl").write_bytes(attacked().bytes)
        yield folder


def attacked() -> File:
    cut = file()
    del cut.lines[cut.at("referrals", position=6)]
    return cut


def run(folder: Path, *asked: str) -> "subprocess.CompletedProcess[str]":
    command = [*NOTHING_INSTALLED, "verify.pyz", *asked]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_this_python_has_nothing_installed() -> None:
    tried = subprocess.run([*NOTHING_INSTALLED, "-c", NO_CRYPTOGRAPHY], capture_output=True)
    assert b"ModuleNotFoundError" in tried.stderr


def test_a_clean_file_is_verified_in_the_words_of_the_command(folder: Path) -> None:
    ran = run(folder, "clean.jsonl", "--keys", "keys.json")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == list(told.lines(verdict(file())))


def test_an_attacked_file_has_the_findings_and_the_exit_code(folder: Path) -> None:
    ran = run(folder, "attacked.jsonl", "--keys", "keys.json", "--json")
    assert ran.returncode == Kind.MISSING
    as_told = json.dumps(told.as_json(verdict(attacked())), default=str)
    assert json.loads(ran.stdout) == json.loads(as_told)


def test_a_file_that_vouches_for_itself_is_told_so(folder: Path) -> None:
    ran = run(folder, "clean.jsonl")
    assert ran.returncode == Kind.NOTHING_OUTSIDE
    assert "all that a file can prove of itself" in ran.stdout


def test_the_proof_of_one_event_is_verified_too(folder: Path) -> None:
    (folder / "proof.json").write_bytes(proof_of(9).written())
    assert run(folder, "proof.json", "--keys", "keys.json").returncode == 0
    other = proof_of(9).written().replace(b'"position":9', b'"position":8')
    (folder / "proof.json").write_bytes(other)
    assert run(folder, "proof.json", "--keys", "keys.json").returncode == Kind.EDITED


def test_several_processes_start_from_the_one_file(folder: Path) -> None:
    ran = subprocess.run(
        [*NOTHING_INSTALLED, "-c", BY_MANY, "verify.pyz", "attacked.jsonl", "keys.json"],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.splitlines() == list(told.lines(verdict(attacked())))


@pytest.mark.parametrize("keys", ["clean.jsonl", "nowhere.json"])
def test_what_is_brought_and_cannot_be_read_is_a_wrong_use(folder: Path, keys: str) -> None:
    ran = run(folder, "clean.jsonl", "--keys", keys)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "Traceback" not in ran.stderr


def test_the_same_source_gives_the_same_bytes() -> None:
    assert built() == built()
