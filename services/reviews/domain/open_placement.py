"""A placement that started is followed from its first day, with its first review in the diary."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chronicle.decider import Decider, Samples
from contracts.codes import Kind
from contracts.event import SYSTEM, Asked
from contracts.reviews import PlacementOpened, ReviewScheduled
from services.reviews.domain.due import (
    Due,
    ReviewInterval,
    WorkingDays,
    clocks,
    earliest,
    planned_day,
)
from services.reviews.domain.standing import (
    EVENTS,
    Active,
    Completed,
    EndedEarly,
    Event,
    NoReview,
    NotOpened,
    OpenReview,
    Standing,
    evolve,
    placement_named,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlacement(Asked):
    """`started` is the `PlacementStarted`; `review` a new id, should no review be open."""

    person: UUID
    placement: UUID
    referral: UUID
    started: UUID
    started_on: date
    planned_end_on: date
    kind: Kind
    host: UUID
    employer: UUID
    provider: UUID | None = None
    review: UUID
    interval: ReviewInterval
    calendar: WorkingDays


def decide(c: OpenPlacement, was: Standing) -> list[Event]:
    due = first_due(c, was)
    match was.placement, was.review:
        case Active() | Completed() | EndedEarly(), _:
            return []
        case NotOpened(), NoReview():
            return [opened(c, c.review, due.by), scheduled(c, was, c.review, due, None)]
        case NotOpened(), OpenReview(review=review, due_by=due_by) if due_by <= due.by:
            return [opened(c, review, due_by)]
        case NotOpened(), OpenReview(review=review, planned_on=already):
            return [opened(c, review, due.by), scheduled(c, was, review, due, already)]


def first_due(c: OpenPlacement, was: Standing) -> Due:
    return earliest(clocks(c.interval, last_held_on=was.last_held_on, started_on=c.started_on))


def opened(c: OpenPlacement, first_review: UUID, due_by: date) -> PlacementOpened:
    return PlacementOpened(
        placement=c.placement,
        person=c.person,
        referral=c.referral,
        started=c.started,
        started_on=c.started_on,
        planned_end_on=c.planned_end_on,
        kind=c.kind,
        host=c.host,
        employer=c.employer,
        provider=c.provider,
        first_review=first_review,
        first_review_due_by=due_by,
        **c.said,
    )


def scheduled(
    c: OpenPlacement, was: Standing, review: UUID, due: Due, already: date | None
) -> ReviewScheduled:
    return ReviewScheduled(
        review=review,
        person=c.person,
        placement=c.placement,
        basis="placement_start",
        clock=due.clock,
        last_held_on=was.last_held_on,
        planned_on=planned_day(due, c.calendar, already),
        due_by=due.by,
        **c.said,
    )


ID, DAY = UUID(int=0), date(2024, 1, 1)
samples: Samples[OpenPlacement, Standing] = Samples(
    commands=(
        OpenPlacement(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="policy", person=ID, placement=ID,
            referral=ID, started=ID, started_on=DAY, planned_end_on=date(2025, 1, 1),
            kind="apprenticeship", host=ID, employer=ID, review=ID,
            interval=ReviewInterval(rule="", months=6),
            calendar=WorkingDays(rule="", holidays=frozenset()),
        ),
    ),
    states=(
        Standing(placement=NotOpened()),
        Standing(placement=Active(person=ID, referral=ID, kind="apprenticeship", started_on=DAY)),
        Standing(placement=Completed(person=ID, ended_on=DAY)),
        Standing(placement=EndedEarly(person=ID, ended_on=DAY)),
    ),
)  # fmt: skip
decider: Decider[OpenPlacement, Standing, Event] = Decider(
    reads=lambda command: [f"placement-{command.placement}", f"pathway-{command.person}"],
    events=EVENTS, initial=Standing(), decide=decide, evolve=evolve, samples=samples,
    named=placement_named,
)  # fmt: skip
