"""Read models: folded in batches, one checkpoint a transaction, and the same however often."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from chronicle.feed import Moved
from chronicle.project import Projector, Unreadable, begin_again, lag, wait_for
from chronicle.wake import Wake
from tests.chronicle.hearing.allotment import (
    V1_PLOT_TAKEN,
    WORDS,
    Bed,
    BedPlanted,
    PlotGivenUp,
    PlotTaken,
)  # fmt: skip
from tests.chronicle.hearing.home import AMI, BEN, Home, waiting_for_a_lock
from tests.chronicle.hearing.read_models.plantings import in_order, plantings
from tests.chronicle.hearing.read_models.plots import Plot, by_number, plots
from tests.chronicle.hearing.rebuilding import MODELS, bytes_of, caught_up
from tests.chronicle.hearing.story import a_story, runner_of

LEEK, KALE = Bed(crop="leek", metres=3), Bed(crop="kále", metres=1)


async def test_nested_optional_and_repeated_values_come_back_as_they_were_folded(
    allotments: Home,
) -> None:
    await allotments.say(
        PlotTaken(holder=AMI, plot=7, until=date(2025, 3, 1)), PlotTaken(holder=BEN, plot=8)
    )
    for bed in (LEEK, KALE):
        await allotments.say(BedPlanted(holder=AMI, bed=bed))
    await allotments.seal()
    await caught_up(await runner_of(allotments))
    ids = [event.event_id for event in await allotments.sealed()]
    async with allotments.pool.acquire() as db:
        ami, ben = await by_number(db)
        planted = await in_order(db)
    taken_at = datetime(2024, 4, 9, 12, tzinfo=UTC)
    assert ami == Plot(
        holder=AMI, plot=7, until=date(2025, 3, 1), taken_at=taken_at, beds=(LEEK, KALE),
        newest=KALE, ripe=True, because=ids[3],
    )  # fmt: skip
    assert ben == Plot(holder=BEN, plot=8, until=None, taken_at=taken_at, because=ids[1])
    assert [(p.event, p.position) for p in planted] == [(ids[2], 3), (ids[3], 4)]


async def test_a_row_goes_when_the_fold_says_so(allotments: Home) -> None:
    runner = await runner_of(allotments)
    await allotments.say(PlotTaken(holder=AMI, plot=7))
    await allotments.seal()
    await caught_up(runner)
    await allotments.say(PlotGivenUp(holder=AMI))
    await allotments.seal()
    await caught_up(runner)
    async with allotments.pool.acquire() as db:
        assert await by_number(db) == []


async def test_a_batch_is_folded_with_one_checkpoint_for_each_read_model(allotments: Home) -> None:
    runner = await runner_of(allotments, batch=4)
    await allotments.say(*a_story(10, seed=1))
    await allotments.seal()
    assert [await runner.step() for _ in range(4)] == [4, 4, 2, 0]
    assert await allotments.rows(
        "select name, epoch, position from chronicle.cursor order by 1"
    ) == [("view/plantings", 1, 10), ("view/plots", 1, 10)]
    async with allotments.pool.acquire() as db:
        assert await lag(db, MODELS) == 0


async def test_a_batch_that_fails_leaves_neither_rows_nor_checkpoint(
    allotments: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`plantings` comes second: what `plots` did in the same transaction must go too."""
    await allotments.say(PlotTaken(holder=AMI, plot=7), BedPlanted(holder=AMI, bed=LEEK))
    await allotments.seal()
    runner = await runner_of(allotments)

    def broken(row: object, event: object, about: object) -> None:
        raise ZeroDivisionError

    broken.__module__ = plantings.fold.__module__
    whole = runner.models
    monkeypatch.setattr(runner, "models", (plots, replace(plantings, fold=broken)))
    with pytest.raises(ZeroDivisionError):
        await runner.step()
    async with allotments.pool.acquire() as db:
        assert await by_number(db) == []
        assert await lag(db, MODELS) == 2
    monkeypatch.setattr(runner, "models", whole)
    await caught_up(runner)
    async with allotments.pool.acquire() as db:
        assert len(await by_number(db)) == 1


async def test_of_two_runners_at_one_cursor_the_second_stops(allotments: Home) -> None:
    await allotments.say(*a_story(20, seed=2))
    await allotments.seal()
    one, other = await runner_of(allotments), await runner_of(allotments)
    admin = await allotments.admin()
    async with admin.transaction():
        await admin.execute("select from chronicle.cursor for update")
        both = asyncio.gather(one.step(), other.step(), return_exceptions=True)
        watching = await allotments.admin()
        await waiting_for_a_lock(watching, sessions=2)
    outcomes = await both
    assert 20 in outcomes
    assert [type(o) for o in outcomes if o != 20] == [Moved]
    async with allotments.pool.acquire() as db:
        live = await bytes_of(db)
    await begun_anew(allotments)
    await caught_up(await runner_of(allotments))
    async with allotments.pool.acquire() as db:
        assert await bytes_of(db) == live


async def begun_anew(home: Home) -> None:
    pool = await home.pool_of("projector")
    async with pool.acquire() as db, db.transaction():
        for model in MODELS:
            await begin_again(db, model)


async def test_a_read_model_that_is_behind_catches_up_alone(allotments: Home) -> None:
    await allotments.say(*a_story(12, seed=3))
    await allotments.seal()
    runner = await runner_of(allotments)
    await caught_up(runner)
    pool = await allotments.pool_of("projector")
    async with pool.acquire() as db, db.transaction():
        await begin_again(db, plots)
    await allotments.say(*a_story(3, seed=4))
    await allotments.seal()
    assert [await runner.step() for _ in range(3)] == [12, 3, 0]
    async with allotments.pool.acquire() as db:
        live = await bytes_of(db)
    await begun_anew(allotments)
    await caught_up(runner)
    async with allotments.pool.acquire() as db:
        assert await bytes_of(db) == live


