"""Judge a history: what was lost, what took effect twice, what is out of order, what is missing."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from uuid import UUID

from chronicle.merkle import chained, genesis, leaf, root
from tests.faults.clerk import Receipt, Told
from tests.faults.handovers import HAND_OVERS
from tests.faults.history import History, Log, Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Each figure as the sentences behind it; all are empty in a good history."""

    lost: tuple[str, ...]
    twice: tuple[str, ...]
    out_of_order: tuple[str, ...]
    missing: tuple[str, ...]
    unproved: tuple[str, ...]
    parked: tuple[str, ...]
    unequal: tuple[str, ...]

    @property
    def good(self) -> bool:
        return not any(getattr(self, figure.name) for figure in fields(self))


def judge(history: History) -> Verdict:
    return Verdict(
        lost=(*not_in_the_log(history), *without_receipt(history), *never_heard(history)),
        twice=(*done_twice(history), *received_twice(history), *ids_twice(history)),
        out_of_order=(
            *(found for log in history.logs.values() for found in streams_broken(log)),
            *keys_broken_in_reporting(history), *effects_out_of_order(history),
        ),
        missing=tuple(missing_in_reporting(history)),
        unproved=tuple(f for log in history.logs.values() for f in chain_broken(log)),
        parked=tuple(f"{log.service}: {id}" for log in history.logs.values() for id in log.parked),
        unequal=tuple(
            f"{model.service}/{model.name}"
            for model in history.models
            if model.live != model.rebuilt
        ),
    )  # fmt: skip


def not_in_the_log(history: History) -> Iterator[str]:
    """Acknowledged, and its events, its leaf or its answer are not where the receipt says."""
    places = {
        service: {(event.stream, event.version): event for event in log.events}
        for service, log in history.logs.items()
    }
    for told in history.told:
        if told.outcome != "acknowledged" or not (streams := told.answers[0].streams):
            continue
        there = places[told.service]
        if gone := [place for place in streams if place not in there]:
            yield f"{name(told)}: no event at {gone}"
        elif not_this_leaf(there[streams[0]], told.answers[0]):
            yield f"{name(told)}: another leaf at {streams[0]}"
        elif history.logs[told.service].commands.get(told.id) != streams:
            yield f"{name(told)}: no such answer is remembered"


def not_this_leaf(event: Stored, receipt: Receipt) -> bool:
    return leaf(event.meta, event.body).hex() != receipt.leaf


def receipts(history: History) -> Iterator[tuple[str, int, int]]:
    """Of each hand-over that was due: what it was, how many receipts it has, and needs."""
    for hand_over in HAND_OVERS:
        answers = Counter(
            found
            for event in history.logs[hand_over.by].events
            if (found := hand_over.answers(event)) is not None
        )
        for log in others(history):
            for said in log.events:
                if hand_over.due(said):
                    what = f"{said.name} {said.id} by {hand_over.receipt}"
                    yield what, answers[hand_over.wanted(said)], hand_over.least


def without_receipt(history: History) -> Iterator[str]:
    yield from (f"{what}: no receipt" for what, count, least in receipts(history) if count < least)


def received_twice(history: History) -> Iterator[str]:
    yield from (f"{what}: {count} receipts" for what, count, _ in receipts(history) if count > 1)


def never_heard(history: History) -> Iterator[str]:
    """Said, and neither claimed nor set aside by somebody who hears it."""
    for consumer, kinds in history.hears.items():
        log = history.logs[consumer]
        dealt_with = {*log.inbox, *log.parked}
        for speaker in others(history):
            for event in speaker.events:
                if event.unversioned in kinds and str(event.id) not in dealt_with:
                    yield f"{event.name} {event.id}: never heard by {consumer}"


def done_twice(history: History) -> Iterator[str]:
    """One command with two different answers, or with events that its answer does not name."""
    caused: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for log in history.logs.values():
        for event in log.events:
            caused[log.service, event.causation][event.stream] = event.version
    for told in history.told:
        if len(set(told.answers)) > 1:
            yield f"{name(told)}: {len(set(told.answers))} different answers"
        elif told.answers:
            reached = dict(told.answers[0].streams)
            if not caused[told.service, str(told.id)].items() <= reached.items():
                yield f"{name(told)}: did more than its answer says"
        elif told.outcome == "refused" and (told.service, str(told.id)) in caused:
            yield f"{name(told)}: refused and done"


