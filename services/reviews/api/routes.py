"""One door for each command and each question of reviews."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from chronicle.decider import derived
from chronicle.doors import Board, Door, Reading, at_door, commands, questions, reading
from contracts.event import Actor
from contracts.policy import in_force
from services.reviews.api import bodies
from services.reviews.domain.bring_forward import BringReviewForward, DeclineBringForward
from services.reviews.domain.due import ReviewInterval, WorkingDays
from services.reviews.domain.end_placement import (
    CompletePlacement,
    DiscussWithin,
    EndPlacementEarly,
)
from services.reviews.domain.hold_review import HoldReview
from services.reviews.domain.risk import RaiseRisk, RecordRiskSignal
from services.reviews.domain.risk_rule import RespondWithin, RiskRule
from services.reviews.domain.schedule_review import ScheduleReview
from services.reviews.read_models import deadlines as deadline_rows
from services.reviews.read_models import placements as placement_rows
from services.reviews.read_models import reviews as review_rows

At = Annotated[Door[Actor], Depends(at_door)]


async def schedule_review(body: bodies.ScheduleReview, door: At) -> Response:
    asked = door.asked(body.occurred_on)
    return await door.execute(
        ScheduleReview(
            person=body.person, review=derived(door.id, "review"), placement=body.placement,
            basis=body.basis, last_held_on=body.last_held_on, due_by=body.due_by,
            planned_on=body.planned_on,
            interval=in_force("review.interval", asked["on"], ReviewInterval),
            calendar=in_force("calendar", door.today, WorkingDays), **asked,
        )
    )  # fmt: skip


async def hold_review(body: bodies.HoldReview, door: At) -> Response:
    asked = door.asked(body.occurred_on)
    return await door.execute(
        HoldReview(
            person=body.person, review=body.review, next_review=derived(door.id, "review"),
            placement=body.placement, chair_role=body.chair_role,
            attendee_roles=body.attendee_roles, apologies=body.apologies,
            young_person_present=body.young_person_present, absence_reason=body.absence_reason,
            views_recorded=body.views_recorded, views=body.views, progress=body.progress,
            progress_note=body.progress_note, eet_points=body.eet_points, actions=body.actions,
            interval=in_force("review.interval", asked["on"], ReviewInterval),
            calendar=in_force("calendar", door.today, WorkingDays), **asked,
        )
    )  # fmt: skip


async def record_risk_signal(body: bodies.RecordRiskSignal, door: At) -> Response:
    return await door.execute(
        RecordRiskSignal(
            person=body.person, placement=body.placement, signal=derived(door.id, "signal"),
            risk=derived(door.id, "risk"), kind=body.kind, observer=body.observer, note=body.note,
            rule=in_force("risk.rule", door.today, RiskRule),
            respond_within=in_force("risk.respond_within", door.today, RespondWithin),
            calendar=in_force("calendar", door.today, WorkingDays),
            **door.asked(body.occurred_on),
        )
    )  # fmt: skip


async def raise_risk(body: bodies.RaiseRisk, door: At) -> Response:
    return await door.execute(
        RaiseRisk(
            person=body.person, placement=body.placement, risk=derived(door.id, "risk"),
            level=body.level, note=body.note,
            rule=in_force("risk.rule", door.today, RiskRule),
            respond_within=in_force("risk.respond_within", door.today, RespondWithin),
            calendar=in_force("calendar", door.today, WorkingDays),
            **door.asked(body.occurred_on),
        )
    )  # fmt: skip


async def bring_review_forward(body: bodies.BringReviewForward, door: At) -> Response:
    return await door.execute(
        BringReviewForward(
            person=body.person, review=body.review, placement=body.placement, risk=body.risk,
            because=body.because, to_on=body.to_on, decided_by_roles=body.decided_by_roles,
            note=body.note, **door.asked(body.occurred_on),
        )
    )  # fmt: skip


async def decline_bring_forward(body: bodies.DeclineBringForward, door: At) -> Response:
    return await door.execute(
        DeclineBringForward(
            person=body.person, review=body.review, placement=body.placement, risk=body.risk,
            because=body.because, reason=body.reason, rationale=body.rationale or "",
            decided_by_roles=body.decided_by_roles, **door.asked(body.occurred_on),
        )
    )  # fmt: skip


async def complete_placement(body: bodies.CompletePlacement, door: At) -> Response:
    return await door.execute(
        CompletePlacement(
            person=body.person, placement=body.placement, result=body.result,
            qualification=body.qualification, next_step_agreed=body.next_step_agreed,
            note=body.note, **door.planned(body.occurred_on),
        )
    )  # fmt: skip


async def end_placement_early(body: bodies.EndPlacementEarly, door: At) -> Response:
    return await door.execute(
        EndPlacementEarly(
            person=body.person, placement=body.placement, reason_code=body.reason_code,
            secondary_reasons=body.secondary_reasons, initiated_by=body.initiated_by,
            last_day_on=body.last_day_on, notice_given=body.notice_given,
            restricted_handling=body.restricted_handling, note=body.note or "",
            summary=body.summary or "",
            discuss_within=in_force("exit.discuss_within", door.today, DiscussWithin),
            **door.planned(body.occurred_on),
        )
    )  # fmt: skip


async def placements(
    at: Annotated[Reading, reading(placement_rows.placements)],
    person: Annotated[UUID | None, Query()] = None,
) -> Board:
    """The placements that go on; of one person, every placement there was."""
    if person is None:
        return at.board(list(await placement_rows.active(at.db)))
    return at.board(list(await placement_rows.of_person(at.db, person)))


async def reviews(
    at: Annotated[Reading, reading(review_rows.reviews)],
    person: Annotated[UUID | None, Query()] = None,
) -> Board:
    """The open reviews, the next planned first: what the review form starts from."""
    if person is None:
        return at.board(list(await review_rows.next_planned_first(at.db)))
    found = await review_rows.of_person(at.db, person)
    return at.board([found] if found else [])


async def deadlines(at: Annotated[Reading, reading(deadline_rows.deadlines)]) -> Board:
    """What is waited for, by which day, and since which event."""
    return at.board(list(await deadline_rows.soonest_first(at.db)))


def doors() -> APIRouter:
    router = APIRouter()
    commands(
        router, schedule_review, hold_review, record_risk_signal, raise_risk,
        bring_review_forward, decline_bring_forward, complete_placement, end_placement_early,
    )  # fmt: skip
    questions(router, placements, reviews, deadlines)
    return router
