"""How the two commands are run and read, and what the house of these tests knows."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
from typer.testing import CliRunner

from throughcare import chronicle_cli, cli
from throughcare.house import House
from throughcare.options import AUDITOR

PROGRAMS = {"throughcare": cli.app, "chronicle": chronicle_cli.app}
WORKER = "worker=00000000-0000-4000-8000-000000000001"
NAME = "Ami Whitlock-Testcase"
PATIENCE = 60.0
EET = f"{WORKER}; role=eet_adviser; team=eet"


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    talk: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*words: str, program: str = "throughcare") -> Ran:
    ran = CliRunner().invoke(PROGRAMS[program], words, prog_name=program, catch_exceptions=False)
    return Ran(ran.exit_code, ran.stdout, ran.stderr)


def sealed(house: House) -> bool:
    """Whether both logs are in an export, and reporting's own has said that it checked."""
    answer = httpx.get(f"{house.door('reporting')}/export", headers={"X-Actor": AUDITOR})
    said = [json.loads(line) for line in answer.text.splitlines()]
    return len([line for line in said if line.get("through", 0) > 0]) == 2
