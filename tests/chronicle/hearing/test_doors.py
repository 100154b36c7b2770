"""A command in, a receipt out; a question in, a board out; every no explained."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.chronicle.hearing.allotment import PlotTaken
from tests.chronicle.hearing.home import AMI, BEN, NOON, Home
from tests.chronicle.hearing.office import SECRETARY, VISITOR, Office, opened
from tests.chronicle.hearing.rebuilding import caught_up, projector
from tests.chronicle.hearing.wire import Wire

PROBLEM = "application/problem+json"


@pytest.fixture
async def office(allotments: Home, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(allotments, tmp_path) as office:
        yield office


async def shown(allotments: Home) -> None:
    """Sealed and projected."""
    await allotments.seal()
    await caught_up(projector(allotments.url("projector"), await allotments.pool_of("projector")))


async def test_a_command_is_accepted_with_a_receipt_and_repeated_with_the_same(
    allotments: Home, office: Office
) -> None:
    key = str(uuid4())
    first = await office.take(AMI, Idempotency_Key=key)
    again = await office.take(AMI, Idempotency_Key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["ETag"] == again.headers["ETag"] == '"1"'
    receipt = first.json()
    assert (receipt["command"], receipt["version"], receipt["repeated"]) == (key, 1, False)
    assert receipt["stream"] == f"holding-{AMI}"
    assert receipt["streams"] == [{"stream": f"holding-{AMI}", "version": 1}]
    assert again.json() == receipt | {"repeated": True}
    assert await allotments.ask("select count(*) from chronicle.event") == 1


async def test_the_key_and_not_the_body_says_what_was_done(office: Office) -> None:
    key = str(uuid4())
    first = await office.take(AMI, plot=7, Idempotency_Key=key)
    other = await office.take(AMI, plot=8, Idempotency_Key=key)
    assert (other.status_code, other.json()["leaf"]) == (200, first.json()["leaf"])


async def test_without_a_key_every_command_is_a_new_one(office: Office) -> None:
    first, again = await office.take(AMI), await office.take(AMI)
    assert UUID(first.json()["command"]).version == 7
    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 409, "PLOT-01")


async def test_ten_at_once_under_one_key_take_effect_once(allotments: Home, office: Office) -> None:
    key = str(uuid4())
    answers = await asyncio.gather(*(office.take(AMI, Idempotency_Key=key) for _ in range(10)))
    assert sorted(a.status_code for a in answers) == [200] * 9 + [201]
    assert await allotments.ask("select count(*) from chronicle.event") == 1


async def test_the_trace_of_the_request_goes_with_the_event(
    allotments: Home, office: Office
) -> None:
    await office.take(AMI, traceparent="00-aa-bb-01")
    assert await allotments.ask("select trace from chronicle.event") == "00-aa-bb-01"


async def test_who_saw_another_version_is_told_to_read_again(office: Office) -> None:
    await office.take(AMI)
    bed = {"holder": str(AMI), "crop": "leek", "metres": 3}
    for seen in ("0", '"0"', 'W/"2"', "7"):
        headers = SECRETARY | {"If-Match": seen}
        late = await office.http.post("/plant-bed", json=bed, headers=headers)
        assert (late.status_code, late.json()["code"]) == (409, "ALL-01")
        assert late.headers["content-type"] == PROBLEM


async def test_who_saw_the_right_version_is_let_through(office: Office) -> None:
    taken = await office.take(AMI, If_Match="0")
    bed = {"holder": str(AMI), "crop": "leek", "metres": 3}
    seen = SECRETARY | {"If-Match": taken.headers["ETag"]}
    planted = await office.http.post("/plant-bed", json=bed, headers=seen)
    assert (planted.status_code, planted.headers["ETag"]) == (201, '"2"')


async def test_what_is_no_version_is_named(office: Office) -> None:
    answer = await office.take(AMI, If_Match="the newest")
    assert (answer.status_code, answer.json()["code"]) == (422, "UNPROCESSABLE")


async def test_a_refusal_says_why_in_what_state_and_what_is_allowed(office: Office) -> None:
    await office.take(AMI)
    bed = {"holder": str(AMI), "crop": "leek", "metres": 30}
    refused = await office.http.post("/plant-bed", json=bed, headers=SECRETARY)
    assert refused.headers["content-type"] == PROBLEM
    assert refused.status_code == 422
    assert refused.json() == {
        "type": "urn:throughcare:problem:PLOT-03", "title": "Unprocessable Entity",
        "status": 422, "code": "PLOT-03", "detail": "a bed has at most 5 metres",
        "state": "taken", "allowed": ["PlantBed"], "policies": ["bed.size@2024-01-01"],
        "related": [],
    }  # fmt: skip


async def test_who_does_not_say_who_they_are_is_not_let_in(office: Office) -> None:
    for headers in ({}, {"X-Actor": "somebody"}, {"X-Actor": ""}):
        answer = await office.http.post("/take-plot", json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")
        answer = await office.http.get("/plots", headers=headers)
        assert answer.status_code == 401


async def test_a_role_that_may_not_give_a_command_is_told_so(
    allotments: Home, office: Office
) -> None:
    said = {"holder": str(AMI), "plot": 7}
    refused = await office.http.post("/take-plot", json=said, headers=VISITOR)
    assert (refused.status_code, refused.json()["code"]) == (403, "ALL-07")
    assert "visitor" in refused.json()["detail"]
    assert await allotments.ask("select count(*) from chronicle.event") == 0


UNREADABLE: list[tuple[object, str]] = [
    ({"holder": "Rosa Quill", "plot": 7}, "body/holder"),
    ({"holder": str(AMI), "plot": "Rosa Quill"}, "body/plot"),
    ({"holder": str(AMI), "plot": 7, "until": "Rosa Quill"}, "body/until"),
    ({"holder": str(AMI), "plot": -7}, "body/plot"),
    ({"plot": 7}, "body/holder"),
    ({"holder": str(AMI), "plot": 7, "note": "Rosa Quill"}, "body/note"),
    (["Rosa Quill"], "body"),
]


async def test_what_cannot_be_read_is_named_by_its_place_and_not_quoted(office: Office) -> None:
    for body, at in UNREADABLE:
        answer = await office.http.post("/take-plot", json=body, headers=SECRETARY)
        assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")
        assert answer.json()["detail"].startswith(f"{at}: ")
        assert "Rosa" not in answer.text
        assert "Quill" not in answer.text


async def test_a_body_that_is_no_json_is_not_quoted(office: Office) -> None:
    answer = await office.http.post("/take-plot", content=b'{"holder": Rosa', headers=SECRETARY)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")
    assert "Rosa" not in answer.text


async def test_nothing_is_said_about_a_day_that_is_not_over(office: Office) -> None:
    said = {"holder": str(AMI), "plot": 7, "occurred_on": "2024-04-10"}
    answer = await office.http.post("/take-plot", json=said, headers=SECRETARY)
    assert (answer.status_code, answer.json()["code"]) == (422, "UNPROCESSABLE")
    answer = await office.http.post(
        "/take-plot", json=said | {"occurred_on": "2024-04-09"}, headers=SECRETARY
    )
    assert answer.status_code == 201


async def test_an_event_too_large_for_the_log_is_refused_alone(office: Office) -> None:
    await office.take(AMI)
    bed = {"holder": str(AMI), "crop": "x" * 300_000, "metres": 1}
    answer = await office.http.post("/plant-bed", json=bed, headers=SECRETARY)
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")
    bed["crop"] = "leek"
    answer = await office.http.post("/plant-bed", json=bed, headers=SECRETARY)
    assert answer.status_code == 201


async def test_a_door_that_is_not_there_is_a_problem_too(office: Office) -> None:
    answer = await office.http.get("/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert answer.headers["content-type"] == PROBLEM


async def test_while_the_database_is_away_the_answer_is_to_send_it_again(
    allotments: Home, tmp_path: Path
) -> None:
    wire = Wire(allotments.url("service"))
    await wire.mend()
    async with opened(allotments, tmp_path, wire.url) as office:
        assert (await office.take(AMI)).status_code == 201
        await wire.cut()
        key = str(uuid4())
        for _ in range(2):
            away = await office.take(BEN, Idempotency_Key=key)
            assert (away.status_code, away.json()["code"]) == (503, "UNAVAILABLE")
            assert away.headers["Retry-After"] == "1"
        assert (await office.http.get("/plots", headers=VISITOR)).status_code == 503
        ready = await office.http.get("/health/ready")
        assert (ready.status_code, ready.json()["code"]) == (503, "NOT_READY")
        assert (await office.http.get("/health/live")).status_code == 200
        await wire.mend()
        assert (await office.take(BEN, Idempotency_Key=key)).status_code == 201
        assert (await office.http.get("/health/ready")).status_code == 200
    await wire.cut()


async def test_a_board_says_what_it_rests_on(allotments: Home, office: Office) -> None:
    await office.take(AMI, plot=7)
    await shown(allotments)
    board = await office.see()
    ((ami,),) = [board.pop("rows")]
    assert (ami["holder"], ami["plot"], ami["beds"]) == (str(AMI), 7, [])
    assert board == {
        "position": 1, "as_of": None, "effective_on": None, "unread": 0, "catching_up": False,
    }  # fmt: skip


async def test_who_waits_for_a_write_sees_it(allotments: Home, office: Office) -> None:
    await shown(allotments)
    receipt = (await office.take(AMI)).json()
    wait = f"{receipt['stream']}@{receipt['version']}"
    seeing = asyncio.ensure_future(office.see(wait=f"allotments/{wait}"))
    done, _ = await asyncio.wait([seeing], timeout=0.2)
    assert not done
    await shown(allotments)
    board = await seeing
    assert ([row["holder"] for row in board["rows"]], board["catching_up"]) == ([str(AMI)], False)


async def test_who_waits_too_long_is_told_that_the_board_is_catching_up(
    allotments: Home, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chronicle.doors.WAIT_SECONDS", 0.05)
    await shown(allotments)
    await office.take(AMI)
    board = await office.see(wait=f"holding-{AMI}@1")
    assert (board["rows"], board["catching_up"]) == ([], True)


async def test_what_is_no_stream_and_version_cannot_be_waited_for(office: Office) -> None:
    answer = await office.http.get("/plots", params={"wait": "mine"}, headers=VISITOR)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")


async def test_a_board_as_of_then_shows_then(allotments: Home, office: Office) -> None:
    for holder, plot in ((AMI, 7), (BEN, 8)):
        await office.take(holder, plot=plot)
        await shown(allotments)
    second = NOON + timedelta(seconds=2)

    async def plots_seen(**how: object) -> tuple[int, list[int]]:
        board = await office.see(**how)
        return board["position"], [row["plot"] for row in board["rows"]]

    assert await plots_seen() == (2, [7, 8])
    assert await plots_seen(as_of_position=1) == (1, [7])
    assert await plots_seen(as_of_position=0) == (0, [])
    assert await plots_seen(as_of_position=99) == (2, [7, 8])
    assert await plots_seen(as_of=second.isoformat()) == (2, [7, 8])
    assert await plots_seen(as_of=(second - timedelta(milliseconds=1)).isoformat()) == (1, [7])
    assert await plots_seen(as_of="2024-04-09T13:00:01+01:00") == (1, [7])
    assert await plots_seen(as_of_position=1, as_of=second.isoformat()) == (1, [7])
    assert await plots_seen() == (2, [7, 8])


async def test_a_board_about_a_day_leaves_out_what_had_not_occurred_by_then(
    allotments: Home, office: Office
) -> None:
    await allotments.say(
        PlotTaken(holder=AMI, plot=7, occurred_on=date(2024, 3, 1)),
        PlotTaken(holder=BEN, plot=8, occurred_on=date(2024, 3, 2)),
    )
    await shown(allotments)
    board = await office.see(effective_on="2024-03-01")
    assert ([row["plot"] for row in board["rows"]], board["effective_on"]) == ([7], "2024-03-01")
    assert [row["plot"] for row in (await office.see())["rows"]] == [7, 8]


async def test_a_time_without_an_offset_is_no_time(office: Office) -> None:
    answer = await office.http.get(
        "/plots", params={"as_of": "2024-04-09T12:00:01"}, headers=VISITOR
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "UNPROCESSABLE")


async def test_a_board_counts_what_could_not_be_read(allotments: Home, office: Office) -> None:
    await allotments.say_raw("throughcare.allotments.PlotTaken.v9", AMI, b"{}")
    await allotments.seal()
    pool = await allotments.pool_of("projector")
    await caught_up(projector(allotments.url("projector"), pool, keep_unread=True))
    assert (await office.see())["unread"] == 1


async def test_every_door_is_on_the_page_and_in_openapi(office: Office) -> None:
    document = (await office.http.get("/openapi.json")).json()
    assert {"/take-plot", "/plant-bed", "/plots", "/parked", "/settled"} <= set(document["paths"])
    answers = document["paths"]["/take-plot"]["post"]["responses"]
    assert {"200", "201", "401", "403", "409", "422", "428", "503"} <= set(answers)
    page = (await office.http.get("/docs")).text
    assert "POST /take-plot" in page
    assert "<script" not in page
    assert "http" not in json.dumps(page).replace("openapi.json", "")
