"""A small history in which everything is right, for tests that break it."""

import json
from typing import Any
from uuid import UUID, uuid4

from chronicle.merkle import chained, genesis, leaf, root
from tests.faults.clerk import Receipt, Told
from tests.faults.history import Block, Compared, History, Kept, Log, Stored
from tests.faults.judge import others
from throughcare.databases import SERVICES

PERSON = UUID(int=7)


def good() -> History:
    """One person is NEET and on the agenda for it, then referred twice and received twice."""
    logs = {service: Log(service=service, id=uuid4(), events=[], blocks=[]) for service in SERVICES}
    history = History(
        told=[], logs=logs,
        hears={"matching": frozenset({"throughcare.referrals.ReferralMade"})},
        models=[Compared(service="matching", name="matches", rows=1, live="a", rebuilt="a")],
    )  # fmt: skip
    neet = done(history, "ActivityStatusRecorded", f"person-{PERSON}", status="neet")
    said(logs["referrals"], "AgendaItemAdded", f"case-{PERSON}", neet.id, source=str(neet.id))
    for number in (1, 2):
        made = done(history, "ReferralMade", f"case-{PERSON}", route="apprenticeship")
        stream = f"match-{number}"
        said(logs["matching"], "ReferralReceived", stream, made.id, made=str(made.id))
        logs["matching"].inbox.append(str(made.id))
    for log in others(history):
        keep_all(history, log)
    for log in logs.values():
        seal(log)
    return history


def done(history: History, name: str, stream: str, **data: Any) -> Stored:
    """A command that a door acknowledged."""
    command = uuid4()
    event = said(history.logs["referrals"], name, stream, command, **data)
    streams = ((stream, event.version),)
    receipt = Receipt(streams, leaf(event.meta, event.body).hex())
    history.told.append(
        Told(
            service="referrals", command=name, id=command, outcome="acknowledged",
            answers=[receipt, receipt],
        )
    )  # fmt: skip
    history.logs["referrals"].commands[command] = streams
    return event


def said(log: Log, name: str, stream: str, because: UUID, **data: Any) -> Stored:
    event = Stored(
        position=len(log.events) + 1, stream=stream, type=f"throughcare.{log.service}.{name}.v1",
        version=1 + sum(event.stream == stream for event in log.events), id=uuid4(),
        key=str(PERSON), meta=json.dumps({"causationid": str(because)}).encode(),
        body=json.dumps({"via": "api", **data}).encode(),
    )  # fmt: skip
    log.events.append(event)
    return event


def keep_all(history: History, log: Log) -> None:
    """Reporting has all of it, in its order."""
    reporting = history.logs["reporting"]
    for event in log.events:
        history.kept.append(Kept(log=log.id, position=event.position, id=event.id))
        stream, position = f"{log.service}/{event.stream}", len(reporting.events) + 1
        reporting.events.append(changed(event, stream=stream, position=position))


def seal(log: Log) -> None:
    """Two events a block."""
    previous = genesis(log.service, log.id)
    for first in range(0, len(log.events), 2):
        here = log.events[first : first + 2]
        mine = root(leaf(event.meta, event.body) for event in here)
        number = len(log.blocks) + 1
        previous = chained(previous, number, first + 1, len(here), mine)
        log.blocks.append(
            Block(block_no=number, first=first + 1, count=len(here), root=mine, hash=previous)
        )


def changed(event: Stored, **new: Any) -> Stored:
    fields = {name: getattr(event, name) for name in Stored.__dataclass_fields__}
    return Stored(**(fields | new))
