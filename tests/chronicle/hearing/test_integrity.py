"""What was received is recomputed block by block and compared with what its owner signed."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chronicle.feed import cursor
from chronicle.integrity import Checked, Checker, Keys, checked
from chronicle.seal import public_text
from chronicle.signature import signed
from chronicle.wake import Wake
from chronicle.witness import Witness
from tests.chronicle.hearing.allotment import FenceMended, PlotTaken
from tests.chronicle.hearing.home import AMI, BEN, CAI, Home

OLD, NEW, FOREIGN = (Ed25519PrivateKey.generate() for _ in range(3))
BODY = b'{"blocks":[]}'


def seal_by(*keys: Ed25519PrivateKey, names: Ed25519PrivateKey) -> tuple[Any, bytes, bytes]:
    body = json.dumps({"key": public_text(names)}).encode()
    return json.loads(body), body, b"".join(key.sign(body) for key in keys)


OLD_ALONE, BOTH = (public_text(OLD),), (public_text(OLD), public_text(NEW))


def test_a_seal_is_good_when_the_pinned_key_it_names_signed_it() -> None:
    assert signed(*seal_by(OLD, names=OLD), OLD_ALONE)
    assert signed(*seal_by(NEW, names=NEW), BOTH)
    assert not signed(*seal_by(FOREIGN, names=FOREIGN), BOTH)
    assert not signed(*seal_by(FOREIGN, names=OLD), BOTH)
    assert not signed(*seal_by(OLD, names=OLD), ())


def test_a_change_of_key_is_signed_by_the_old_one_and_then_the_new() -> None:
    assert signed(*seal_by(OLD, NEW, names=NEW), BOTH)
    assert not signed(*seal_by(NEW, OLD, names=NEW), BOTH)
    assert not signed(*seal_by(FOREIGN, NEW, names=NEW), BOTH)
    assert not signed(*seal_by(OLD, FOREIGN, names=NEW), BOTH)
    assert not signed(*seal_by(OLD, NEW, names=NEW), OLD_ALONE)
    assert not signed(*seal_by(OLD, OLD, names=OLD), BOTH)


@pytest.mark.parametrize("said", [{}, {"key": None}, {"key": 5}, {"key": ""}])
def test_a_seal_that_names_no_key_is_not_good(said: Any) -> None:
    assert not signed(said, BODY, OLD.sign(BODY), OLD_ALONE)


@pytest.mark.parametrize("length", [0, 1, 63, 65])
def test_a_signature_of_another_length_is_not_good(length: int) -> None:
    said, body, signature = seal_by(OLD, names=OLD)
    assert not signed(said, body, (signature + signature)[:length], OLD_ALONE)


@pytest.fixture
async def told(allotments: Home) -> Home:
    """Six events in three blocks, the first two under one seal, the third under the next."""
    for holder in (AMI, BEN, CAI):
        await allotments.say(PlotTaken(holder=holder, plot=1), FenceMended(holder=holder))
        await allotments.seal()
        if holder != AMI:
            await allotments.sign()
    return allotments


def keys_of(home: Home) -> Keys:
    return {home.log: [public_text(home.key)]}


async def found(archive: Home, told: Home, keys: Keys | None = None, at: int = 0) -> list[Checked]:
    async with archive.pool.acquire() as db:
        keys = keys_of(told) if keys is None else keys
        return await checked(db, told.log, told.name, at, keys)


async def heard_all(archive: Home, told: Home) -> None:
    witness = Witness(archive.service, archive.pool, lambda: None)
    await witness.hear(await told.records())
    await witness.hear_seals(await told.seals())


def result(told: Home, first: int, last: int, blocks: int, finding: str | None = None) -> Checked:
    """As every block has two events, the last one's number follows from its last position."""
    last_block = 0 if finding else (last + 1) // 2
    return Checked(told.log, told.name, first, last, blocks, finding, last_block)


async def test_every_block_that_agrees_is_one_result(archive: Home, told: Home) -> None:
    await heard_all(archive, told)
    assert await found(archive, told) == [result(told, 1, 6, 3)]
    assert await found(archive, told, at=4) == [result(told, 5, 6, 1)]
    assert await found(archive, told, at=2) == [result(told, 3, 6, 2)]
    assert await found(archive, told, at=6) == []


async def test_only_blocks_that_are_wholly_heard_are_checked(archive: Home, told: Home) -> None:
    records = await told.records()
    witness = Witness(archive.service, archive.pool, lambda: None)
    await witness.hear_seals(await told.seals())
    assert await found(archive, told) == []
    await witness.hear([*records[:3], records[4], records[5]])
    assert await found(archive, told) == [result(told, 1, 2, 1)]
    await witness.hear([records[3]])
    assert await found(archive, told) == [result(told, 1, 6, 3)]


