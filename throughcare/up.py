"""Leave the system running with the story loaded: `python -m throughcare.up` is what stays."""

import asyncio
import json
import subprocess
import sys
from typing import Any, Final

from rich.console import Console

from throughcare import say
from throughcare.databases import SERVICES
from throughcare.demo import MonthBar, told_and_proved
from throughcare.house import House
from throughcare.machine import CannotStart
from throughcare.say import result, talk
from throughcare.story.boards import show
from throughcare.story.player import nine_o_clock
from throughcare.story.scenario import Scenario
from throughcare.supervisor import Stopped, end_running
from throughcare.system import STATE, system

FOLDER: Final = STATE / "up"
PROGRESS: Final = FOLDER / "progress.json"
LOG: Final = FOLDER / "up.log"


async def up(months: int, *, as_json: bool = False) -> None:
    """Start what stays, follow its progress, and print every door. Raises CannotStart."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    PROGRESS.unlink(missing_ok=True)
    child = stays(months)
    try:
        with MonthBar() as told:
            while True:
                at = progress()
                if at.get("doors"):
                    break
                if "month" in at:
                    told(at["month"], at["day"], at["days"])
                if child.poll() is not None:
                    raise CannotStart(last_words())
                await asyncio.sleep(0.2)
    except asyncio.CancelledError:
        await down()
        raise
    if as_json:
        say.as_json(at["doors"])
    else:
        for name, door in at["doors"].items():
            result(f"{name:<12} {door}")
    talk("`make down` stops it")


def stays(months: int) -> "subprocess.Popen[bytes]":
    with LOG.open("wb") as log:
        return subprocess.Popen(
            (sys.executable, "-m", "throughcare.up", str(months)), stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def progress() -> dict[str, Any]:
    try:
        at: dict[str, Any] = json.loads(PROGRESS.read_text())
    except FileNotFoundError:
        return {}
    return at


def last_words() -> str:
    lines = LOG.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else f"it ended at once: read {LOG}"


async def down() -> bool:
    """Stop what stays, with all it started; whether anything ran."""
    return await end_running(FOLDER.resolve())


def tell(**said: object) -> None:
    waiting = PROGRESS.with_suffix(".next")
    waiting.write_text(json.dumps(said))
    waiting.replace(PROGRESS)


def doors(house: House) -> dict[str, str]:
    """Everything that can be opened from outside."""
    every = {service: f"{house.door(service)}/docs" for service in SERVICES}
    every["kafka"] = house.servers
    for service in SERVICES:
        every[f"{service} db"] = house.url(service, "auditor")
    return every | {"keys": str(house.pinned_keys)}


async def stay(months: int) -> None:
    scenario = Scenario(months=months)

    def told(month: str, day: int, days: int) -> None:
        tell(month=month, day=day, days=days)

    async with system(FOLDER, talk, nine_o_clock(scenario.first_day)) as house:
        found = await told_and_proved(house, scenario, told)
        with (FOLDER / "boards.txt").open("w") as out:
            show(found.boards, Console(file=out, width=150), found.verified)
        tell(doors=doors(house))
        await asyncio.Event().wait()


def main() -> int:
    try:
        asyncio.run(stay(int(sys.argv[1])))
    except Stopped as stopped:
        return stopped.exit_code
    except CannotStart as why:
        talk(str(why))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
