"""A process dies where it was told to, at the pass it was told, and nowhere else."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

PASSES = """
import sys
from pathlib import Path
from tests.faults.armed import Arm
arm = Arm(Path(sys.argv[1]))
for number in range(1, 6):
    for point in ("here", "there"):
        print(number, point, flush=True)
        arm.passed(point)
"""


def passing(file: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", PASSES, str(file)], capture_output=True, text=True, timeout=60
    )


def test_it_dies_by_kill_9_at_the_pass_it_is_armed_for(tmp_path: Path) -> None:
    file = tmp_path / "arm"
    file.write_text("1.0 3 there")
    child = passing(file)
    assert child.returncode == -signal.SIGKILL
    assert child.stdout.splitlines()[-1] == "3 there"
    assert not file.exists()


@pytest.mark.parametrize("told", [None, "1.0 1 elsewhere", "1.0 6 there"])
def test_it_lives_while_it_is_not_armed_for_a_point_it_passes(
    tmp_path: Path, told: str | None
) -> None:
    file = tmp_path / "arm"
    if told:
        file.write_text(told)
    child = passing(file)
    assert child.returncode == 0, child.stderr
    assert child.stdout.splitlines()[-1] == "5 there"
