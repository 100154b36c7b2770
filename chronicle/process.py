"""One process of a service: its parts started in stages, stopped in reverse, ended by a failure."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

import structlog
import uvicorn
import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from faststream.kafka import KafkaBroker
from pydantic import ValidationError

from chronicle import clock, elsewhere, migrate
from chronicle.append import GroupCommit
from chronicle.consume import Drain, Inbox, Profile, once_or_park, open_broker, terms
from chronicle.db import LOST, Db, Pool, open_pool
from chronicle.execute import Chronicle, Service, by_command
from chronicle.integrity import Checked, Checker, Keys
from chronicle.operations import application
from chronicle.project import Projector
from chronicle.relay import SEALS, Relay
from chronicle.rooms import Rooms
from chronicle.sequencer import IDLE_POLL, LEAST_INTERVAL, Sequencer
from chronicle.settings import Settings
from chronicle.talk import talk
from chronicle.wake import VIEW, Wake, announce
from chronicle.witness import UNHURRIED, Witness, keep_all, keep_seals

log = structlog.get_logger()
T = TypeVar("T")

VERBS = ("all", "api", "consume", "sequence", "relay", "project", "timers", "migrate", "settings")
APPENDING = ("api", "consume", "sequence", "timers")
TIMER_INTERVAL = 60.0
HINTED_POLL = 0.5
"""Seconds: in a process that does all, every append wakes the sequencer by itself."""


def main(rooms: Rooms, settings: Callable[[], Settings], council: Callable[[Path], None]) -> int:
    """`python -m services.<service>.main <verb>`; gives the exit code, 2 for wrong usage.

    `council` lays the council's own policy data over the national ones, before anything is decided.
    """
    verb = sys.argv[1] if len(sys.argv) == 2 else ""
    if verb not in VERBS:
        sys.stderr.write(f"usage: python -m services.{rooms.name}.main {'|'.join(VERBS)}\n")
        return 2
    try:
        chosen = settings()
        if chosen.throughcare_council_policies:
            council(chosen.throughcare_council_policies)
    except ValueError as error:
        sys.stderr.write(f"the settings of {rooms.name} do not go together: {said(error)}\n")
        return 2
    return run(rooms, chosen, verb)


def said(error: ValueError) -> str:
    """What is wrong with the settings, without their values, which may be secrets."""
    if not isinstance(error, ValidationError):
        return str(error)
    found = error.errors(include_input=False, include_url=False)
    return "; ".join(f"{'/'.join(map(str, e['loc'])).upper() or 'they'}: {e['msg']}" for e in found)


def run(rooms: Rooms, settings: Settings, verb: str) -> int:
    """Run a verb to its end; 0 when told to stop, 1 when a part failed."""
    talk(settings.log_level, rooms.name)
    if verb == "settings":
        for name, value in settings.model_dump(mode="json").items():
            sys.stdout.write(f"{name.upper()}={'***' if value and 'url' in name else value}\n")
        return 0
    if verb == "migrate":
        return asyncio.run(_migrate(rooms, settings))
    return uvloop.run(_serve(rooms, settings, verb))


async def _migrate(rooms: Rooms, settings: Settings) -> int:
    now = clock_of(settings)()
    applied = await migrate.migrate(settings.url("owner"), rooms.name, rooms.migrations, now)
    log.info("migrated", applied=applied)
    return 0


async def _serve(rooms: Rooms, settings: Settings, verb: str) -> int:
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    async with AsyncExitStack() as stack:
        process = await put_together(rooms, settings, verb, stack)
        told = asyncio.create_task(stopping.wait(), name="signal")
        starting = asyncio.create_task(process.start(), name="start")
        await asyncio.wait([told, starting], return_when=asyncio.FIRST_COMPLETED)
        failed = [starting] if starting.done() and starting.exception() else []
        if starting.done() and not failed:
            await asyncio.wait([told, *process.parts], return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        await end(starting)
        failed += [part for part in process.parts if part.done()]
        for part in failed:
            error = None if part.cancelled() else part.exception()
            log.error("a part failed", part=part.get_name(), error=str(error), exc_info=error)
    return 1 if failed else 0


def clock_of(settings: Settings) -> clock.Clock:
    file = settings.throughcare_clock_file
    return clock.from_file(file) if file else clock.system


def signing_key(path: Path | None) -> Ed25519PrivateKey:
    if path is None:
        raise ValueError(
            "SIGNING_KEY_FILE is not set: the sequencer signs with an Ed25519 key (PEM)"
        )
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")
    return key


def pinned_keys(path: Path | None) -> Keys:
    """The public keys of every log, `{log: [keys, oldest first]}`."""
    if path is None:
        raise ValueError("PINNED_KEYS_FILE is not set: a witness checks seals against pinned keys")
    return {UUID(log_id): keys for log_id, keys in json.loads(path.read_text()).items()}


async def put_together(
    rooms: Rooms, settings: Settings, verb: str, stack: AsyncExitStack
) -> "Process":
    pool = await open_pool(settings.database_url, size=8)
    stack.push_async_callback(close, pool)
    service = Service(
        name=rooms.name, log=await pool.fetchval("select id from chronicle.log"),
        authority=settings.throughcare_authority, deciders=by_command(rooms.deciders),
        words=rooms.words, binding=rooms.binding, clock=clock_of(settings),
    )  # fmt: skip
    appended = Wake()
    chronicle = Chronicle(service, pool, GroupCommit(pool, appended.hint), appended.hint)
    profile = Profile.of(
        settings.kafka_bootstrap_servers, settings.kafka_kind, settings.kafka_session_ms
    )
    return Process(
        rooms=rooms, settings=settings, verb=verb, stack=stack, chronicle=chronicle,
        broker=open_broker(profile, service), profile=profile, appended=appended,
        drain=Drain(profile.grace_s),
    )  # fmt: skip


async def close(pool: Pool) -> None:
    try:
        await asyncio.wait_for(pool.close(), 5)
    except TimeoutError:
        pool.terminate()


@dataclass(kw_only=True)
class Process:
    """The parts of one process; each that runs is a task, and the first to end ends all."""

    rooms: Rooms
    settings: Settings
    verb: str
    stack: AsyncExitStack
    chronicle: Chronicle
    broker: KafkaBroker
    profile: Profile
    appended: Wake
    drain: Drain
    passed: Wake = field(default_factory=Wake)
    parts: list["asyncio.Task[None]"] = field(default_factory=list)
    relay: Relay | None = None
    projector: Projector | None = None
    sequencer: Sequencer | None = None
    turned: float = field(default_factory=monotonic)

    @property
    def joined(self) -> bool:
        """Every subscriber of this process has been given its partitions."""
        return not self.does("consume") or self.drain.joined

    def does(self, verb: str) -> bool:
        return self.verb in ("all", verb)

    def part(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=name)
        self.parts.append(task)
        self.stack.push_async_callback(end, task)

    async def start(self) -> None:
        """Group commit, sequencer, connection; then consumers and runners; relay; doors.

        Nothing that appends or seals begins on a log that is behind what was published of it.
        """
        self.part("pulse", self._pulse())
        if any(map(self.does, APPENDING)):
            await self._compare(self.chronicle.pool)
        self.part("group commit", self.chronicle.commits.run())
        if self.does("sequence"):
            self._sequence()
        elif any(map(self.does, APPENDING)):
            self.part("announcer", announce(self.appended, self.chronicle.pool, LEAST_INTERVAL))
        if self.does("consume") or self.does("relay"):
            await self._connect()
        if self.does("project"):
            await self._project()
        if self.does("relay"):
            await self._relay()
        if self.does("timers") and not self.settings.throughcare_clock_file:
            self.part("timers", self._timers())
        if self.does("api"):
            self.part("view listener", self._hear_views())
            self.part("doors", self._doors())

    async def _compare(self, db: "Db | Pool") -> None:
        """However long the broker is away; LogIsBehind ends the process."""
        servers, service = self.settings.kafka_bootstrap_servers, self.chronicle.service
        read = partial(elsewhere.newest_seal, servers, service.log)
        await elsewhere.compare(db, service.name, await patiently(read, "the newest seal"))

    def _sequence(self) -> None:
        self.sequencer = Sequencer(
            self.settings.url("sequencer"), self.rooms.name,
            signing_key(self.settings.signing_key_file), self.chronicle.service.clock,
            self.appended, self._sealed, HINTED_POLL if self.verb == "all" else IDLE_POLL,
            self._compare,
        )  # fmt: skip
        self.part("sequencer", self.sequencer.run())

    def _sealed(self) -> None:
        for reader in (self.relay, self.projector):
            if reader:
                reader.wake.hint()

    async def _connect(self) -> None:
        """The broker's connection; then, together, every subscriber."""
        self.stack.push_async_callback(stop_broker, self.broker)
        await patiently(self.broker.connect, "broker")
        if self.does("consume"):
            router = keep_all(self._witness()) if self.rooms.say_checked else self._once()
            self.rooms.listen(router, terms(self.profile, self.rooms.name, self.drain))
            self.broker.include_router(router)
            if not self.rooms.say_checked:
                self.broker.include_router(self._seals())
            self.drain.subscribers = list(self.broker.subscribers)
            self.part("consumers", self._consume())

    def _seals(self) -> Any:
        """Every service keeps the seals of the others, reporting's among them."""
        router = keep_all(Witness(self.chronicle.service, self.chronicle.pool, lambda: None))
        group = terms(self.profile, f"{self.rooms.name}.seals", self.drain)
        router.subscriber(SEALS, **group, **UNHURRIED)(keep_seals)
        return router

    def _once(self) -> Any:
        chronicle = self.chronicle
        return once_or_park(
            Inbox(
                service=chronicle.service, pool=chronicle.pool, hears=self.rooms.hears,
                appended=self.appended.hint,
            )
        )  # fmt: skip

    def _witness(self) -> Witness:
        witness = Witness(self.chronicle.service, self.chronicle.pool, self.appended.hint)
        keys = pinned_keys(self.settings.pinned_keys_file)
        checker = Checker(self.chronicle.pool, keys, self._say_checked, witness.wake)
        self.part("checker", checker.run())
        return witness

    async def _say_checked(self, found: Checked) -> None:
        assert self.rooms.say_checked
        await self.rooms.say_checked(self.chronicle, found)

    async def _consume(self) -> None:
        await asyncio.gather(*(subscriber.start() for subscriber in self.broker.subscribers))
        await asyncio.Event().wait()

    async def _project(self) -> None:
        url = self.settings.url("projector")
        pool = await open_pool(url, size=2)
        self.stack.push_async_callback(close, pool)
        self.projector = Projector(
            url, pool, self.rooms.words, self.rooms.models, self.passed.hint,
            keep_unread=self.rooms.say_checked is not None,
        )  # fmt: skip
        self.part("projector", self.projector.run())

    async def _relay(self) -> None:
        url = self.settings.url("relay")
        pool = await open_pool(url, size=2)
        self.stack.push_async_callback(close, pool)
        service = self.chronicle.service
        self.relay = Relay(url, pool, service.name, self.broker, service.binding)
        self.part("relay", self.relay.run())

    async def _timers(self) -> None:
        while True:
            today = clock.london_day(self.chronicle.service.clock())
            await self.rooms.timers(self.chronicle, today)
            await asyncio.sleep(TIMER_INTERVAL)

    async def _hear_views(self) -> None:
        """Where the projector runs elsewhere, its NOTIFY tells who waits for a write."""
        while True:
            with contextlib.suppress(*LOST):
                await self.passed.listen_until_gone(self.settings.database_url, VIEW)
            await asyncio.sleep(0.5)

    async def _pulse(self) -> None:
        """Liveness: the loop turned lately."""
        while True:
            self.turned = monotonic()
            await asyncio.sleep(0.5)

    async def _doors(self) -> None:
        config = uvicorn.Config(
            application(self), host=self.settings.http_host, port=self.settings.http_port,
            log_config=None, access_log=False, timeout_graceful_shutdown=5, lifespan="off",
        )  # fmt: skip
        server = Server(config)
        serving = asyncio.create_task(server.serve())
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving


class Server(uvicorn.Server):
    """uvicorn without signal handlers of its own: one place per process takes signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait([task], timeout=20)


async def stop_broker(broker: KafkaBroker) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(broker.stop(), 20)


async def patiently(once: Callable[[], Awaitable[T]], what: str) -> T:
    """The broker may come up after us: try until it does."""
    while True:
        try:
            return await once()
        except Exception as error:
            log.warning("waiting", what=what, error=type(error).__name__)
            await asyncio.sleep(1)
