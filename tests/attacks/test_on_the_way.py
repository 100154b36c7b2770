"""Attacks between a service and reporting: reporting finds them, and nothing else could."""

import json
from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from aiokafka import ConsumerRecord

from chronicle.completeness import completeness
from chronicle.fact import canonical
from chronicle.integrity import checked, forks_found
from chronicle.seal import public_text
from chronicle.witness import Witness
from contracts import cloudevents
from tests.attacks.conftest import PLACEMENTS, live
from tests.chronicle.hearing.allotment import ALLOTMENTS, ARCHIVE
from tests.chronicle.hearing.conftest import Homes
from tests.chronicle.hearing.home import Home, encoded, recorded

Records: TypeAlias = list["ConsumerRecord[Any, Any]"]
Attack: TypeAlias = Callable[[Records, Records, Home, Random], None]


def lose_an_event(events: Records, seals: Records, service: Home, random: Random) -> None:
    events.pop(random.randrange(len(events)))


def edit_an_event(events: Records, seals: Records, service: Home, random: Random) -> None:
    at = random.randrange(len(events))
    events[at] = but(events[at], value=body_of(events[at]).replace(b"holder", b"keeper"))


def swap_two_events(events: Records, seals: Records, service: Home, random: Random) -> None:
    one, other = random.sample(range(len(events)), 2)
    places = [dict(events[at].headers)["ce_position"] for at in (one, other)]
    events[one] = but(events[one], ce_position=places[1])
    events[other] = but(events[other], ce_position=places[0])


def lose_a_seal(events: Records, seals: Records, service: Home, random: Random) -> None:
    """Not the last, which only the next one can tell of."""
    seals.pop(random.randrange(len(seals) - 1))


def speak_in_its_name(events: Records, seals: Records, service: Home, random: Random) -> None:
    at = random.randrange(len(events))
    name = str(UUID(int=random.getrandbits(128))).encode()
    events.insert(random.randint(0, len(events)), but(events[at], ce_id=name))


def show_another_root(events: Records, seals: Records, service: Home, random: Random) -> None:
    at = random.randrange(len(seals))
    said = json.loads(body_of(seals[at]))
    random.choice(said["blocks"])["root"] = random.randbytes(32).hex()
    body = canonical(said)
    signed = cloudevents.seal_headers(
        service.name, service.log, said["seal_no"], service.key.sign(body)
    )
    seals[at] = recorded("throughcare.seals", at, b"", body, encoded(signed))


def body_of(record: "ConsumerRecord[Any, Any]") -> bytes:
    assert isinstance(record.value, bytes)
    return record.value


def but(
    record: "ConsumerRecord[Any, Any]", value: bytes | None = None, **headers: bytes
) -> "ConsumerRecord[Any, Any]":
    told = tuple({**dict(record.headers), **headers}.items())
    return recorded(record.topic, record.offset, b"", value or record.value, told)


ATTACKS = [
    lose_an_event, edit_an_event, swap_two_events, lose_a_seal, speak_in_its_name,
    show_another_root,
]  # fmt: skip


async def heard(homes: Homes, service: Home, attack: Attack | None, random: Random) -> set[str]:
    """What a new witness says of it."""
    events, seals = await service.records(), await service.seals()
    if attack:
        attack(events, seals, service, random)
    async with homes(ARCHIVE) as archive:
        witness = Witness(archive.service, archive.pool, lambda: None)
        for start in range(0, len(events), 60):
            await witness.hear(events[start : start + 60])
        await witness.hear_seals(seals)
        async with archive.pool.acquire() as db:
            keys = {service.log: [public_text(service.key)]}
            found = await checked(db, service.log, service.name, 0, keys)
            found += await forks_found(db)
            holes = [one.holes for one in await completeness(db) if one.holes]
    return {one.finding for one in found if one.finding} | ({"hole"} if holes else set())


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
async def test_it_is_found_by_whoever_keeps_the_log(homes: Homes, attack: Attack) -> None:
    random = Random(attack.__name__)
    async with homes(ALLOTMENTS) as service:
        await live(service, random)
        for _ in range(1 + PLACEMENTS // 50):
            assert await heard(homes, service, attack, random)


async def test_nothing_is_found_where_nobody_attacked(homes: Homes) -> None:
    async with homes(ALLOTMENTS) as service:
        await live(service, Random(1))
        assert await heard(homes, service, None, Random(1)) == set()
