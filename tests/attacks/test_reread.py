"""Every night all stored bytes are re-read, from the tables themselves."""

import asyncio
from random import Random
from uuid import UUID, uuid4

import pytest

from chronicle.reread import reread
from chronicle.seal import public_text
from chronicle.verify.check import Verdict
from chronicle.verify.finding import Kind
from chronicle.witness import Witness
from tests.attacks import attacks
from tests.attacks.attacks import Attack, re_sealed
from tests.attacks.conftest import Town
from tests.attacks.tables import written
from tests.chronicle.hearing.allotment import FenceMended
from tests.chronicle.hearing.home import Home

SEALED = [
    attacks.edit_a_payload, attacks.edit_who_or_when, attacks.delete_in_the_middle,
    attacks.drop_a_streams_last, attacks.remove_a_stream, attacks.rewrite_what_follows,
    attacks.swap_in_one_stream, attacks.swap_across_streams, attacks.insert_into_the_past,
    attacks.copy_one_in_twice, attacks.cut_the_sealed_tail, attacks.edit_a_block_row,
    attacks.split_the_blocks_elsewhere,
]  # fmt: skip


async def audited(town: Town) -> Verdict:
    """As the auditors of both, whose role may read and no more."""
    homes = (town.service, town.witness)
    pools = {home.name: await home.pool_of("auditor") for home in homes}
    return await reread(pools, {home.log: [public_text(home.key)] for home in homes})


async def keep_the_witness(town: Town) -> None:
    """The service keeps the seals of its witness, as every service keeps reporting's."""
    ears = Witness(town.service.service, town.service.pool, lambda: None)
    await ears.hear_seals(await town.witness.seals())


async def test_nothing_is_found_where_nobody_attacked(town: Town) -> None:
    await keep_the_witness(town)
    found = await audited(town)
    assert found.findings == ()
    assert [(log.service, log.events) for log in found.logs] == [
        ("allotments", 400),
        ("archive", 400),
    ]


async def test_a_log_of_which_nobody_else_holds_a_seal_vouches_for_itself(town: Town) -> None:
    found = await audited(town)
    assert {(f.kind, f.service) for f in found.findings} == {(Kind.NOTHING_OUTSIDE, "archive")}


@pytest.mark.parametrize("carefully", [False, True], ids=["careless", "re-sealed"])
@pytest.mark.parametrize("attack", SEALED, ids=lambda attack: attack.__name__)
async def test_an_attack_on_the_tables_shows_by_morning(
    town: Town, attack: Attack, carefully: bool
) -> None:
    await keep_the_witness(town)
    attacked, random = town.log.copy(), Random(f"{attack.__name__}{carefully}")
    if carefully:
        re_sealed(attack, attacked, random)
    else:
        attack(attacked, random)
    await written(town.service, attacked)
    assert {f.service for f in (await audited(town)).findings} >= {"allotments"}


async def test_a_column_that_is_not_what_the_bytes_say_is_an_edit(town: Town) -> None:
    """Bytes alone are sealed, and reading a stream goes by the columns."""
    await keep_the_witness(town)
    admin = await town.service.admin()
    await admin.execute("alter table chronicle.event disable trigger all")
    hidden = town.log.sealed[17].event_id
    await admin.execute("update chronicle.event set stream = 'nobody' where event_id = $1", hidden)
    (finding,) = (await audited(town)).findings
    assert (finding.kind, finding.event) == (Kind.EDITED, hidden)


async def test_an_event_that_the_blocks_pass_over_is_inserted(town: Town) -> None:
    await keep_the_witness(town)
    attacked = town.log.copy()
    at = next(n for n, block in enumerate(attacked.blocks) if len(block.tickets) > 1)
    left_out = attacked.blocks[at].tickets[-1]
    cuts = [[t for t in block.tickets if t != left_out] for block in attacked.blocks]
    attacked.cut_anew(cuts, attacked.blocks_in_seals)
    await written(town.service, attacked)
    found = {(f.kind, f.event) for f in (await audited(town)).findings}
    assert (Kind.INSERTED, attacked.events[left_out].event_id) in found


async def test_an_answer_without_its_event_is_missing_before_it_was_sealed(town: Town) -> None:
    await keep_the_witness(town)
    gone, kept = town.log.unsealed[-1], town.log.unsealed[0]
    for event in (gone, kept):
        await town.service.ask(
            "insert into chronicle.command (id, result) values ($1, $2) returning true",
            uuid4(), [[event.stream, event.version]],
        )  # fmt: skip
    await vanish(town.service, gone.event_id)
    (finding,) = (await audited(town)).findings
    assert (finding.kind, finding.service) == (Kind.MISSING, "allotments")
    assert f"version {gone.version} of {gone.stream}" in finding.said


async def test_what_another_heard_and_its_source_has_no_more_is_missing(town: Town) -> None:
    await keep_the_witness(town)
    gone, kept = town.log.unsealed[-1], town.log.unsealed[0]
    for event in (gone, kept):
        await town.witness.ask(
            "insert into chronicle.inbox (consumer, source, event_id) values ($1, $2, $3)"
            " returning true",
            "archive", "/throughcare/allotments", str(event.event_id),
        )  # fmt: skip
    await vanish(town.service, gone.event_id)
    (finding,) = (await audited(town)).findings
    assert (finding.kind, finding.service, finding.event) == (
        Kind.MISSING, "allotments", gone.event_id,
    )  # fmt: skip


async def vanish(home: Home, event_id: UUID) -> None:
    admin = await home.admin()
    await admin.execute("alter table chronicle.event disable trigger all")
    await admin.execute("delete from chronicle.event where event_id = $1", event_id)


async def test_nothing_is_found_while_the_service_goes_on_appending(town: Town) -> None:
    await keep_the_witness(town)
    finished = asyncio.Event()

    async def go_on() -> int:
        rounds = 0
        ears = Witness(town.witness.service, town.witness.pool, lambda: None)
        while not finished.is_set():
            await town.service.say(FenceMended(holder=UUID(int=3)))
            await town.service.seal()
            await town.service.sign()
            await ears.hear((await town.service.records())[-3:])
            await ears.hear_seals((await town.service.seals())[-3:])
            rounds += 1
        return rounds

    going = asyncio.ensure_future(go_on())
    try:
        for _ in range(3):
            assert (await audited(town)).findings == ()
    finally:
        finished.set()
        assert await going
