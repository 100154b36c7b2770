"""What somebody who owns a service's database may do there, carelessly or re-making the rest."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import TypeAlias
from uuid import UUID

from chronicle.fact import canonical
from chronicle.merkle import chained, genesis, leaf, root
from tests.attacks.rows import Block, Event, Log

Attack: TypeAlias = Callable[[Log, Random], None]


def edit_a_payload(log: Log, random: Random) -> None:
    event = random.choice(log.sealed)
    log.events[event.ticket] = edited(event)


def edited(event: Event) -> Event:
    return replace(event, body=canonical(json.loads(event.body) | {"said": "nothing happened"}))


def edit_who_or_when(log: Log, random: Random) -> None:
    event = random.choice(log.sealed)
    name, value = random.choice([
        ("causationid", str(UUID(int=random.getrandbits(128)))),
        ("time", "2024-01-01T00:00:00.000000Z"),
    ])  # fmt: skip
    log.events[event.ticket] = event.saying(**{name: value})


def delete_in_the_middle(log: Log, random: Random) -> None:
    last = {event.stream: event for event in log.sealed}
    event = random.choice([event for event in log.sealed if last[event.stream] is not event])
    del log.events[event.ticket]


def drop_a_streams_last(log: Log, random: Random) -> None:
    last = {event.stream: event for event in log.sealed}
    waiting = {event.stream for event in log.unsealed}
    event = random.choice([event for stream, event in last.items() if stream not in waiting])
    del log.events[event.ticket]


def remove_a_stream(log: Log, random: Random) -> None:
    stream = random.choice(log.sealed).stream
    for event in list(log.events.values()):
        if event.stream == stream:
            del log.events[event.ticket]


def rewrite_what_follows(log: Log, random: Random) -> None:
    """Carelessly: the edited event's own block alone is made to agree."""
    at = random.randrange(len(log.blocks))
    block = log.blocks[at]
    ticket = random.choice(block.tickets)
    log.events[ticket] = edited(log.events[ticket])
    before = log.blocks[at - 1].row.hash if at else genesis(log.service, log.id)
    of_block = root(leaf(log.events[t].meta, log.events[t].body) for t in block.tickets)
    row = block.row
    followed = chained(before, row.block_no, row.first, row.n, of_block)
    log.blocks[at] = replace(block, row=row._replace(root=of_block, hash=followed))


def swap_in_one_stream(log: Log, random: Random) -> None:
    stream = random.choice([event.stream for event in log.sealed])
    one, other = random.sample([e.ticket for e in log.sealed if e.stream == stream], 2)
    _exchange(log, one, other)


def swap_across_streams(log: Log, random: Random) -> None:
    """Neighbours in the log, so that no version gives it away."""
    sealed = log.sealed
    pairs = [
        (a, b) for a, b in pairwise(sealed) if a.stream != b.stream
    ]  # fmt: skip
    one, other = random.choice(pairs)
    _exchange(log, one.ticket, other.ticket)


def _exchange(log: Log, one: int, other: int) -> None:
    instead = {one: other, other: one}
    log.blocks = [
        replace(block, tickets=tuple(instead.get(t, t) for t in block.tickets))
        for block in log.blocks
    ]


def insert_into_the_past(log: Log, random: Random) -> None:
    _put_in(log, random, random.choice(log.sealed), random.choice(log.sealed).ticket)


def copy_one_in_twice(log: Log, random: Random) -> None:
    event = random.choice(log.sealed)
    _put_in(log, random, event, event.ticket)


def _put_in(log: Log, random: Random, like: Event, after: int) -> None:
    """An event under an id of its own, the next of its stream, in the block of another."""
    version = max(e.version for e in log.events.values() if e.stream == like.stream) + 1
    event_id = str(UUID(int=random.getrandbits(128)))
    made = replace(like, ticket=max(log.events) + 1).saying(id=event_id, sequence=str(version))
    log.events[made.ticket] = made
    log.blocks = [_with(block, after, made.ticket) for block in log.blocks]


def _with(block: Block, after: int, ticket: int) -> Block:
    if after not in block.tickets:
        return block
    at = block.tickets.index(after) + 1
    tickets = (*block.tickets[:at], ticket, *block.tickets[at:])
    return Block(block.row._replace(n=len(tickets)), tickets)


def cut_the_sealed_tail(log: Log, random: Random) -> None:
    """From some block on nothing is left, nor of what waited."""
    for event in log.unsealed:
        del log.events[event.ticket]
    at = random.randrange(1, len(log.blocks))
    for block in log.blocks[at:]:
        for ticket in block.tickets:
            del log.events[ticket]
    log.blocks = log.blocks[:at]


def edit_a_block_row(log: Log, random: Random) -> None:
    at = random.randrange(len(log.blocks))
    block = log.blocks[at]
    log.blocks[at] = replace(block, row=block.row._replace(root=random.randbytes(32)))


def split_the_blocks_elsewhere(log: Log, random: Random) -> None:
    """Well made, whoever does it: carelessly split blocks are blocks whose rows are edited."""
    cuts = [list(block.tickets) for block in log.blocks]
    at = random.choice([n for n, cut in enumerate(cuts) if len(cut) > 1])
    place = random.randrange(1, len(cuts[at]))
    cuts[at : at + 1] = [cuts[at][:place], cuts[at][place:]]
    counts = log.blocks_in_seals
    log.cut_anew(cuts, [*counts[:-1], counts[-1] + 1])


def cut_the_unsealed_tail(log: Log, random: Random) -> None:
    for event in log.unsealed[random.randrange(len(log.unsealed)) :]:
        del log.events[event.ticket]


def edit_the_unsealed_tail(log: Log, random: Random) -> None:
    event = random.choice(log.unsealed)
    log.events[event.ticket] = edited(event)


def re_sealed(attack: Attack, log: Log, random: Random) -> None:
    """The attack, and then whatever would give it away made to agree."""
    attack(log, random)
    if attack is edit_a_block_row:
        _chain_on(log)
    elif attack is not split_the_blocks_elsewhere:
        log.re_seal()


def _chain_on(log: Log) -> None:
    """Hashes and seals of the block rows as they stand: the edited root is what was wanted."""
    before = genesis(log.service, log.id)
    for at, block in enumerate(log.blocks):
        row = block.row
        before = chained(before, row.block_no, row.first, row.n, row.root)
        log.blocks[at] = replace(block, row=row._replace(hash=before))
    log.sign_anew(log.blocks_in_seals)
