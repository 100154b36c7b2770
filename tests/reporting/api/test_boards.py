"""Each board over HTTP: from what was heard to the rows a worker sees, now and as of then."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from chronicle import project
from chronicle.given import Told
from chronicle.integrity import Checked, Checker
from services.reporting.main import ROOMS
from tests.reporting import facts
from tests.reporting.facts import AMI, STORY, again, id_of, until
from tests.reporting.house import LOGS, Reporting, with_body, with_other_bytes

BOARDS = (
    "/caseload", "/stage1-agenda", "/reviews-due", "/risk-watchlist", "/tasks", "/counts",
    "/handovers", "/operations", "/completeness",
)  # fmt: skip
OF_A_PERSON = ("/person", "/timeline", "/story")


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def ids(*numbers: int) -> list[str]:
    return [str(id_of(number)) for number in numbers]


async def test_an_empty_board_has_no_rows_and_says_nothing_is_wrong(reporting: Reporting) -> None:
    empty: dict[str, Any] = {
        "position": 0,
        "as_of": None,
        "effective_on": None,
        "unread": 0,
        "catching_up": False,
        "rows": [],
    }
    for path in BOARDS:
        answer = await reporting.asks(path)
        assert (answer.status_code, answer.json()) == (200, empty), path
    for path in OF_A_PERSON:
        answer = await reporting.asks(path, person=str(AMI))
        assert (answer.status_code, answer.json()) == (200, empty), path


async def test_nobody_asks_without_saying_who_they_are(reporting: Reporting) -> None:
    for path in BOARDS:
        assert (await reporting.asks(path, actor=None)).status_code == 401, path


async def test_the_caseload_puts_what_is_due_first_on_top(reporting: Reporting) -> None:
    reporting.now = at(facts.APRIL_16)
    ben = Told(
        facts.registered.event.model_copy(update={"person": facts.BEN}),
        facts.about(90, facts.APRIL_2),
    )
    await reporting.hears(ben, *until(facts.received))
    first, second = await reporting.rows("/caseload")
    assert (first["person"], first["stage"], first["because"]) == (
        str(AMI), "received", str(id_of(11)),
    )  # fmt: skip
    assert (first["days_in_stage"], first["days_left"], first["next_what"]) == (
        5, 30, "find a place",
    )  # fmt: skip
    assert (second["person"], second["stage"], second["next_what"]) == (
        str(facts.BEN), "registered", None,
    )  # fmt: skip
    assert [row["person"] for row in await reporting.rows("/caseload", ownerless=True)] == [
        str(facts.BEN)
    ]
    assert [row["person"] for row in await reporting.rows("/caseload", stage="received")] == [
        str(AMI)
    ]


async def test_the_agenda_says_what_was_carried_over_and_when_the_next_meeting_is(
    reporting: Reporting,
) -> None:
    reporting.now = at(facts.AUG_6)
    missed = [t for t in until(facts.august_planned) if t is not facts.exit_discussed]
    july_held = again(facts.meeting_held, 80, meeting=UUID(int=81), occurred_on=date(2024, 7, 9))
    july = again(facts.meeting_planned, 81, meeting=UUID(int=81), planned_on=date(2024, 7, 9))
    await reporting.hears(*missed, july, july_held)
    (row,) = await reporting.rows("/stage1-agenda")
    assert (row["person"], row["discuss_by"], row["days_left"]) == (str(AMI), "2024-08-05", -1)
    assert [(i["cause"], i["event"], i["carried_over"]) for i in row["items"]] == [
        ("at_risk", str(id_of(24)), str(id_of(80))),
        ("early_exit", str(id_of(31)), None),
    ]
    assert row["last"]["event"] == str(id_of(7))
    assert (row["next_meeting_on"], row["next_meeting"]) == ("2024-08-13", str(id_of(35)))


async def test_the_review_diary_counts_days_on_the_day_it_is_asked(reporting: Reporting) -> None:
    await reporting.hears(*until(facts.scheduled))
    reporting.now = at(date(2024, 10, 31))
    (row,) = await reporting.rows("/reviews-due")
    assert (row["clock"], row["days_left"], row["warning"], row["scheduled"]) == (
        "placement_start_plus_interval", 7, 2, str(id_of(19)),
    )  # fmt: skip
    assert await reporting.rows("/reviews-due", overdue=True) == []
    reporting.now = at(date(2024, 11, 8))
    (late,) = await reporting.rows("/reviews-due", overdue=True)
    assert (late["days_left"], late["warning"]) == (-1, None)


async def test_the_watchlist_shows_every_raise_with_its_evidence(reporting: Reporting) -> None:
    reporting.now = at(facts.JULY_1)
    await reporting.hears(*until(facts.opened))
    assert await reporting.rows("/risk-watchlist") == []
    await reporting.hears(*STORY[len(until(facts.opened)) : len(until(facts.at_risk))])
    (row,) = await reporting.rows("/risk-watchlist")
    assert (row["level"], row["answer"], row["weight"]) == ("at_risk", "waiting", 4)
    assert row["counting"] == row["raises"][0]["signals"] == ids(21, 22)
    reporting.now = at(date(2024, 7, 9))
    assert [r["answer"] for r in await reporting.rows("/risk-watchlist")] == ["overdue"]


async def test_placements_that_wait_for_an_answer_come_before_those_that_do_not(
    reporting: Reporting,
) -> None:
    other = UUID(int=98)
    calm = [
        again(facts.opened, 80, placement=other, person=facts.BEN),
        again(facts.first_signal, 81, placement=other, person=facts.BEN),
    ]
    await reporting.hears(*calm, *until(facts.at_risk))
    levels = [row["level"] for row in await reporting.rows("/risk-watchlist")]
    assert levels == ["at_risk", "watch"]


async def test_a_persons_screen_holds_every_part_of_the_case(reporting: Reporting) -> None:
    reporting.now = at(facts.JULY_1)
    await reporting.hears(*until(facts.at_risk_item))
    (row,) = await reporting.rows("/person", person=str(AMI))
    assert (row["person"], row["status"], row["placement"]) == (
        str(AMI), "eet", str(facts.PLACEMENT),
    )  # fmt: skip
    assert (row["case"]["stage"], row["review"]["due_by"]) == ("at risk", "2024-11-07")
    assert [r["level"] for r in row["risks"]] == ["at_risk"]
    assert [t["what"] for t in row["tasks"]] == ["bring the review forward or decline"]


async def test_tasks_are_asked_for_by_person_and_by_role(reporting: Reporting) -> None:
    reporting.now = at(facts.JULY_3)
    await reporting.hears(*until(facts.at_risk))
    (row,) = await reporting.rows("/tasks", person=str(AMI))
    assert (row["opened"], row["due_by"], row["days_left"]) == (str(id_of(23)), "2024-07-08", 5)
    assert await reporting.rows("/tasks", role="eet_adviser") == []
    assert await reporting.rows("/tasks", person=str(facts.BEN)) == []


async def test_a_story_reads_in_order_with_the_position_in_the_log_that_said_it(
    reporting: Reporting,
) -> None:
    about_ami = [t for t in until(facts.scheduled) if hasattr(t.event, "person")]
    await reporting.hears(*reversed([t for t in STORY if t.event.said_by == "reviews"][:2]))
    await reporting.hears(*[t for t in until(facts.scheduled) if t.event.said_by != "reviews"])
    rows = await reporting.rows("/story", person=str(AMI))
    assert len(rows) == len(about_ami)
    told = {row["type"]: row for row in rows}
    assert told["ReferralReceived"]["position"] == 1
    places = [row["type"] for row in rows]
    assert places.index("ReferralMade") < places.index("ReferralReceived")
    assert places.index("PlacementStarted") < places.index("PlacementOpened")
    assert rows[0]["sentence"].startswith("2 April 2024: ")


async def test_a_story_of_one_request_tells_all_that_came_of_it(reporting: Reporting) -> None:
    await reporting.hears(*until(facts.reserved))
    rows = await reporting.rows("/story", correlation=str(UUID(int=900)))
    assert len(rows) == len(until(facts.reserved))
    assert "PlaceReserved" in {row["type"] for row in rows}
    for query in ({}, {"person": str(AMI), "correlation": str(AMI)}):
        assert (await reporting.asks("/story", **query)).status_code == 422


async def test_the_timeline_has_one_row_for_each_event_about_a_person(reporting: Reporting) -> None:
    await reporting.hears(*STORY)
    rows = await reporting.rows("/timeline", person=str(AMI))
    assert {row["event"] for row in rows} == {
        str(t.about.id) for t in STORY if hasattr(t.event, "person")
    }
    days = [row["occurred_on"] for row in rows]
    assert days == sorted(days)


async def test_the_counts_name_the_events_they_count(reporting: Reporting) -> None:
    await reporting.hears(*STORY)
    figures = {
        (r["measure"], r["route"], r["kind"], r["cause"], r["outcome"]): r
        for r in await reporting.rows("/counts")
    }
    started = figures["started", "", "apprenticeship", "", ""]
    assert (started["count"], started["events"]) == (1, ids(17))
    assert figures["referred", "apprenticeship", "", "early_exit", ""]["events"] == ids(41)


async def test_a_handover_without_its_receipt_ages_by_the_clock(reporting: Reporting) -> None:
    await reporting.hears(*until(facts.made))
    reporting.now = datetime(2024, 4, 11, 9, 15, tzinfo=UTC)
    (row,) = await reporting.rows("/handovers")
    assert (row["what"], row["awaits"], row["awaited_from"], row["age_minutes"], row["late"]) == (
        "ReferralMade", "ReferralReceived", "matching", 15, False,
    )  # fmt: skip
    assert await reporting.rows("/handovers", late=True) == []
    reporting.now = datetime(2024, 4, 11, 9, 16, tzinfo=UTC)
    assert [r["said"] for r in await reporting.rows("/handovers", late=True)] == ids(10)


async def test_completeness_names_the_hole_and_what_cannot_be_read(reporting: Reporting) -> None:
    matching = reporting.origins["matching"]
    records = [matching.publishes(t) for t in STORY if t.event.said_by == "matching"]
    matching.published[4] = records[4] = with_body(records[4], b'{"kind":7}')
    await reporting.keeps(records[:2] + records[3:])
    await reporting.witness.hear_seals([matching.seals()])
    answer = (await reporting.asks("/completeness")).json()
    (row,) = answer["rows"]
    assert (row["service"], row["log"]) == ("matching", str(LOGS["matching"]))
    assert (row["complete_through"], row["sealed_through"], row["held"]) == (2, 10, 9)
    assert (row["holes"], row["complete"], row["mismatches"]) == ([[3, 3]], False, [])
    assert (row["unread"], answer["unread"]) == (1, 1)
    await reporting.keeps([records[2]])
    (row,) = await reporting.rows("/completeness")
    assert (row["holes"], row["complete"]) == ([], True)


async def test_every_board_says_that_an_event_could_not_be_read(reporting: Reporting) -> None:
    referrals = reporting.origins["referrals"]
    await reporting.keeps([with_body(referrals.publishes(facts.registered), b"{}")])
    for path, unread in (("/caseload", 1), ("/timeline", 1), ("/reviews-due", 0)):
        answer = await reporting.asks(path, **({"person": str(AMI)} if path == "/timeline" else {}))
        assert answer.json()["unread"] == unread, path


async def test_other_bytes_for_one_event_are_a_mismatch_on_both_operations_boards(
    reporting: Reporting,
) -> None:
    record = reporting.origins["referrals"].publishes(facts.registered)
    await reporting.keeps([record])
    await reporting.keeps([with_other_bytes(record)])
    await check(reporting)
    await reporting.seals_and_folds()
    (row,) = await reporting.rows("/operations")
    (failure,) = row["failures"]
    assert (row["service"], failure["finding"], failure["from_position"]) == (
        "referrals", "stream_forked", 1,
    )  # fmt: skip
    (whole,) = await reporting.rows("/completeness")
    assert whole["mismatches"] == [failure["event"]]


async def check(reporting: Reporting) -> None:
    async def say(found: Checked) -> None:
        assert ROOMS.say_checked
        await ROOMS.say_checked(reporting.chronicle, found)

    checker = Checker(reporting.chronicle.pool, reporting.keys, say, reporting.witness.wake)
    await checker.check()


async def test_a_log_that_agrees_with_its_seals_says_so_once_a_day(reporting: Reporting) -> None:
    reviews = reporting.origins["reviews"]
    await reporting.hears(*[t for t in STORY if t.event.said_by == "reviews"])
    await reporting.witness.hear_seals([reviews.seals()])
    await check(reporting)
    await check(reporting)
    await reporting.seals_and_folds()
    (row,) = await reporting.rows("/operations")
    assert (row["service"], row["passed_to"], row["blocks"], row["failures"]) == (
        "reviews", len(reviews.published), 1, [],
    )  # fmt: skip
    said: int = await reporting.chronicle.pool.fetchval(
        "select count(*) from chronicle.event where type like '%.IntegrityCheckPassed.v1'"
    )
    assert said == 1


async def test_a_seal_over_other_bytes_than_were_heard_fails_at_once(reporting: Reporting) -> None:
    reviews = reporting.origins["reviews"]
    records = [reviews.publishes(t) for t in STORY if t.event.said_by == "reviews"]
    await reporting.witness.hear_seals([reviews.seals()])
    await reporting.keeps([with_other_bytes(records[0]), *records[1:]])
    await check(reporting)
    await check(reporting)
    await reporting.seals_and_folds()
    (row,) = await reporting.rows("/operations")
    assert [f["finding"] for f in row["failures"]] == ["root_differs"]
    assert row["passed_to"] == 0


PER_DAY = (facts.APRIL_2, facts.APRIL_9, facts.APRIL_11)


async def test_a_board_as_of_yesterday_is_the_board_of_yesterday(reporting: Reporting) -> None:
    boards: dict[date, Any] = {}
    asked = ("/caseload", "/stage1-agenda", "/tasks", "/counts", "/handovers", "/reviews-due")
    for day in PER_DAY:
        reporting.now = at(day)
        await reporting.hears(*[t for t in STORY if t.event.occurred_on == day])
        boards[day] = {path: await reporting.rows(path) for path in asked}
    assert boards[facts.APRIL_2] != boards[facts.APRIL_9] != boards[facts.APRIL_11]
    reporting.now = at(facts.APRIL_16)
    for day in PER_DAY:
        then = {path: await reporting.rows(path, as_of=at(day).isoformat()) for path in asked}
        assert then == boards[day]


async def test_a_board_as_of_a_position_knows_nothing_that_came_later(reporting: Reporting) -> None:
    await reporting.hears(*until(facts.received))
    answer = (await reporting.asks("/caseload", as_of_position=1)).json()
    assert (answer["position"], [row["stage"] for row in answer["rows"]]) == (1, ["registered"])
    now = (await reporting.asks("/caseload")).json()
    assert [row["stage"] for row in now["rows"]] == ["received"]
    assert now["position"] == len(until(facts.received))


async def test_a_reader_waits_for_what_another_service_acknowledged(reporting: Reporting) -> None:
    await reporting.hears(facts.registered)
    answer = await reporting.asks("/caseload", wait=f"referrals/person-{AMI}@1")
    assert answer.json()["catching_up"] is False


async def test_rebuilding_every_board_gives_the_same_rows(reporting: Reporting) -> None:
    await reporting.hears(*STORY)
    pool = reporting.chronicle.pool
    names = [model.name for model in ROOMS.models]
    before = [await pool.fetch(f"select * from {name} order by 1") for name in names]
    for model in reporting.projector.models:
        async with reporting.projector._pool.acquire() as db, db.transaction():
            await project.begin_again(db, model)
    assert await pool.fetchval("select count(*) from caseload") == 0
    while await reporting.projector.step():
        pass
    assert [await pool.fetch(f"select * from {name} order by 1") for name in names] == before
    assert sum(map(len, before)) > len(STORY)
