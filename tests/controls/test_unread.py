"""What was kept and cannot be read is counted on every board, never skipped in silence (G5)."""

from chronicle import project
from chronicle.project import Read
from chronicle.rows import Model
from tests.controls.control import Control
from tests.reporting.api import test_boards
from tests.reporting.house import Reporting

heard_by = project.heard_by


def heard_and_readable(model: Model, batch: list[Read]) -> list[Read]:
    return [read for read in heard_by(model, batch) if read.event is not None]


async def test_an_event_that_cannot_be_read_shows_on_every_board(
    control: Control, reporting: Reporting
) -> None:
    control.breaks("chronicle.project.heard_by", heard_and_readable)
    with control.red("an event that cannot be read skipped without its mark", "/caseload"):
        await test_boards.test_every_board_says_that_an_event_could_not_be_read(reporting)