def ids_twice(history: History) -> Iterator[str]:
    for log in history.logs.values():
        for what, ids in (("event", [str(event.id) for event in log.events]), ("claim", log.inbox)):
            yield from (
                f"{log.service}: {what} {id} {count} times"
                for id, count in Counter(ids).items()
                if count > 1
            )


def streams_broken(log: Log) -> Iterator[str]:
    """Each stream 1, 2, 3 … in the order of positions, positions 1, 2, 3 … without a hole.

    Reporting's streams are others', which come in the order of their keys, not of all.
    """
    last: Counter[str] = Counter()
    for number, event in enumerate(log.events, 1):
        if event.position != number:
            yield f"{log.service}: position {event.position} where {number} belongs"
        last[event.stream] += 1
        if event.version != last[event.stream]:
            yield f"{log.service}: {event.stream}@{event.version} after {last[event.stream] - 1}"


def keys_broken_in_reporting(history: History) -> Iterator[str]:
    """What has one key in one log comes in the order of that log."""
    origin = {kept.id: (kept.log, kept.position) for kept in history.kept}
    last: dict[tuple[UUID, str], int] = {}
    for event in history.logs["reporting"].events:
        if event.id in origin:
            log, position = origin[event.id]
            if last.get((log, event.key), 0) > position:
                yield f"reporting: {event.key} at {position} after {last[log, event.key]}"
            last[log, event.key] = position


def effects_out_of_order(history: History) -> Iterator[str]:
    """What a service says because of what it heard comes in the order in which that was said.

    Not what a timer asks for: that comes when its day does.
    """
    said = {
        str(event.id): (log.service, event.key, event.position)
        for log in others(history)
        for event in log.events
    }
    for log in others(history):
        last: dict[tuple[str, str], int] = {}
        for event in log.events:
            cause = said.get(event.causation)
            if cause is not None and event.data["via"] != "timer":
                speaker, key, position = cause
                if last.get((speaker, key), 0) > position:
                    yield f"{log.service}: answers {speaker}@{position} after a later one of {key}"
                last[speaker, key] = position


def missing_in_reporting(history: History) -> Iterator[str]:
    """Each position of each log, with its very bytes."""
    kept = {(k.log, k.position): k.id for k in history.kept}
    copies = {event.id: event for event in history.logs["reporting"].events}
    for log in others(history):
        for event in log.events:
            copy = copies.get(event.id)
            if kept.get((log.id, event.position)) != event.id or copy is None:
                yield f"{log.service}@{event.position}: not in reporting"
            elif (copy.meta, copy.body) != (event.meta, event.body):
                yield f"{log.service}@{event.position}: other bytes in reporting"


def chain_broken(log: Log) -> Iterator[str]:
    """Every block computed again from the stored bytes; and whatever reporting found by itself."""
    leaves = {e.position: leaf(e.meta, e.body) for e in log.events if e.position}
    previous, first = genesis(log.service, log.id), 1
    for number, block in enumerate(log.blocks, 1):
        here = [leaves.get(at, b"") for at in range(block.first, block.first + block.count)]
        mine = chained(previous, number, first, block.count, root(here))
        if (block.block_no, block.first, block.hash) != (number, first, mine):
            yield f"{log.service}: block {block.block_no} is not what its events and the last say"
        previous, first = block.hash, block.first + block.count
    if first != len(log.events) + 1:
        yield f"{log.service}: {len(log.events)} events, sealed up to {first - 1}"
    yield from (
        f"{log.service}: {event.name} {event.data}"
        for event in log.events
        if event.name == "IntegrityCheckFailed"
    )


def name(told: Told) -> str:
    return f"{told.command} {told.id} at {told.service}"


def others(history: History) -> list[Log]:
    """All but reporting, which only repeats what they said."""
    return [log for log in history.logs.values() if log.service != "reporting"]
