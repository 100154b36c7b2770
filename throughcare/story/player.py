"""Plays the plan at the doors, day by day: the clock, the timers, what is said, and quiet."""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias
from uuid import UUID

from chronicle.clock import set_file
from contracts.calendar_days import DAY, LONDON
from throughcare.council import Council, worker
from throughcare.story import office
from throughcare.story.desk import COUNCIL, OFFICER, Desk
from throughcare.story.life import UNKNOWN, Life, steps
from throughcare.story.openings import Opening
from throughcare.story.plan import Plan

WEEK = timedelta(weeks=1)
Act: TypeAlias = Callable[[Desk], Awaitable[None]]
Progress: TypeAlias = Callable[[str, int, int], None]
"""Is told the month, and how many of how many days are over."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """What playing the plan brought: the people's ids by number, and how often no was said."""

    last_day: date
    people: dict[int, UUID]
    commands: int
    refused: Counter[str]
    repeated: int
    seconds: float


@dataclass(kw_only=True)
class Stage:
    """Everybody and everything of the plan, and by which id the doors know them."""

    plan: Plan
    meetings: dict[date, UUID] = field(default_factory=dict)
    openings: dict[UUID, Opening] = field(default_factory=dict)
    promised: Counter[UUID] = field(default_factory=Counter)
    lives: list[Life] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lives = [
            Life(
                fate=person, meetings=self.meetings, openings=self.openings, promised=self.promised
            )
            for person in self.plan.people
        ]


async def play(
    council: Council, clock_file: Path, plan: Plan, progress: Progress | None = None
) -> Played:
    """The whole plan, through the doors alone. Raises Unforeseen at the first thing not in it."""
    began = monotonic()
    stage = Stage(plan=plan)
    diary = written(stage)
    first, days = plan.scenario.first_day, (plan.last_day - plan.scenario.first_day).days + 1
    desk = Desk(council=council, seed=plan.scenario.seed, now=nine_o_clock(first))
    for n in range(days):
        day = first + DAY * n
        if progress:
            progress(f"{day:%B %Y}", n, days)
        desk.now = nine_o_clock(day)
        set_file(clock_file, desk.now)
        before = desk.said
        asked = await council.pass_timers()
        for act in diary[day]:
            await act(desk)
        if asked or desk.said > before:
            await council.settle()
    return Played(
        last_day=plan.last_day,
        people={life.fate.number: life.person for life in stage.lives if life.person != UNKNOWN},
        commands=desk.said, refused=desk.refused, repeated=council.repeated,
        seconds=monotonic() - began,
    )  # fmt: skip


def written(stage: Stage) -> Mapping[date, list[Act]]:
    """What is said on each day, in its order: places, meetings, then the people step by step."""
    diary: defaultdict[date, list[Act]] = defaultdict(list)
    plan = stage.plan
    for opening in plan.openings:
        diary[opening.opened_on].append(partial(open_opportunity, stage, opening))
    announced = office.open_on(plan.scenario.first_day)
    for meeting in plan.meetings:
        on = office.open_before(meeting.on - WEEK) if meeting.extraordinary else announced
        diary[on].append(partial(schedule, stage, meeting))
        announced = announced if meeting.extraordinary else meeting.on
    for meeting in plan.meetings:
        diary[meeting.on].append(partial(hold, stage, meeting))
    lived = ((step, life) for life in stage.lives for step in steps(life.fate))
    for step, life in sorted(lived, key=lambda each: (each[0].turn, each[1].fate.number)):
        diary[step.on].append(partial(step.do, life))
    return diary


async def open_opportunity(stage: Stage, opening: Opening, desk: Desk) -> None:
    told: dict[str, Any] = asdict(opening)
    for unsaid in ("number", "opened_on"):
        del told[unsaid]
    told |= {"host": worker(opening.host), "employer": worker(opening.host)}
    told["provider"] = worker(opening.provider) if opening.provider else None
    answer = await desk.say(
        COUNCIL, f"open {opening.number}", "matching", "open-opportunity",
        OFFICER[opening.kind], **told,
    )  # fmt: skip
    stage.openings[UUID(answer.stream.removeprefix("opportunity-"))] = opening


async def schedule(stage: Stage, meeting: office.Meeting, desk: Desk) -> None:
    answer = await desk.say(
        COUNCIL, f"schedule {meeting.on}", "referrals", "schedule-stage1-meeting", "eet_adviser",
        series="extraordinary" if meeting.extraordinary else "monthly", planned_on=meeting.on,
        within_team_meeting=not meeting.extraordinary, extraordinary=meeting.extraordinary,
    )  # fmt: skip
    stage.meetings[meeting.on] = UUID(answer.stream.removeprefix("stage1-"))


async def hold(stage: Stage, meeting: office.Meeting, desk: Desk) -> None:
    await desk.say(
        COUNCIL, "hold", "referrals", "hold-stage1-meeting", "eet_manager",
        meeting=stage.meetings[meeting.on], chair_role="leaving_care_manager",
        attendee_roles=["leaving_care_manager", "leaving_care_adviser", "eet_adviser"],
    )  # fmt: skip


def nine_o_clock(day: date) -> datetime:
    return datetime.combine(day, time(9), LONDON)
