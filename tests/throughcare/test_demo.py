"""`demo`, `up` and `down`, as a newcomer runs them: on embedded parts, in a folder of their own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.architecture.house import ROOT
from throughcare.story.plan import plan
from throughcare.story.scenario import Scenario

THROUGHCARE = (sys.executable, "-c", "from throughcare.cli import main; main()")
PATIENCE = 300.0
GIVEN = {"DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS"}


def started(here: Path, *words: str) -> "subprocess.Popen[str]":
    env = {name: value for name, value in os.environ.items() if name not in GIVEN}
    return subprocess.Popen(
        (*THROUGHCARE, *words), cwd=here, env=env | {"PYTHONPATH": str(ROOT)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def run(here: Path, *words: str) -> tuple[int, Any, str]:
    process = started(here, *words)
    out, talk = process.communicate(timeout=PATIENCE)
    return process.returncode, json.loads(out) if out else None, talk


def running_below(here: Path) -> list[str]:
    """Every process that was told of this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), *process.environ().values()]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if process.pid != os.getpid() and any(str(here) in word for word in told):
            found.append(" ".join(process.cmdline()))
    return found


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    assert running_below(tmp_path / ".throughcare") == []


def test_a_month_is_played_shown_and_proved_without_a_name_in_it(here: Path) -> None:
    code, shown, talk = run(here, "demo", "--months", "1", "--json")
    assert code == 0, talk
    assert shown["verified"].startswith("verified: ")
    assert {row["complete"] for row in shown["completeness"]} == {True}
    assert shown["caseload"]
    folder = here / ".throughcare" / "demo"
    written = [folder / "export.jsonl", *(folder / "logs").glob("*.log")]
    words = b"\n".join(file.read_bytes() for file in written)
    names = {person.name for person in plan(Scenario(months=1)).people}
    assert names
    assert [name for name in names if name.encode() in words] == []
    assert b"@example" not in words


def test_ctrl_c_leaves_nothing_running(here: Path) -> None:
    process = started(here, "demo")
    assert process.stderr is not None
    for line in process.stderr:
        if "four services" in line:
            break
    process.send_signal(signal.SIGINT)
    _, talk = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGINT, talk
    assert "nothing is left running" in talk


def test_what_is_up_answers_until_it_is_taken_down(here: Path) -> None:
    code, doors, talk = run(here, "up", "--months", "1", "--json")
    try:
        assert code == 0, talk
        page = httpx.get(doors["referrals"], trust_env=False)
        assert "POST /register-young-person" in page.text
        known = json.loads((here / ".throughcare" / "house.json").read_text())
        assert set(known["doors"]) == {"referrals", "matching", "reviews", "reporting"}
    finally:
        assert run(here, "down", "--json")[1] == {"stopped": True}
    assert run(here, "down", "--json")[1] == {"stopped": False}
