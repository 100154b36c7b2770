"""What a service hears takes effect once, or is parked with its reason; nothing loops."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from chronicle import consume
from chronicle.append import Conflict
from chronicle.consume import TRIES, About, Handler, Inbox, Ours, handle_parked
from chronicle.db import open_pool
from chronicle.parking import release
from tests.chronicle.hearing.allotment import UNLUCKY, FenceMended, PlotTaken, SpadeLent, spade_for
from tests.chronicle.hearing.ears import HEARS, listening, plot_taken
from tests.chronicle.hearing.home import (
    AMI,
    BEN,
    CAI,
    DOT,
    ELI,
    FAY,
    GUS,
    HAL,
    IDA,
    JON,
    KIM,
    LEO,
    Home,
    Letter,
    letter,
    send,
    until,
    waiting_for_a_lock,
)  # fmt: skip
from tests.chronicle.hearing.test_border import structured
from tests.chronicle.hearing.wire import Wire
from tests.parts import Kafka

SPADES = """
select (convert_from(body, 'utf8')::json ->> 'holder')::uuid from chronicle.event
where type = 'throughcare.shed.SpadeLent.v1' order by ticket
"""
PARKED = 'select key, reason, attempts from chronicle.parked order by "offset"'


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow one another without a pause."""
    monkeypatch.setattr("chronicle.consume.backoff", lambda tries: 0.0)


async def lent(shed: Home) -> list[UUID]:
    """Who has a spade, in the order they got it, once for each that was lent."""
    return [holder for (holder,) in await shed.rows(SPADES)]


async def parked(shed: Home) -> list[tuple[str, str, int]]:
    return [(key.decode(), reason, n) for key, reason, n in await shed.rows(PARKED)]


def taken(holder: UUID, n: int, plot: int = 1) -> Letter:
    return letter(PlotTaken(holder=holder, plot=plot), n)


def failing(times: int, error: Exception, plot: int, tries: Counter[int]) -> Handler:
    """Lends a spade, but for this plot fails so many times first."""

    async def handler(event: PlotTaken, about: About, chronicle: Ours) -> None:
        tries[event.plot] += 1
        if event.plot == plot and tries[plot] <= times:
            raise error
        await plot_taken(event, about, chronicle)

    return handler


async def test_whatever_lies_on_the_topic_every_good_event_takes_effect_once(
    shed: Home, kafka: Kafka, topic: str
) -> None:
    tries: Counter[int] = Counter()

    async def handler(event: PlotTaken, about: About, chronicle: Ours) -> None:
        tries[event.plot] += 1
        if event.plot == 3 and tries[3] < 3:
            raise ConnectionResetError
        if event.plot == 12:
            raise ZeroDivisionError
        await chronicle.execute(spade_for(event, about), because=about)

    good = taken(CAI, 4)
    run = [
        replace(taken(AMI, 1), value=b'{"holder": Rosa Quill'),
        taken(AMI, 2),
        taken(BEN, 3, plot=3),
        good.but(shade=None),
        taken(DOT, 5).but(shade=b"\xff\xfe"),
        taken(ELI, 6).but(ce_causationid=None),
        taken(FAY, 7).but(ce_authority=b"\xff\xfe"),
        replace(taken(GUS, 8), value=b'{"holder": "Rosa Quill", "plot": 1}'),
        structured(taken(HAL, 9)),
        replace(structured(taken(IDA, 10)), value=b'{"id": '),
        letter(FenceMended(holder=JON), 11, kind="throughcare.allotments.GateHung.v1"),
        letter(FenceMended(holder=JON), 12),
        letter(PlotTaken(holder=JON, plot=1), 13, kind="throughcare.allotments.PlotTaken.v9"),
        good,
        replace(taken(FAY, 15), value=None),
        taken(KIM, 16, plot=12),
        Letter(b"", b"hello", ()),
        taken(LEO, 18),
    ]
    await send(kafka.servers, topic, *run)
    with capture_logs() as logged:
        async with listening(shed, kafka, topic, handler) as ears:
            await ears.have_passed(len(run))
            assert await ears.committed() == len(run)

    assert await lent(shed) == [BEN, CAI, DOT, HAL, LEO]
    assert await parked(shed) == [
        (str(AMI), "unreadable", 1),
        (str(AMI), "behind", 1),
        (str(ELI), "bad_envelope", 1),
        (str(FAY), "bad_envelope", 1),
        (str(GUS), "unreadable", 1),
        (str(IDA), "bad_envelope", 1),
        (str(JON), "UnknownVersion", 1),
        (str(FAY), "behind", 1),
        (str(KIM), "ZeroDivisionError", TRIES),
        ("", "bad_envelope", 1),
    ]
    assert tries == {1: 4, 3: 3, 12: TRIES}
    details = json.dumps([d for (d,) in await shed.rows("select detail from chronicle.parked")])
    assert "Rosa" not in details
    assert "parked" in str(logged)
    assert "Rosa" not in str(logged)
    heard = await shed.ask("select count(*) from chronicle.inbox")
    assert heard == 5, "an inbox row for what took effect, none for what did not or is not for us"


