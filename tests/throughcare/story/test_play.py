"""Two months of the story, played through the doors of four real services."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chronicle.clock import set_file
from tests.parts import Kafka, Server, folder, now, running
from throughcare import databases, topics
from throughcare.council import Council
from throughcare.house import House
from throughcare.story.desk import Desk, Unforeseen
from throughcare.story.plan import plan
from throughcare.story.player import Played, nine_o_clock, play
from throughcare.story.scenario import Scenario

PREFIX = "story_"
SHORT = Scenario(months=2, unready_starts=1.0)


@pytest.fixture(scope="module")
def clock_file() -> Iterator[Path]:
    with folder() as place:
        set_file(place / "clock", datetime(2024, 4, 1, 8, tzinfo=UTC))
        yield place / "clock"


@pytest.fixture(scope="module")
def house(kafka: Kafka, postgres: Server, clock_file: Path) -> Iterator[House]:
    here = House(
        folder=clock_file.parent, admin_url=postgres.url, servers=kafka.servers,
        kafka_kind=kafka.kind, profile="test", clock_file=clock_file, prefix=PREFIX,
    )  # fmt: skip
    now(databases.drop(postgres.url, PREFIX))
    now(topics.forget(kafka.servers))
    now(here.prepare())
    with ExitStack() as until_the_end:
        for process in here.processes():
            until_the_end.enter_context(running(process))
        yield here
    now(databases.drop(postgres.url, PREFIX))
    now(topics.forget(kafka.servers))


@pytest.fixture(scope="module")
def played(house: House, clock_file: Path) -> Played:
    async def whole() -> Played:
        async with Council.at({s: house.door(s) for s in databases.SERVICES}) as council:
            return await play(council, clock_file, plan(SHORT), months.append_month)

    return now(whole())


class Months(list[str]):
    def append_month(self, month: str, day: int, of: int) -> None:
        if month not in self:
            self.append(month)


months = Months()


def test_two_months_are_played_and_only_planned_refusals_are_heard(played: Played) -> None:
    assert played.last_day == date(2024, 5, 31)
    assert set(played.refused) == {"MAT-10"}
    assert len(played.people) == len(plan(SHORT).people)


def test_the_progress_names_the_months(played: Played) -> None:
    assert months == ["April 2024", "May 2024"]


async def test_a_repeated_command_asks_for_the_same_thing(played: Played, house: House) -> None:
    async with Council.at({"referrals": house.door("referrals")}) as council:
        desk = Desk(council=council, seed=SHORT.seed, now=nine_o_clock(date(2024, 4, 9)))
        key = desk.key("council", "hold")
        asked_for = {"series": "monthly", "planned_on": "2024-06-11"}
        first = await council.say(
            "referrals", "schedule-stage1-meeting", "eet_adviser", key, **asked_for
        )
        assert first.repeated


async def test_a_refusal_that_nobody_planned_names_person_day_and_command(
    played: Played, house: House
) -> None:
    async with Council.at({"referrals": house.door("referrals")}) as council:
        desk = Desk(council=council, seed=SHORT.seed, now=nine_o_clock(date(2024, 5, 31)))
        with pytest.raises(Unforeseen, match="2024-05-31 YP-0001: agree-route was refused, REF-13"):
            await desk.say(
                "YP-0001", "agree", "referrals", "agree-route", "eet_adviser",
                person=played.people[1], route="traineeship", how="phone",
            )  # fmt: skip
