"""The parts that the controls break, from the tests of those parts, and the sum of it all."""

import pytest

from tests.chronicle.conftest import admin, empty, library_database, log
from tests.chronicle.hearing.conftest import allotments, archive, homes, shed, topic
from tests.chronicle.test_relay import ear, relays, topics
from tests.controls.control import Control, Tally
from tests.reporting.conftest import reporting, reporting_database

__all__ = [
    "admin", "allotments", "archive", "ear", "empty", "homes", "library_database", "log", "relays",
    "reporting", "reporting_database", "shed", "topic", "topics",
]  # fmt: skip

TALLY = pytest.StashKey[Tally]()


@pytest.fixture(params=["whole", "broken"])
def control(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> Control:
    tally = pytestconfig.stash.setdefault(TALLY, Tally())
    return Control(request.param == "broken", monkeypatch, tally)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow one another without a pause."""
    monkeypatch.setattr("chronicle.consume.backoff", lambda tries: 0.0)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    tally = config.stash.get(TALLY, Tally())
    if tally.made:
        terminalreporter.write_line(f"controls: {tally}")
