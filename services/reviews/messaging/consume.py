"""What reviews hears, one function for each event."""

from typing import Any, Final

from faststream.kafka import KafkaRouter

from chronicle.consume import About, Hears, Ours, says
from contracts.matching import PlacementStarted
from services.reviews.policies import react, rules_on

TOPICS: Final = ("throughcare.matching",)


async def placement_started(event: PlacementStarted, about: About, chronicle: Ours) -> None:
    for command in react(event, about, rules_on(about.on)):
        await chronicle.execute(command, because=about)


async def not_for_us(body: object) -> None: ...


HEARS: Final[Hears] = {PlacementStarted: placement_started}


def listen(router: KafkaRouter, terms: dict[str, Any]) -> None:
    hears = router.subscriber(*TOPICS, **terms)
    for event, handler in HEARS.items():
        hears(handler, filter=says(event))
    hears(not_for_us)
