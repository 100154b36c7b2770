"""One event, proved from the tables of a witness or of the service that said it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from chronicle.prove import NotSealed, Unknown, prove
from chronicle.seal import public_text
from chronicle.verify.check import Verdict, verify_proof
from chronicle.verify.proof import read
from chronicle.verify.seals import Outside
from chronicle.witness import Witness
from tests.chronicle.hearing.allotment import FenceMended, PlotTaken
from tests.chronicle.hearing.home import AMI, BEN, CAI, DOT, Home


def checked(raw: bytes, keys: dict[UUID, list[str]]) -> Verdict:
    return verify_proof(raw, Outside(keys=keys))


@pytest.fixture
async def told(allotments: Home) -> Home:
    """Three people, three blocks; a seal over the first two, another over the third."""
    for holder in (AMI, BEN, CAI):
        await allotments.say(PlotTaken(holder=holder, plot=1), FenceMended(holder=holder))
        await allotments.seal()
        if holder != AMI:
            await allotments.sign()
    return allotments


async def keep(archive: Home, records: Sequence[Any], seals: Sequence[Any]) -> None:
    witness = Witness(archive.service, archive.pool, lambda: None)
    await witness.hear(records)
    await witness.hear_seals(seals)


async def proved(home: Home, event_id: UUID) -> bytes:
    async with home.pool.acquire() as db:
        return await prove(db, event_id)


async def test_every_event_heard_is_proved_by_its_own_services_seal(
    archive: Home, told: Home
) -> None:
    await keep(archive, await told.records(), await told.seals())
    for event in await told.sealed():
        raw = await proved(archive, event.event_id)
        found = checked(raw, {told.log: [public_text(told.key)]})
        assert (found.findings, found.logs[0].service) == ((), told.name)
        assert found.logs[0].through == event.position
        assert len(raw) < 2_048


async def test_what_a_service_said_itself_is_proved_from_its_own_tables(told: Home) -> None:
    for event in await told.sealed():
        raw = await proved(told, event.event_id)
        proof = read(raw)
        assert proof is not None
        assert (proof.position, proof.body) == (event.position, event.body)
        assert checked(raw, {told.log: [public_text(told.key)]}).findings == ()


async def test_an_event_that_nobody_holds_is_unknown(archive: Home) -> None:
    with pytest.raises(Unknown):
        await proved(archive, uuid4())


async def test_what_is_in_no_seal_is_not_proved_yet(archive: Home, told: Home) -> None:
    await told.say(PlotTaken(holder=DOT, plot=4))
    await told.seal()
    await keep(archive, await told.records(), await told.seals())
    (*_, last) = await told.sealed()
    for home in (archive, told):
        with pytest.raises(NotSealed):
            await proved(home, last.event_id)


async def test_an_event_whose_neighbours_are_missing_is_not_proved_yet(
    archive: Home, told: Home
) -> None:
    (first, _, *rest) = await told.records()
    await keep(archive, [first, *rest], await told.seals())
    with pytest.raises(NotSealed, match="not every event"):
        await proved(archive, (await told.sealed())[0].event_id)


async def test_a_lost_seal_is_waited_for(archive: Home, told: Home) -> None:
    events = await told.sealed()
    (_, second) = await told.seals()
    await keep(archive, await told.records(), [second])
    for event in (events[0], events[4]):
        with pytest.raises(NotSealed):
            await proved(archive, event.event_id)


async def test_the_seal_is_found_among_hundreds(archive: Home, allotments: Home) -> None:
    """By halves, so that the length of the log does not matter."""
    for number in range(60):
        await allotments.say(FenceMended(holder=UUID(int=number + 1)))
        await allotments.seal()
        await allotments.sign()
    await keep(archive, await allotments.records(), await allotments.seals())
    keys = {allotments.log: [public_text(allotments.key)]}
    for event in await allotments.sealed():
        assert checked(await proved(archive, event.event_id), keys).findings == ()
