"""Read models built beside the live ones: the same bytes, compared by row, switched at once."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from chronicle.feed import Moved
from chronicle.project import Projector
from chronicle.rebuild import NEXT, Compared, Differ, NotBuilt
from tests.chronicle.hearing.allotment import WORDS, PlotTaken
from tests.chronicle.hearing.home import AMI, BEN, Home, waiting_for_a_lock
from tests.chronicle.hearing.read_models.plantings import plantings
from tests.chronicle.hearing.read_models.plots import Plot, by_number, plots
from tests.chronicle.hearing.rebuilding import beside, bytes_of, caught_up
from tests.chronicle.hearing.story import a_story, runner_of


async def lived(home: Home, events: int = 60) -> Projector:
    """A story folded live, a few events at a time."""
    runner = await runner_of(home)
    story = list(a_story(events, seed=5))
    for start in range(0, events, 7):
        await home.say(*story[start : start + 7])
        await home.seal()
        await caught_up(runner)
    return runner


async def tables(home: Home, schema: str = "view") -> bytes:
    return await bytes_of(await home.admin(), schema)


def nothing_differs(found: list[Compared]) -> bool:
    return all(one.live == one.rebuilt > 0 and one.differ == () for one in found)


@pytest.mark.parametrize(
    ("batch", "other"),
    [
        (10_000, {"PYTHONHASHSEED": "1"}),
        (3, {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Chatham", "PGTZ": "Pacific/Chatham"}),
        (7, {"PYTHONHASHSEED": "2", "LC_ALL": "C", "PYTHONUTF8": "0"}),
    ],
)
async def test_built_by_another_machine_the_tables_have_the_live_bytes(
    allotments: Home, batch: int, other: dict[str, str]
) -> None:
    await lived(allotments)
    live = await tables(allotments)
    assert live.count(b"\n") > 20
    await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.chronicle.hearing.rebuilding",
         allotments.url("projector"), str(batch)],
        check=True, env=os.environ | other,
    )  # fmt: skip
    assert await tables(allotments, NEXT) == live
    assert nothing_differs(await beside(allotments.url("projector")).compare())


async def test_what_comes_during_a_rebuild_is_compared_and_switched_too(allotments: Home) -> None:
    runner = await lived(allotments)
    building = beside(allotments.url("projector"))
    assert await building.build() == 60
    await allotments.say(*a_story(15, seed=6))
    await allotments.seal()
    await caught_up(runner)
    found = await building.compare()
    assert nothing_differs(found)
    assert {one.position for one in found} == {75}
    await allotments.say(*a_story(5, seed=7))
    await allotments.seal()
    await caught_up(runner)
    live = await tables(allotments)
    assert nothing_differs(await building.switch())
    assert await tables(allotments) == live
    with pytest.raises(asyncpg.UndefinedTableError):
        await tables(allotments, NEXT)


async def test_after_a_switch_the_same_runner_goes_on_and_readers_read(allotments: Home) -> None:
    runner = await lived(allotments)
    building = beside(allotments.url("projector"))
    for _ in range(2):
        await building.build()
        await building.switch()
    await allotments.say(PlotTaken(holder=AMI, plot=77))
    await allotments.seal()
    assert await runner.step() == 1
    async with allotments.pool.acquire() as db:
        assert 77 in [row.plot for row in await by_number(db)]


async def test_a_row_that_differs_is_named_and_nothing_is_switched(allotments: Home) -> None:
    await lived(allotments)
    admin = await allotments.admin()
    changed = await admin.fetchval("select holder from view.plots limit 1")
    await admin.execute("update view.plots set plot = plot + 1 where holder = $1", changed)
    gone = await admin.fetchval("delete from view.plantings returning event")
    live = await tables(allotments)
    building = beside(allotments.url("projector"))
    await building.build()
    with pytest.raises(Differ) as refused:
        await building.switch()
    by_name = {one.read_model: one for one in refused.value.found}
    assert by_name["plots"].differ == (str(changed),)
    assert str(gone) in by_name["plantings"].differ
    assert by_name["plantings"].live == 0
    assert await tables(allotments) == live


async def test_a_difference_that_is_explained_is_switched_to(allotments: Home) -> None:
    await lived(allotments)
    right = await tables(allotments)
    await (await allotments.admin()).execute("update view.plots set plot = plot + 1")
    building = beside(allotments.url("projector"))
    await building.build()
    found = await building.switch(explained="plots were counted from one")
    assert not nothing_differs(found)
    assert await tables(allotments) == right


async def test_a_new_version_is_built_beside_and_the_old_runner_stops(allotments: Home) -> None:
    runner = await lived(allotments)

    def doubled(row: Plot | None, event: Any, about: Any) -> Plot | None:
        folded = plots.fold(row, event, about)
        taken = isinstance(event, PlotTaken)
        return replace(folded, plot=event.plot * 2) if folded and taken else folded

    doubled.__module__ = plots.fold.__module__
    models = (replace(plots, version=2, fold=doubled), plantings)
    building = replace(beside(allotments.url("projector")), models=models)
    with pytest.raises(NotBuilt):
        await building.compare()
    await building.build()
    await building.switch(explained="a plot counts double")
    await allotments.say(PlotTaken(holder=BEN, plot=8))
    await allotments.seal()
    with pytest.raises(Moved):
        await runner.step()
    pool = await allotments.pool_of("projector")
    newer = Projector(allotments.url("projector"), pool, WORDS, models, lambda: None)
    await newer.begin()
    assert await newer.step() == 1, "it was not begun again"
    async with allotments.pool.acquire() as db:
        assert 16 in [row.plot for row in await by_number(db)]


async def test_what_a_rebuild_cannot_read_replaces_what_could_not_be_read_before(
    allotments: Home,
) -> None:
    await allotments.say_raw("throughcare.allotments.PlotTaken.v9", AMI, b"{}")
    await allotments.say(PlotTaken(holder=BEN, plot=8))
    await allotments.seal()
    await caught_up(await runner_of(allotments, keep_unread=True))
    admin = await allotments.admin()
    await admin.execute("insert into chronicle.unread values ('plots', 2, 'mended since')")
    building = beside(allotments.url("projector"), keep_unread=True)
    await building.build()
    await building.switch(explained="what was mended is read now")
    assert await allotments.rows("select read_model, position from chronicle.unread") == [
        ("plots", 1)
    ]


async def test_nothing_built_beside_is_said_and_live_tables_behind_are_waited_for(
    allotments: Home,
) -> None:
    await lived(allotments)
    building = beside(allotments.url("projector"))
    with pytest.raises(NotBuilt, match="run `chronicle rebuild`"):
        await building.switch()
    await allotments.say(PlotTaken(holder=AMI, plot=7))
    await allotments.seal()
    await building.build()
    with pytest.raises(NotBuilt, match="the live tables are at position 60, those beside at 61"):
        await building.compare()


async def test_a_long_reader_makes_the_switch_wait_and_others_read_meanwhile(
    allotments: Home,
) -> None:
    await lived(allotments)
    building = beside(allotments.url("projector"))
    await building.build()
    reader, other = await allotments.admin(), await allotments.admin()
    async with reader.transaction():
        await reader.fetch("select * from view.plots")
        switching = asyncio.ensure_future(building.switch())
        await waiting_for_a_lock(await allotments.admin())
        assert await other.fetchval("select count(*) from view.plots") > 0
        assert not switching.done()
    assert nothing_differs(await switching)
