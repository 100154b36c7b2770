"""Blocks that are in order, read at once; whatever is not is left to be read line by line."""

import re
from binascii import a2b_base64, a2b_hex
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct

from chronicle.merkle import root
from chronicle.verify.chain import ROW
from chronicle.verify.lines import MOST_IN_BLOCK, Stored, meant, text
from chronicle.verify.meta import Layouts
from chronicle.verify.spool import SEEN

HEADER = re.compile(
    rb'\{"block_no":([1-9]\d{0,17}),"count":([1-9]\d{0,6}),"first_position":([1-9]\d{0,17}),'
    rb'"hash":"([0-9a-f]{64})","root":"([0-9a-f]{64})"\}'
)
BODY, META, POSITION = b'{"body":"', b'","meta":"', b'","position":'
TO_BODY = len(BODY)
BEFORE = Struct(">BI")
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
ENDS = frozenset(
    [bytes((a, b, 61)) for a in ALPHABET for b in ALPHABET[::4]]
    + [bytes((b, 61, 61)) for b in ALPHABET[::16]]
)
"""The last three characters of padded base64, where the bits left over are nought."""


class NotInOrder(ValueError):
    """To be read line by line."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole blocks, each line what we would have written, each root that of the events under it.

    `rows` are packed. `runs` says for each log and stream from which version to which it goes on.
    """

    rows: bytes
    count: int
    events: int
    last_block: int
    last_position: int
    runs: dict[tuple[str, str], tuple[int, int]]


class Reader:
    """`seen` are the packed places of the events of the last stretch, by part of their ids."""

    def __init__(self, parts: int) -> None:
        self._layouts = Layouts()
        self._parts = parts
        self.seen: list[bytearray] = []

    def read(self, lines: list[bytes], tag: int) -> tuple[Stretch, int]:
        """As many blocks as stand first, and how many lines they are.

        Raises ValueError when one of them is not in order. Lines come without their ends.
        """
        self.seen = [bytearray() for _ in range(self._parts)]
        runs: dict[tuple[bytes, bytes], list[int]] = {}
        rows = bytearray()
        at = count = number = position = 0
        while at < len(lines) and (said := HEADER.fullmatch(lines[at])):
            number, n, position = int(said[1]), int(said[2]), int(said[3])
            of_block = a2b_hex(said[5])
            rows += ROW.pack(number, position, n, of_block, a2b_hex(said[4]))
            under = lines[at + 1 : at + 1 + n]
            if n > MOST_IN_BLOCK or len(under) < n:
                raise NotInOrder
            if root(self._leaves(under, tag, number, position, runs)) != of_block:
                raise NotInOrder
            at, count, position = at + 1 + n, count + 1, position + n - 1
        if at < len(lines) and meant(lines[at]) is Stored:
            raise NotInOrder
        return Stretch(bytes(rows), count, at - count, number, position, _named(runs)), at

    def _leaves(
        self, lines: list[bytes], tag: int, block: int, position: int,
        runs: dict[tuple[bytes, bytes], list[int]],
    ) -> list[bytes]:  # fmt: skip
        """Of the events of a block; the one place where each nanosecond is paid a million times."""
        seen, parts, quickly = self.seen, self._parts, self._layouts.quickly
        before, place = BEFORE.pack, SEEN.pack
        leaves = []
        for line in lines:
            body_text, _, rest = line.partition(META)
            meta_text, _, end = rest.partition(POSITION)
            if end != b"%d}" % position or not body_text.startswith(BODY):
                raise NotInOrder
            body_text = body_text[TO_BODY:]
            meta = a2b_base64(meta_text, strict_mode=True)
            body = a2b_base64(body_text, strict_mode=True)
            if body_text.endswith(b"=") and body_text[-3:] not in ENDS:
                raise NotInOrder
            if meta_text.endswith(b"=") and meta_text[-3:] not in ENDS:
                raise NotInOrder
            leaf = sha256(before(0, len(meta)) + meta + body).digest()
            event, log, sequence, stream = quickly(meta)
            version = int(sequence)
            run = runs.get((log, stream))
            if run is None:
                runs[log, stream] = [version, version]
            elif run[1] + 1 == version:
                run[1] = version
            else:
                raise NotInOrder
            seen[event[15] % parts] += place(event, tag, block, position, leaf)
            leaves.append(leaf)
            position += 1
        return leaves


def _named(runs: dict[tuple[bytes, bytes], list[int]]) -> dict[tuple[str, str], tuple[int, int]]:
    """Log and stream as text; all at once, since most streams of a stretch come but once."""
    logs = {log: log.decode() for log, _ in runs}
    streams = [stream.decode() for _, stream in runs]
    text("".join((*logs.values(), *streams)))
    return {
        (logs[log], stream): (first, last)
        for ((log, _), (first, last)), stream in zip(runs.items(), streams, strict=True)
    }
