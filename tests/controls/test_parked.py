"""What cannot be handled holds back its own key only, is visible, and nothing else is (G7).

Most checks are those of the hearing side, as they stand.
"""

from collections import Counter

import pytest

from chronicle import consume
from chronicle.consume import TRIES
from chronicle.db import Db, away
from chronicle.decider import Refused
from tests.chronicle.hearing import test_consume
from tests.chronicle.hearing.ears import listening
from tests.chronicle.hearing.home import AMI, Home, send
from tests.chronicle.hearing.test_consume import failing, taken
from tests.controls.control import Control
from tests.parts import Kafka


@pytest.fixture(autouse=True)
def without_a_pause(at_once: None) -> None: ...


async def holds_nothing(db: Db, consumer: str, key: bytes) -> bool:
    return False


async def test_later_events_of_a_parked_key_wait_behind_it(
    control: Control, shed: Home, kafka: Kafka, topic: str
) -> None:
    control.breaks("chronicle.consume.holds", holds_nothing)
    with control.red("park without holding the key", "At index 1 diff"):
        await test_consume.test_while_a_handler_never_succeeds_its_key_waits_and_others_go_on(
            shed, kafka, topic, None
        )


async def test_a_failing_handler_is_parked_after_its_tries(
    control: Control, shed: Home, kafka: Kafka, topic: str
) -> None:
    control.breaks("chronicle.consume.TRIES", 10**9)
    tries: Counter[int] = Counter()
    handler = failing(3 * TRIES, ZeroDivisionError(), 3, tries)
    await send(kafka.servers, topic, taken(AMI, 1, plot=3))
    async with listening(shed, kafka, topic, handler) as ears:
        await ears.have_passed(1)
    with control.red("retry for ever", f"assert {3 * TRIES + 1} == {TRIES}"):
        assert tries[3] == TRIES


async def test_a_lost_race_is_never_parked(
    control: Control, shed: Home, kafka: Kafka, topic: str
) -> None:
    control.breaks("chronicle.consume.transient", away)
    check = test_consume.test_a_lost_race_is_run_again_as_often_as_it_takes_and_never_parked
    with control.red("a lost race parked", r"assert 5 =="):
        await check(shed, kafka, topic, None)


async def test_a_refusal_is_not_tried_again(
    control: Control, shed: Home, kafka: Kafka, topic: str
) -> None:
    control.breaks(
        "chronicle.consume.PERMANENT", tuple(e for e in consume.PERMANENT if e is not Refused)
    )
    with control.red("a refusal retried", r"'SHED-13', 5\)"):
        await test_consume.test_a_refusal_is_parked_at_once_with_its_code(shed, kafka, topic)
