"""One suite against all four: what every door answers, and what each service's own doors say."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.codes import Role
from tests.architecture.house import rooms
from tests.journeys.scheme import (
    ADVISER,
    OFFICER,
    PA,
    Scheme,
    YoungPerson,
    meeting_held,
    meeting_planned,
    place_offered,
    placed,
)
from throughcare.council import Refusal, actor
from throughcare.databases import SERVICES

QUESTIONS = {
    "referrals": "meetings", "matching": "opportunities", "reviews": "placements",
    "reporting": "caseload",
}  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
async def test_who_says_nobody_is_sent_away(scheme: Scheme, service: str) -> None:
    client = scheme.council.clients[service]
    answer = await client.get(f"/{QUESTIONS[service]}")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "UNAUTHORIZED"
    nonsense = await client.get(f"/{QUESTIONS[service]}", headers={"X-Actor": "role=king"})
    assert nonsense.status_code == 401


@pytest.mark.parametrize("service", SERVICES)
async def test_operations_sees_health_and_what_is_parked(scheme: Scheme, service: str) -> None:
    client = scheme.council.clients[service]
    assert (await client.get("/health/live")).text == "live"
    assert (await client.get("/health/ready")).text == "ready"
    assert (await client.get("/log")).json()["service"] == service
    assert (await client.get("/parked", headers={"X-Actor": actor(ADVISER)})).status_code == 403
    parked = await client.get("/parked", headers={"X-Actor": actor("operations")})
    assert parked.json() == []


@pytest.mark.parametrize("service", SERVICES)
async def test_the_page_of_a_service_names_each_of_its_doors(scheme: Scheme, service: str) -> None:
    client = scheme.council.clients[service]
    page = (await client.get("/docs")).text
    document = (await client.get("/openapi.json")).json()
    assert "<script" not in page
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page


@pytest.mark.parametrize("service", SERVICES[:3])
async def test_every_command_a_person_may_give_has_its_door(scheme: Scheme, service: str) -> None:
    document = (await scheme.council.clients[service].get("/openapi.json")).json()
    doors = {path for path, methods in document["paths"].items() if "post" in methods}
    wanted = {
        "/" + "".join(f"-{c.lower()}" if c.isupper() else c for c in command.__name__)[1:]
        for command, roles in rooms(service).roles.items()
        if roles != {"system"}
    }
    own = {door for door in doors if not door.startswith(("/parked", "/timers"))}
    assert own == wanted


async def test_a_role_that_may_not_is_told_so(scheme: Scheme) -> None:
    turned_away: list[tuple[str, str, Role, dict[str, str]]] = [
        ("referrals", "agree-route", "eet_manager", {"route": "apprenticeship", "how": "phone"}),
        ("matching", "propose-match", "leaving_care_adviser",
         {"referral": str(uuid4()), "opportunity": str(uuid4())}),
        ("reviews", "raise-risk", "provider", {"placement": str(uuid4()), "level": "urgent"}),
    ]  # fmt: skip
    for service, command, role, body in turned_away:
        refusal = await scheme.refused(service, command, role, person=str(uuid4()), **body)
        assert (refusal.code, refusal.status) == ("ALL-07", 403)


async def test_a_refusal_says_the_rule_the_state_and_what_is_allowed(scheme: Scheme) -> None:
    await scheme.on(date(2024, 4, 2))
    someone = await YoungPerson.registered(scheme)
    await scheme.council.settle()
    answer = await scheme.council.clients["referrals"].post(
        "/decide-route", headers={"X-Actor": actor("eet_manager")},
        json={"person": str(someone.person), "route": "apprenticeship", "rationale": "ready",
              "decided_by_roles": ["leaving_care_manager", "eet_adviser"]},
    )  # fmt: skip
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["code"], told["state"]) == (428, "REF-13", "Undecided")
    assert "AddToAgenda" in told["allowed"]
    assert told["policies"] == ["catalogue.routes@2023-08-01", "route.teams@2018-01-01"]
    assert told["detail"]


async def test_what_cannot_be_right_is_a_plain_422_that_quotes_nothing(scheme: Scheme) -> None:
    await scheme.on(date(2024, 4, 2))
    someone = await YoungPerson.registered(scheme)
    person = str(someone.person)
    profile = {
        "person": person, "sectors": ["construction"], "level": "2", "areas": ["north"],
        "aspirations": "joinery",
    }  # fmt: skip
    for body, code, word in (
        (profile | {"surname": "Quarry"}, "INVALID", "surname"),
        (profile | {"level": "ninety"}, "INVALID", "level"),
        (profile | {"sectors": ["alchemy"]}, "UNPROCESSABLE", "alchemy"),
        (profile | {"occurred_on": "2024-04-03"}, "UNPROCESSABLE", "after today"),
        (profile | {"aspirations": "write to fern@example.invalid"}, "ALL-05", "e-mail"),
        (profile | {"aspirations": "call 07700 900123"}, "ALL-05", "telephone"),
    ):
        refusal = await scheme.refused("referrals", "update-profile", ADVISER, **body)
        assert (refusal.status, refusal.code) == (422, code)
        assert word in str(refusal)
        assert "Quarry" not in str(refusal)
        assert "ninety" not in str(refusal)


async def test_if_match_guards_what_the_caller_saw(scheme: Scheme) -> None:
    await scheme.on(date(2024, 4, 2))
    someone = await YoungPerson.registered(scheme)
    body = {"person": str(someone.person), "status": "eet", "oc3": "F2", "verified_by": "worker"}
    headers = {"X-Actor": actor(PA), "If-Match": '"2"'}
    door = "/record-activity-status"
    stale = await scheme.council.clients["referrals"].post(door, json=body, headers=headers)
    assert (stale.status_code, stale.json()["code"]) == (409, "ALL-01")
    fresh = await scheme.council.clients["referrals"].post(
        door, json=body, headers=headers | {"If-Match": '"3"'}
    )
    assert (fresh.status_code, fresh.headers["etag"]) == (201, '"4"')


async def test_a_preparatory_referral_is_closed_by_a_person_and_talked_about_again(
    scheme: Scheme,
) -> None:
    await scheme.on(date(2024, 4, 2))
    meeting = await meeting_planned(scheme, date(2024, 4, 9))
    someone = await YoungPerson.registered(scheme)
    await scheme.on(date(2024, 4, 9))
    await meeting_held(scheme, meeting)
    await someone.is_discussed(meeting, "new_neet")
    await someone.is_sent_on(meeting, "preparatory")
    await someone.is_referred()
    assert "matching" not in await scheme.said(someone.person)
    closing = {"referral": str(someone.referral)}
    await someone.may_not(
        "REF-15", "referrals", "close-referral", ADVISER, outcome="ended_early", **closing
    )
    await someone.does("referrals", "close-referral", ADVISER, outcome="completed", **closing)
    await someone.does("referrals", "add-to-agenda", ADVISER, cause="ready_to_move")
    await scheme.council.settle()
    agenda = (await scheme.council.ask("reporting", "stage1-agenda"))["rows"]
    (row,) = [row for row in agenda if row["person"] == str(someone.person)]
    assert [item["cause"] for item in row["items"]] == ["ready_to_move"]


async def test_proposals_are_ranked_and_explained_and_recorded_as_advised(scheme: Scheme) -> None:
    await scheme.on(date(2024, 4, 2))
    meeting = await meeting_planned(scheme, date(2024, 4, 9))
    someone = await YoungPerson.registered(scheme)
    await scheme.on(date(2024, 4, 9))
    await meeting_held(scheme, meeting)
    await someone.is_discussed(meeting, "new_neet")
    await someone.is_sent_on(meeting, "apprenticeship")
    await someone.is_referred()
    near = await place_offered(scheme, title="Near")
    far = await place_offered(scheme, title="Far", area="outer", sector="retail", standard=None)
    await scheme.council.settle()
    told = await scheme.council.ask("matching", f"referrals/{someone.referral}/proposals", OFFICER)
    order = [UUID(row["opportunity"]) for row in told["rows"]]
    assert order.index(near) < order.index(far)
    assert [row["total"] for row in told["rows"]] == sorted(
        (row["total"] for row in told["rows"]), reverse=True
    )
    best = next(row for row in told["rows"] if row["opportunity"] == str(near))
    await someone.is_matched(near)
    proposed = await scheme.last(someone.person, "MatchProposed")
    assert proposed.data["score"] == best["score"]
    assert proposed.data["reasons"] == best["reasons"]
    with pytest.raises(Refusal):
        await scheme.council.ask("matching", f"referrals/{uuid4()}/proposals", OFFICER)


async def test_a_start_waits_for_its_checks_and_its_day(scheme: Scheme) -> None:
    await scheme.on(date(2024, 4, 2))
    meeting = await meeting_planned(scheme, date(2024, 4, 9))
    someone = await YoungPerson.registered(scheme)
    await scheme.on(date(2024, 4, 9))
    await meeting_held(scheme, meeting)
    await someone.is_discussed(meeting, "new_neet")
    await someone.is_sent_on(meeting, "apprenticeship")
    await someone.is_referred()
    match = await someone.is_matched(await place_offered(scheme))
    await someone.is_arranged(match, date(2024, 5, 7), date(2025, 5, 6))
    start = {"placement": str(someone.placement), "opportunity": str(someone.opportunity)}
    await someone.may_not("MAT-11", "matching", "start-placement", OFFICER,
                          occurred_on="2024-05-07", **start)  # fmt: skip
    await scheme.on(date(2024, 5, 7))
    await someone.may_not("MAT-10", "matching", "start-placement", OFFICER, **start)
    arrangement = await scheme.council.ask("matching", "arrangements", person=str(someone.person))
    assert arrangement["rows"][0]["missing"] == ["contract", "right_to_work", "provider_enrolment"]
    await someone.passes_checks()
    await someone.starts()
    opened = await scheme.council.ask("reviews", "placements", person=str(someone.person))
    assert opened["rows"][0]["state"] == "active"


async def test_a_worker_may_raise_a_risk_and_a_board_can_be_asked_as_of_before(
    scheme: Scheme,
) -> None:
    someone = await placed(scheme)
    before = await scheme.council.ask("reporting", "risk-watchlist")
    await scheme.on(date(2024, 6, 3))
    await someone.does(
        "reviews", "raise-risk", PA, placement=str(someone.placement), level="urgent"
    )
    await scheme.council.settle()
    deadlines = (await scheme.council.ask("reviews", "deadlines"))["rows"]
    assert str(someone.placement) in {row["deadline"] for row in deadlines}

    def mine(board: dict[str, Any]) -> list[str]:
        rows = [row for row in board["rows"] if row["placement"] == str(someone.placement)]
        return [row["level"] for row in rows]

    assert mine(await scheme.council.ask("reporting", "risk-watchlist")) == ["urgent"]
    then = await scheme.council.ask(
        "reporting", "risk-watchlist", as_of_position=before["position"]
    )
    assert mine(then) == mine(before) == []
    assert then["rows"] == before["rows"]


async def test_a_read_waits_for_its_own_write(scheme: Scheme) -> None:
    await scheme.on(date(2024, 4, 2))
    someone = await YoungPerson.registered(scheme)
    written = await someone.does(
        "referrals", "add-to-agenda", ADVISER, cause="progress", discuss_by="2024-05-01"
    )
    board = await scheme.council.ask(
        "reporting", "stage1-agenda", wait=f"referrals/{written.stream}@{written.version}"
    )
    assert board["catching_up"] is False
    assert str(someone.person) in {row["person"] for row in board["rows"]}
