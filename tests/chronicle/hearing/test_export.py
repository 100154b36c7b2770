"""What the archive exports proves itself: every log it holds, its own among them."""

import io
import json
from itertools import pairwise
from typing import Any

import pytest

from chronicle import export as exporting
from chronicle.export import export
from chronicle.seal import public_text
from chronicle.verify.check import Verdict, verify
from chronicle.verify.finding import Kind
from chronicle.verify.seals import Outside
from chronicle.witness import Witness
from tests.chronicle.hearing.allotment import FenceMended, PlotTaken
from tests.chronicle.hearing.home import AMI, BEN, CAI, DOT, ELI, Home


@pytest.fixture
async def told(allotments: Home) -> Home:
    """Six events in three blocks under two seals."""
    for holder in (AMI, BEN, CAI):
        await allotments.say(PlotTaken(holder=holder, plot=1), FenceMended(holder=holder))
        await allotments.seal()
        if holder != AMI:
            await allotments.sign()
    return allotments


async def keep(archive: Home, told: Home, *, but: int = 0) -> None:
    """Hear all that was said, but one position, then number and sign it as its own."""
    witness = Witness(archive.service, archive.pool, lambda: None)
    await witness.hear([record for n, record in enumerate(await told.records(), 1) if n != but])
    await witness.hear_seals(await told.seals())
    await archive.seal()
    await archive.sign()


async def exported(archive: Home) -> bytes:
    async with archive.pool.acquire() as db:
        return b"".join([piece async for piece in export(db)])


def checked(file: bytes, *homes: Home) -> Verdict:
    keys = {home.log: [public_text(home.key)] for home in homes}
    return verify(io.BytesIO(file), Outside(keys=keys))


def said(file: bytes, service: str) -> list[dict[str, Any]]:
    """The lines of one section."""
    lines = [json.loads(line) for line in file.splitlines()]
    starts = [n for n, line in enumerate(lines) if "format" in line] + [len(lines) - 1]
    for start, after in pairwise(starts):
        if lines[start]["service"] == service:
            return lines[start:after]
    raise LookupError(service)


async def test_an_export_is_verified_with_the_keys(archive: Home, told: Home) -> None:
    await keep(archive, told)
    verdict = checked(await exported(archive), archive, told)
    assert verdict.findings == ()
    assert {(log.service, log.events, log.vouched) for log in verdict.logs} == {
        ("allotments", 6, 6),
        ("archive", 6, 6),
    }


async def test_a_section_is_its_heading_its_blocks_with_their_events_and_its_seals(
    archive: Home, told: Home
) -> None:
    await keep(archive, told)
    section = said(await exported(archive), "allotments")
    assert section[0] == {
        "format": 1, "log": str(told.log), "service": "allotments", "through": 6,
    }  # fmt: skip
    names = [
        next(name for name in ("block_no", "position", "seal_no") if name in line)
        for line in section[1:]
    ]
    assert names == ["block_no", "position", "position"] * 3 + ["seal_no"] * 2
    assert [line["position"] for line in section if "position" in line] == [1, 2, 3, 4, 5, 6]


async def test_what_is_in_no_seal_is_not_exported(archive: Home, told: Home) -> None:
    await told.say(PlotTaken(holder=DOT, plot=4))
    await told.seal()
    await keep(archive, told)
    await told.sign()
    witness = Witness(archive.service, archive.pool, lambda: None)
    await witness.hear_seals(await told.seals())
    await told.say(PlotTaken(holder=ELI, plot=5))
    await told.seal()
    await witness.hear(await told.records())
    await archive.seal()
    file = await exported(archive)
    assert [said(file, service)[0]["through"] for service in ("allotments", "archive")] == [7, 7]
    assert (await archive.ask("select count(*) from chronicle.event")) == 8
    assert checked(file, archive, told).findings == ()


async def test_before_anything_was_said_there_is_a_heading_and_no_alarm(archive: Home) -> None:
    file = await exported(archive)
    assert len(file.splitlines()) == 2
    assert checked(file).findings == ()


async def test_a_hole_is_a_missing_position(archive: Home, told: Home) -> None:
    await keep(archive, told, but=4)
    verdict = checked(await exported(archive), archive, told)
    assert verdict.exit_code == Kind.MISSING
    assert ("allotments", 2, 4) in {(f.service, f.block, f.position) for f in verdict.findings}


async def test_one_byte_changed_in_the_archive_names_block_and_position(
    archive: Home, told: Home
) -> None:
    """One row stands behind both sections, so that neither can vouch for the other."""
    await keep(archive, told)
    await told.say(PlotTaken(holder=DOT, plot=4))
    await told.seal()
    await told.sign()
    await keep(archive, told)
    admin = await archive.admin()
    await admin.execute("alter table chronicle.event disable trigger all")
    await admin.execute(
        "update chronicle.event e set body = set_byte(body, 3, get_byte(body, 3) # 1)"
        " from chronicle.origin o where o.event_id = e.event_id and o.position = 7"
    )
    verdict = checked(await exported(archive), archive, told)
    assert verdict.exit_code == Kind.EDITED
    assert {(f.service, f.block, f.position) for f in verdict.findings} == {
        ("allotments", 4, 7),
        ("archive", 2, 7),
    }


async def test_pages_of_any_size_make_the_same_file(
    archive: Home, told: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(archive, told)
    whole = await exported(archive)
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    monkeypatch.setattr(exporting, "SEALS_AT_ONCE", 1)
    assert await exported(archive) == whole
