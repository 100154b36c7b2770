"""The layers of proof, each a question put to the rows of an attacked log: was anything found?"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from chronicle.merkle import leaf
from chronicle.seal import public_text
from chronicle.verify import lines
from chronicle.verify.check import Verdict, verify
from chronicle.verify.finding import Kind
from chronicle.verify.lines import Seal
from chronicle.verify.seals import Outside
from tests.attacks.rows import Log, Receipt


@dataclass(frozen=True, slots=True)
class Held:
    """What stands elsewhere: reporting's own log with its copies, the seals it keeps, receipts."""

    reporting: Log
    seals: Sequence[Seal]
    receipts: Sequence[Receipt]


def verified(
    sections: Sequence[Sequence[bytes]],
    keys: Mapping[UUID, list[str]] | None = None,
    kept: Sequence[bytes] = (),
) -> Verdict:
    whole = b"".join(line for section in sections for line in section)
    outside = Outside(keys=keys or {})
    outside.keep(kept)
    file = whole + lines.ending(sha256(whole).digest())
    return verify(io.BytesIO(file), outside)


def keys_of(*logs: Log) -> dict[UUID, list[str]]:
    return {log.id: [public_text(log.key)] for log in logs}


def own_arithmetic(log: Log, _: Held) -> bool:
    """A chain in one database, its own seals beside it, nothing from outside."""
    found = verified([log.section(log.seals)]).findings
    return any(finding.kind is not Kind.NOTHING_OUTSIDE for finding in found)


def held_by_reporting(log: Log, held: Held) -> bool:
    reporting = held.reporting
    sections = [log.section(held.seals), reporting.section(reporting.seals)]
    return bool(verified(sections, keys_of(log, reporting)).findings)


def seal_outside(log: Log, held: Held) -> bool:
    """The last seal was kept outside; both databases tell the new story, signed as ever."""
    reporting = retold(held.reporting, log)
    kept = lines.seal(*held.seals[-1])
    sections = [log.section(log.seals), reporting.section(reporting.seals)]
    return bool(verified(sections, keys_of(log, reporting), [kept]).findings)


def retold(reporting: Log, log: Log) -> Log:
    """Reporting's database with copies of what the log says now."""
    other = reporting.copy()
    cuts, left = [], list(enumerate(log.sealed, 1))
    other.events = {
        ticket: replace(event, ticket=ticket, stream=f"{log.service}/{event.stream}")
        for ticket, event in left
    }
    for block in reporting.blocks:
        cuts.append([ticket for ticket, _ in left[: len(block.tickets)]])
        left = left[len(block.tickets) :]
    cuts[-1] += [ticket for ticket, _ in left]
    other.cut_anew(cuts, reporting.blocks_in_seals)
    return other


def receipts_shown(log: Log, held: Held) -> bool:
    """Whoever was answered comes with the answer."""
    there = {(e.stream, e.version): leaf(e.meta, e.body) for e in log.events.values()}
    return any(there.get((r.stream, r.version)) != r.leaf for r in held.receipts)
