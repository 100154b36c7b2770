"""From stored or heard bytes to an event: the class by its type, older versions brought up."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from chronicle.fact import Fact, unversioned, wire_type

Upcast: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]


class UnknownVersion(Exception):
    """A type whose name is known, in a version that is not."""


class Words:
    """Every event class a service may meet, and how an older version becomes the next.

    `upcasts` maps a type, such as `throughcare.referrals.ReferralMade.v1`, to a pure function
    from its data to the data of the next version. Stored bytes never change.
    """

    def __init__(
        self, classes: Iterable[type[Fact]], upcasts: Mapping[str, Upcast] | None = None
    ) -> None:
        self.classes = {wire_type(fact): fact for fact in classes}
        self.names = {unversioned(wire) for wire in self.classes}
        self.upcasts = upcasts or {}

    def read(self, wire: str, body: bytes) -> Fact:
        """The event; UnknownVersion if no class and no upcast knows the type."""
        while upcast := self.upcasts.get(wire):
            body = json.dumps(upcast(json.loads(body))).encode()
            name, _, version = wire.rpartition(".v")
            wire = f"{name}.v{int(version) + 1}"
        if known := self.classes.get(wire):
            return known.from_json(body)
        raise UnknownVersion(wire)
