"""What matching hears, one function for each event."""

from typing import Any, Final

from faststream.kafka import KafkaRouter

from chronicle.consume import About, Hears, Ours, says
from contracts.matching import ArrangementConcluded
from contracts.referrals import ReferralMade
from contracts.reviews import PlacementCompleted, PlacementEndedEarly
from services.matching.policies import react, rules_on

TOPICS: Final = ("throughcare.referrals", "throughcare.matching", "throughcare.reviews")


async def referral_made(event: ReferralMade, about: About, chronicle: Ours) -> None:
    for command in react(event, about, rules_on(about.on)):
        await chronicle.execute(command, because=about)


async def placement_ended_early(event: PlacementEndedEarly, about: About, chronicle: Ours) -> None:
    for command in react(event, about, rules_on(about.on)):
        await chronicle.execute(command, because=about)


async def placement_completed(event: PlacementCompleted, about: About, chronicle: Ours) -> None:
    for command in react(event, about, rules_on(about.on)):
        await chronicle.execute(command, because=about)


async def arrangement_concluded(event: ArrangementConcluded, about: About, chronicle: Ours) -> None:
    for command in react(event, about, rules_on(about.on)):
        await chronicle.execute(command, because=about)


async def not_for_us(body: object) -> None: ...


HEARS: Final[Hears] = {
    ReferralMade: referral_made,
    PlacementEndedEarly: placement_ended_early,
    PlacementCompleted: placement_completed,
    ArrangementConcluded: arrangement_concluded,
}


def listen(router: KafkaRouter, terms: dict[str, Any]) -> None:
    hears = router.subscriber(*TOPICS, **terms)
    for event, handler in HEARS.items():
        hears(handler, filter=says(event))
    hears(not_for_us)
