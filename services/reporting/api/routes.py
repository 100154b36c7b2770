"""One door for each question that reporting answers."""

from dataclasses import dataclass, fields
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chronicle.completeness import completeness as held_of_each_log
from chronicle.doors import Board, Reading, questions, reading
from chronicle.problems import Unprocessable
from contracts.codes import Role
from contracts.policy import in_force
from services.reporting.api.export_door import export, proof
from services.reporting.read_models import caseload as cases
from services.reporting.read_models import counts as referrals
from services.reporting.read_models import handovers as handed_over
from services.reporting.read_models import operations as integrity
from services.reporting.read_models import person as persons
from services.reporting.read_models import placement_outcomes, review_outcomes, stage1_meetings
from services.reporting.read_models import reviews_due as reviews
from services.reporting.read_models import risk_watchlist as risks
from services.reporting.read_models import stage1_agenda as agenda
from services.reporting.read_models import tasks as to_do
from services.reporting.read_models import timeline as told


async def caseload(
    at: Annotated[Reading, reading(cases.caseload)],
    stage: Annotated[cases.Stage | None, Query(description="only cases in this stage")] = None,
    ownerless: Annotated[bool, Query(description="only those that nobody owns yet")] = False,
) -> Board:
    """Whose case is where and since when, what needs doing soonest first."""
    if ownerless:
        return at.board(list(await cases.ownerless(at.db, at.today)))
    return at.board(list(await cases.by_what_needs_doing(at.db, at.today, stage=stage)))


async def stage1_agenda(
    at: Annotated[Reading, reading(agenda.stage1_agenda, stage1_meetings.stage1_meetings)],
) -> Board:
    """Whom the next stage 1 meeting is to discuss, for which causes, and what was carried over."""
    return at.board(list(await agenda.to_discuss(at.db, at.today)))


async def reviews_due(
    at: Annotated[Reading, reading(reviews.reviews_due)],
    overdue: Annotated[bool, Query(description="only those whose day has passed")] = False,
) -> Board:
    """Every open review: by when, by which of the two clocks, and how often it was escalated."""
    due = await reviews.soonest_first(at.db, at.today, _warn(at))
    return at.board([each for each in due if each.days_left < 0 or not overdue])


async def risk_watchlist(at: Annotated[Reading, reading(risks.risk_watchlist)]) -> Board:
    """Live placements with signals or raises, and whether anybody answered."""
    return at.board(list(await risks.worst_first(at.db, at.today, _window(at))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen(persons.Person):
    """Everything the person's screen shows, each part from its own read model."""

    case: cases.CaseNow | None
    review: reviews.Due | None
    risks: list[risks.AtRisk]
    tasks: list[to_do.ToDo]


async def person(
    at: Annotated[
        Reading,
        reading(
            persons.person, cases.caseload, reviews.reviews_due, risks.risk_watchlist, to_do.tasks
        ),
    ],
    person: UUID,
) -> Board:
    """One young person: status, profile, referral, placement, plan, and what is to be done."""
    found = await persons.by_id(at.db, person)
    if found is None:
        return at.board([])
    screen = Screen(
        **{field.name: getattr(found, field.name) for field in fields(found)},
        case=await cases.of_person(at.db, person, at.today),
        review=await reviews.of_person(at.db, person, at.today, _warn(at)),
        risks=await risks.of_person(at.db, person, at.today, _window(at)),
        tasks=await to_do.open_tasks(at.db, at.today, person=person),
    )
    return at.board([screen])


async def timeline(at: Annotated[Reading, reading(told.timeline)], person: UUID) -> Board:
    """Every event about a person, in plain words, by the day it was true."""
    return at.board(list(await told.story(at.db, person=person)))


async def story(
    at: Annotated[Reading, reading(told.timeline)],
    person: UUID | None = None,
    correlation: Annotated[UUID | None, Query(description="all that came of one request")] = None,
) -> Board:
    """What happened to a person, or came of one request, a cause before what it caused."""
    if (person is None) == (correlation is None):
        raise Unprocessable("send either person or correlation")
    return at.board(list(await told.story(at.db, person=person, correlation=correlation)))


async def tasks(
    at: Annotated[Reading, reading(to_do.tasks)],
    person: UUID | None = None,
    role: Annotated[Role | None, Query(description="only what this role is to do")] = None,
) -> Board:
    """What somebody is to do, since which event, and which event is awaited."""
    return at.board(list(await to_do.open_tasks(at.db, at.today, person=person, role=role)))


async def counts(
    at: Annotated[
        Reading,
        reading(
            referrals.counts, placement_outcomes.placement_outcomes,
            review_outcomes.review_outcomes,
        ),
    ],
) -> Board:  # fmt: skip
    """Every figure of the scheme, with the events behind it."""
    figures = referrals.figures(
        await referrals.all_made(at.db),
        await placement_outcomes.all_started(at.db),
        await review_outcomes.by_due_day(at.db),
        at.today,
    )
    return at.board(list(figures))


async def handovers(
    at: Annotated[Reading, reading(handed_over.handovers)],
    late: Annotated[bool, Query(description="only those that wait longer than allowed")] = False,
) -> Board:
    """Hand-overs between two services whose receipt was not heard yet."""
    within = in_force("handover.receipt_within", at.today, handed_over.ReceiptWithin)
    waiting = await handed_over.without_receipt(at.db, at.now, within)
    return at.board([each for each in waiting if each.late or not late])


async def operations(at: Annotated[Reading, reading(integrity.operations)]) -> Board:
    """For each log: how far it agreed with its seals, and every failure."""
    return at.board(list(await integrity.by_service(at.db)))


async def completeness(
    at: Annotated[Reading, reading(integrity.operations, told.timeline)],
) -> Board:
    """For each service: held through, sealed through, holes, mismatches, what cannot be read.

    What is held is always answered as of now: a hole that was filled is no hole.
    """
    unread = await integrity.unread_by_service(at.db)
    checked = {row.log: row for row in await integrity.by_service(at.db)}
    return at.board(
        [
            integrity.whole(one, unread.get(one.service, 0), checked.get(one.log))
            for one in await held_of_each_log(at.db)
        ]
    )


def _warn(at: Reading) -> reviews.Warn:
    return in_force("review.warn", at.today, reviews.Warn)


def _window(at: Reading) -> risks.Window:
    return in_force("risk.rule", at.today, risks.Window)


def doors() -> APIRouter:
    router = APIRouter()
    questions(
        router, caseload, stage1_agenda, reviews_due, risk_watchlist, person, timeline, story,
        tasks, counts, handovers, operations, completeness,
    )  # fmt: skip
    router.get("/export", tags=["export"])(export)
    router.get("/proof", tags=["export"])(proof)
    return router
