"""The newest seal elsewhere: what a log must reach before anything is appended or sealed in it."""

from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from chronicle.db import Db, Pool
from chronicle.relay import SEALS
from chronicle.verify.seals import Sealed

log = structlog.get_logger()

PLACE = TopicPartition(SEALS, 0)
WINDOW = 256
"""Records that are looked through first, from the end; then twice as many before them."""
ANSWER_MS = 200
LAST = "select first_pos + n - 1 from chronicle.block order by block_no desc limit 1"


class LogIsBehind(Exception):
    """This log lacks what it had sealed and published before: it was restored to the past."""


async def newest_seal(servers: str, log_id: UUID) -> Sealed | None:
    """The newest seal of this log on the topic, None without one. Raises KafkaError.

    Signatures are not checked here: a forged seal can stop a service, and change nothing.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers, auto_offset_reset="earliest", enable_auto_commit=False,
        fetch_max_wait_ms=50,
    )  # fmt: skip
    try:
        await consumer.start()
        if SEALS not in await consumer.topics():
            return None
        consumer.assign([PLACE])
        return await _newest(consumer, log_id)
    finally:
        await consumer.stop()


async def _newest(consumer: AIOKafkaConsumer, log_id: UUID) -> Sealed | None:
    begin = (await consumer.beginning_offsets([PLACE]))[PLACE]
    # On the embedded broker the "end" may lie before the last records, and never after them.
    upper, last = (await consumer.end_offsets([PLACE]))[PLACE], None
    window = WINDOW
    while True:
        lower = max(begin, upper - window)
        if found := await _seals(consumer, log_id, lower, last):
            return max(found, key=lambda seal: seal.seal_no)
        if lower <= begin:
            return None
        upper, last, window = lower, lower, window * 2


async def _seals(
    consumer: AIOKafkaConsumer, log_id: UUID, first: int, last: int | None
) -> list[Sealed]:
    """The seals of this log from offset `first` to before `last`, or to the high water."""
    consumer.seek(PLACE, first)
    found: list[Sealed] = []
    while True:
        records = await consumer.getmany(PLACE, timeout_ms=ANSWER_MS)
        for record in records.get(PLACE, ()):
            said = Sealed.of(record.value or b"")
            if said and said.log == log_id and (last is None or record.offset < last):
                found.append(said)
        end = last if last is not None else consumer.highwater(PLACE)
        if end is not None and await consumer.position(PLACE) >= end:
            return found


async def compare(db: "Db | Pool", service: str, seal: Sealed | None) -> None:
    """LogIsBehind when the local log does not hold what this seal of it names."""
    if seal is None:
        log.info("no seal of this log elsewhere: nothing to compare with")
        return
    here: int = await db.fetchval(LAST) or 0
    newest = seal.blocks[-1]
    if here < seal.through:
        raise LogIsBehind(
            f"the log of {service} ends at position {here}, seal {seal.seal_no} elsewhere names its"
            f" positions to {seal.through}: {here + 1} to {seal.through} were lost by a restore."
            f" Get them from reporting by `throughcare export FILE`, then run"
            f" `chronicle resync --service {service} --from FILE`"
        )
    hashed = await db.fetchval(
        "select hash from chronicle.block where block_no = $1", newest.block_no
    )
    if hashed != newest.hash:
        raise LogIsBehind(
            f"block {newest.block_no} of {service} is not what seal {seal.seal_no} elsewhere says:"
            f" another history was sealed at positions {newest.first} to {newest.last}"
        )
