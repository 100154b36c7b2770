"""Under every kind of writer at once nothing is missed, doubled or inverted."""

from pathlib import Path

import pytest

from tests.chronicle.log import Connection, Log
from tests.stress.conftest import FIGURES
from tests.stress.run import stressed
from tests.stress.verdict import judged

SECONDS = 12.0


async def test_under_load_none_is_missed_none_sealed_twice_and_no_stream_inverted(
    log: Log, admin: Connection, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    verdict = await judged(admin, await stressed(log, tmp_path, SECONDS, "7"))
    pytestconfig.stash[FIGURES] = verdict.figures
    assert verdict.wrong == {}
    assert verdict.tame == []
