"""What referrals hears, one function for each event."""

from typing import Any, Final

from faststream.kafka import KafkaRouter

from chronicle.consume import About, Hears, Ours, says
from contracts.matching import PlacementStarted
from contracts.referrals import ActivityStatusRecorded
from contracts.reviews import (
    CaseHandedBackToStage1,
    EarlyExitRisk,
    PlacementCompleted,
    PlacementEndedEarly,
)
from services.referrals.policies import react, rules_on

TOPICS: Final = ("throughcare.referrals", "throughcare.matching", "throughcare.reviews")


async def activity_status_recorded(
    event: ActivityStatusRecorded, about: About, chronicle: Ours
) -> None:
    for command in react(event, about, rules_on(about.on)):
        await chronicle.execute(command, because=about)


async def placement_started(event: PlacementStarted, about: About, chronicle: Ours) -> None:
    for command in react(event, about, rules_on(about.on)):
        await chronicle.execute(command, because=about)


async def early_exit_risk(event: EarlyExitRisk, about: About, chronicle: Ours) -> None:
    for command in react(event, about, rules_on(about.on)):
        await chronicle.execute(command, because=about)


async def placement_ended_early(event: PlacementEndedEarly, about: About, chronicle: Ours) -> None:
    for command in react(event, about, rules_on(about.on)):
        await chronicle.execute(command, because=about)


async def placement_completed(event: PlacementCompleted, about: About, chronicle: Ours) -> None:
    for command in react(event, about, rules_on(about.on)):
        await chronicle.execute(command, because=about)


async def case_handed_back_to_stage1(
    event: CaseHandedBackToStage1, about: About, chronicle: Ours
) -> None:
    for command in react(event, about, rules_on(about.on)):
        await chronicle.execute(command, because=about)


async def not_for_us(body: object) -> None: ...


HEARS: Final[Hears] = {
    ActivityStatusRecorded: activity_status_recorded,
    PlacementStarted: placement_started,
    EarlyExitRisk: early_exit_risk,
    PlacementEndedEarly: placement_ended_early,
    PlacementCompleted: placement_completed,
    CaseHandedBackToStage1: case_handed_back_to_stage1,
}


def listen(router: KafkaRouter, terms: dict[str, Any]) -> None:
    hears = router.subscriber(*TOPICS, **terms)
    for event, handler in HEARS.items():
        hears(handler, filter=says(event))
    hears(not_for_us)