async def test_a_new_version_is_rebuilt_from_nothing(allotments: Home) -> None:
    await allotments.say(PlotTaken(holder=AMI, plot=7))
    await allotments.seal()
    runner = await runner_of(allotments)
    await caught_up(runner)

    def doubled(row: Plot | None, event: Any, about: Any) -> Plot | None:
        folded = plots.fold(row, event, about)
        return folded and replace(folded, plot=folded.plot * 2)

    doubled.__module__ = plots.fold.__module__
    pool = await allotments.pool_of("projector")
    newer = Projector(
        allotments.url("projector"), pool, WORDS,
        (replace(plots, version=2, fold=doubled), plantings), lambda: None,
    )  # fmt: skip
    await caught_up(newer)
    async with allotments.pool.acquire() as db:
        assert [row.plot for row in await by_number(db)] == [14]
    await allotments.say(PlotTaken(holder=BEN, plot=8))
    await allotments.seal()
    with pytest.raises(Moved):
        await runner.step()


async def test_an_unreadable_event_of_its_own_log_stops_the_projection_and_is_named(
    allotments: Home,
) -> None:
    await allotments.say(PlotTaken(holder=AMI, plot=7))
    await allotments.say_raw("throughcare.allotments.PlotTaken.v2", BEN, b'{"holder": "Rosa"}')
    await allotments.seal()
    runner = await runner_of(allotments)
    with pytest.raises(Unreadable, match=r"^position 2, throughcare\.allotments\.PlotTaken\.v2: "):
        await runner.step()
    async with allotments.pool.acquire() as db:
        assert await by_number(db) == []
        assert await lag(db, MODELS) == 2


async def test_an_unknown_version_stops_the_projection_and_is_named(allotments: Home) -> None:
    await allotments.say_raw("throughcare.allotments.PlotTaken.v9", BEN, b"{}")
    await allotments.seal()
    with pytest.raises(Unreadable, match=r"position 1, .*PlotTaken\.v9: UnknownVersion"):
        await (await runner_of(allotments)).step()


async def test_a_type_that_no_read_model_hears_stops_nothing(allotments: Home) -> None:
    await allotments.say_raw("throughcare.allotments.GateHung.v1", BEN, b"")
    await allotments.say_raw("throughcare.allotments.FenceMended.v9", BEN, b"")
    await allotments.seal()
    assert await (await runner_of(allotments)).step() == 2


async def test_where_others_are_kept_the_unread_is_marked_and_the_rest_goes_on(
    allotments: Home,
) -> None:
    await allotments.say_raw("throughcare.allotments.PlotTaken.v2", BEN, b'{"holder": "Rosa"}')
    await allotments.say_raw("throughcare.allotments.BedPlanted.v9", BEN, b"{}")
    await allotments.say(PlotTaken(holder=AMI, plot=7))
    await allotments.seal()
    await caught_up(await runner_of(allotments, keep_unread=True))
    assert await allotments.rows(
        "select * from chronicle.unread order by read_model, position"
    ) == [
        ("plantings", 2, "UnknownVersion"),
        ("plots", 1, "ValidationError"),
        ("plots", 2, "UnknownVersion"),
    ]
    async with allotments.pool.acquire() as db:
        assert [row.holder for row in await by_number(db)] == [AMI]
    await begun_anew(allotments)
    assert await allotments.rows("select * from chronicle.unread") == []


async def test_a_first_version_in_the_log_is_folded_as_the_second_and_stays_as_it_was(
    allotments: Home,
) -> None:
    body = b'{"holder":"00000000-0000-0000-0000-000000000002","number":4}'
    await allotments.say_raw(V1_PLOT_TAKEN, BEN, body)
    await allotments.seal()
    await caught_up(await runner_of(allotments))
    async with allotments.pool.acquire() as db:
        assert [row.plot for row in await by_number(db)] == [4]
    assert [event.body for event in await allotments.sealed()] == [body]


async def test_who_waits_for_a_write_is_answered_when_every_read_model_has_passed_it(
    allotments: Home,
) -> None:
    runner = await runner_of(allotments)
    await allotments.say(PlotTaken(holder=AMI, plot=7))
    stream = f"holding-{AMI}"
    waiting = asyncio.ensure_future(
        wait_for(allotments.pool, Wake(), MODELS, stream, 1, seconds=20)
    )
    assert not await wait_for(allotments.pool, Wake(), MODELS, stream, 1, seconds=0)
    await allotments.seal()
    assert not await wait_for(allotments.pool, Wake(), MODELS, stream, 1, seconds=0)
    await runner.step()
    assert await waiting
    assert await wait_for(allotments.pool, Wake(), MODELS, stream, 1, seconds=0)
    assert not await wait_for(allotments.pool, Wake(), MODELS, stream, 2, seconds=0)
    async with allotments.pool.acquire() as db:
        assert [row.plot for row in await by_number(db)] == [7]


async def test_who_waits_for_what_does_not_come_is_told_in_time(allotments: Home) -> None:
    await runner_of(allotments)
    async with asyncio.timeout(5):
        assert not await wait_for(allotments.pool, Wake(), MODELS, f"x-{uuid4()}", 1, seconds=0.1)