async def falsify(archive: Home, position: int) -> None:
    """One bit of one stored body, as only a superuser can."""
    admin = await archive.admin()
    async with admin.transaction():
        await admin.execute("alter table chronicle.event disable trigger append_only")
        await admin.execute(
            "update chronicle.event e set body = set_byte(body, 3, get_byte(body, 3) # 1)"
            " from chronicle.origin o where o.event_id = e.event_id and o.position = $1",
            position,
        )
        await admin.execute("alter table chronicle.event enable always trigger append_only")


async def test_one_changed_byte_in_the_stored_copy_names_its_block(
    archive: Home, told: Home
) -> None:
    await heard_all(archive, told)
    await falsify(archive, position=4)
    assert await found(archive, told) == [
        result(told, 1, 2, 1),
        result(told, 3, 4, 1, "root_differs"),
    ]
    assert await found(archive, told, at=4) == [result(told, 5, 6, 1)]


async def test_one_changed_byte_on_the_way_names_its_block(archive: Home, told: Home) -> None:
    records = await told.records()
    records[4] = replace(records[4], value=(records[4].value or b"") + b" ")
    witness = Witness(archive.service, archive.pool, lambda: None)
    await witness.hear(records)
    await witness.hear_seals(await told.seals())
    assert (await found(archive, told))[-1] == result(told, 5, 6, 1, "root_differs")


async def test_two_events_changed_about_name_their_block(archive: Home, told: Home) -> None:
    records = await told.records()
    one, other = records[2], records[3]
    places = {r.offset: dict(r.headers)["ce_position"] for r in (one, other)}
    for here, there in ((one, other), (other, one)):
        headers = dict(here.headers) | {"ce_position": places[there.offset]}
        records[here.offset] = replace(here, headers=tuple(headers.items()))
    witness = Witness(archive.service, archive.pool, lambda: None)
    await witness.hear(records)
    await witness.hear_seals(await told.seals())
    assert (await found(archive, told))[-1] == result(told, 3, 4, 1, "root_differs")


async def test_another_key_is_a_bad_signature(archive: Home, told: Home) -> None:
    await heard_all(archive, told)
    for keys in ({}, {told.log: [public_text(FOREIGN)]}):
        assert await found(archive, told, keys) == [result(told, 1, 4, 0, "bad_signature")]


async def test_a_log_whose_key_changed_is_checked_through(archive: Home, told: Home) -> None:
    before, told.key = told.key, NEW
    await told.say(PlotTaken(holder=AMI, plot=2))
    await told.seal()
    await told.sign()
    *seals, changed = await told.seals()
    body = changed.value or b""
    signature = before.sign(body) + NEW.sign(body)
    witness = Witness(archive.service, archive.pool, lambda: None)
    await witness.hear(await told.records())
    await witness.hear_seals([*seals, resigned(changed, signature)])
    keys = {told.log: [public_text(before), public_text(NEW)]}
    assert await found(archive, told, keys) == [result(told, 1, 7, 4)]


def resigned(seal: Any, signature: bytes) -> Any:
    text = base64.urlsafe_b64encode(signature).rstrip(b"=")
    return replace(seal, headers=tuple((dict(seal.headers) | {"ce_signature": text}).items()))


async def test_what_was_checked_is_said_once_and_failures_do_not_stop_the_rest(
    archive: Home, told: Home
) -> None:
    await heard_all(archive, told)
    await falsify(archive, position=1)
    said: list[Checked] = []

    async def say(one: Checked) -> None:
        said.append(one)

    checker = Checker(archive.pool, keys_of(told), say, Wake())
    await checker.check()
    await checker.check()
    await checker.check()
    assert said == [result(told, 1, 2, 1, "root_differs"), result(told, 3, 6, 2)]
    async with archive.pool.acquire() as db:
        assert await cursor(db, f"check/{told.log}") == 6


async def test_what_could_not_be_said_is_said_again(archive: Home, told: Home) -> None:
    await heard_all(archive, told)
    said: list[Checked] = []

    async def say(one: Checked) -> None:
        said.append(one)
        if len(said) == 1:
            raise ConnectionResetError

    checker = Checker(archive.pool, keys_of(told), say, Wake())
    with pytest.raises(ConnectionResetError):
        await checker.check()
    await checker.check()
    assert said == [result(told, 1, 6, 3)] * 2


async def test_a_fork_is_said_as_long_as_it_is_there(archive: Home, told: Home) -> None:
    await heard_all(archive, told)
    records = await told.records()
    witness = Witness(archive.service, archive.pool, lambda: None)
    await witness.hear([replace(records[1], offset=99, value=b"{}")])
    said: list[Checked] = []

    async def say(one: Checked) -> None:
        said.append(one)

    await Checker(archive.pool, keys_of(told), say, Wake()).check()
    assert said == [result(told, 1, 6, 3), result(told, 2, 2, 0, "stream_forked")]
