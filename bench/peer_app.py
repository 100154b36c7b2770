"""The peer one layer up: its application for the command cycle, its runner for projections."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from bench.figure import Best, Run, Sample
from bench.library_log import WORDS_SAID
from bench.peer import Database, Done, a_database, select_all
from bench.together import Gate, at_once

EVENTS_A_BOOK = 10
PAGE = 500


class Book(Aggregate):
    """The library's book, with the same words in its events."""

    class Donated(Aggregate.Created):
        title: str

    class Noted(Aggregate.Event):
        words: str

    @event(Donated)
    def __init__(self, title: str) -> None:
        self.title, self.words = title, ""

    @event(Noted)
    def note(self, words: str) -> None:
        self.words = words


class Library(Application[UUID]):
    """Get, change, save."""

    def donate(self, notes: int) -> UUID:
        book = Book(title=WORDS_SAID)
        for _ in range(notes):
            book.note(WORDS_SAID)
        self.save(book)
        return book.id

    def note(self, book_id: UUID, words: str) -> None:
        book: Book = self.repository.get(book_id)
        book.note(words)
        self.save(book)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    threads: int
    seconds: float
    books: int
    database: Database | None = None


def fill(database: Database, books: int, events_a_book: int) -> list[UUID]:
    library = Library(database.environment(4))
    try:
        with ThreadPoolExecutor(4) as threads:
            return list(threads.map(library.donate, [events_a_book - 1] * books))
    finally:
        library.close()


def command(load: Load, gate: Gate) -> Done:
    assert load.database
    shelf = fill(load.database, load.books, EVENTS_A_BOOK)
    library = Library(load.database.environment(load.threads))
    gate.begin()
    began = time.monotonic()
    shares = [shelf[n :: load.threads] for n in range(load.threads)]
    with ThreadPoolExecutor(load.threads) as threads:
        done = list(threads.map(partial(caller, library, began + load.seconds), shares))
    ended = time.monotonic()
    library.close()
    return Done(sum(done), began, ended)


def caller(library: Library, until: float, shelf: list[UUID]) -> int:
    chosen, done = random.Random(len(shelf)), 0
    while time.monotonic() < until:
        library.note(chosen.choice(shelf), f"{done} {WORDS_SAID}")
        done += 1
    return done


def commands(
    admin_url: str, *, threads: tuple[int, ...], processes: int, books: int, seconds: float
) -> Run:
    """Commands a second: load, change, save."""

    def run(threads: int, seconds: float) -> Sample:
        load = Load(threads=threads, seconds=seconds, books=books)
        with a_database(admin_url) as database:
            done, _ = at_once([partial(command, replace(load, database=database))] * processes)
        took = max(each.ended for each in done) - min(each.began for each in done)
        return Sample(sum(each.events for each in done) / took, None, f"{threads} threads")

    return Best(threads, seconds, run)


class Shelf(PostgresTrackingRecorder):
    """The view: the upsert and its own tracking row in one transaction."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.sql_create_statements.append(
            SQL("create table if not exists shelf (book uuid primary key, place text not null,"
                " words text not null, events bigint not null)").format()
        )  # fmt: skip

    def upsert(self, book: UUID, words: str, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(UPSERT, (book, words), prepare=True)
            self._insert_tracking(cursor, tracking)


UPSERT = (
    "insert into shelf (book, place, words, events) values (%s, 'shelf', %s, 1)"
    " on conflict (book) do update set words = excluded.words, events = shelf.events + 1"
)
ROWS = "insert into shelf select gen_random_uuid(), 'shelf', '', 1 from generate_series(1, %s::int)"


class Shelving(Projection[Shelf]):
    name = "shelving"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.upsert(domain_event.originator_id, getattr(domain_event, "words", ""), tracking)


def projects(admin_url: str, events: int, rows: int) -> Run:
    """Events a second by its runner, from a standing log into a view of so many rows."""

    def run() -> Sample:
        with a_database(admin_url) as database:
            fill(database, events // EVENTS_A_BOOK, EVENTS_A_BOOK)
            ((rate, seen),), _ = at_once([partial(project, database, events, rows)])
            assert seen == events // EVENTS_A_BOOK * EVENTS_A_BOOK, (seen, events)
            return Sample(rate)

    return run


def project(database: Database, events: int, rows: int, gate: Gate) -> tuple[float, int]:
    environment = database.environment(4, create=True)
    prepare_view(environment, rows)
    gate.begin()
    began = time.monotonic()
    with ProjectionRunner(
        application_class=Library, projection_class=Shelving, view_class=Shelf, env=environment
    ) as runner:
        runner.wait(events, timeout=600)
        took = time.monotonic() - began
        with runner.view.datastore.transaction() as cursor:
            cursor.execute("select coalesce(sum(events), 0) as n from shelf where words <> ''")
            found = cursor.fetchone()
            assert found is not None
    return events / took, int(found["n"])


def prepare_view(environment: dict[str, str], rows: int) -> None:
    from eventsourcing.persistence import InfrastructureFactory
    from eventsourcing.utils import Environment

    factory: InfrastructureFactory[Any] = InfrastructureFactory.construct(
        Environment(Shelving.name, environment)
    )
    view = factory.tracking_recorder(Shelf)
    with view.datastore.transaction(commit=True) as cursor:
        cursor.execute(ROWS, (rows,))
    factory.close()


def reads(admin_url: str, events: int) -> Run:
    """Events a second of its log, a page at a time, each state decoded from its JSON."""

    def run() -> Sample:
        with a_database(admin_url) as database:
            fill(database, events // 100, 100)
            (rate,), _ = at_once([partial(read, database)])
            return Sample(rate)

    return run


def read(database: Database, gate: Gate) -> float:
    gate.begin()
    return select_all(database, PAGE, json.loads)
