"""Everything that was said, one plain dated sentence for each event, to be read as a story."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias
from uuid import UUID

from chronicle.db import Db
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel
from contracts.event import Event
from contracts.matching import (
    ArrangementConcluded,
    MatchChosen,
    MatchProposed,
    OpportunityOpened,
    PlacementArranged,
    PlacementStarted,
    PlaceReleased,
    PlaceReserved,
    PreStartCheckCompleted,
    ReferralReceived,
)
from contracts.referrals import (
    ActivityStatusRecorded,
    AgendaItemAdded,
    CaseDiscussed,
    EetPlanRevised,
    ProfileUpdated,
    ReferralClosed,
    ReferralMade,
    RouteAgreedByYoungPerson,
    RouteDecided,
    Stage1MeetingHeld,
    Stage1MeetingScheduled,
    YoungPersonRegistered,
)
from contracts.registry import EVENTS
from contracts.reporting import IntegrityCheckFailed, IntegrityCheckPassed
from contracts.reviews import (
    BringForwardDeclined,
    CaseHandedBackToStage1,
    EarlyExitRisk,
    PlacementCompleted,
    PlacementEndedEarly,
    PlacementOpened,
    ReviewBroughtForward,
    ReviewHeld,
    ReviewOverdue,
    ReviewScheduled,
    RiskResponseOverdue,
    RiskSignalRecorded,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`causation` is the event or command behind it.

    `position` is that of an event of reporting's own; where it heard one, `chronicle.origin` says.
    """

    event: UUID
    person: UUID | None
    occurred_on: date
    recorded: datetime
    sentence: str
    service: str
    type: str
    position: int | None
    correlation: UUID | None
    causation: str


Heard: TypeAlias = Event


def fold(row: Entry | None, event: Heard, about: Envelope) -> Entry:
    return Entry(
        event=about.id, person=getattr(event, "person", None), occurred_on=event.occurred_on,
        recorded=about.time, sentence=sentence(event), service=event.said_by,
        type=type(event).__name__,
        position=about.position if event.said_by == "reporting" else None,
        correlation=about.correlation, causation=about.causation,
    )  # fmt: skip


def sentence(event: Event) -> str:
    """The day and what happened on it, from plain fields alone: no name, no telling detail."""
    return f"{day(event.occurred_on)}: {told(event)}."


