"""When referrals hears this, it asks itself for that."""

from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias, TypedDict
from uuid import UUID

from chronicle.decider import Envelope, derived
from contracts.codes import KINDS_OF, Oc3, ReferralOutcome, Via
from contracts.event import SYSTEM, Actor
from contracts.matching import PlacementStarted
from contracts.policy import in_force
from contracts.referrals import ActivityStatusRecorded
from contracts.reviews import (
    CaseHandedBackToStage1,
    EarlyExitRisk,
    PlacementCompleted,
    PlacementEndedEarly,
)
from services.referrals.domain.agenda import AddToAgenda, DiscussWithin
from services.referrals.domain.closing import CloseReferral
from services.referrals.domain.young_person import FullTime, RecordActivityStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    discuss_within: DiscussWithin
    full_time: FullTime


def rules_on(day: date) -> Rules:
    return Rules(
        discuss_within=in_force("stage1.discuss_within", day, DiscussWithin),
        full_time=in_force("activity.full_time", day, FullTime),
    )


APPRENTICESHIPS: Final = KINDS_OF["apprenticeship"]

Heard: TypeAlias = (
    ActivityStatusRecorded
    | PlacementStarted
    | EarlyExitRisk
    | PlacementEndedEarly
    | PlacementCompleted
    | CaseHandedBackToStage1
)
Command: TypeAlias = AddToAgenda | CloseReferral | RecordActivityStatus


def react(event: Heard, about: Envelope, rules: Rules) -> list[Command]:
    match event:
        case ActivityStatusRecorded(status="neet", person=person):
            return [
                AddToAgenda(
                    person=person, cause="new_neet", source=about.id,
                    discuss_by=rules.discuss_within, **by_policy(about, AddToAgenda),
                )
            ]  # fmt: skip
        case ActivityStatusRecorded():
            return []
        case PlacementStarted(kind=kind) if kind in (*APPRENTICESHIPS, "traineeship"):
            return [now_in_placement(event, about, rules.full_time)]
        case PlacementStarted():
            return []
        case EarlyExitRisk(person=person, placement=placement):
            return [
                AddToAgenda(
                    person=person, cause="at_risk", source=about.id, placement=placement,
                    discuss_by=rules.discuss_within, **by_policy(about, AddToAgenda),
                )
            ]  # fmt: skip
        case PlacementEndedEarly(restricted_handling=True):
            return [closed(event, about, "record_closed")]
        case PlacementEndedEarly():
            return [closed(event, about, "ended_early")]
        case PlacementCompleted(person=person, placement=placement):
            return [
                closed(event, about, "completed"),
                AddToAgenda(
                    person=person, cause="completed", source=about.id, placement=placement,
                    discuss_by=rules.discuss_within, **by_policy(about, AddToAgenda),
                ),
            ]  # fmt: skip
        case CaseHandedBackToStage1(person=person, placement=placement, ending=ending):
            return [
                AddToAgenda(
                    person=person, cause="early_exit", source=about.id, exit=ending,
                    placement=placement, discuss_by=event.discuss_by,
                    **by_policy(about, AddToAgenda),
                )
            ]  # fmt: skip


def now_in_placement(
    event: PlacementStarted, about: Envelope, full_time: FullTime
) -> RecordActivityStatus:
    """EET from the first day of the placement, whenever we hear of it."""
    return RecordActivityStatus(
        person=event.person, status="eet", oc3=oc3(event, full_time), age_band=event.age_band,
        verified_by="placement", placement=event.placement, judged_by=full_time,
        **by_policy(about, RecordActivityStatus, on=event.occurred_on),
    )  # fmt: skip


def oc3(event: PlacementStarted, full_time: FullTime) -> Oc3:
    if event.hours_per_week >= full_time.hours_per_week:
        return "F5" if event.kind == "traineeship" else "F4"
    return "P5" if event.kind == "traineeship" else "P4"


def closed(
    event: PlacementEndedEarly | PlacementCompleted, about: Envelope, outcome: ReferralOutcome
) -> CloseReferral:
    return CloseReferral(
        person=event.person, referral=event.referral, outcome=outcome, because=about.id,
        **by_policy(about, CloseReferral),
    )  # fmt: skip


class ByPolicy(TypedDict):
    """What every command carries, as a policy says it."""

    id: UUID
    today: date
    on: date
    by: Actor
    via: Via


def by_policy(about: Envelope, command: type[Command], *, on: date | None = None) -> ByPolicy:
    return ByPolicy(
        id=derived(about.id, command.__name__), today=about.on, on=on or about.on, by=SYSTEM,
        via="policy",
    )  # fmt: skip
