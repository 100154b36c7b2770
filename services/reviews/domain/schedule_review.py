"""A person or the case system says when a pathway review is due: one open review at a time."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chronicle.decider import Decider, Refused, Samples
from contracts.codes import ReviewBasis
from contracts.event import SYSTEM, Asked
from contracts.reviews import ReviewScheduled
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
    Event,
    NoReview,
    OpenReview,
    Standing,
    evolve,
    latest,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleReview(Asked):
    """`last_held_on` is as the case system tells it; `due_by` is a day that somebody gave."""

    person: UUID
    review: UUID
    placement: UUID | None = None
    basis: ReviewBasis
    last_held_on: date | None = None
    due_by: date | None = None
    planned_on: date | None = None
    interval: ReviewInterval
    calendar: WorkingDays


def decide(c: ScheduleReview, was: Standing) -> list[Event]:
    match c, was.review:
        case _, OpenReview(due_by=by) if not any(day.by < by for day in due_days(c, was)):
            raise Refused(
                "REV-19", f"a review is open, due by {by}: only an earlier day replaces it"
            )
        case _ if not due_days(c, was):
            raise Refused("REV-02", "say when the last review was held, or by when this one is due")
        case ScheduleReview(planned_on=date() as day), _ if day > due(c, was).by:
            raise Refused("REV-02", f"plan this review for {due(c, was).by} at the latest")
        case _, OpenReview(review=review, placement=placement, planned_on=already):
            return [scheduled(c, was, review, c.placement or placement, already)]
        case _, NoReview():
            return [scheduled(c, was, c.review, c.placement, None)]


def scheduled(
    c: ScheduleReview, was: Standing, review: UUID, placement: UUID | None, already: date | None
) -> ReviewScheduled:
    return ReviewScheduled(
        review=review,
        person=c.person,
        placement=placement,
        basis=c.basis,
        clock=due(c, was).clock,
        last_held_on=latest(was.last_held_on, c.last_held_on),
        planned_on=c.planned_on or planned_day(due(c, was), c.calendar, already),
        due_by=due(c, was).by,
        **c.said,
    )


def due_days(c: ScheduleReview, was: Standing) -> list[Due]:
    held = latest(was.last_held_on, c.last_held_on)
    return clocks(c.interval, last_held_on=held, given=c.due_by)


def due(c: ScheduleReview, was: Standing) -> Due:
    return earliest(due_days(c, was))


def named(was: Standing) -> str:
    return "no review open" if isinstance(was.review, NoReview) else "review open"


ID, DAY, DUE = UUID(int=0), date(2024, 1, 1), date(2024, 7, 1)
OPEN = OpenReview(review=ID, scheduled=ID, placement=None, planned_on=DUE, due_by=DUE)
samples: Samples[ScheduleReview, Standing] = Samples(
    commands=(
        ScheduleReview(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, review=ID, basis="statutory",
            due_by=date(2024, 6, 3), interval=ReviewInterval(rule="", months=6),
            calendar=WorkingDays(rule="", holidays=frozenset()),
        ),
    ),
    states=(Standing(review=NoReview()), Standing(review=OPEN)),
)  # fmt: skip
decider: Decider[ScheduleReview, Standing, Event] = Decider(
    reads=lambda command: [f"pathway-{command.person}"], events=EVENTS, initial=Standing(),
    decide=decide, evolve=evolve, samples=samples, named=named,
)  # fmt: skip
