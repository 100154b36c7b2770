"""A pathway review is held with everybody who matters, and the next one is scheduled with it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chronicle.decider import Decider, Refused, Samples
from contracts.codes import TEAM_OF, Progress, Role
from contracts.event import SYSTEM, Asked
from contracts.parts import Action, Apology, EetPoint
from contracts.reviews import ReviewHeld, ReviewScheduled
from services.reviews.domain.due import ReviewInterval, WorkingDays, clocks, earliest, planned_day
from services.reviews.domain.standing import (
    EVENTS,
    Event,
    NoReview,
    OpenReview,
    Standing,
    covers,
    evolve,
    still_active,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReview(Asked):
    person: UUID
    review: UUID
    next_review: UUID
    placement: UUID | None = None
    chair_role: Role
    attendee_roles: tuple[Role, ...]
    apologies: tuple[Apology, ...] = ()
    young_person_present: bool
    absence_reason: str | None = None
    views_recorded: bool
    views: str | None = None
    progress: Progress
    progress_note: str
    eet_points: tuple[EetPoint, ...]
    actions: tuple[Action, ...] = ()
    interval: ReviewInterval
    calendar: WorkingDays


def decide(c: HoldReview, was: Standing) -> list[Event]:
    match c, was.review:
        case _, NoReview():
            raise Refused("REV-17", "no review is open: schedule one, then record that it was held")
        case HoldReview(review=review), OpenReview(review=open_one) if review != open_one:
            raise Refused("REV-17", "another review is open: record this meeting under that one")
        case HoldReview(placement=UUID()), _ if not covers(was.placement, c.person, c.on):
            raise Refused("REV-01", "the placement was not active that day: leave it out")
        case _ if TEAM_OF[c.chair_role] != "leaving_care":
            raise Refused(
                "REV-03", "leaving care chairs the review, never the host or the provider"
            )
        case HoldReview(placement=UUID()), _ if "eet_adviser" not in accounted_for(c):
            raise Refused(
                "REV-03", "name the EET adviser, present or with an apology or substitute"
            )
        case HoldReview(placement=UUID()), _ if "apprenticeships" not in teams(accounted_for(c)):
            raise Refused("REV-03", "name the Apprenticeships Team, present or with an apology")
        case HoldReview(young_person_present=False), _ if not (c.absence_reason or "").strip():
            raise Refused("REV-03", "say why the young person was not there")
        case HoldReview(eet_points=()), _:
            raise Refused("REV-04", "agree at least one point of education, employment or training")
        case _, OpenReview(due_by=due_by):
            return [review_held(c, due_by), next_scheduled(c, was)]


def review_held(c: HoldReview, due_by: date) -> ReviewHeld:
    return ReviewHeld(
        review=c.review,
        person=c.person,
        placement=c.placement,
        due_by=due_by,
        days_late=max(0, (c.on - due_by).days),
        chair_role=c.chair_role,
        attendee_roles=c.attendee_roles,
        apologies=c.apologies,
        young_person_present=c.young_person_present,
        absence_reason=c.absence_reason,
        views_recorded=c.views_recorded,
        views=c.views,
        progress=c.progress,
        progress_note=c.progress_note,
        eet_points=c.eet_points,
        actions=c.actions,
        **c.said,
    )


def next_scheduled(c: HoldReview, was: Standing) -> ReviewScheduled:
    held = max(c.on, was.last_held_on or c.on)
    due = earliest(clocks(c.interval, last_held_on=held))
    return ReviewScheduled(
        review=c.next_review,
        person=c.person,
        placement=c.placement if still_active(was.placement, c.on) else None,
        basis="statutory",
        clock=due.clock,
        last_held_on=held,
        planned_on=planned_day(due, c.calendar),
        due_by=due.by,
        **c.said,
    )


def accounted_for(c: HoldReview) -> frozenset[Role]:
    """The roles that were there, or whose apology or substitute is recorded."""
    return frozenset({*c.attendee_roles, *(apology.role for apology in c.apologies)})


def teams(roles: frozenset[Role]) -> frozenset[str]:
    return frozenset(TEAM_OF[role] for role in roles)


def reads(command: HoldReview) -> list[str]:
    pathway = f"pathway-{command.person}"
    return [pathway, f"placement-{command.placement}"] if command.placement else [pathway]


def named(was: Standing) -> str:
    return "no review open" if isinstance(was.review, NoReview) else "review open"


ID, DAY, DUE = UUID(int=0), date(2024, 1, 1), date(2024, 7, 1)
OPEN = OpenReview(review=ID, scheduled=ID, placement=None, planned_on=DUE, due_by=DUE)
samples: Samples[HoldReview, Standing] = Samples(
    commands=(
        HoldReview(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, review=ID, next_review=ID,
            chair_role="leaving_care_adviser", attendee_roles=(), young_person_present=True,
            views_recorded=True, progress="on_track", progress_note="",
            eet_points=(EetPoint(kind="work", text=""),),
            interval=ReviewInterval(rule="", months=6),
            calendar=WorkingDays(rule="", holidays=frozenset()),
        ),
    ),
    states=(Standing(review=NoReview()), Standing(review=OPEN)),
)  # fmt: skip
decider: Decider[HoldReview, Standing, Event] = Decider(
    reads=reads, events=EVENTS, initial=Standing(), decide=decide, evolve=evolve, samples=samples,
    named=named,
)  # fmt: skip
