"""The lines of an export, each read and made again: what is not the same to the byte was edited."""

import json
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from chronicle.canonical import canonical


@dataclass(frozen=True, slots=True)
class Heading:
    """A section begins."""

    log: UUID
    service: str
    through: int


MOST_IN_BLOCK = 2**20
"""Far more than any sequencer cuts: a longer block is a lie that would fill the memory."""


class Row(NamedTuple):
    """A block, as its header or a seal names it."""

    block_no: int
    first: int
    n: int
    root: bytes
    hash: bytes

    @property
    def last(self) -> int:
        return self.first + self.n - 1

    @property
    def positions(self) -> range:
        return range(self.first, self.first + self.n)


class Stored(NamedTuple):
    """An event, as its bytes."""

    position: int
    meta: bytes
    body: bytes


class Redacted(NamedTuple):
    """An event of which only the leaf is shown."""

    position: int
    leaf: bytes


class Seal(NamedTuple):
    seal_no: int
    body: bytes
    signature: bytes


class Ending(NamedTuple):
    """The last line: SHA-256 of all bytes before it."""

    sha256: bytes


Line: TypeAlias = Heading | Row | Stored | Redacted | Seal | Ending


def stored(position: int, meta: bytes, body: bytes) -> bytes:
    """The line of an event: written and made again by the same words."""
    return b'{"body":"%b","meta":"%b","position":%d}\n' % (
        b2a_base64(body, newline=False), b2a_base64(meta, newline=False), position,
    )  # fmt: skip


def line(said: Any) -> bytes:
    """Any other line."""
    return canonical(said) + b"\n"


def base64(raw: bytes) -> str:
    """With padding."""
    return b2a_base64(raw, newline=False).decode()


def heading(log: UUID, service: str, through: int) -> bytes:
    return line({"format": 1, "log": str(log), "service": service, "through": through})


def header(row: Row) -> bytes:
    return line(spelled(row))


def spelled(row: Row) -> dict[str, Any]:
    """A block in the words of headers and seals."""
    return {
        "block_no": row.block_no, "count": row.n, "first_position": row.first,
        "hash": row.hash.hex(), "root": row.root.hex(),
    }  # fmt: skip


def redacted(position: int, leaf: bytes) -> bytes:
    return line({"leaf": leaf.hex(), "position": position})


def seal(seal_no: int, body: bytes, signature: bytes) -> bytes:
    return line({"body": base64(body), "seal_no": seal_no, "signature": base64(signature)})


def ending(sha256: bytes) -> bytes:
    return line({"sha256": sha256.hex()})


def read(raw: bytes) -> tuple[Line | None, bool]:
    """What a line says, None when it cannot be read, and whether it is what we would write."""
    parts = raw.split(b'"', 11)
    if len(parts) == 11 and parts[5] == b"meta":
        try:
            meta = a2b_base64(parts[7], strict_mode=True)
            body = a2b_base64(parts[3], strict_mode=True)
            position = number(int(parts[10][1:-2]))
        except ValueError:
            return None, False
        return Stored(position, meta, body), raw == stored(position, meta, body)
    try:
        said, again = _read(json.loads(raw))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None, False
    return said, raw == again


def _read(said: Any) -> tuple[Line, bytes]:
    match sorted(said):
        case ["format", "log", "service", "through"]:
            begun = Heading(UUID(said["log"]), text(said["service"]), number(said["through"]))
            return begun, heading(begun.log, begun.service, begun.through)
        case ["block_no", "count", "first_position", "hash", "root"]:
            row = block(said)
            return row, header(row)
        case ["leaf", "position"]:
            leaf, position = digest(said["leaf"]), number(said["position"])
            return Redacted(position, leaf), redacted(position, leaf)
        case ["body", "seal_no", "signature"]:
            found = Seal(
                number(said["seal_no"]), a2b_base64(said["body"], strict_mode=True),
                a2b_base64(said["signature"], strict_mode=True),
            )  # fmt: skip
            return found, seal(*found)
        case ["sha256"]:
            sha256 = digest(said["sha256"])
            return Ending(sha256), ending(sha256)
    raise ValueError("no line of an export")


def block(said: Any) -> Row:
    """A block in a header or in a seal's body. Raises ValueError, KeyError or TypeError."""
    row = Row(
        number(said["block_no"]), number(said["first_position"]), number(said["count"]),
        digest(said["root"]), digest(said["hash"]),
    )  # fmt: skip
    if not (row.block_no and row.first and 1 <= row.n <= MOST_IN_BLOCK):
        raise ValueError("no block of ours")
    return row


def text(value: Any) -> str:
    if type(value) is not str or not value.isprintable():
        raise ValueError("no text that a terminal may show")
    return value


def number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError("no number of ours")
    return value


def digest(value: Any) -> bytes:
    raw = bytes.fromhex(value)
    if len(raw) != 32:
        raise ValueError("no SHA-256")
    return raw


MARKS: tuple[tuple[type[Line], tuple[bytes, ...]], ...] = (
    (Heading, (b'"format"', b'"through"')),
    (Row, (b'"block_no"', b'"first_position"')),
    (Seal, (b'"seal_no"', b'"signature"')),
    (Ending, (b'"sha256"',)),
)


def meant(raw: bytes) -> type[Line]:
    """What a line that cannot be read was, by the words that are left of it; else an event."""
    return next((kind for kind, marks in MARKS if any(mark in raw for mark in marks)), Stored)
