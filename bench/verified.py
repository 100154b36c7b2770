"""Export and verify: how fast an auditor can check a log, and whether the check found anything."""

import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figure import Missed, Run, Sample
from bench.library_log import Log, a_log, books, fill, seal_all, superuser
from bench.together import Gate, at_once
from chronicle.db import connect
from chronicle.export import export
from chronicle.seal import public_text, write_seal
from chronicle.verify.check import verify_file
from chronicle.verify.seals import Outside
from tests.chronicle.library import SERVICE
from tests.parts import now


def verifies(admin_url: str, folder: Path, events: int) -> Run:
    """Events a second of `verify` over an export with its keys; a finding would be a miss."""
    file = folder / "export.jsonl"

    def run() -> Sample:
        with a_log(admin_url) as log:
            now(fill(log, books(events // 10), events))
            now(seal_all(log))
            key = now(sealed(log, file))
            (sample,), _ = at_once([partial(checked, file, *key)])
            assert isinstance(sample, Sample)
            return sample

    return run


async def sealed(log: Log, file: Path) -> tuple[UUID, str]:
    key = Ed25519PrivateKey.generate()
    async with superuser(log) as db:
        log_id: UUID = await db.fetchval("select id from chronicle.log")
    db = await connect(log.url("sequencer"))
    while await write_seal(db, log_id, SERVICE, key, datetime.now(UTC)):
        pass
    await db.close()
    auditor = await connect(log.url("auditor"))
    with file.open("wb") as out:
        async for piece in export(auditor):
            out.write(piece)
    await auditor.close()
    return log_id, public_text(key)


def checked(file: Path, log_id: UUID, key: str, gate: Gate) -> Sample:
    gate.begin()
    began = monotonic()
    verdict = verify_file(file, Outside(keys={log_id: [key]}), processes=os.cpu_count() or 1)
    took = monotonic() - began
    events = sum(one.events for one in verdict.logs)
    through = sum(one.through for one in verdict.logs)
    said = f"exit code {verdict.exit_code}"
    return Sample(events / took, Missed(through - events + len(verdict.findings)), said)
