"""A placement has one ending: reached, or early, and then the case goes back to stage 1."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias
from uuid import UUID

from chronicle.decider import Decider, Policy, Refused, Samples, derived
from contracts.codes import EXIT_GROUP_OF, CompletionResult, ExitReason, InitiatedBy
from contracts.event import SYSTEM, Asked
from contracts.reviews import CaseHandedBackToStage1, PlacementCompleted, PlacementEndedEarly
from services.reviews.domain.standing import (
    EVENTS,
    Active,
    Completed,
    EndedEarly,
    Event,
    NotOpened,
    Raised,
    Standing,
    evolve,
    placement_named,
    unanswered,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscussWithin(Policy):
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletePlacement(Asked):
    person: UUID
    placement: UUID
    result: CompletionResult
    qualification: str | None = None
    next_step_agreed: bool
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPlacementEarly(Asked):
    """`summary` is what stage 1 is told, when the case is handed back."""

    person: UUID
    placement: UUID
    reason_code: ExitReason | None
    secondary_reasons: tuple[ExitReason, ...] = ()
    initiated_by: InitiatedBy | None
    last_day_on: date | None
    notice_given: bool
    restricted_handling: bool = False
    note: str = ""
    summary: str = ""
    discuss_within: DiscussWithin


Command: TypeAlias = CompletePlacement | EndPlacementEarly


def decide(command: Command, was: Standing) -> list[Event]:
    match command, was.placement:
        case _, Completed() | EndedEarly():
            raise Refused("REV-11", "this placement has ended already, and it ends only once")
        case _, NotOpened():
            raise Refused("REV-01", "this placement has not started yet: look up the right one")
        case _, Active(person=person) if person != command.person:
            raise Refused(
                "REV-01", "this placement is another young person's: look up the right one"
            )
        case CompletePlacement() as c, Active(started_on=start) if not start <= c.on <= c.today:
            raise Refused("REV-10", f"a placement ends between its start on {start} and today")
        case CompletePlacement() as c, Active() as placement:
            return [completed(c, placement)]
        case EndPlacementEarly(reason_code="other", note=words), _ if not words.strip():
            raise Refused("REV-09", "the reason is other: say in words what it was")
        case EndPlacementEarly(
            reason_code=str(), initiated_by=str(), last_day_on=date() as last_day
        ) as c, Active(started_on=start) if not (
            start <= min(c.on, last_day) and max(c.on, last_day) <= c.today
        ):
            raise Refused("REV-10", f"a placement ends between its start on {start} and today")
        case EndPlacementEarly(
            reason_code=str() as reason, initiated_by=str() as who, last_day_on=date() as last_day
        ) as c, Active() as placement:
            ended = ended_early(c, was, placement, reason, who, last_day)
            return [ended] if ended.restricted_handling else [ended, handed_back(c, ended)]
        case EndPlacementEarly(), _:
            raise Refused("REV-09", "give the reason, who ended the placement, and the last day")


def completed(c: CompletePlacement, placement: Active) -> PlacementCompleted:
    return PlacementCompleted(
        placement=c.placement,
        person=c.person,
        referral=placement.referral,
        kind=placement.kind,
        result=c.result,
        qualification=c.qualification,
        next_step_agreed=c.next_step_agreed,
        note=c.note,
        **c.said,
    )


def ended_early(
    c: EndPlacementEarly,
    was: Standing,
    placement: Active,
    reason: ExitReason,
    initiated_by: InitiatedBy,
    last_day_on: date,
) -> PlacementEndedEarly:
    risk = was.risk if isinstance(was.risk, Raised) else None
    group = EXIT_GROUP_OF[reason]
    return PlacementEndedEarly(
        placement=c.placement,
        person=c.person,
        referral=placement.referral,
        kind=placement.kind,
        reason_group=group,
        reason_code=reason,
        secondary_reasons=c.secondary_reasons,
        initiated_by=initiated_by,
        positive_move=group == "positive_move",
        last_day_on=last_day_on,
        notice_given=c.notice_given,
        risk=risk.risk if risk else None,
        risk_answered=not unanswered(was) if risk else None,
        restricted_handling=c.restricted_handling or reason == "died",
        note=c.note,
        **c.said,
    )


def handed_back(c: EndPlacementEarly, ended: PlacementEndedEarly) -> CaseHandedBackToStage1:
    return CaseHandedBackToStage1(
        placement=c.placement,
        person=c.person,
        referral=ended.referral,
        ending=derived(c.id, "reviews/1"),
        purpose="information" if ended.positive_move else "replan",
        discuss_by=c.today + timedelta(days=c.discuss_within.days),
        summary=c.summary,
        **c.said,
    )


def reads(command: Command) -> list[str]:
    placement = f"placement-{command.placement}"
    match command:
        case CompletePlacement():
            return [placement]
        case EndPlacementEarly(person=person):
            return [placement, f"risk-{command.placement}", f"pathway-{person}"]


ID, DAY = UUID(int=0), date(2024, 1, 1)
samples: Samples[Command, Standing] = Samples(
    commands=(
        CompletePlacement(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, placement=ID,
            result="achieved", next_step_agreed=True,
        ),
        EndPlacementEarly(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, placement=ID,
            reason_code="workload", initiated_by="young_person", last_day_on=DAY,
            notice_given=True, discuss_within=DiscussWithin(rule="", days=31),
        ),
    ),
    states=(
        Standing(placement=NotOpened()),
        Standing(
            placement=Active(person=ID, referral=ID, kind="apprenticeship", started_on=DAY)
        ),
        Standing(placement=Completed(person=ID, ended_on=DAY)),
        Standing(placement=EndedEarly(person=ID, ended_on=DAY)),
    ),
)  # fmt: skip
decider: Decider[Command, Standing, Event] = Decider(
    reads=reads, events=EVENTS, initial=Standing(), decide=decide, evolve=evolve, samples=samples,
    named=placement_named,
)  # fmt: skip
