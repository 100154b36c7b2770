"""What is parked is looked at, mended, released in order, or dropped, with who and why."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from chronicle.consume import Inbox, handle_parked
from chronicle.db import Db
from chronicle.decider import Refused
from chronicle.inbox import claim, lock_key
from chronicle.parking import (
    BadEnvelope,
    Heard,
    NotParked,
    drop,
    holds,
    listed,
    mend,
    park,
    release,
    set_aside,
)  # fmt: skip
from tests.chronicle.hearing.allotment import UNLUCKY, PlotTaken
from tests.chronicle.hearing.ears import HEARS
from tests.chronicle.hearing.home import AMI, BEN, NOON, Home, Letter, letter, waiting_for_a_lock
from tests.chronicle.hearing.test_border import structured

SOURCE, SHED = "/throughcare/allotments", "shed"


def taken(n: int, holder: UUID = AMI, plot: int = 1) -> Letter:
    return letter(PlotTaken(holder=holder, plot=plot), n)


async def parked(shed: Home, one: Letter, offset: int, reason: str = "KeyError") -> str:
    """Park it and give the id it is parked by."""
    record = Heard("throughcare.allotments", 0, offset, one.key, one.headers, one.value)
    now = NOON + timedelta(minutes=offset)
    assert await park(shed.pool, SHED, record, reason, None, 1, now)
    return record.event_id


async def released(shed: Home, event_id: str, source: str = SOURCE) -> int:
    inbox = Inbox(service=shed.service, pool=shed.pool, hears=HEARS)

    async def handle(db: Db, row: asyncpg.Record) -> None:
        await handle_parked(inbox, db, row)

    return await release(shed.pool, SHED, source, event_id, "dot", "it is mended", handle)


async def plots_lent(shed: Home) -> list[int]:
    return [
        plot
        for (plot,) in await shed.rows(
            "select (convert_from(body, 'utf8')::json ->> 'plot')::int from chronicle.event"
            " order by ticket"
        )
    ]


async def states(shed: Home) -> list[str]:
    rows = await shed.rows('select state from chronicle.parked order by "offset"')
    return [state for (state,) in rows]


@pytest.fixture
async def three(shed: Home) -> list[str]:
    """Three plots of one holder, the second of which no spade goes to; and another holder's."""
    first = await parked(shed, taken(1, plot=1), 1)
    second = await parked(shed, taken(2, plot=UNLUCKY), 2, "behind")
    third = await parked(shed, taken(3, plot=3), 3, "behind")
    await parked(shed, taken(4, BEN, plot=4), 4)
    return [first, second, third]


async def test_the_desk_shows_the_oldest_first_and_how_many_wait_behind(
    shed: Home, three: list[str]
) -> None:
    async with shed.pool.acquire() as db:
        desk = await listed(db)
    assert [(p.key, p.reason, p.waiting_behind) for p in desk] == [
        (str(AMI), "KeyError", 2),
        (str(AMI), "behind", 0),
        (str(AMI), "behind", 0),
        (str(BEN), "KeyError", 0),
    ]


async def test_a_second_parking_changes_nothing(shed: Home) -> None:
    await parked(shed, taken(1), 1, "KeyError")
    await parked(shed, taken(1), 9, "ZeroDivisionError")
    assert await shed.rows('select reason, "offset" from chronicle.parked') == [("KeyError", 1)]


async def test_what_is_held_is_released_in_order_until_one_fails_again(
    shed: Home, three: list[str]
) -> None:
    with pytest.raises(Refused, match="SHED-13"):
        await released(shed, three[0])
    assert await plots_lent(shed) == [1]
    assert await states(shed) == ["released", "held", "held", "held"]
    async with shed.pool.acquire() as db:
        assert await holds(db, SHED, str(AMI).encode())


async def test_whichever_is_named_the_first_of_its_key_comes_first(
    shed: Home, three: list[str]
) -> None:
    with pytest.raises(Refused):
        await released(shed, three[2])
    assert await plots_lent(shed) == [1]


async def test_a_mended_body_is_handled_and_the_original_kept(shed: Home, three: list[str]) -> None:
    better = PlotTaken(holder=AMI, plot=2).to_json()
    await mend(shed.pool, SHED, SOURCE, three[1], better, "dot", "a slip of the pen")
    assert await released(shed, three[0]) == 3
    assert await plots_lent(shed) == [1, 2, 3]
    assert await states(shed) == ["released", "released", "released", "held"]
    assert await shed.rows(
        "select value, mended from chronicle.parked where event_id = $1", three[1]
    ) == [(PlotTaken(holder=AMI, plot=UNLUCKY).to_json(), better)]
    async with shed.pool.acquire() as db:
        assert not await holds(db, SHED, str(AMI).encode())


async def test_who_decided_and_why_is_kept(shed: Home, three: list[str]) -> None:
    await drop(shed.pool, SHED, SOURCE, three[0], "dot", "sent by mistake")
    async with shed.pool.acquire() as db:
        (dropped,) = [p for p in await listed(db, every=True) if p.state == "dropped"]
        assert len(await listed(db)) == 3
    assert (dropped.decided_by, dropped.decided_why) == ("dot", "sent by mistake")


