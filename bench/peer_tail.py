"""The peer from append to reader: its recorder on one side, its subscription on the other."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Thread
from typing import Any
from uuid import uuid4

from eventsourcing.persistence import StoredEvent, Subscription

from bench.figure import Missed, Run, Sample
from bench.peer import STATE, TOPIC, Database, a_database, recorder
from bench.tail import Latency
from bench.together import Gate, at_once

THREADS = 4
PATIENCE = 30.0
"""Seconds in which the reader may still catch up after the last append."""


def tails(admin_url: str, rate: float, seconds: float) -> Run:
    """The p99 in milliseconds at so many appends a second."""

    def run() -> Sample:
        with a_database(admin_url) as database:
            (sent,), (seen,) = at_once(
                [partial(write, database, rate, seconds)], [partial(follow, database)]
            )
        waits = [(seen[name] - at) / 1e6 for name, at in sent.items() if name in seen]
        return Latency.of(waits, Missed(len(sent.keys() - seen.keys()))).sample()

    return run


def write(database: Database, rate: float, seconds: float, gate: Gate) -> dict[str, int]:
    sent: dict[str, int] = {}
    with recorder(database, THREADS) as made, ThreadPoolExecutor(THREADS) as threads:
        gate.begin()
        began = time.monotonic()
        for number in range(round(rate * seconds)):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            stream = uuid4()
            sent[str(stream)] = time.monotonic_ns()
            threads.submit(made.insert_events, [StoredEvent(stream, 1, TOPIC, STATE)])
    return sent


def follow(database: Database, gate: Gate) -> dict[str, int]:
    seen: dict[str, int] = {}
    with recorder(database, 2) as made, made.subscribe(gt=0) as subscription:
        reading = Thread(target=read_on, args=(subscription, seen))
        reading.start()
        gate.begin()
        gate.over.wait()
        with made.datastore.transaction() as cursor:
            cursor.execute(f"select count(*) as n from {made.events_table_name}".encode())
            there = (cursor.fetchone() or {"n": 0})["n"]
        until = time.monotonic() + PATIENCE
        while len(seen) < there and time.monotonic() < until:
            time.sleep(0.05)
        subscription.stop()
        reading.join()
    return seen


def read_on(subscription: Subscription[Any], seen: dict[str, int]) -> None:
    for event in subscription:
        seen[str(event.originator_id)] = time.monotonic_ns()
