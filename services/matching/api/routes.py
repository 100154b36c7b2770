"""One door for each command and each question of matching."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Response

from chronicle.decider import derived
from chronicle.doors import Board, Door, Reading, at_door, commands, questions, reading
from contracts.event import Actor
from contracts.lists import listed
from contracts.policy import in_force
from services.matching.api import bodies
from services.matching.domain.arrangement import CompletePreStartCheck
from services.matching.domain.arranging import ArrangePlacement
from services.matching.domain.lengths import PlacementLengths
from services.matching.domain.match import ChooseMatch, ProposeMatch
from services.matching.domain.opportunity import ApprenticeMinimum, OpenOpportunity
from services.matching.domain.readiness import AgeKinds, PreStartChecks
from services.matching.domain.starting import BackdateWithin, Holidays, StartPlacement
from services.matching.domain.suitability import MatchScoring, ranked
from services.matching.read_models import arrangements as arrangement_rows
from services.matching.read_models import matches as match_rows
from services.matching.read_models import opportunities as opportunity_rows
from services.matching.read_models import referrals as referral_rows

At = Annotated[Door[Actor], Depends(at_door)]


async def open_opportunity(body: bodies.OpenOpportunity, door: At) -> Response:
    asked = door.asked(body.occurred_on)
    starts = body.starts_from or asked["on"]
    listed(
        asked["on"], sector=(body.sector,), area=(body.area,), skill=body.requirements,
        standard=(body.standard,) if body.standard else (),
    )  # fmt: skip
    return await door.execute(
        OpenOpportunity(
            opportunity=derived(door.id, "opportunity"), kind=body.kind, title=body.title,
            host=body.host, host_kind=body.host_kind, employer=body.employer,
            provider=body.provider, sector=body.sector, level=body.level, standard=body.standard,
            area=body.area, places=body.places, ringfenced=body.ringfenced,
            supernumerary=body.supernumerary, hours_per_week=body.hours_per_week,
            pay_pence_per_hour=body.pay_pence_per_hour, planned_length=body.planned_length,
            starts_from=body.starts_from, closes_on=body.closes_on,
            requirements=body.requirements,
            lengths=in_force("placement.length", starts, PlacementLengths),
            minimum=in_force("pay.apprentice_minimum", starts, ApprenticeMinimum), **asked,
        )
    )  # fmt: skip


async def propose_match(body: bodies.ProposeMatch, door: At) -> Response:
    asked = door.asked(body.occurred_on)
    return await door.execute(
        ProposeMatch(
            match=derived(door.id, "match"), referral=body.referral, person=body.person,
            opportunity=body.opportunity, note=body.note,
            scoring=in_force("match.score", asked["on"], MatchScoring), **asked,
        )
    )  # fmt: skip


async def choose_match(body: bodies.ChooseMatch, door: At) -> Response:
    return await door.execute(
        ChooseMatch(
            match=body.match, referral=body.referral, person=body.person,
            opportunity=body.opportunity, chosen_by_roles=body.chosen_by_roles,
            meeting=body.meeting, young_person_agrees=body.young_person_agrees,
            rationale=body.rationale, **door.asked(body.occurred_on),
        )
    )  # fmt: skip


async def arrange_placement(body: bodies.ArrangePlacement, door: At) -> Response:
    starts = body.planned_start_on
    return await door.execute(
        ArrangePlacement(
            placement=derived(door.id, "placement"), person=body.person, referral=body.referral,
            match=body.match, opportunity=body.opportunity, application=body.application,
            follows=body.follows, planned_start_on=starts, planned_end_on=body.planned_end_on,
            longer_because=body.longer_because, support_plan=body.support_plan,
            checks=in_force("placement.checks", starts, PreStartChecks),
            lengths=in_force("placement.length", starts, PlacementLengths),
            ages=in_force("age.kinds", starts, AgeKinds), **door.asked(body.occurred_on),
        )
    )  # fmt: skip


async def complete_pre_start_check(body: bodies.CompletePreStartCheck, door: At) -> Response:
    asked = door.asked(body.occurred_on)
    return await door.execute(
        CompletePreStartCheck(
            placement=body.placement, person=body.person, check=body.check, result=body.result,
            evidence=body.evidence, waived_because=body.waived_because,
            checks=in_force("placement.checks", asked["on"], PreStartChecks), **asked,
        )
    )  # fmt: skip


async def start_placement(body: bodies.StartPlacement, door: At) -> Response:
    asked = door.planned(body.occurred_on)
    return await door.execute(
        StartPlacement(
            placement=body.placement, person=body.person, opportunity=body.opportunity,
            planned_end_on=body.planned_end_on, line_manager=body.line_manager,
            cohort=body.cohort, levy_transfer=body.levy_transfer, wage_budget=body.wage_budget,
            backdate=in_force("start.backdate_within", door.today, BackdateWithin),
            calendar=in_force("calendar", door.today, Holidays),
            lengths=in_force("placement.length", asked["on"], PlacementLengths),
            ages=in_force("age.kinds", asked["on"], AgeKinds), **asked,
        )
    )  # fmt: skip


async def opportunities(
    at: Annotated[Reading, reading(opportunity_rows.opportunities)],
    with_places: Annotated[bool, Query(description="open today, with a place left")] = False,
) -> Board:
    """The register of opportunities, and how many places each has left."""
    if with_places:
        return at.board(list(await opportunity_rows.with_places(at.db, at.today)))
    return at.board(list(await opportunity_rows.register(at.db)))


async def referrals(
    at: Annotated[Reading, reading(referral_rows.referrals)],
    waiting: Annotated[bool, Query(description="nothing arranged yet")] = False,
) -> Board:
    """The referrals received: what each looks for, and how far the search has come."""
    find = referral_rows.waiting if waiting else referral_rows.every
    return at.board(list(await find(at.db)))


async def proposals(
    referral: UUID,
    at: Annotated[Reading, reading(referral_rows.referrals, opportunity_rows.opportunities)],
) -> Board:
    """The open opportunities that fit this referral, ranked, each with the parts of its score."""
    wanted = await referral_rows.one(at.db, referral)
    if wanted is None:
        raise HTTPException(404, f"referral {referral} was not received, or a newer one was")
    places = await opportunity_rows.with_places(at.db, at.today)
    scoring = in_force("match.score", at.today, MatchScoring)
    return at.board(list(ranked(wanted, places, scoring, at.today)))


async def matches(
    at: Annotated[Reading, reading(match_rows.matches)],
    referral: Annotated[UUID | None, Query()] = None,
) -> Board:
    """The searches: what was proposed and why, what was chosen, whether the person agrees."""
    if referral is None:
        return at.board(list(await match_rows.by_deadline(at.db)))
    found = await match_rows.one(at.db, referral)
    return at.board([found] if found else [])


async def arrangements(
    at: Annotated[Reading, reading(arrangement_rows.arrangements)],
    person: Annotated[UUID | None, Query()] = None,
) -> Board:
    """Each person's latest arrangement: which checks are done and which are missing."""
    if person is None:
        return at.board(list(await arrangement_rows.every(at.db)))
    found = await arrangement_rows.of_person(at.db, person)
    return at.board([found] if found else [])


def doors() -> APIRouter:
    router = APIRouter()
    commands(
        router, open_opportunity, propose_match, choose_match, arrange_placement,
        complete_pre_start_check, start_placement,
    )  # fmt: skip
    questions(router, opportunities, referrals, matches, arrangements)
    router.get("/referrals/{referral}/proposals", tags=["questions"])(proposals)
    return router
