"""Play the story on a system of its own, then show what reporting knows and prove its log."""

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from throughcare import say, verdict
from throughcare.council import Council
from throughcare.databases import SERVICES
from throughcare.house import House
from throughcare.say import talk
from throughcare.story.boards import Boards, boards, figures_hash, show
from throughcare.story.plan import plan, protagonist
from throughcare.story.player import Progress as Told
from throughcare.story.player import nine_o_clock, play
from throughcare.story.scenario import Scenario
from throughcare.system import STATE, remember, system

PATIENCE = 60.0
"""Seconds until the last seal has been heard and checked."""
INCOMPLETE = 11


@dataclass(frozen=True, slots=True)
class Shown:
    boards: Boards
    verified: str
    exit_code: int


async def demo(scenario: Scenario, *, as_json: bool = False) -> int:
    """The whole of it; gives the exit code."""
    async with system(STATE / "demo", talk, nine_o_clock(scenario.first_day)) as house:
        with MonthBar() as told:
            found = await told_and_proved(house, scenario, told)
    figures = figures_hash(found.boards)
    if as_json:
        say.as_json(asdict(found.boards) | {"verified": found.verified, "figures": figures})
    else:
        show(found.boards, Console(), found.verified)
        talk(f"figures {figures}")
    return found.exit_code


class MonthBar:
    """A progress bar that names the month."""

    def __enter__(self) -> Told:
        columns = TextColumn("{task.description:<16}"), BarColumn(), TaskProgressColumn()
        self._bar = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True))
        self._bar.start()
        task = self._bar.add_task("", total=1)

        def told(month: str, day: int, days: int) -> None:
            self._bar.update(task, description=month, completed=day + 1, total=days)

        return told

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


async def told_and_proved(house: House, scenario: Scenario, told: Told) -> Shown:
    """Play, wait until reporting has proved what it holds, ask every board, export and verify."""
    assert house.clock_file
    remember(house)
    the_plan = plan(scenario)
    async with Council.at({service: house.door(service) for service in SERVICES}) as council:
        played = await play(council, house.clock_file, the_plan, told)
        complete = await proved(council)
        hero = protagonist(the_plan)
        found = await boards(
            council, played.last_day, played.people.get(hero.number) if hero else None
        )
        file = house.folder / "export.jsonl"
        await exported(house.door("reporting"), file)
    checked = verdict.of(file, None, house.pinned_keys)
    verified = verdict.in_all(checked)
    return Shown(found, verified, checked.exit_code or (0 if complete else INCOMPLETE))


async def proved(council: Council) -> bool:
    """Until the seals of every log reach its head and all of it is held; False after PATIENCE."""
    for _ in range(int(PATIENCE / 0.25)):
        rows = (await council.ask("reporting", "completeness", "auditor"))["rows"]
        held = {
            row["service"]: row["sealed_through"]
            for row in rows
            if row["complete"] and not row["mismatches"]
        }
        heads = {s: (await council.ask(s, "log"))["head"] for s in SERVICES[:3]}
        if all(held.get(service, 0) == head for service, head in heads.items()):
            return True
        await asyncio.sleep(0.25)
    return False


async def exported(door: str, file: Path) -> None:
    headers = {"X-Actor": "role=auditor; team=governance"}
    async with (
        httpx.AsyncClient(base_url=door, trust_env=False, timeout=60, headers=headers) as client,
        client.stream("GET", "/export") as answer,
    ):
        answer.raise_for_status()
        with file.open("wb") as out:
            async for piece in answer.aiter_bytes():
                out.write(piece)
