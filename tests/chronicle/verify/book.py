"""An export made in memory: two services and a reporting that keeps copies, sealed and signed."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chronicle.fact import canonical
from chronicle.merkle import chained, genesis, leaf, root
from chronicle.seal import public_text
from chronicle.verify import lines
from chronicle.verify.check import Verdict, verify
from chronicle.verify.finding import Kind
from chronicle.verify.lines import Row
from chronicle.verify.seals import Outside

Event: TypeAlias = tuple[bytes, bytes]
"""meta and body"""
SPACE = UUID(int=1)
CUTS = (3, 1, 4, 2)
"""How many events the blocks have, over and over."""
SEALED_TOGETHER = 3


def key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


@dataclass(kw_only=True)
class Log:
    """One service's log: its events in order, everything else follows from them."""

    service: str
    events: list[Event] = field(default_factory=list)
    key: Ed25519PrivateKey
    cuts: tuple[int, ...] = CUTS

    @property
    def id(self) -> UUID:
        return uuid5(SPACE, self.service)

    def say(self, stream: str, version: int, words: Mapping[str, Any]) -> None:
        event = {
            "authority": "westmere", "id": str(uuid5(self.id, f"{stream}/{version}")),
            "log": str(self.id),
            "sequence": str(version), "subject": stream, "source": f"/throughcare/{self.service}",
        }  # fmt: skip
        self.events.append((canonical(event), canonical(words)))

    def blocks(self) -> Iterator[tuple[Row, list[Event]]]:
        last, first, number = genesis(self.service, self.id), 1, 0
        while first <= len(self.events):
            cut = self.events[first - 1 :][: self.cuts[number % len(self.cuts)]]
            number += 1
            of_block = root(leaf(meta, body) for meta, body in cut)
            last = chained(last, number, first, len(cut), of_block)
            yield Row(number, first, len(cut), of_block, last), cut
            first += len(cut)

    def lines(self) -> list[bytes]:
        """Its section of an export."""
        blocks = list(self.blocks())
        written = [lines.heading(self.id, self.service, len(self.events))]
        for row, events in blocks:
            written.append(lines.header(row))
            written += [lines.stored(row.first + k, *event) for k, event in enumerate(events)]
        return written + self.seals([row for row, _ in blocks])

    def seals(self, rows: list[Row]) -> list[bytes]:
        return [
            seal(self, number, rows[start : start + SEALED_TOGETHER], self.key)
            for number, start in enumerate(range(0, len(rows), SEALED_TOGETHER), 1)
        ]


def seal(log: Log, number: int, rows: Iterable[Row], *keys: Ed25519PrivateKey) -> bytes:
    """Signed by each of the keys; it names the last."""
    body = canonical({
        "log": str(log.id), "service": log.service, "seal_no": number,
        "sealed_at": "2024-04-09T23:30:00.000000Z", "key": public_text(keys[-1]),
        "blocks": [lines.spelled(row) for row in rows],
    })  # fmt: skip
    return lines.seal(number, body, b"".join(key.sign(body) for key in keys))


def logs() -> list[Log]:
    """Referrals and reviews with a dozen streams, and reporting with their copies among its own."""
    referrals = Log(service="referrals", key=key("referrals"))
    reviews = Log(service="reviews", key=key("reviews"))
    reporting = Log(service="reporting", key=key("reporting"), cuts=(5, 2))
    for version in range(1, 6):
        for person in "abcd":
            referrals.say(f"case-{person}", version, {"person": person, "note": version * 11})
            reviews.say(f"pathway-{person}", version, {"person": person, "due": version * 7})
            reporting.events += [referrals.events[-1], reviews.events[-1]]
        reporting.say("log-referrals", version, {"passed": version})
    return [referrals, reporting, reviews]


@dataclass(slots=True)
class File:
    """The lines of an export without the last, which is made when it is written."""

    lines: list[bytes]

    @property
    def bytes(self) -> bytes:
        whole = b"".join(self.lines)
        return whole + lines.ending(sha256(whole).digest())

    def at(self, service: str, **named: Any) -> int:
        """Which line of a service's section has these members."""
        inside = False
        for number, raw in enumerate(self.lines):
            said = json.loads(raw)
            inside = said["service"] == service if "format" in said else inside
            if inside and named.items() <= said.items():
                return number
        raise LookupError(f"{service} {named}")

    def change(self, number: int, **members: Any) -> None:
        """Says a line otherwise, in good form."""
        self.lines[number] = lines.line(json.loads(self.lines[number]) | members)


def file(of: Iterable[Log] | None = None) -> File:
    return File([line for log in of or logs() for line in log.lines()])


def keys_of(of: Iterable[Log]) -> dict[UUID, list[str]]:
    return {log.id: [public_text(log.key)] for log in of}


KEYS = keys_of(logs())


def verdict(
    of: File | bytes,
    *,
    keys: Mapping[UUID, list[str]] | None = None,
    seals: list[bytes] | None = None,
    at_once: int = 1,
) -> Verdict:
    """With the true keys when nothing else is brought; at most one block is read at once."""
    outside = Outside(keys=KEYS if keys is None and seals is None else keys or {})
    outside.keep(seals or [])
    return verify(io.BytesIO(of if isinstance(of, bytes) else of.bytes), outside, at_once=at_once)


def kinds(found: Verdict) -> set[Kind]:
    return {finding.kind for finding in found.findings}


def places(found: Verdict, kind: Kind) -> set[tuple[str, int | None, int | None]]:
    """Service, block, position of every finding of a kind."""
    return {(f.service, f.block, f.position) for f in found.findings if f.kind == kind}


Attack: TypeAlias = Callable[[File], None]
