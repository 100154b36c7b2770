"""The library's log, and the figures of the run at the end of the report."""

import pytest

from tests.chronicle.conftest import admin, empty, library_database, log

__all__ = ["admin", "empty", "library_database", "log"]

FIGURES = pytest.StashKey[str]()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if figures := config.stash.get(FIGURES, None):
        terminalreporter.write_line(f"stress: {figures}")
