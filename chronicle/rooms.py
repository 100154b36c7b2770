"""What a service hands to the kernel: its own rooms, by name."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from fastapi import APIRouter
from faststream.kafka import KafkaRouter

from chronicle.consume import Hears
from chronicle.decider import Decider
from chronicle.execute import Chronicle
from chronicle.fact import Binding
from chronicle.integrity import Checked
from chronicle.read_model import ReadModel
from chronicle.words import Words

Timers: TypeAlias = Callable[[Chronicle, date], Awaitable[int]]
"""One pass over what is due today; gives how many commands it asked for."""
Listen: TypeAlias = Callable[[KafkaRouter, dict[str, Any]], None]
"""Register the handlers on a router, under these terms."""
SayChecked: TypeAlias = Callable[[Chronicle, Checked], Awaitable[None]]


async def no_timers(_: Chronicle, __: date) -> int:
    return 0


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """`main.py` fills this once; the kernel runs it.

    A service with `say_checked` is a witness: it keeps whole logs of others in batches, marks what
    it cannot read, and says what checking their seals found.
    """

    name: str
    words: Words
    binding: Binding
    deciders: tuple[Decider[Any, Any, Any], ...]
    models: tuple[ReadModel[Any, Any], ...]
    listen: Listen
    doors: Callable[[], APIRouter]
    roles: Mapping[type[Any], frozenset[str]]
    actor: Callable[[str], Any]
    statuses: Mapping[str, int]
    migrations: Path
    hears: Hears = field(default_factory=dict)
    timers: Timers = no_timers
    say_checked: SayChecked | None = None
    unprocessable: tuple[type[Exception], ...] = ()
    stream_of: Callable[[str], str] = field(default=lambda stream: stream)
