"""When matching hears this, it asks itself for that."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, TypedDict
from uuid import UUID

from chronicle.decider import Envelope, derived
from contracts.codes import Ending, Via
from contracts.event import SYSTEM, Actor
from contracts.matching import ArrangementConcluded
from contracts.policy import in_force
from contracts.referrals import ReferralMade
from contracts.reviews import PlacementCompleted, PlacementEndedEarly
from services.matching.domain.arrangement import ConcludeArrangement
from services.matching.domain.opportunity import ReleasePlace
from services.matching.domain.receiving import DecideWithin, ReceiveReferral


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    decide_within: DecideWithin


def rules_on(day: date) -> Rules:
    return Rules(decide_within=in_force("referral.decide_within", day, DecideWithin))


Heard: TypeAlias = ReferralMade | PlacementEndedEarly | PlacementCompleted | ArrangementConcluded
Command: TypeAlias = ReceiveReferral | ConcludeArrangement | ReleasePlace


def react(event: Heard, about: Envelope, rules: Rules) -> list[Command]:
    match event:
        case ReferralMade(route="preparatory" | "none"):
            return []
        case ReferralMade():
            return [receive(event, about, rules)]
        case PlacementEndedEarly():
            return [conclude(event, "ended_early", about)]
        case PlacementCompleted():
            return [conclude(event, "completed", about)]
        case ArrangementConcluded(ending="ended_early"):
            return [release(event, about)]
        case ArrangementConcluded():
            return []


def receive(made: ReferralMade, about: Envelope, rules: Rules) -> ReceiveReferral:
    return ReceiveReferral(
        made=about.id, referral=made.referral, person=made.person, route=made.route,
        cause=made.cause, prior_referral=made.prior_referral, sectors=made.sectors,
        level=made.level, areas=made.areas, population=made.population, age_band=made.age_band,
        interests=made.interests, skills=made.skills, strengths=made.strengths,
        decide_within=rules.decide_within, **by_policy(about, ReceiveReferral),
    )  # fmt: skip


def conclude(
    ended: PlacementEndedEarly | PlacementCompleted, ending: Ending, about: Envelope
) -> ConcludeArrangement:
    return ConcludeArrangement(
        placement=ended.placement, person=ended.person, ending=ending, ended_on=ended.occurred_on,
        because=about.id, **by_policy(about, ConcludeArrangement),
    )  # fmt: skip


def release(concluded: ArrangementConcluded, about: Envelope) -> ReleasePlace:
    return ReleasePlace(
        opportunity=concluded.opportunity, placement=concluded.placement, reason="ended_early",
        **by_policy(about, ReleasePlace),
    )  # fmt: skip


class ByPolicy(TypedDict):
    """What every command carries, as a policy says it."""

    id: UUID
    today: date
    on: date
    by: Actor
    via: Via


def by_policy(about: Envelope, command: type[Command]) -> ByPolicy:
    return ByPolicy(
        id=derived(about.id, command.__name__), today=about.on, on=about.on, by=SYSTEM,
        via="policy",
    )  # fmt: skip
