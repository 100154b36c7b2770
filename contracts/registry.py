"""Every event in one place: who says it, on which topic, under which key, and who hears it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final, Literal, TypeAlias

from contracts import matching, referrals, reporting, reviews
from contracts.codes import Service
from contracts.event import Event

Key: TypeAlias = Literal["person", "stream"]

HEARD_BY: Final[Mapping[type[Event], tuple[Service, ...]]] = {
    referrals.ActivityStatusRecorded: ("referrals",),
    referrals.ReferralMade: ("matching",),
    matching.PlacementStarted: ("reviews", "referrals"),
    matching.ArrangementConcluded: ("matching",),
    reviews.EarlyExitRisk: ("referrals",),
    reviews.PlacementCompleted: ("matching", "referrals"),
    reviews.PlacementEndedEarly: ("matching", "referrals"),
    reviews.CaseHandedBackToStage1: ("referrals",),
}
"""Who acts on it. Reporting hears whatever the others say, and not itself."""

FROM_OUTSIDE: Final[frozenset[type[Event]]] = frozenset(
    {
        referrals.ActivityStatusRecorded,
        matching.OpportunityOpened,
        reviews.ReviewScheduled,
        reviews.RiskSignalRecorded,
    }
)
"""What an outside publisher may ask a service to say, at that service's own doors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a newcomer asks about an event."""

    event: type[Event]
    type: str
    producer: str
    topic: str
    key: Key
    readers: tuple[Service, ...]
    from_outside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic as `throughcare topics apply` makes it."""

    name: str
    partitions: int
    retention_days: int
    replication: int
    min_insync_replicas: int
    unclean_leader_election: bool


def wire_type(event: type[Event]) -> str:
    """`throughcare.<service>.<Event>.v<n>`"""
    return f"throughcare.{event.said_by}.{event.says}"


def said_in(module: ModuleType) -> Iterator[type[Event]]:
    """The events a module defines, in its order."""
    for each in vars(module).values():
        if (
            isinstance(each, type)
            and issubclass(each, Event)
            and each.__module__ == module.__name__
        ):
            yield each


def entry(event: type[Event]) -> Entry:
    from_others: tuple[Service, ...] = () if event.said_by == "reporting" else ("reporting",)
    return Entry(
        event=event,
        type=wire_type(event),
        producer=event.said_by,
        topic=f"throughcare.{event.said_by}",
        key="person" if "person" in event.model_fields else "stream",
        readers=HEARD_BY.get(event, ()) + from_others,
        from_outside=event in FROM_OUTSIDE,
    )


@cache
def topics() -> tuple[Topic, ...]:
    """Every topic there is, from `topics.toml`."""
    told = tomllib.loads(Path(__file__).with_name("topics.toml").read_text("utf-8"))
    return tuple(Topic(**told["every"] | topic) for topic in told["topic"])


EVENTS: Final = tuple(
    event for module in (referrals, matching, reviews, reporting) for event in said_in(module)
)
words: Final[Mapping[str, type[Event]]] = {wire_type(event): event for event in EVENTS}
registry: Final[Mapping[str, Entry]] = {wire_type(event): entry(event) for event in EVENTS}
