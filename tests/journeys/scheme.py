"""A council's scheme as a journey plays it: days that pass, workers who act, what is then known."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from chronicle.clock import set_file
from chronicle.fact import LONDON
from contracts.codes import Role
from throughcare.council import Answer, Council, Refusal, worker
from throughcare.databases import SERVICES
from throughcare.house import House

ADVISER: Role = "eet_adviser"
PA: Role = "leaving_care_adviser"
MANAGER: Role = "eet_manager"
OFFICER: Role = "apprenticeships_officer"
BOTH_TEAMS = ["leaving_care_manager", "eet_adviser"]
NONE_YET = UUID(int=0)
HOST = str(worker("host"))


@dataclass(frozen=True, slots=True)
class Known:
    """One event of a log, as an auditor would read it there."""

    service: str
    name: str
    id: UUID
    stream: str
    version: int
    data: dict[str, Any]


@dataclass(kw_only=True)
class Scheme:
    house: House
    council: Council
    today: date = date(2024, 4, 2)
    acknowledged: list[Answer] = field(default_factory=list)

    async def on(self, day: date) -> None:
        """The day comes: every timer passes, and all that follows has settled."""
        await self.council.settle()
        assert self.house.clock_file
        self.today = day
        set_file(self.house.clock_file, datetime.combine(day, time(9), LONDON))
        if await self.council.pass_timers():
            await self.council.settle()

    async def say(self, service: str, command: str, by: Role, **body: Any) -> Answer:
        answer = await self.council.say(service, command, by, uuid4(), **body)
        self.acknowledged.append(answer)
        return answer

    async def refused(self, service: str, command: str, by: Role, **body: Any) -> Refusal:
        try:
            answer = await self.say(service, command, by, **body)
        except Refusal as refusal:
            return refusal
        raise AssertionError(f"{command} was not refused: {answer}")

    async def known(self, key: UUID | str) -> list[Known]:
        """Every event with this key, service by service, in the order of their logs."""
        found = []
        for service in SERVICES[:3]:
            for row in await self.rows(service, "where key = $1 order by ticket", str(key)):
                name = row["type"].split(".")[2]
                data = json.loads(row["body"])
                found.append(
                    Known(service, name, row["event_id"], row["stream"], row["version"], data)
                )
        return found

    async def rows(self, service: str, where: str, *args: Any) -> list[Any]:
        db = await asyncpg.connect(self.house.url(service, "auditor"))
        try:
            return await db.fetch(f"select * from chronicle.event {where}", *args)
        finally:
            await db.close()

    async def said(self, key: UUID | str) -> dict[str, list[str]]:
        """The names of the events with this key, by service."""
        names: dict[str, list[str]] = {}
        for event in await self.known(key):
            names.setdefault(event.service, []).append(event.name)
        return names

    async def last(self, key: UUID | str, name: str) -> Known:
        return [event for event in await self.known(key) if event.name == name][-1]


@dataclass(kw_only=True)
class YoungPerson:
    """One young person, and what workers do about them."""

    scheme: Scheme
    person: UUID
    referral: UUID = NONE_YET
    placement: UUID = NONE_YET
    opportunity: UUID = NONE_YET

    @classmethod
    async def registered(cls, scheme: Scheme, name: str = "Fern Quarry") -> "YoungPerson":
        """Registered with a profile, and NEET."""
        answer = await scheme.say(
            "referrals", "register-young-person", ADVISER, name=name, contact="yp@example.invalid",
            date_of_birth="2005-05-01", population="care_leaver", category="former_relevant",
            registered_from="stage1",
        )  # fmt: skip
        self = cls(scheme=scheme, person=UUID(answer.stream.removeprefix("person-")))
        await self.does(
            "referrals", "update-profile", ADVISER, sectors=["construction"], level="2",
            areas=["north"], aspirations="to make things", interests=["building"],
            skills=["practical"],
        )  # fmt: skip
        await self.becomes_neet()
        return self

    async def does(self, service: str, command: str, by: Role, **body: Any) -> Answer:
        return await self.scheme.say(service, command, by, person=str(self.person), **body)

    async def may_not(self, code: str, service: str, command: str, by: Role, **body: Any) -> None:
        refusal = await self.scheme.refused(service, command, by, person=str(self.person), **body)
        assert refusal.code == code, refusal

    async def becomes_neet(self) -> None:
        await self.does(
            "referrals", "record-activity-status", PA, status="neet", oc3="G5",
            verified_by="worker",
        )  # fmt: skip

    async def is_discussed(self, meeting: UUID, *causes: str, **more: Any) -> None:
        await self.does(
            "referrals", "discuss-case", MANAGER, meeting=str(meeting), causes=causes,
            progress="on_track", note="talked about", **more,
        )  # fmt: skip

    async def is_sent_on(self, meeting: UUID, route: str) -> None:
        """Both teams decide the route, and the young person agrees."""
        await self.does(
            "referrals", "decide-route", MANAGER, meeting=str(meeting), route=route,
            options_considered=["preparatory"], decided_by_roles=BOTH_TEAMS, rationale="ready",
        )  # fmt: skip
        await self.does("referrals", "agree-route", ADVISER, route=route, how="phone")

    async def is_referred(self) -> None:
        await self.does("referrals", "make-referral", ADVISER, **self.words())
        await self.scheme.council.settle()
        made = await self.scheme.last(self.person, "ReferralMade")
        self.referral = UUID(made.data["referral"])

    def words(self) -> dict[str, Any]:
        return {
            "owner": str(worker(ADVISER)), "sharing_basis": "consent", "summary": "likes to build",
        }  # fmt: skip

    async def is_matched(self, opportunity: UUID) -> UUID:
        """Proposed and chosen, with their agreement; gives the match."""
        about = {"referral": str(self.referral), "opportunity": str(opportunity)}
        await self.does("matching", "propose-match", OFFICER, **about)
        proposed = await self.scheme.last(self.person, "MatchProposed")
        await self.does(
            "matching", "choose-match", OFFICER, match=proposed.data["match"],
            chosen_by_roles=["apprenticeships_officer", "eet_adviser"], young_person_agrees=True,
            rationale="it fits", **about,
        )  # fmt: skip
        self.opportunity = opportunity
        return UUID(proposed.data["match"])

    async def is_arranged(self, match: UUID, start: date, end: date) -> None:
        await self.does(
            "matching", "arrange-placement", OFFICER, referral=str(self.referral),
            match=str(match), opportunity=str(self.opportunity), planned_start_on=str(start),
            planned_end_on=str(end),
        )  # fmt: skip
        arranged = await self.scheme.last(self.person, "PlacementArranged")
        self.placement = UUID(arranged.data["placement"])

    async def passes_checks(self) -> None:
        arranged = await self.scheme.last(self.person, "PlacementArranged")
        for check in arranged.data["checks_required"]:
            await self.does(
                "matching", "complete-pre-start-check", OFFICER, placement=str(self.placement),
                check=check, result="passed",
            )  # fmt: skip

    async def starts(self, **more: Any) -> None:
        await self.does(
            "matching", "start-placement", OFFICER, placement=str(self.placement),
            opportunity=str(self.opportunity), **more,
        )  # fmt: skip
        await self.scheme.council.settle()

    async def shows(self, kind: str, observer: str = "assessor") -> None:
        """A signal is recorded about the placement."""
        await self.does(
            "reviews", "record-risk-signal", "assessor", placement=str(self.placement), kind=kind,
            observer=observer,
        )  # fmt: skip

    async def has_review(self, **more: Any) -> None:
        """The open review is held."""
        await self.scheme.council.settle()
        review = (await self.scheme.council.ask("reviews", "reviews", person=str(self.person)))[
            "rows"
        ][0]
        body = {
            "review": review["review"], "chair_role": "leaving_care_manager",
            "attendee_roles": ["leaving_care_manager", "eet_adviser", "apprenticeships_officer"],
            "young_person_present": True, "views_recorded": True, "views": "it goes well",
            "progress": "on_track", "progress_note": "steady",
            "eet_points": [{"kind": "work", "text": "look for a job in spring"}],
        }  # fmt: skip
        if review["placement"]:
            body["placement"] = review["placement"]
        await self.does("reviews", "hold-review", "leaving_care_manager", **body | more)

    async def leaves(self, on: date, reason: str, by: str = "young_person", **more: Any) -> None:
        await self.does(
            "reviews", "end-placement-early", PA, placement=str(self.placement),
            reason_code=reason, initiated_by=by, last_day_on=str(on), occurred_on=str(on),
            note="told us on the phone", summary="it did not work out", **more,
        )  # fmt: skip
        await self.scheme.council.settle()


async def meeting_planned(scheme: Scheme, on: date, **more: Any) -> UUID:
    answer = await scheme.say(
        "referrals",
        "schedule-stage1-meeting",
        ADVISER,
        series="monthly",
        planned_on=str(on),
        **more,
    )
    return UUID(answer.stream.removeprefix("stage1-"))


async def meeting_held(scheme: Scheme, meeting: UUID) -> None:
    await scheme.say(
        "referrals", "hold-stage1-meeting", MANAGER, meeting=str(meeting),
        chair_role="leaving_care_manager", attendee_roles=BOTH_TEAMS,
    )  # fmt: skip


async def place_offered(scheme: Scheme, **more: Any) -> UUID:
    """An apprenticeship in the north, in construction, for one."""
    body = {
        "kind": "apprenticeship", "title": "Bricklaying apprentice", "host": HOST,
        "host_kind": "department", "employer": HOST, "sector": "construction", "level": "2",
        "standard": "bricklayer_2", "area": "north", "places": 1, "hours_per_week": 37,
        "pay_pence_per_hour": 755, "planned_length": {"count": 12, "unit": "months"},
        "requirements": ["practical"],
    }  # fmt: skip
    answer = await scheme.say("matching", "open-opportunity", OFFICER, **body | more)
    return UUID(answer.stream.removeprefix("opportunity-"))


async def placed(scheme: Scheme, name: str = "Fern Quarry") -> YoungPerson:
    """From registration on 2 April 2024 to the first day, 7 May 2024, as domain.md 7.6 has it."""
    await scheme.on(date(2024, 4, 2))
    meeting = await meeting_planned(scheme, date(2024, 4, 9))
    someone = await YoungPerson.registered(scheme, name)
    await scheme.on(date(2024, 4, 9))
    await meeting_held(scheme, meeting)
    await someone.is_discussed(meeting, "new_neet")
    await scheme.on(date(2024, 4, 11))
    await someone.is_sent_on(meeting, "apprenticeship")
    await someone.is_referred()
    await scheme.on(date(2024, 4, 16))
    match = await someone.is_matched(await place_offered(scheme))
    await scheme.on(date(2024, 4, 22))
    await someone.is_arranged(match, date(2024, 5, 7), date(2025, 5, 6))
    await someone.passes_checks()
    await scheme.on(date(2024, 5, 7))
    await someone.starts()
    return someone
