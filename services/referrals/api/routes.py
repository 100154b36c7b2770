"""One door for each command and each question of referrals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from chronicle.db import Db
from chronicle.decider import derived, opaque
from chronicle.doors import Board, Door, Reading, at_door, commands, questions, reading
from contracts.event import Actor
from contracts.lists import listed
from contracts.policy import in_force
from services.referrals import vault
from services.referrals.api import bodies
from services.referrals.domain.agenda import AddToAgenda, DiscussCase, DiscussWithin
from services.referrals.domain.closing import CloseReferral
from services.referrals.domain.plan import RevisePlan
from services.referrals.domain.referral import MakeReferral
from services.referrals.domain.route import AgreeRoute, DecideRoute, RouteCatalogue, RouteTeams
from services.referrals.domain.stage1_meeting import (
    HoldStage1Meeting,
    Quorum,
    ScheduleStage1Meeting,
)
from services.referrals.domain.young_person import (
    RecordActivityStatus,
    RegisterYoungPerson,
    SchemeCategories,
    UpdateProfile,
)
from services.referrals.read_models import meetings as meetings_model
from services.referrals.read_models.meetings import meetings as meetings_rows

At = Annotated[Door[Actor], Depends(at_door)]
MayKnowNames = frozenset(
    {"leaving_care_adviser", "leaving_care_manager", "eet_adviser", "eet_manager"}
)


async def register_young_person(body: bodies.RegisterYoungPerson, door: At) -> Response:
    asked = door.asked(body.occurred_on)
    person = opaque(door.id, "person")
    command = RegisterYoungPerson(
        person=person, population=body.population, category=body.category,
        age_band=vault.age_band(body.date_of_birth, asked["on"]),
        registered_from=body.registered_from,
        scheme=in_force("category.in_scheme", asked["on"], SchemeCategories), **asked,
    )  # fmt: skip
    identity = vault.Identity(
        person=person, name=body.name, date_of_birth=body.date_of_birth, contact=body.contact
    )

    async def keep(tx: Db) -> None:
        await vault.keep(tx, identity)

    return await door.execute(command, alongside=keep)


async def record_activity_status(body: bodies.RecordActivityStatus, door: At) -> Response:
    asked = door.asked(body.occurred_on)
    async with door.desk.chronicle.pool.acquire() as db:
        band = await vault.band_on(db, body.person, asked["on"])
    return await door.execute(
        RecordActivityStatus(
            person=body.person, status=body.status, oc3=body.oc3, nccis=body.nccis,
            age_band=band, verified_by=body.verified_by, note=body.note, **asked,
        )
    )  # fmt: skip


async def update_profile(body: bodies.UpdateProfile, door: At) -> Response:
    asked = door.asked(body.occurred_on)
    listed(
        asked["on"], sector=body.sectors, area=body.areas, interest=body.interests,
        skill=body.skills,
    )  # fmt: skip
    return await door.execute(
        UpdateProfile(
            person=body.person, sectors=body.sectors, level=body.level, areas=body.areas,
            max_travel_minutes=body.max_travel_minutes, aspirations=body.aspirations,
            occupations=body.occupations, interests=body.interests, skills=body.skills,
            strengths=body.strengths, qualifications=body.qualifications, barriers=body.barriers,
            accessibility=body.accessibility, **asked,
        )
    )  # fmt: skip


async def schedule_stage1_meeting(body: bodies.ScheduleStage1Meeting, door: At) -> Response:
    return await door.execute(
        ScheduleStage1Meeting(
            meeting=derived(door.id, "meeting"), series=body.series, planned_on=body.planned_on,
            within_team_meeting=body.within_team_meeting, extraordinary=body.extraordinary,
            called_for=body.called_for, **door.asked(body.occurred_on),
        )
    )  # fmt: skip


async def hold_stage1_meeting(body: bodies.HoldStage1Meeting, door: At) -> Response:
    asked = door.asked(body.occurred_on)
    return await door.execute(
        HoldStage1Meeting(
            meeting=body.meeting, chair_role=body.chair_role, attendee_roles=body.attendee_roles,
            apologies=body.apologies, quorum=in_force("stage1.quorum", asked["on"], Quorum),
            **asked,
        )
    )  # fmt: skip


async def add_to_agenda(body: bodies.AddToAgenda, door: At) -> Response:
    within = in_force("stage1.discuss_within", door.today, DiscussWithin)
    return await door.execute(
        AddToAgenda(
            person=body.person, cause=body.cause, placement=body.placement,
            discuss_by=body.discuss_by or within, **door.asked(body.occurred_on),
        )
    )  # fmt: skip


async def discuss_case(body: bodies.DiscussCase, door: At) -> Response:
    return await door.execute(
        DiscussCase(
            person=body.person, meeting=body.meeting, causes=body.causes, progress=body.progress,
            exit_information_shared=body.exit_information_shared, note=body.note,
            **door.asked(body.occurred_on),
        )
    )  # fmt: skip


async def decide_route(body: bodies.DecideRoute, door: At) -> Response:
    asked = door.asked(body.occurred_on)
    return await door.execute(
        DecideRoute(
            person=body.person, meeting=body.meeting, urgent_procedure=body.urgent_procedure,
            route=body.route, options_considered=body.options_considered,
            decided_by_roles=body.decided_by_roles, rationale=body.rationale,
            catalogue=in_force("catalogue.routes", asked["on"], RouteCatalogue),
            teams=in_force("route.teams", asked["on"], RouteTeams), **asked,
        )
    )  # fmt: skip


async def agree_route(body: bodies.AgreeRoute, door: At) -> Response:
    return await door.execute(
        AgreeRoute(
            person=body.person, route=body.route, how=body.how, views=body.views,
            **door.asked(body.occurred_on),
        )
    )  # fmt: skip


async def make_referral(body: bodies.MakeReferral, door: At) -> Response:
    asked = door.asked(body.occurred_on)
    async with door.desk.chronicle.pool.acquire() as db:
        band = await vault.band_on(db, body.person, asked["on"])
    return await door.execute(
        MakeReferral(
            person=body.person, referral=derived(door.id, "referral"), owner=body.owner,
            cause=body.cause, not_neet_reason=body.not_neet_reason,
            sharing_basis=body.sharing_basis, consent=body.consent, age_band=band,
            summary=body.summary,
            catalogue=in_force("catalogue.routes", asked["on"], RouteCatalogue), **asked,
        )
    )  # fmt: skip


async def close_referral(body: bodies.CloseReferral, door: At) -> Response:
    return await door.execute(
        CloseReferral(
            person=body.person, referral=body.referral, outcome=body.outcome, note=body.note,
            **door.asked(body.occurred_on),
        )
    )  # fmt: skip


async def revise_plan(body: bodies.RevisePlan, door: At) -> Response:
    return await door.execute(
        RevisePlan(
            person=body.person, cause=body.cause, because=body.because, placement=body.placement,
            referral=body.referral, steps=body.steps, what_changed=body.what_changed,
            agreed_by_young_person=body.agreed_by_young_person, **door.asked(body.occurred_on),
        )
    )  # fmt: skip


async def meetings(
    at: Annotated[Reading, reading(meetings_rows)],
    planned: Annotated[bool, Query(description="only those not held yet")] = False,
) -> Board:
    """The stage 1 meetings: planned, held, and whether they were quorate."""
    find = meetings_model.still_planned if planned else meetings_model.by_day
    return at.board(list(await find(at.db)))


async def names(
    request: Request, door: At, person: Annotated[list[UUID], Query(max_length=200)]
) -> dict[UUID, str]:
    """The names behind these persons, for leaving care and EET workers alone."""
    if door.actor.role not in MayKnowNames:
        raise HTTPException(403, f"the role {door.actor.role} may not know names")
    async with door.desk.chronicle.pool.acquire() as db:
        return await vault.names(db, person)


def doors() -> APIRouter:
    router = APIRouter()
    commands(
        router, register_young_person, record_activity_status, update_profile,
        schedule_stage1_meeting, hold_stage1_meeting, add_to_agenda, discuss_case, decide_route,
        agree_route, make_referral, close_referral, revise_plan,
    )  # fmt: skip
    questions(router, meetings, names)
    return router
