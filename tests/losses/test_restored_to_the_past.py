"""One database is restored to an earlier moment, while Kafka and reporting know more."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from chronicle.fact import unversioned, wire_type
from chronicle.give_back import give_back
from chronicle.republish import republish
from services.matching.main import ROOMS
from tests.chronicle.log import until
from tests.journeys.scheme import HOST, OFFICER, Scheme, placed
from tests.losses.clusters import address, dump, load
from tests.losses.house import Losses, different
from throughcare import databases
from throughcare.council import actor
from throughcare.databases import SERVICES
from throughcare.machine import CannotStart

OPPORTUNITY = {
    "kind": "apprenticeship", "title": "Joinery apprentice", "host": HOST,
    "host_kind": "department", "employer": HOST, "sector": "construction", "level": "2",
    "standard": "bricklayer_2", "area": "north", "places": 1, "hours_per_week": 37,
    "pay_pence_per_hour": 755, "planned_length": {"count": 12, "unit": "months"},
    "requirements": ["practical"],
}  # fmt: skip


async def held_of(scheme: Scheme, service: str) -> dict[str, Any]:
    rows = (await scheme.council.ask("reporting", "completeness", "auditor"))["rows"]
    (row,) = [row for row in rows if row["service"] == service]
    return dict(row)


async def head(losses: Losses, service: str) -> int:
    (row,) = await losses.ask(service, "select sum(n)::int from chronicle.block")
    return int(row[0])


async def restored(losses: Losses, file: Path) -> None:
    house = losses.house
    await databases.drop(house.admin_url, house.prefix, ["matching"])
    await databases.make(house.admin_url, house.prefix, ["matching"])
    load(file, address(house.admin_url, f"{house.prefix}matching"))


async def test_a_service_that_was_restored_to_the_past_gets_back_what_reporting_holds(
    losses: Losses, scheme: Scheme, tmp_path: Path
) -> None:
    house, earlier, export = losses.house, tmp_path / "earlier", tmp_path / "export.jsonl"
    dump(address(house.admin_url, f"{house.prefix}matching"), earlier)
    then = await head(losses, "matching")

    await placed(scheme, "Rowan Heath")
    key = uuid4()
    first = await scheme.council.say("matching", "open-opportunity", OFFICER, key, **OPPORTUNITY)
    await losses.settle(scheme.council)
    now = await head(losses, "matching")

    async def all_is_vouched_for() -> bool:
        return bool((await held_of(scheme, "matching"))["sealed_through"] == now)

    await until(all_is_vouched_for)
    answer = await scheme.council.clients["reporting"].get(
        "/export", headers={"X-Actor": actor("auditor")}
    )
    export.write_bytes(answer.content)
    boards, counts = await losses.boards(), await losses.counts()

    await losses.services["matching"].stop()
    await restored(losses, earlier)
    with pytest.raises(CannotStart):
        await losses.services["matching"].start()
    assert f"the log of matching ends at position {then}, seal " in losses.said("matching")
    assert f"{then + 1} to {now} were lost by a restore" in losses.said("matching")
    assert await head(losses, "matching") == then

    back = await give_back(
        house.url("matching", "owner"), "matching", export,
        {UUID(log): keys for log, keys in json.loads(house.pinned_keys.read_text()).items()},
        {unversioned(wire_type(event)) for event in ROOMS.hears}, "a drill", datetime.now(UTC),
    )  # fmt: skip
    assert (back.first, back.through) == (then + 1, now)
    assert back.heard > 0

    await losses.services["matching"].start()
    for service in SERVICES:
        await republish(house.url(service, "relay"))
    await losses.settle(scheme.council)
    assert await losses.counts() == counts
    assert different(boards, await losses.boards()) == {}
    held = await held_of(scheme, "matching")
    assert (held["complete_through"], held["holes"]) == (now, [])
    again = await scheme.council.say("matching", "open-opportunity", OFFICER, key, **OPPORTUNITY)
    assert again.repeated
    assert (again.stream, again.version) == (first.stream, first.version)
