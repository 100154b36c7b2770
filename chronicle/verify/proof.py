"""One event's proof in a file of its own: bytes, path, and the signed seal that names its block."""

import json
from binascii import a2b_base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from chronicle.canonical import canonical
from chronicle.merkle import chained, climbed, leaf
from chronicle.signature import signed
from chronicle.verify.finding import Finding, Kind
from chronicle.verify.lines import Row, Seal, base64, digest, number
from chronicle.verify.meta import about
from chronicle.verify.seals import Outside, Sealed

BEGINS = b'{"event":'
"""What a proof begins with, and an export does not."""
MOST = 64 * 2**20
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, LookupError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`previous` is the hash of the block before; `beside` the path from the leaf to the root."""

    position: int
    meta: bytes
    body: bytes
    beside: Sequence[bytes]
    previous: bytes
    seal: Seal

    def written(self) -> bytes:
        """JSON as an export writes it; bytes that are text stand there as text."""
        return canonical({
            "event": {
                "body": _said(self.body), "meta": _said(self.meta), "position": self.position,
            },
            "path": [node.hex() for node in self.beside],
            "previous": self.previous.hex(),
            "seal": {
                "body": _said(self.seal.body), "seal_no": self.seal.seal_no,
                "signature": base64(self.seal.signature),
            },
        }) + b"\n"  # fmt: skip


def _said(raw: bytes) -> str | dict[str, str]:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return {"base64": base64(raw)}


def _bytes(said: Any) -> bytes:
    if isinstance(said, dict):
        return a2b_base64(said["base64"], strict_mode=True)
    raw: bytes = said.encode()
    return raw


def read(raw: bytes) -> Proof | None:
    """None when it cannot be read, or is not to the byte what we would have written."""
    try:
        said = json.loads(raw)
        event, seal = said["event"], said["seal"]
        proof = Proof(
            position=number(event["position"]), meta=_bytes(event["meta"]),
            body=_bytes(event["body"]), beside=[digest(node) for node in said["path"]],
            previous=digest(said["previous"]),
            seal=Seal(
                number(seal["seal_no"]), _bytes(seal["body"]),
                a2b_base64(seal["signature"], strict_mode=True),
            ),
        )  # fmt: skip
        return proof if proof.written() == raw else None
    except UNREADABLE:
        return None


def named(sealed: Sealed, position: int) -> Row | None:
    """The block of a seal that has this position."""
    return next((row for row in sealed.blocks if position in row.positions), None)


def check(proof: Proof, sealed: Sealed, row: Row, outside: Outside) -> list[Finding]:
    """What is wrong with it; nothing when the event is what the service sealed at its position."""

    def found(kind: Kind, said: str) -> Finding:
        return Finding(
            kind=kind, said=said, service=sealed.service, log=sealed.log, block=row.block_no,
            position=proof.position,
        )  # fmt: skip

    findings = []
    if not _leads_to_root(proof, row):
        findings.append(found(Kind.EDITED, "its bytes and path do not lead to the sealed root"))
    if _log(proof.meta) != str(sealed.log):
        findings.append(found(Kind.EDITED, "it is not an event of the log that was sealed"))
    if chained(proof.previous, row.block_no, row.first, row.n, row.root) != row.hash:
        said = "its hash does not follow from the block before"
        findings.append(found(Kind.CHAIN_BROKEN, said))
    if proof.seal.seal_no != sealed.seal_no:
        findings.append(found(Kind.EDITED, f"seal {sealed.seal_no} is called otherwise"))
    findings += (found(*wrong) for wrong in _vouching(proof.seal, sealed, outside))
    return findings


def _leads_to_root(proof: Proof, row: Row) -> bool:
    own = leaf(proof.meta, proof.body)
    try:
        return climbed(own, proof.position - row.first, row.n, proof.beside) == row.root
    except ValueError:
        return False


def _log(meta: bytes) -> str | None:
    try:
        return about(meta).log
    except UNREADABLE:
        return None


def _vouching(seal: Seal, sealed: Sealed, outside: Outside) -> list[tuple[Kind, str]]:
    """What keys and kept seals have against it."""
    wrong = []
    kept = outside.kept.get((sealed.log, sealed.seal_no))
    keys = outside.keys.get(sealed.log)
    if kept is not None and kept.digest != sha256(seal.body).digest():
        wrong.append((Kind.FORK, f"seal {sealed.seal_no} is not the one you brought"))
    if not signed(sealed.named, seal.body, seal.signature, keys or (sealed.key,)):
        wrong.append((Kind.BAD_SIGNATURE, "its seal is not signed by a key of this log"))
    if kept is None and not keys:
        said = "neither a key nor this seal was brought: it vouches for itself"
        wrong.append((Kind.NOTHING_OUTSIDE, said))
    return wrong
