"""Each event takes effect once per consumer, delivered twice or under a new offset (G2, G6)."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from chronicle.consume import About, Ours, heard
from chronicle.db import Db
from chronicle.inbox import claim
from chronicle.parking import Heard
from tests.chronicle.hearing.allotment import LendSpade, PlotTaken
from tests.chronicle.hearing.ears import listening
from tests.chronicle.hearing.home import AMI, BEN, CAI, DOT, Home, Letter, a_topic, send
from tests.chronicle.hearing.test_consume import lent, taken
from tests.controls.control import Control
from tests.parts import Kafka

A, B, C, D = (taken(holder, n) for n, holder in enumerate((AMI, BEN, CAI, DOT), 1))


async def lend_anew(event: PlotTaken, about: About, chronicle: Ours) -> None:
    """An effect that nothing but the inbox keeps from happening again: its ids are new ones."""
    await chronicle.execute(LendSpade(id=uuid4(), holder=event.holder, plot=event.plot))


async def heard_from(
    shed: Home, kafka: Kafka, topic: str, *letters: Letter, group: str = "shed"
) -> None:
    await send(kafka.servers, topic, *letters)
    async with listening(shed, kafka, topic, lend_anew, group) as ears:
        await ears.have_passed(len(letters))


async def claim_without_a_row(
    db: Db, consumer: str, source: str, event_id: str, key: bytes
) -> bool:
    await claim(db, consumer, source, str(uuid4()), key)
    return True


async def test_what_is_published_twice_takes_effect_once(
    control: Control, shed: Home, kafka: Kafka, topic: str
) -> None:
    control.breaks("chronicle.consume.claim", claim_without_a_row)
    await heard_from(shed, kafka, topic, A, B, A)
    with control.red("inbox row dropped", "Left contains one more item"):
        assert await lent(shed) == [AMI, BEN]


@dataclass(frozen=True, slots=True)
class KnownByOffset(Heard):
    """A record whose name is its place in one broker's life."""

    @property
    def source(self) -> str:
        return "kafka"

    @property
    def event_id(self) -> str:
        return f"{self.partition}/{self.offset}"


def known_by_offset(raw: object) -> Heard:
    record = heard(raw)  # type: ignore[arg-type]
    return KnownByOffset(
        record.topic, record.partition, record.offset, record.key, record.headers, record.value
    )


async def effects(shed: Home) -> dict[UUID, int]:
    """How many spades each holder was lent."""
    holders = await lent(shed)
    return {holder: holders.count(holder) for holder in sorted(holders)}


async def test_a_wiped_broker_that_is_told_again_loses_nothing_and_doubles_nothing(
    control: Control, shed: Home, kafka: Kafka, topic: str
) -> None:
    """Offsets begin at 0 again, and what is new lies where something else lay before."""
    control.breaks("chronicle.consume.heard", known_by_offset)
    await heard_from(shed, kafka, topic, A, B, C)
    async with a_topic(kafka.servers) as begun_again:
        await heard_from(shed, kafka, begun_again, D, A, B, C)
    with control.red("consumer fenced by offset instead of event id", "Right contains 1 more item"):
        assert await effects(shed) == {AMI: 1, BEN: 1, CAI: 1, DOT: 1}
