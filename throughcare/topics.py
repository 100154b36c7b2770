"""The topics of the registry, made on a broker and compared with what is there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.registry import Topic, topics

State = Literal["made", "there", "differs"]


@dataclass(frozen=True, slots=True)
class Applied:
    """One topic and what became of it; `differs` says how, and nothing was changed."""

    name: str
    state: State
    partitions: int
    said: str = ""


async def apply(servers: str, *, replicas: int | None = None) -> list[Applied]:
    """Make every topic that is missing; partitions of one that is there are never changed.

    `replicas` overrides the registry's replication, for a broker that is alone.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        there = await _there(admin)
        missing = [topic for topic in topics() if topic.name not in there]
        await _make(admin, missing, replicas)
        return [_compared(topic, there) for topic in topics()]
    finally:
        await admin.close()


async def forget(servers: str) -> None:
    """Delete our topics, and with them what our consumers had read, for a story begun anew."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        while there := await _there(admin):
            await admin.delete_topics(list(there))
            await asyncio.sleep(0.1)
    finally:
        await admin.close()


async def _there(admin: AIOKafkaAdminClient) -> dict[str, int]:
    known = set(await admin.list_topics())
    wanted = [topic.name for topic in topics() if topic.name in known]
    if not wanted:
        return {}
    described = await admin.describe_topics(wanted)
    return {topic["topic"]: len(topic["partitions"]) for topic in described}


async def _make(admin: AIOKafkaAdminClient, missing: Sequence[Topic], replicas: int | None) -> None:
    if replicas is not None:
        least = min(replicas, 2)
        missing = [
            replace(t, replication=replicas, min_insync_replicas=min(t.min_insync_replicas, least))
            for t in missing
        ]
    if missing:
        await admin.create_topics([_new(topic) for topic in missing])


def _new(topic: Topic) -> NewTopic:
    return NewTopic(
        name=topic.name, num_partitions=topic.partitions, replication_factor=topic.replication,
        topic_configs={
            "retention.ms": str(topic.retention_days * 86_400_000),
            "min.insync.replicas": str(topic.min_insync_replicas),
            "unclean.leader.election.enable": str(topic.unclean_leader_election).lower(),
        },
    )  # fmt: skip


def _compared(topic: Topic, there: dict[str, int]) -> Applied:
    if topic.name not in there:
        return Applied(topic.name, "made", topic.partitions)
    if (count := there[topic.name]) != topic.partitions:
        said = f"has {count} partitions, the registry says {topic.partitions}: keys would move"
        return Applied(topic.name, "differs", count, said)
    return Applied(topic.name, "there", count)
