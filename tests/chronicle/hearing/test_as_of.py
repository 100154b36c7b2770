"""As of then: the fold of exactly the events up to a position, a moment or a day."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import chronicle.as_of
from chronicle.as_of import as_of, position_at
from chronicle.feed import Sealed
from tests.chronicle.hearing.allotment import WORDS, PlotGivenUp, PlotTaken, Said
from tests.chronicle.hearing.home import AMI, BEN, CAI, Home, about_of
from tests.chronicle.hearing.read_models.plantings import Planting, in_order, plantings
from tests.chronicle.hearing.read_models.plots import Plot, by_number, plots
from tests.chronicle.hearing.rebuilding import MODELS, bytes_of, caught_up
from tests.chronicle.hearing.story import a_story, runner_of

PARTS, EACH = 6, 9


async def a_year(home: Home) -> list[Sealed]:
    """Six blocks a second apart, their events on any day of ten months; folded live."""
    for part in range(PARTS):
        await home.say(*a_story(EACH, seed=part))
        await home.seal()
    await caught_up(await runner_of(home))
    return await home.sealed()


def folded(
    sealed: list[Sealed], position: int, by: date = date.max
) -> tuple[list[Plot], list[Planting]]:
    """The two read models of the events up to a position that occurred by a day, and no others."""
    holdings: dict[Any, Plot] = {}
    planted: dict[Any, Planting] = {}
    for event in sealed:
        said = WORDS.read(event.type, event.body)
        assert isinstance(said, Said)
        if event.position <= position and said.occurred_on <= by:
            if isinstance(said, plots.hears):
                plots.folded(holdings, said, about_of(event))
            if isinstance(said, plantings.hears):
                plantings.folded(planted, said, about_of(event))
    return (
        sorted(holdings.values(), key=lambda row: (row.plot, row.holder)),
        sorted(planted.values(), key=lambda row: row.position),
    )


async def answered(
    home: Home, position: int, effective_on: date | None = None
) -> tuple[list[Plot], list[Planting]]:
    async with home.pool.acquire() as db, db.transaction():
        await as_of(db, WORDS, MODELS, position, effective_on)
        return await by_number(db), await in_order(db)


async def test_as_of_a_position_is_the_fold_of_exactly_those_events(allotments: Home) -> None:
    sealed = await a_year(allotments)
    for position in random.Random(6).sample(range(len(sealed) + 1), 12):
        expected = folded(sealed, position)
        assert await answered(allotments, position) == expected


async def test_as_of_a_moment_is_the_fold_of_exactly_what_was_recorded_by_then(
    allotments: Home,
) -> None:
    begun = allotments.now
    sealed = await a_year(allotments)
    for half_seconds in range(PARTS * 2 + 2):
        then = begun + timedelta(seconds=half_seconds / 2)
        known = min(half_seconds // 2, PARTS) * EACH
        async with allotments.pool.acquire() as db:
            position = await position_at(db, then)
        assert position == known
        expected = folded(sealed, known)
        assert await answered(allotments, position) == expected


async def test_as_of_a_day_is_the_fold_of_exactly_what_had_occurred_by_then(
    allotments: Home,
) -> None:
    sealed = await a_year(allotments)
    chance = random.Random(8)
    seen = set()
    for _ in range(12):
        position = chance.randrange(len(sealed) + 1)
        some = chance.choice(sealed)
        day = WORDS.read(some.type, some.body).occurred_on
        expected = folded(sealed, position, day)
        assert await answered(allotments, position, day) == expected
        seen.add(len(expected[1]))
    assert len(seen) > 4, "the days told nothing apart"


async def test_as_of_the_head_gives_the_live_bytes_and_leaves_them(
    allotments: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chronicle.as_of, "PAGE", 4)
    await allotments.say(*a_story(30, seed=7))
    await allotments.seal()
    await caught_up(await runner_of(allotments))
    async with allotments.pool.acquire() as db:
        live = await bytes_of(db)
        async with db.transaction():
            await as_of(db, WORDS, MODELS, 30)
            assert await bytes_of(db, "pg_temp") == live
        async with db.transaction():
            await as_of(db, WORDS, MODELS, 0)
            assert await by_number(db) == []
        assert await bytes_of(db) == live


async def test_a_time_is_the_last_position_sealed_by_then(allotments: Home) -> None:
    sealed_at = []
    for holder in (AMI, BEN, CAI):
        await allotments.say(PlotTaken(holder=holder, plot=1), PlotGivenUp(holder=holder))
        await allotments.seal()
        sealed_at.append(allotments.now)
    async with allotments.pool.acquire() as db:
        assert [await position_at(db, at) for at in sealed_at] == [2, 4, 6]
        just_before = sealed_at[1].replace(microsecond=0) - (sealed_at[1] - sealed_at[0]) / 2
        assert await position_at(db, just_before) == 2
        assert await position_at(db, datetime(2024, 1, 1, tzinfo=UTC)) == 0
