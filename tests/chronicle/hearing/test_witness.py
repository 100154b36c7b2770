"""The archive keeps what others said: bytes unchanged, each event once, and names what is not."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import ConsumerRecord

from chronicle.append import MOST_BODY
from chronicle.completeness import completeness
from chronicle.consume import Drain, Profile, open_broker, terms
from chronicle.integrity import forks_found
from chronicle.witness import IN_BATCHES, Keeping, Witness, keep_all
from tests.chronicle.hearing.allotment import FenceMended, PlotTaken, Said
from tests.chronicle.hearing.home import (
    AMI,
    BEN,
    CAI,
    LOG,
    Home,
    Letter,
    letter,
    recorded,
    send,
    until,
)
from tests.parts import Kafka

Record = ConsumerRecord[Any, Any]
KEPT = """
select o.position, e.stream, e.version, e.meta, e.body from chronicle.origin o
join chronicle.event e using (event_id) order by o.position
"""


def kept_by(archive: Home) -> Witness:
    return Witness(archive.service, archive.pool, lambda: None)


def six() -> list[Record]:
    """Two events of each of three holders, as a relay publishes them."""
    said: list[Said] = []
    for holder in (AMI, BEN, CAI):
        said += PlotTaken(holder=holder, plot=1), FenceMended(holder=holder)
    letters = [letter(event, n + 1, sequence=n % 2 + 1) for n, event in enumerate(said)]
    return [
        recorded("throughcare.allotments", n, one.key, one.value, one.headers)
        for n, one in enumerate(letters)
    ]


async def sealed_six(allotments: Home) -> list[Record]:
    """Six real ones, in three blocks under one seal."""
    for holder in (AMI, BEN, CAI):
        await allotments.say(PlotTaken(holder=holder, plot=1), FenceMended(holder=holder))
        await allotments.seal()
    await allotments.sign()
    return await allotments.records()


async def aside(archive: Home) -> list[tuple[Any, ...]]:
    return await archive.rows(
        "select kind, reason, detail ->> 'finding' from chronicle.parked"
        " order by reason, detail ->> 'finding', \"offset\""
    )


async def positions(archive: Home) -> list[int]:
    return [row[0] for row in await archive.rows(KEPT)]


def other(record: Record, *, value: bytes | None = None, **ce: str | bytes | None) -> Record:
    """The record with other bytes, elsewhere on the topic."""
    given = {f"ce_{n}": v.encode() if isinstance(v, str) else v for n, v in ce.items()}
    headers: Any = {**dict(record.headers), **given}
    return replace(record, value=value or record.value, offset=99, headers=tuple(headers.items()))


async def test_bytes_are_kept_unchanged_at_their_place(allotments: Home, archive: Home) -> None:
    await kept_by(archive).hear(await sealed_six(allotments))
    assert await archive.rows(KEPT) == [
        (e.position, f"allotments/{e.stream}", int(json.loads(e.meta)["sequence"]), e.meta, e.body)
        for e in await allotments.sealed()
    ]  # fmt: skip


async def test_the_same_record_twice_is_harmless(archive: Home) -> None:
    records = six()
    witness = kept_by(archive)
    await witness.hear([*records[:4], *records[2:4]])
    await witness.hear(records[3:])
    await witness.hear(records)
    assert await positions(archive) == [1, 2, 3, 4, 5, 6]
    assert await aside(archive) == []


async def test_any_order_across_polls_ends_in_the_same(archive: Home) -> None:
    records = six()
    random.Random(8).shuffle(records)
    witness = kept_by(archive)
    for start in range(0, 6, 2):
        await witness.hear(records[start : start + 2])
    assert await positions(archive) == [1, 2, 3, 4, 5, 6]
    held = await archive.ask("select positions::text from chronicle.heard")
    assert held == "{[1,7)}"


async def test_one_poll_is_kept_in_the_order_of_its_arrival_across_streams(archive: Home) -> None:
    """A key has several streams, and their names say nothing about what came first."""
    arrived = [
        letter(PlotTaken(holder=holder, plot=1), n, sequence=1)
        for n, holder in enumerate((CAI, AMI, BEN), 1)
    ]
    await kept_by(archive).hear(
        [
            recorded("throughcare.allotments", n, one.key, one.value, one.headers)
            for n, one in enumerate(arrived)
        ]
    )
    await archive.seal()
    assert [str(event.event_id) for event in await archive.sealed()] == [one.id for one in arrived]


async def test_what_is_missing_is_named_in_ranges(archive: Home) -> None:
    records = six()
    witness = kept_by(archive)
    await witness.hear([records[0], records[4]])
    async with archive.pool.acquire() as db:
        (found,) = await completeness(db)
        assert (found.service, found.log) == ("allotments", LOG)
        assert (found.complete_through, found.held, found.holes) == (1, 2, ((2, 4),))
        assert not found.complete
    await witness.hear(records[1:4])
    async with archive.pool.acquire() as db:
        (found,) = await completeness(db)
    assert (found.complete_through, found.holes, found.complete) == (5, (), True)


async def test_a_missing_tail_is_known_from_a_seal(allotments: Home, archive: Home) -> None:
    records = await sealed_six(allotments)
    witness = kept_by(archive)
    await witness.hear(records[:4])
    async with archive.pool.acquire() as db:
        assert (await completeness(db))[0].complete
    await witness.hear_seals(await allotments.seals())
    async with archive.pool.acquire() as db:
        (found,) = await completeness(db)
    assert (found.sealed_through, found.holes, found.complete) == (6, ((5, 6),), False)


async def test_a_log_known_from_its_seals_alone_is_one_hole(
    allotments: Home, archive: Home
) -> None:
    await sealed_six(allotments)
    await kept_by(archive).hear_seals(await allotments.seals())
    async with archive.pool.acquire() as db:
        (found,) = await completeness(db)
    assert (found.complete_through, found.held, found.holes) == (0, 0, ((1, 6),))


def another_event_there(records: Sequence[Record]) -> Record:
    return other(records[1], id=str(uuid4()), sequence="7")


def other_bytes(records: Sequence[Record]) -> Record:
    return other(records[1], value=b'{"holder":"00000000-0000-0000-0000-000000000002"}')


def other_attributes(records: Sequence[Record]) -> Record:
    return other(records[1], authority="eastmere")


def another_place(records: Sequence[Record]) -> Record:
    return other(records[1], position="40")


def another_event_of_that_version(records: Sequence[Record]) -> Record:
    return other(records[1], id=str(uuid4()), position="40")


FORKS = [
    (another_event_there, "two_at_one_position"),
    (other_bytes, "stream_forked"),
    (other_attributes, "stream_forked"),
    (another_place, "stream_forked"),
    (another_event_of_that_version, "stream_forked"),
]


@pytest.mark.parametrize(("forged", "finding"), FORKS)
@pytest.mark.parametrize("polls", [1, 2])
async def test_a_fork_is_set_aside_and_overwrites_nothing(
    archive: Home, forged: Any, finding: str, polls: int
) -> None:
    records = six()
    witness = kept_by(archive)
    if polls == 1:
        await witness.hear([*records, forged(records)])
    else:
        await witness.hear(records)
        await witness.hear([forged(records)])
    assert [body for *_, body in await archive.rows(KEPT)][:6] == [r.value for r in records]
    assert await aside(archive) == [("quarantined", "fork", finding)]
    async with archive.pool.acquire() as db:
        (found,) = await completeness(db)
        assert (found.complete_through, found.holes) == (6, ())
        (fork,) = await forks_found(db)
    assert (fork.log, fork.service, fork.finding) == (LOG, "allotments", finding)
    ((value,),) = await archive.rows("select value from chronicle.parked")
    assert value == forged(records).value


async def test_another_seal_of_that_number_is_a_fork(allotments: Home, archive: Home) -> None:
    await sealed_six(allotments)
    (seal,) = await allotments.seals()
    forged = replace(seal, offset=9, value=(seal.value or b"").replace(b'"count":2', b'"count":3'))
    witness = kept_by(archive)
    await witness.hear_seals([seal, seal])
    assert await aside(archive) == []
    await witness.hear_seals([forged])
    assert await archive.rows("select body from chronicle.witness") == [(seal.value,)]
    assert await aside(archive) == [("quarantined", "fork", "seal_forked")]


def no_relay_wrote_this(record: Record) -> dict[str, Record]:
    def without(name: str) -> Record:
        kept = tuple((n, v) for n, v in record.headers if n != name)
        return replace(record, offset=99, headers=kept)

    return {
        "no id": without("ce_id"),
        "no log": without("ce_log"),
        "no position": without("ce_position"),
        "no sequence": without("ce_sequence"),
        "nothing": replace(record, offset=99, headers=(), value=b"hello"),
        "a tombstone": replace(record, offset=99, value=None),
        "a null header": other(record, authority=None),
        "a binary header": other(record, authority=b"\xff"),
        "a sequence beyond any stream": other(record, sequence=str(2**31)),
        "a body beyond any event": other(record, value=b" " * (MOST_BODY + 1)),
        "a NUL": other(record, subject="a\0b"),
    }


async def test_what_no_relay_wrote_is_set_aside_and_the_others_are_kept(archive: Home) -> None:
    records = six()
    bad = no_relay_wrote_this(records[2])
    at = {what: replace(one, offset=90 + n) for n, (what, one) in enumerate(bad.items())}
    await kept_by(archive).hear([*records[:2], *at.values(), *records[3:]])
    assert await positions(archive) == [1, 2, 4, 5, 6]
    assert await archive.rows('select "offset", reason from chronicle.parked order by 1') == [
        (one.offset, "bad_envelope") for one in at.values()
    ]
    async with archive.pool.acquire() as db:
        assert (await completeness(db))[0].holes == ((3, 3),)
    await kept_by(archive).hear([records[2]])
    assert await positions(archive) == [1, 2, 3, 4, 5, 6]


NO_SEALS = [None, b"", b"[]", b"{}", b'{"blocks":[]}', b'{"blocks":[{}]}']


async def test_what_is_no_seal_is_set_aside(archive: Home) -> None:
    signed = (("ce_signature", b"AAAA"),)
    await kept_by(archive).hear_seals(
        [recorded("throughcare.seals", n, b"", value, signed) for n, value in enumerate(NO_SEALS)]
    )
    assert await aside(archive) == [("quarantined", "bad_seal", None)] * len(NO_SEALS)
    assert await archive.rows("select * from chronicle.witness") == []


UNSTORABLE: list[dict[str, Any]] = [{"service": "a\0b"}, {"seal_no": 10**30}, {"service": 5}]


async def test_a_seal_that_no_table_takes_is_set_aside_and_the_others_are_kept(
    allotments: Home, archive: Home
) -> None:
    await sealed_six(allotments)
    (seal,) = await allotments.seals()
    said = json.loads(seal.value or b"")
    odd = [
        replace(seal, offset=n, value=json.dumps({**said, **change}).encode())
        for n, change in enumerate(UNSTORABLE, start=10)
    ]
    await kept_by(archive).hear_seals([*odd, seal])
    assert await archive.rows("select body from chronicle.witness") == [(seal.value,)]
    assert await aside(archive) == [("quarantined", "bad_seal", None)] * 3


async def test_its_own_seals_are_for_the_others_to_keep(allotments: Home) -> None:
    await sealed_six(allotments)
    await kept_by(allotments).hear_seals(await allotments.seals())
    assert await allotments.rows("select * from chronicle.witness") == []


async def test_what_it_kept_becomes_a_log_of_its_own(allotments: Home, archive: Home) -> None:
    records = await sealed_six(allotments)
    await kept_by(archive).hear(records[3:])
    await kept_by(archive).hear(records[:3])
    assert await archive.seal() == 6
    assert [event.position for event in await archive.sealed()] == [1, 2, 3, 4, 5, 6]
    assert {e.event_id for e in await archive.sealed()} == {
        e.event_id for e in await allotments.sealed()
    }


async def hear(records: list[Any], witness: Keeping) -> None:
    await witness.hear(records)


async def test_from_a_broker_whole_polls_are_kept_and_a_bad_header_costs_its_record_alone(
    allotments: Home, archive: Home, kafka: Kafka, topic: str
) -> None:
    records = await sealed_six(allotments)
    letters = [Letter(r.key or b"", r.value, tuple(r.headers)) for r in records]
    bad = letters[3].but(ce_type=None), letters[3].but(ce_type=b"\xff"), Letter(b"", None, ())
    await send(kafka.servers, topic, *letters[:3], *bad, *letters[3:], letters[0])
    profile = Profile.of(kafka.servers, kafka.kind)
    drain = Drain(profile.grace_s)
    broker = open_broker(profile, archive.service)
    router = keep_all(kept_by(archive))
    router.subscriber(topic, **terms(profile, f"archive-{topic}", drain), **IN_BATCHES)(hear)
    broker.include_router(router)
    drain.subscribers = list(broker.subscribers)
    await broker.connect()
    (subscriber,) = drain.subscribers
    await subscriber.start()
    try:

        async def all_kept() -> bool:
            return len(await positions(archive)) == 6 and len(await aside(archive)) == 3

        await until(all_kept)
    finally:
        await broker.stop()
    assert [row[3:] for row in await archive.rows(KEPT)] == [
        (e.meta, e.body) for e in await allotments.sealed()
    ]
