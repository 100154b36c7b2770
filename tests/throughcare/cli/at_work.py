"""How the two commands are run and read, and what the house of these tests knows."""

import json
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
from typer.testing import CliRunner

from throughcare import chronicle_cli, cli
from throughcare.house import House
from throughcare.options import AUDITOR

PROGRAMS = {"throughcare": cli.app, "chronicle": chronicle_cli.app}
WORKER = "worker=00000000-0000-4000-8000-000000000001"
NAME = "Ami Whitlock-Testcase"
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


async def sealed(house: House) -> bool:
    """Both logs are in an export, reporting's own has said that it checked, and referrals has
    every seal of it."""
    async with httpx.AsyncClient(headers={"X-Actor": AUDITOR}) as client:
        answer = await client.get(f"{house.door('reporting')}/export")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    said = [line for line in lines if line.get("through", 0) > 0]
    db = await asyncpg.connect(house.url("referrals", "auditor"))
    kept = await db.fetchval(
        "select max(last_pos) from chronicle.witness where service = 'reporting'"
    )
    await db.close()
    own = [line["through"] for line in said if line["service"] == "reporting"]
    return len(said) == 2 and own == [kept]
