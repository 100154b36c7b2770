"""Seals and signatures: which can be believed, by keys and seals from outside the file."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

from chronicle.signature import LENGTH, signed
from chronicle.verify.finding import Finding, Kind
from chronicle.verify.lines import Heading, Row, Seal, block, number, read, text

Keys: TypeAlias = Mapping[UUID, Sequence[str]]
"""The public keys of each log, oldest first, base64url."""


class NotReadable(ValueError):
    """A file that was brought along is not what it should be."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a seal's body says."""

    log: UUID
    service: str
    seal_no: int
    key: str
    blocks: tuple[Row, ...]

    @property
    def through(self) -> int:
        return self.blocks[-1].last

    @property
    def named(self) -> dict[str, str]:
        return {"key": self.key}

    @classmethod
    def of(cls, body: bytes) -> "Sealed | None":
        """None when the bytes are no seal's."""
        try:
            said = json.loads(body)
            return cls(
                UUID(said["log"]), text(said["service"]), number(said["seal_no"]),
                text(said["key"]), tuple(map(block, said["blocks"])),
            ) if said["blocks"] else None  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None


@dataclass(slots=True)
class Kept:
    """A seal that was kept elsewhere: its fingerprint is enough to compare."""

    service: str
    digest: bytes
    through: int


@dataclass(slots=True)
class Outside:
    """What the auditor brought: keys, seals. Everything else the file says of itself."""

    keys: Keys = field(default_factory=dict)
    kept: dict[tuple[UUID, int], Kept] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def keep(self, lines: Iterable[bytes]) -> None:
        """Seals in the lines of an export. Raises NotReadable."""
        for number_of_line, raw in enumerate(lines, 1):
            seal, _ = read(raw)
            said = Sealed.of(seal.body) if isinstance(seal, Seal) else None
            if said is None or not isinstance(seal, Seal):
                raise NotReadable(f"line {number_of_line} of the seals is no seal")
            known = self.keys.get(said.log, (said.key,))
            if not signed(said.named, seal.body, seal.signature[-LENGTH:], known):
                self.findings.append(
                    Finding(
                        kind=Kind.BAD_SIGNATURE, service=said.service, log=said.log,
                        said=f"seal {said.seal_no} of those you brought is not signed by its key",
                    )
                )  # fmt: skip
            fingerprint = sha256(seal.body).digest()
            self.kept[said.log, said.seal_no] = Kept(said.service, fingerprint, said.through)


def read_keys(raw: bytes) -> Keys:
    """`{log: [public keys]}`. Raises NotReadable."""
    try:
        return {UUID(log): [text(key) for key in keys] for log, keys in json.loads(raw).items()}
    except (ValueError, TypeError, AttributeError):
        raise NotReadable("the keys are not {log: [public keys]}") from None


class Signatures:
    """The seals of one log, one after another."""

    def __init__(
        self, heading: Heading, outside: Outside, find: Callable[[Kind, str], None]
    ) -> None:
        self._heading, self._outside, self._find = heading, outside, find
        self._pinned = tuple(outside.keys.get(heading.log, ()))
        self._known: tuple[str, ...] = ()
        self.next = 1
        self.count = 0
        self.vouched = 0
        """The last position that something from outside speaks for."""
        self.compared = False
        """Whether anything from outside spoke of this log at all."""

    def unreadable(self) -> None:
        self.next += 1
        self._find(Kind.EDITED, f"seal {self.next - 1} cannot be read")

    def believed(self, seal: Seal) -> Sealed | None:
        """What a seal says, when it can be believed."""
        self.count += 1
        said = Sealed.of(seal.body)
        if said is None:
            self.unreadable()
            return None
        if (said.log, said.service) != (self._heading.log, self._heading.service):
            self._find(Kind.EDITED, f"seal {seal.seal_no} is of {said.service}, log {said.log}")
        self._in_turn(seal, said)
        same = self._as_kept(seal, said)
        if not self._signed(seal, said):
            self._find(
                Kind.BAD_SIGNATURE, f"seal {seal.seal_no} is not signed by a key of this log"
            )
            return None
        if self._pinned or same:
            self.vouched = max(self.vouched, said.through)
        return said

    def _in_turn(self, seal: Seal, said: Sealed) -> None:
        if seal.seal_no != said.seal_no:
            self._find(Kind.EDITED, f"seal {said.seal_no} is called {seal.seal_no}")
        if said.seal_no > self.next:
            self._find(Kind.MISSING, f"seals {self.next} to {said.seal_no - 1} are not here")
        elif said.seal_no < self.next:
            self._find(Kind.REORDERED, f"seal {said.seal_no} comes after seal {self.next - 1}")
        self.next = max(self.next, said.seal_no + 1)

    def _as_kept(self, seal: Seal, said: Sealed) -> bool:
        kept = self._outside.kept.pop((self._heading.log, said.seal_no), None)
        if kept is None:
            return False
        self.compared = True
        if kept.digest == sha256(seal.body).digest():
            return True
        self._find(Kind.FORK, f"seal {said.seal_no} is not the one you brought")
        return False

    def _signed(self, seal: Seal, said: Sealed) -> bool:
        """By a pinned key; without any, by the key it names, which may change only by the old."""
        if self._pinned:
            self.compared = True
            return signed(said.named, seal.body, seal.signature, self._pinned)
        known = self._known if said.key in self._known else (*self._known, said.key)
        changed = bool(self._known) and known != self._known
        if changed and len(seal.signature) != 2 * LENGTH:
            return False
        good = signed(said.named, seal.body, seal.signature, known)
        if good:
            self._known = known
        return good
