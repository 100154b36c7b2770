"""Hear events: one transaction for inbox and effect; retry what passes, park the rest."""

import asyncio
import base64
import json
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from time import monotonic
from typing import Annotated, Any, TypeAlias

import asyncpg
import structlog
from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from fast_depends.exceptions import ValidationError as ArgumentError
from faststream import AckPolicy, BaseMiddleware, Context
from faststream.exceptions import IgnoredException, SubscriberNotFound
from faststream.kafka import KafkaBroker, KafkaRouter
from faststream.kafka.message import KafkaMessage
from faststream.message import AckStatus
from pydantic import ValidationError

from chronicle.append import Conflict
from chronicle.connection import tell_closed_connections
from chronicle.db import Db, Pool, away
from chronicle.decider import Refused
from chronicle.execute import Service, Within
from chronicle.fact import PREFIX, Binding, Envelope, Fact, unversioned, wire_type
from chronicle.inbox import claim
from chronicle.parking import BadEnvelope, Behind, Heard, holds, park, why
from chronicle.words import UnknownVersion

log = structlog.get_logger()

WHY = "x-envelope-error"
STRANGERS_COMMIT = 1.0
"""Seconds between two commits for events that are not heard: the next commit covers them anyway."""
TRIES = 5
"""How often a handler's own failure is tried before the event is parked."""
MAX_POLL = 300.0

About = Annotated[Envelope, Context("about")]
Ours = Annotated[Within, Context("chronicle")]
Handler: TypeAlias = Callable[..., Awaitable[None]]
Hears: TypeAlias = Mapping[type[Any], Handler]
"""Which events a service hears, and the function for each."""