async def test_a_record_is_kept_as_it_came(shed: Home, kafka: Kafka, topic: str) -> None:
    odd = replace(taken(AMI, 1), value=None).but(shade=None, other=b"\xff\0")
    await send(kafka.servers, topic, odd)
    async with listening(shed, kafka, topic) as ears:
        await ears.have_passed(1)
    ((value, headers, offset),) = await shed.rows(
        'select value, headers, "offset" from chronicle.parked'
    )
    assert (value, offset) == (None, 0)
    assert ["shade", None] in headers
    assert ["other", "/wA="] in headers
    assert [name for name, _ in headers] == [name for name, _ in odd.headers]


async def test_a_handler_that_fails_and_then_succeeds_takes_effect_once(
    shed: Home, kafka: Kafka, topic: str
) -> None:
    tries: Counter[int] = Counter()
    await send(kafka.servers, topic, taken(AMI, 1, plot=3), taken(BEN, 2))
    handler = failing(TRIES - 1, ZeroDivisionError(), 3, tries)
    async with listening(shed, kafka, topic, handler) as ears:
        await ears.have_passed(2)
    assert tries[3] == TRIES
    assert await lent(shed) == [AMI, BEN]
    assert await parked(shed) == []


async def test_while_a_handler_never_succeeds_its_key_waits_and_others_go_on(
    shed: Home, kafka: Kafka, topic: str, at_once: None
) -> None:
    tries: Counter[int] = Counter()
    run = taken(AMI, 1, plot=3), taken(BEN, 2), taken(AMI, 3), taken(BEN, 4, plot=2)
    await send(kafka.servers, topic, *run)
    handler = failing(1000, ZeroDivisionError(), 3, tries)
    async with listening(shed, kafka, topic, handler) as ears:
        await ears.have_passed(4)
    assert await lent(shed) == [BEN, BEN]
    assert await parked(shed) == [(str(AMI), "ZeroDivisionError", TRIES), (str(AMI), "behind", 1)]


async def test_a_failed_try_leaves_nothing_behind(
    shed: Home, kafka: Kafka, topic: str, at_once: None
) -> None:
    async def handler(event: PlotTaken, about: About, chronicle: Ours) -> None:
        await chronicle.execute(spade_for(event, about), because=about)
        raise ZeroDivisionError

    await send(kafka.servers, topic, taken(AMI, 1))
    async with listening(shed, kafka, topic, handler) as ears:
        await ears.have_passed(1)
    assert await lent(shed) == []
    assert await shed.ask("select count(*) from chronicle.inbox") == 0


async def test_a_refusal_is_parked_at_once_with_its_code(
    shed: Home, kafka: Kafka, topic: str
) -> None:
    await send(kafka.servers, topic, taken(AMI, 1, plot=UNLUCKY))
    async with listening(shed, kafka, topic) as ears:
        await ears.have_passed(1)
    assert await parked(shed) == [(str(AMI), "SHED-13", 1)]
    assert await shed.ask("select detail from chronicle.parked") == {
        "reason": "no spade goes to that plot", "state": "bool",
    }  # fmt: skip


async def test_a_lost_race_is_run_again_as_often_as_it_takes_and_never_parked(
    shed: Home, kafka: Kafka, topic: str, at_once: None
) -> None:
    tries: Counter[int] = Counter()
    await send(kafka.servers, topic, taken(AMI, 1, plot=3))
    handler = failing(TRIES * 4, Conflict("spade"), 3, tries)
    async with listening(shed, kafka, topic, handler) as ears:
        await ears.have_passed(1)
    assert tries[3] == TRIES * 4 + 1
    assert await lent(shed) == [AMI]
    assert await parked(shed) == []


async def test_a_race_lost_to_a_door_is_decided_again(shed: Home, kafka: Kafka, topic: str) -> None:
    tries: Counter[int] = Counter()
    await send(kafka.servers, topic, taken(AMI, 1))
    handler = failing(0, ZeroDivisionError(), 1, tries)
    admin = await shed.admin()
    async with shed.pool.acquire() as door:
        deciding = door.transaction()
        await deciding.start()
        await shed.say_within(door, SpadeLent(holder=AMI, plot=9))
        async with listening(shed, kafka, topic, handler) as ears:
            await waiting_for_a_lock(admin)
            await deciding.commit()
            await ears.have_passed(1)
    assert tries == {1: 2}
    assert await lent(shed) == [AMI, AMI]
    assert await parked(shed) == []


async def test_what_is_delivered_again_takes_effect_once(
    shed: Home, kafka: Kafka, topic: str
) -> None:
    """A crash between effect and offset: another group has no offsets, but the same inbox."""
    await send(kafka.servers, topic, taken(AMI, 1), taken(BEN, 2, plot=UNLUCKY), taken(BEN, 3))
    for group in ("before", "after"):
        async with listening(shed, kafka, topic, group=group) as ears:
            await ears.have_passed(3)
    assert await lent(shed) == [AMI]
    assert await parked(shed) == [(str(BEN), "SHED-13", 1), (str(BEN), "behind", 1)]