def told(event: Event) -> str:
    match event:
        case YoungPersonRegistered(population=population, age_band=band):
            return f"A young person ({words(population)}, {band_in_words(band)}) was registered"
        case ActivityStatusRecorded(status=status, verified_by=by):
            return f"Activity recorded: {ACTIVITY[status]}, according to the {words(by)}"
        case ProfileUpdated(sectors=sectors, areas=areas, level=level):
            return (
                f"The profile was updated: looking for {listed(sectors)} at level {level},"
                f" in {listed(areas)}"
            )
        case Stage1MeetingScheduled(planned_on=on, extraordinary=extraordinary):
            what = "An extraordinary stage 1 meeting" if extraordinary else "A stage 1 meeting"
            return f"{what} was planned for {day(on)}"
        case Stage1MeetingHeld(quorate=quorate):
            return f"The stage 1 meeting was held, {'quorate' if quorate else 'not quorate'}"
        case AgendaItemAdded(cause=cause, discuss_by=by):
            return f"Put on the stage 1 agenda ({words(cause)}), to be discussed by {day(by)}"
        case CaseDiscussed(causes=causes, progress=progress):
            return f"Discussed at stage 1 ({listed(causes)}); progress: {words(progress)}"
        case RouteDecided(route="none", decided_by_roles=roles):
            return f"The {listed(roles)} decided on no route for now"
        case RouteDecided(route=route, decided_by_roles=roles):
            return f"The {listed(roles)} decided on the route {words(route)}"
        case RouteAgreedByYoungPerson(route=route, how=how):
            return f"The young person agreed to {words(route)}, {HOW[how]}"
        case ReferralMade(route=route, cause=cause):
            return f"Referred to {words(route)} ({words(cause)})"
        case ReferralClosed(outcome=outcome):
            return f"The referral was closed: {words(outcome)}"
        case EetPlanRevised(version=version, cause=cause, steps=steps):
            return f"The plan was revised (version {version}, {words(cause)}, {len(steps)} steps)"
        case OpportunityOpened(title=title, kind=kind, places=places):
            return f"An opportunity opened: {title}, {words(kind)}, {counted(places, 'place')}"
        case ReferralReceived(route=route, decide_by=by):
            return f"The referral to {words(route)} was received, to be decided by {day(by)}"
        case MatchProposed(reasons=reasons):
            why = f", because of {listed(reasons)}" if reasons else ""
            return f"An opportunity was proposed{why}"
        case MatchChosen(kind=kind, considered=considered, young_person_agrees=agrees):
            yes = "agrees" if agrees else "does not agree"
            return (
                f"Of {counted(len(considered), 'proposal')} one was chosen ({words(kind)});"
                f" the young person {yes}"
            )
        case PlacementArranged(kind=kind, planned_start_on=start, planned_end_on=end):
            return f"A placement ({words(kind)}) was arranged from {day(start)} to {day(end)}"
        case PlaceReserved(places_left=left):
            return f"A place was reserved; {counted(left, 'place')} left"
        case PreStartCheckCompleted(check=check, result=result):
            return f"Check before the start, {words(check)}: {result}"
        case PlacementStarted(kind=kind, sector=sector, hours_per_week=hours):
            return f"First day of the {words(kind)} in {words(sector)}, {hours} hours a week"
        case ArrangementConcluded(ending=ending):
            return f"The arrangement was concluded ({words(ending)}): free for another"
        case PlaceReleased(reason=reason, places_left=left):
            return f"The place was released ({words(reason)}); {counted(left, 'place')} left"
        case PlacementOpened(first_review_due_by=by):
            return f"The placement is followed; its first review is due by {day(by)}"
        case ReviewScheduled(planned_on=on, due_by=by, clock=clock):
            return f"A review was planned for {day(on)}, due by {day(by)} ({words(clock)})"
        case ReviewHeld(days_late=late, progress=progress, eet_points=points):
            when = f"{counted(late, 'day')} late" if late else "on time"
            return (
                f"The review was held {when}; progress: {words(progress)};"
                f" {counted(len(points), 'point')} settled"
            )
        case RiskSignalRecorded(group=group, weight=weight, observer=observer):
            return f"A signal about {words(group)} was noticed by the {words(observer)} ({weight})"
        case EarlyExitRisk(level=level, groups=groups, respond_by=by):
            why = f" ({listed(groups)})" if groups else ""
            return f"The placement is {words(level)}{why}: an answer is due by {day(by)}"
        case ReviewBroughtForward(from_on=was, to_on=now):
            return f"The review was brought forward from {day(was)} to {day(now)}"
        case BringForwardDeclined(reason=reason, planned_on=on):
            return f"It was decided not to bring the review forward from {day(on)}: {words(reason)}"
        case ReviewOverdue(due_by=by, escalated_to=role, days_late=late):
            return (
                f"The review due by {day(by)} is {counted(late, 'day')} late:"
                f" the {words(role)} was told"
            )
        case RiskResponseOverdue(respond_by=by, escalated_to=role):
            return f"Nobody answered the risk by {day(by)}: the {words(role)} was told"
        case PlacementCompleted(kind=kind, result=result):
            return f"The {words(kind)} was completed: {words(result)}"
        case PlacementEndedEarly(kind=kind, initiated_by=who, positive_move=positive):
            manner = "for something better" if positive else "before its time"
            return f"The {words(kind)} ended {manner}, on the initiative of the {words(who)}"
        case CaseHandedBackToStage1(purpose=purpose, discuss_by=by):
            what = "to plan again" if purpose == "replan" else "for information"
            return f"Handed back to stage 1 {what}, to be discussed by {day(by)}"
        case IntegrityCheckPassed(service=service, from_position=first, to_position=last):
            return f"The log of {service} agreed with its seals from position {first} to {last}"
        case IntegrityCheckFailed(service=service, from_position=first, to_position=last):
            return (
                f"The log of {service} failed its check from position {first} to {last}:"
                f" {words(event.finding)}"
            )
        case _:
            return f"{type(event).__name__} was said"


ACTIVITY: Final = {
    "eet": "in education, employment or training",
    "neet": "not in education, employment or training",
    "not_known": "not known",
}
SHORT: Final = frozenset({"eet", "neet", "hr"})
HOW: Final = {"face_to_face": "face to face", "phone": "by phone", "written": "in writing"}


def words(code: str) -> str:
    return " ".join(w.upper() if w in SHORT else w for w in code.split("_"))


def listed(codes: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    every = [words(code) for code in codes]
    return " and ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every) or "any"


def counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def band_in_words(band: str) -> str:
    return {"under_16": "under 16", "25_plus": "25 or over"}.get(band, band.replace("_", " to "))


def day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


timeline: ReadModel[Entry, Heard] = ReadModel(version=1, row=Entry, hears=EVENTS, fold=fold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A sentence of a story; `position` is that of the log of the service that said it."""

    event: UUID
    person: UUID | None
    occurred_on: date
    recorded: datetime
    sentence: str
    service: str
    type: str
    position: int
    correlation: UUID | None
    causation: str


async def story(
    db: Db, *, person: UUID | None = None, correlation: UUID | None = None
) -> list[Told]:
    """What happened to a person, or came of one request, as it happened."""
    rows = await db.fetch(
        "select t.event, t.person, t.occurred_on, t.recorded, t.sentence, t.service, t.type,"
        " coalesce(o.position, t.position) as position, t.correlation, t.causation"
        " from timeline t left join chronicle.origin o on o.event_id = t.event"
        " where t.person = $1 or t.correlation = $2 order by service, position",
        person,
        correlation,
    )
    return as_it_happened([Told(**row) for row in rows])


def as_it_happened(told: Iterable[Told]) -> list[Told]:
    """By day; within a day a cause before what it caused, and each service in its own order."""
    left = sorted(told, key=lambda t: (t.recorded, t.service, t.position))
    order: list[Told] = []
    while left:
        waiting = {str(t.event) for t in left}
        heads = {t.service: t for t in sorted(left, key=lambda t: -t.position)}.values()
        free = [t for t in heads if t.causation not in waiting] or heads
        order.append(min(free, key=lambda t: (t.recorded, t.service, t.position)))
        left.remove(order[-1])
    return sorted(order, key=lambda t: t.occurred_on)
