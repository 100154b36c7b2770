"""What reporting hears: whatever the others say, kept as it came, and the seals of all."""

from typing import Any, Final

from faststream.kafka import KafkaRouter

from chronicle.witness import IN_BATCHES, UNHURRIED, Keeping, keep_seals

TOPICS: Final = ("throughcare.referrals", "throughcare.matching", "throughcare.reviews")
SEALS: Final = "throughcare.seals"


async def everything(batch: list[Any], witness: Keeping) -> None:
    await witness.hear(batch)


def listen(router: KafkaRouter, terms: dict[str, Any]) -> None:
    router.subscriber(*TOPICS, **terms, **IN_BATCHES)(everything)
    router.subscriber(SEALS, **terms, **UNHURRIED)(keep_seals)