async def test_what_is_published_again_takes_effect_once(
    shed: Home, kafka: Kafka, topic: str
) -> None:
    """A relay that crashed: the same event under a new offset."""
    await send(kafka.servers, topic, taken(AMI, 1), taken(BEN, 2), taken(AMI, 1), taken(BEN, 2))
    async with listening(shed, kafka, topic) as ears:
        await ears.have_passed(4)
    assert await lent(shed) == [AMI, BEN]


async def test_what_was_released_is_not_handled_again_when_it_is_delivered_again(
    shed: Home, kafka: Kafka, topic: str, at_once: None
) -> None:
    tries: Counter[int] = Counter()
    await send(kafka.servers, topic, taken(AMI, 1, plot=3), taken(AMI, 2))
    handler = failing(TRIES, ZeroDivisionError(), 3, tries)
    async with listening(shed, kafka, topic, handler) as ears:
        await ears.have_passed(2)
    inbox = Inbox(service=shed.service, pool=shed.pool, hears=HEARS)
    first = taken(AMI, 1).id
    released = await release(
        shed.pool, "shed", "/throughcare/allotments", first, "dot", "mended",
        lambda db, row: handle_parked(inbox, db, row),
    )  # fmt: skip
    assert released == 2
    async with listening(shed, kafka, topic, group="after") as ears:
        await ears.have_passed(2)
    assert await lent(shed) == [AMI, AMI]


def not_heard(*positions: int) -> list[Letter]:
    return [letter(FenceMended(holder=AMI), n) for n in positions]


async def test_what_is_not_heard_costs_no_row(shed: Home, kafka: Kafka, topic: str) -> None:
    await send(
        kafka.servers, topic, *not_heard(1), letter(SpadeLent(holder=AMI, plot=1), 2),
        taken(BEN, 3),
    )  # fmt: skip
    async with listening(shed, kafka, topic) as ears:
        await ears.have_passed(3)
    assert await shed.ask("select count(*) from chronicle.inbox") == 1
    assert await parked(shed) == []


async def test_what_is_not_heard_is_committed_now_and_then_and_with_what_is_heard(
    shed: Home, kafka: Kafka, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consume, "STRANGERS_COMMIT", 3600.0)
    await send(kafka.servers, topic, *not_heard(1, 2, 3))
    async with listening(shed, kafka, topic) as ears:
        await until(ears.have_seen(3))
        assert await ears.committed() == 1
        await send(kafka.servers, topic, taken(AMI, 4))
        await ears.have_passed(4)
    assert await lent(shed) == [AMI]


async def test_an_effect_names_the_event_that_asked_for_it(
    shed: Home, kafka: Kafka, topic: str
) -> None:
    first = taken(AMI, 1).but(ce_correlationid=str(UUID(int=5)).encode(), traceparent=b"00-1")
    await send(kafka.servers, topic, first)
    async with listening(shed, kafka, topic) as ears:
        await ears.have_passed(1)
    ((meta, trace),) = await shed.rows("select meta, trace from chronicle.event")
    said = json.loads(meta)
    assert (said["causationid"], said["correlationid"]) == (first.id, str(UUID(int=5)))
    assert trace == "00-1"


async def test_what_is_in_hand_is_done_before_the_partitions_go(
    shed: Home, kafka: Kafka, topic: str
) -> None:
    in_hand, finish = asyncio.Event(), asyncio.Event()

    async def handler(event: PlotTaken, about: About, chronicle: Ours) -> None:
        in_hand.set()
        await finish.wait()
        await plot_taken(event, about, chronicle)

    await send(kafka.servers, topic, taken(AMI, 1))
    async with listening(shed, kafka, topic, handler) as ears:
        assert ears.drain.joined
        await in_hand.wait()
        revoked = asyncio.ensure_future(ears.drain.on_partitions_revoked([]))
        _, waiting = await asyncio.wait([revoked], timeout=0.2)
        assert waiting == {revoked}
        finish.set()
        await revoked
        assert await ears.committed() == 1
        assert await lent(shed) == [AMI]


async def test_with_nothing_in_hand_the_partitions_go_at_once(
    shed: Home, kafka: Kafka, topic: str
) -> None:
    async with listening(shed, kafka, topic) as ears, asyncio.timeout(1):
        await ears.drain.on_partitions_revoked([])


async def test_while_the_database_is_away_nothing_is_parked_and_nothing_lost(
    shed: Home, kafka: Kafka, topic: str
) -> None:
    wire = Wire(shed.url("service"))
    await wire.mend()
    await send(kafka.servers, topic, taken(AMI, 1), taken(BEN, 2))
    async with await open_pool(wire.url) as pool:
        await wire.cut()
        with capture_logs() as logged:

            async def tried_twice() -> bool:
                return [one["event"] for one in logged].count("trying again") > 1

            async with listening(replace(shed, pool=pool), kafka, topic) as ears:
                await until(tried_twice)
                assert await ears.committed() == 0
                await wire.mend()
                await ears.have_passed(2)
    await wire.cut()
    assert await lent(shed) == [AMI, BEN]
    assert await parked(shed) == []
