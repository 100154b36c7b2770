"""The doors of operations: settled, ready, live, and what is parked."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chronicle.feed import move
from chronicle.operations import ALIVE_WITHIN, MOST_LAG
from chronicle.parking import Heard, park
from tests.chronicle.hearing.allotment import UNLUCKY, PlotTaken
from tests.chronicle.hearing.home import AMI, NOON, Home, letter
from tests.chronicle.hearing.office import OPERATOR, SHED_ROOMS, VISITOR, Office, opened
from tests.chronicle.hearing.rebuilding import caught_up, projector


@pytest.fixture
async def office(allotments: Home, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(allotments, tmp_path) as office:
        yield office


@pytest.fixture
async def shed_office(shed: Home, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(shed, tmp_path, rooms=SHED_ROOMS) as office:
        yield office


async def settled(office: Office) -> tuple[bool, int, int, int]:
    said = (await office.http.get("/settled")).json()
    return said["settled"], said["unsealed"], said["unpublished"], said["unprojected"]


async def test_settled_is_when_everything_is_sealed_published_and_projected(
    allotments: Home, office: Office
) -> None:
    runner = projector(allotments.url("projector"), await allotments.pool_of("projector"))
    await caught_up(runner)
    assert await settled(office) == (True, 0, 0, 0)
    await office.take(AMI)
    assert await settled(office) == (False, 1, 0, 0)
    await allotments.seal()
    assert await settled(office) == (False, 0, 1, 1)
    await caught_up(runner)
    assert await settled(office) == (False, 0, 1, 0)
    async with (await allotments.pool_of("relay")).acquire() as relay:
        await move(relay, "relay", 0, 1)
    assert await settled(office) == (True, 0, 0, 0)


async def test_ready_waits_for_every_subscriber(allotments: Home, tmp_path: Path) -> None:
    async with opened(allotments, tmp_path, verb="consume") as office:
        office.process.drain.subscribers = ["one", "other"]
        assert (await office.http.get("/health/ready")).status_code == 503
        await office.process.drain.on_partitions_assigned([])
        answer = await office.http.get("/health/ready")
        assert answer.json()["detail"] == "a subscriber has not joined yet"
        await office.process.drain.on_partitions_assigned([])
        assert (await office.http.get("/health/ready")).status_code == 200


async def test_ready_ends_where_a_runner_is_far_behind(
    allotments: Home, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.take(AMI)
    assert (await office.http.get("/health/ready")).status_code == 200
    monkeypatch.setattr("chronicle.operations.MOST_LAG", 0)
    answer = await office.http.get("/health/ready")
    assert (answer.status_code, answer.json()["detail"]) == (503, "1 events behind")
    assert MOST_LAG > 0


async def test_live_is_a_loop_that_turned_lately(office: Office) -> None:
    assert (await office.http.get("/health/live")).status_code == 200
    office.process.turned -= ALIVE_WITHIN + 1
    assert (await office.http.get("/health/live")).status_code == 503


async def test_the_timers_pass_when_they_are_asked_to(office: Office) -> None:
    assert (await office.http.post("/timers")).json() == {"asked": 9}


async def test_the_log_names_itself(allotments: Home, office: Office) -> None:
    await office.take(AMI)
    await allotments.seal()
    assert (await office.http.get("/log")).json() == {
        "service": "allotments", "log": str(allotments.log), "head": 1, "today": "2024-04-09",
    }  # fmt: skip


async def held(shed: Home, n: int, plot: int, reason: str = "KeyError") -> dict[str, str]:
    """Park it; what a door needs to name it."""
    one = letter(PlotTaken(holder=AMI, plot=plot), n)
    record = Heard("throughcare.allotments", 0, n, one.key, one.headers, one.value)
    assert await park(shed.pool, "shed", record, reason, None, 1, NOON)
    return {
        "consumer": "shed", "source": record.source, "event_id": record.event_id,
        "why": "it is mended",
    }  # fmt: skip


async def ask(office: Office, verb: str, said: dict[str, str]) -> tuple[int, Any]:
    answer = await office.http.post(f"/parked/{verb}", json=said, headers=OPERATOR)
    return answer.status_code, answer.json()


async def test_only_operations_looks_at_what_is_parked_and_decides(
    shed: Home, shed_office: Office
) -> None:
    which = await held(shed, 1, plot=7)
    http = shed_office.http
    for headers, status in ((VISITOR, 403), ({}, 401)):
        assert (await http.get("/parked", headers=headers)).status_code == status
        for verb, said in (("release", which), ("mend", which | {"body": "e30="}), ("drop", which)):
            answer = await http.post(f"/parked/{verb}", json=said, headers=headers)
            assert answer.status_code == status
    (parked,) = (await http.get("/parked", headers=OPERATOR)).json()
    assert (parked["event_id"], parked["state"], parked["key"]) == (
        which["event_id"], "held", str(AMI),
    )  # fmt: skip
    assert "value" not in parked


async def test_what_is_released_is_handled_in_order_by_who_and_why(
    shed: Home, shed_office: Office
) -> None:
    first = await held(shed, 1, plot=7)
    await held(shed, 2, plot=8, reason="behind")
    assert await ask(shed_office, "release", first) == (200, {"released": 2})
    assert await shed.ask("select count(*) from chronicle.event") == 2
    assert (await shed_office.http.get("/parked", headers=OPERATOR)).json() == []
    every = await shed_office.http.get("/parked", params={"every": True}, headers=OPERATOR)
    assert {(p["state"], p["decided_by"], p["decided_why"]) for p in every.json()} == {
        ("released", "fay", "it is mended")
    }


async def test_what_fails_again_stays_with_its_reason(shed: Home, shed_office: Office) -> None:
    which = await held(shed, 1, plot=UNLUCKY)
    status, said = await ask(shed_office, "release", which)
    assert (status, said["code"], said["detail"]) == (
        409, "STILL_PARKED", "it failed again: SHED-13",
    )  # fmt: skip
    mended = PlotTaken(holder=AMI, plot=12).to_json()
    body = base64.b64encode(mended).decode()
    assert await ask(shed_office, "mend", which | {"body": body}) == (
        200, {"mended": which["event_id"]},
    )  # fmt: skip
    assert await ask(shed_office, "release", which) == (200, {"released": 1})


async def test_our_own_bug_fails_again_and_stays(
    shed: Home, shed_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    which = await held(shed, 1, plot=7)

    async def broken(event: object, about: object, chronicle: object) -> None:
        raise ZeroDivisionError

    hears: Any = shed_office.process.rooms.hears
    monkeypatch.setitem(hears, PlotTaken, broken)
    status, said = await ask(shed_office, "release", which)
    assert (status, said["code"], said["detail"]) == (
        409, "STILL_PARKED", "it failed again: ZeroDivisionError",
    )  # fmt: skip
    monkeypatch.undo()
    assert await ask(shed_office, "release", which) == (200, {"released": 1})


async def test_what_is_dropped_is_set_aside_for_good(shed: Home, shed_office: Office) -> None:
    which = await held(shed, 1, plot=7)
    assert await ask(shed_office, "drop", which) == (200, {"dropped": which["event_id"]})
    assert await shed.ask("select count(*) from chronicle.inbox") == 1
    for verb, said in (("release", which), ("mend", which | {"body": "e30="}), ("drop", which)):
        status, problem = await ask(shed_office, verb, said)
        assert (status, problem["code"]) == (404, "NOT_FOUND")


async def test_a_mended_body_that_is_no_base64_is_refused(shed: Home, shed_office: Office) -> None:
    which = await held(shed, 1, plot=7)
    status, _ = await ask(shed_office, "mend", which | {"body": "not base64!"})
    assert status == 422