async def test_what_is_dropped_does_not_come_back(shed: Home, three: list[str]) -> None:
    await drop(shed.pool, SHED, SOURCE, three[0], "dot", "sent by mistake")
    async with shed.pool.acquire() as db, db.transaction():
        assert not await claim(db, SHED, SOURCE, three[0], str(AMI).encode())
    assert await plots_lent(shed) == []


async def test_a_drop_lets_the_key_go_on(shed: Home) -> None:
    only = await parked(shed, taken(1), 1)
    await drop(shed.pool, SHED, SOURCE, only, "dot", "sent by mistake")
    async with shed.pool.acquire() as db:
        assert not await holds(db, SHED, str(AMI).encode())


async def test_what_is_not_held_cannot_be_decided_on(shed: Home) -> None:
    only = await parked(shed, taken(1), 1)
    assert await released(shed, only) == 1
    for again in (
        released(shed, only),
        mend(shed.pool, SHED, SOURCE, only, b"{}", "dot", "late"),
        drop(shed.pool, SHED, SOURCE, only, "dot", "late"),
        released(shed, "nobody"),
    ):
        with pytest.raises(NotParked):
            await again
    assert await plots_lent(shed) == [1]


async def test_a_release_after_its_effect_changes_nothing_but_the_state(shed: Home) -> None:
    only = await parked(shed, taken(1), 1)
    async with shed.pool.acquire() as db, db.transaction():
        assert await claim(db, SHED, SOURCE, only, str(AMI).encode())
    assert await released(shed, only) == 1
    assert await plots_lent(shed) == []
    assert await states(shed) == ["released"]


async def test_a_release_waits_for_the_key_and_takes_what_is_held_then(shed: Home) -> None:
    only = await parked(shed, taken(1), 1)
    admin = await shed.admin()
    async with shed.pool.acquire() as db, db.transaction():
        await lock_key(db, SHED, str(AMI).encode())
        releasing = asyncio.ensure_future(released(shed, only))
        await waiting_for_a_lock(admin)
        await db.execute("update chronicle.parked set state = 'dropped'")
    assert await releasing == 0
    assert await states(shed) == ["dropped"]
    assert await plots_lent(shed) == []


async def test_a_drop_does_not_undo_a_release_that_was_faster(shed: Home) -> None:
    only = await parked(shed, taken(1), 1)
    admin = await shed.admin()
    async with shed.pool.acquire() as db, db.transaction():
        await lock_key(db, SHED, str(AMI).encode())
        dropping = asyncio.ensure_future(drop(shed.pool, SHED, SOURCE, only, "dot", "late"))
        await waiting_for_a_lock(admin)
        await db.execute("update chronicle.parked set state = 'released'")
    with pytest.raises(NotParked):
        await dropping
    assert await states(shed) == ["released"]
    assert await shed.ask("select count(*) from chronicle.inbox") == 0


async def test_nothing_is_parked_behind_what_was_released_in_the_meantime(shed: Home) -> None:
    late = taken(1)
    record = Heard("throughcare.allotments", 0, 1, late.key, late.headers, late.value)
    assert not await park(shed.pool, SHED, record, "behind", None, 1, NOON)
    assert await states(shed) == []


@pytest.mark.parametrize(
    "odd", [structured(taken(1)), taken(1).but(shade=b"\xff\xfe"), taken(1).but(shade=None)]
)
async def test_an_odd_but_good_record_is_released_as_it_would_have_been_heard(
    shed: Home, odd: Letter
) -> None:
    event_id = await parked(shed, odd, 1)
    source = SOURCE if odd.headers[0][0].startswith("ce_") else "kafka:throughcare.allotments"
    assert await released(shed, event_id, source) == 1
    assert await plots_lent(shed) == [1]


async def test_a_bad_envelope_stays_parked(shed: Home) -> None:
    event_id = await parked(shed, taken(1).without("ce_log"), 1, "bad_envelope")
    with pytest.raises(BadEnvelope, match="missing: log"):
        await released(shed, event_id)
    assert await states(shed) == ["held"]


async def test_what_is_quarantined_holds_nothing_back_and_is_not_released(shed: Home) -> None:
    one = taken(1)
    record = Heard("throughcare.allotments", 0, 1, one.key, one.headers, one.value)
    async with shed.pool.acquire() as db:
        await set_aside(db, SHED, record, "fork", None, 1, NOON, "quarantined")
        assert not await holds(db, SHED, str(AMI).encode())
    with pytest.raises(NotParked):
        await released(shed, one.id)
    await parked(shed, taken(2, plot=2), 2)
    assert await released(shed, taken(2).id) == 1
    assert await plots_lent(shed) == [2]


async def test_the_same_event_may_be_parked_for_one_consumer_and_done_for_another(
    shed: Home,
) -> None:
    only = await parked(shed, taken(1), 1)
    async with shed.pool.acquire() as db, db.transaction():
        assert not await holds(db, "greenhouse", str(AMI).encode())
        assert await claim(db, "greenhouse", SOURCE, only, str(AMI).encode())