PERMANENT = (
    ValidationError, ArgumentError, json.JSONDecodeError, UnicodeDecodeError, BadEnvelope,
    UnknownVersion, SubscriberNotFound, Behind, Refused,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How to speak with the broker that is there: Apache Kafka, or the embedded one."""

    servers: str
    idempotent: bool = True
    session_ms: int = 30_000
    rebalance_ms: int = 60_000
    fetch_wait_ms: int = 500
    grace_s: float = 15.0

    @classmethod
    def of(cls, servers: str, kind: str, session_ms: int | None = None) -> "Profile":
        """`kind` is `apache` or `embedded`; `session_ms` is after how long a member counts as dead.

        The embedded broker has no idempotent producer, and answers a waiting fetch only when its
        time is up, whatever has come: so it is asked more often.
        """
        own = cls(servers=servers)
        if kind == "embedded":
            own = replace(
                own, idempotent=False, session_ms=1500, rebalance_ms=1500, fetch_wait_ms=50
            )
        return replace(own, session_ms=session_ms) if session_ms else own


@dataclass(slots=True, kw_only=True)
class Inbox:
    """A consumer: whose it is, what it hears, where its effects go."""

    service: Service
    pool: Pool
    hears: Hears
    appended: Callable[[], None] = lambda: None
    names: frozenset[str] = field(init=False)
    passed_at: float = -inf
    """When the offset was last committed for an event that is not heard, by the monotonic clock."""

    def __post_init__(self) -> None:
        self.names = frozenset(unversioned(wire_type(event)) for event in self.hears)

    @property
    def consumer(self) -> str:
        return self.service.name


class Drain(ConsumerRebalanceListener):
    """Finish what is in hand before partitions go to another member."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.joins = 0
        self.subscribers: list[Any] = []

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        for subscriber in self.subscribers:
            if in_hand(subscriber):
                await subscriber.lock.wait_release(self._seconds)

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        self.joins += 1

    @property
    def joined(self) -> bool:
        """Every subscriber has been given its partitions, which may be none."""
        return self.joins >= len(self.subscribers)


def in_hand(subscriber: Any) -> int:
    """How many messages it is handling; before its start it has no lock that could count."""
    count: int = getattr(subscriber.lock, "qsize", 0)
    return count


def terms(profile: Profile, consumer: str, drain: Drain) -> dict[str, Any]:
    """The terms every subscription takes: work first, from the earliest, nothing lost."""
    return {
        "group_id": consumer,
        "auto_offset_reset": "earliest",
        "ack_policy": AckPolicy.NACK_ON_ERROR,
        "session_timeout_ms": profile.session_ms,
        "heartbeat_interval_ms": profile.session_ms // 5,
        "rebalance_timeout_ms": profile.rebalance_ms,
        "isolation_level": "read_committed",
        "fetch_max_wait_ms": profile.fetch_wait_ms,
        "listener": drain,
    }


def open_broker(profile: Profile, service: Service) -> KafkaBroker:
    """The one broker object of a process; it publishes, and hears through included routers."""
    tell_closed_connections()
    return KafkaBroker(
        profile.servers,
        parser=border_parser(service),
        decoder=by_type(service),
        acks="all",
        enable_idempotence=profile.idempotent,
        allow_auto_create_topics=False,
        graceful_timeout=profile.grace_s,
        logger=None,
    )


def border_parser(service: Service) -> Any:
    """A parser that never raises: what is wrong with a record is written on it."""

    async def parse(raw: ConsumerRecord[Any, Any], original: Any) -> KafkaMessage:
        headers, body, wrong = border(service.binding, raw.topic, raw.headers or (), raw.value)
        clean = replace(raw, headers=tuple((n, v.encode()) for n, v in headers.items()), value=body)
        message: KafkaMessage = await original(clean)
        message.raw_message = raw
        if wrong:
            message.headers = {**message.headers, WHY: wrong}
        return message

    return parse


def border(
    binding: Binding, topic: str, pairs: Iterable[tuple[str, bytes | None]], value: bytes | None
) -> tuple[dict[str, str], bytes, str | None]:
    """A record in binary mode, headers and data, and what is wrong with it. Never raises."""
    headers, wrong = readable(pairs)
    body = value or b""
    if headers.get("content-type", "").lower().startswith("application/cloudevents"):
        try:
            headers, body = _unfolded(headers, body)
        except Exception as error:
            wrong = type(error).__name__
    return headers, body, wrong or binding.check(headers, topic)


def readable(pairs: Iterable[tuple[str, bytes | None]]) -> tuple[dict[str, str], str | None]:
    """Headers as text, and which of ours was none: a foreign one does not condemn an event."""
    headers: dict[str, str] = {}
    wrong = None
    for name, value in pairs:
        text = headers[name] = (value or b"").decode("utf-8", "replace")
        if text.encode() != value and (name.startswith(PREFIX) or name == "content-type"):
            wrong = wrong or f"header {name}"
    return headers, wrong


def _unfolded(headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    """A structured event becomes a binary one, before anything looks at its headers."""
    event = json.loads(body)
    data = event.pop("data", None)
    said = {PREFIX + name: str(value) for name, value in event.items() if value is not None}
    return {**headers, **said, "content-type": "application/json"}, json.dumps(data).encode()


def by_type(service: Service) -> Any:
    """The class by `ce_type`; what is not ours to know stays bytes."""

    async def decode(message: KafkaMessage) -> Any:
        kind = message.headers.get("ce_type", "")
        if unversioned(kind) not in service.words.names:
            return message.body
        return service.words.read(kind, message.body)

    return decode


def says(fact: type[Fact]) -> Callable[[KafkaMessage], Awaitable[bool]]:
    """A filter for one event, in any version. Async: a plain function goes to a thread."""
    wanted = unversioned(wire_type(fact))

    async def said(message: KafkaMessage) -> bool:
        return unversioned(message.headers.get("ce_type", "")) == wanted

    return said


def once_or_park(inbox: Inbox) -> KafkaRouter:
    """A router whose handlers run one event at a time, each in one transaction."""
    return KafkaRouter(middlewares=[partial(OnceOrPark, inbox=inbox)])


def heard(raw: ConsumerRecord[Any, Any]) -> Heard:
    return Heard(
        raw.topic, raw.partition, raw.offset, raw.key or b"", tuple(raw.headers or ()), raw.value
    )


class OnceOrPark(BaseMiddleware[Any, Any]):
    """Inbox, parked-key question, effect and append are one transaction; failures are sorted.

    What passes (database or broker away, a lost race) is tried again and never parked; what
    cannot pass is parked at once with its reason; our own bug is tried TRIES times first.
    """

    def __init__(self, msg: Any, /, *, context: Any, inbox: Inbox) -> None:
        super().__init__(msg, context=context)
        self.inbox = inbox

    async def consume_scope(self, call_next: Any, msg: Any) -> Any:
        known = unversioned(msg.headers.get("ce_type", "")) in self.inbox.names
        if WHY not in msg.headers and not known:
            self._let_pass(msg)
            return await call_next(msg)
        record = heard(msg.raw_message)
        try:
            return await self._once_or_parked(call_next, msg, record)
        except IgnoredException:
            raise
        except Exception as error:
            log.error("it comes again", error=type(error).__name__, event_id=record.event_id)
            raise

    def _let_pass(self, msg: Any) -> None:
        """A commit is a round trip and a record of the broker's: one a second is enough here."""
        if monotonic() - self.inbox.passed_at < STRANGERS_COMMIT:
            msg.committed = AckStatus.ACKED
        else:
            self.inbox.passed_at = monotonic()

    async def _once_or_parked(self, call_next: Any, msg: Any, record: Heard) -> Any:
        tries, until = 0, monotonic() + MAX_POLL / 2
        while True:
            tries += 1
            try:
                return await self._once(call_next, msg, record)
            except IgnoredException:
                raise
            except Exception as error:
                if transient(error):
                    log.warning("trying again", error=type(error).__name__, tries=tries)
                    if monotonic() > until:
                        raise
                else:
                    final = isinstance(error, PERMANENT) or tries >= TRIES
                    if final and await self._park(record, error, tries):
                        return None
            msg.clear_cache()
            await asyncio.sleep(backoff(tries))

    async def _once(self, call_next: Any, msg: Any, record: Heard) -> Any:
        inbox = self.inbox
        if wrong := msg.headers.get(WHY):
            raise BadEnvelope(wrong)
        about = replace(Envelope.heard(msg.headers), key=record.key.decode())
        async with inbox.pool.acquire() as db, db.transaction():
            if not await claim(db, inbox.consumer, record.source, record.event_id, record.key):
                return None
            if await holds(db, inbox.consumer, record.key):
                raise Behind
            scope = (("about", about), ("chronicle", Within(inbox.service, db, about)))
            with self.context.scopes(scope):
                result = await call_next(msg)
        log.debug(
            "heard", type=about.type, event_id=record.event_id, correlation=str(about.correlation)
        )
        inbox.appended()
        return result

    async def _park(self, record: Heard, error: Exception, tries: int) -> bool:
        reason, detail = why(error)
        now, inbox = self.inbox.service.clock(), self.inbox
        parked = await park(inbox.pool, inbox.consumer, record, reason, detail, tries, now)
        if parked:
            log.error(
                "parked", reason=reason, source=record.source, event_id=record.event_id, tries=tries
            )
        return parked


def transient(error: BaseException) -> bool:
    """A failure that passes by itself: the database or the broker away, or a lost race."""
    return away(error) or isinstance(error, Conflict)


def backoff(tries: int) -> float:
    """Seconds to wait before the next try: doubling to 5, with jitter."""
    return float(min(0.05 * 2**tries, 5.0)) * (0.5 + random.random() / 2)


async def handle_parked(inbox: Inbox, db: Db, row: asyncpg.Record) -> None:
    """A parked record over the border again, to its ordinary handler and inbox, in this
    transaction; a mended body stands for its data."""
    pairs = [(n, None if v is None else base64.b64decode(v)) for n, v in row["headers"]]
    headers, body, wrong = border(inbox.service.binding, row["topic"], pairs, row["value"])
    if wrong:
        raise BadEnvelope(wrong)
    about = replace(Envelope.heard(headers), key=row["key"].decode())
    event = inbox.service.words.read(about.type, row["mended"] or body)
    if await claim(db, inbox.consumer, row["source"], row["event_id"], row["key"]):
        await inbox.hears[type(event)](event, about, Within(inbox.service, db, about))


def positions(subscriber: Any) -> Iterator[tuple[str, int, int]]:
    """`topic/partition`, the next offset to handle, and the high water, of what it is assigned."""
    consumer = subscriber.consumer
    for tp in consumer.assignment() if consumer else ():
        state = consumer._subscription.subscription.assignment.state_value(tp)
        if state is not None and state.has_valid_position:
            at = state.position
            yield f"{tp.topic}/{tp.partition}", at, consumer.highwater(tp) or 0
