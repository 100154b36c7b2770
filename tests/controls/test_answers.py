"""A repeated command is given its first answer (G2 at the doors)."""

from dataclasses import replace
from uuid import UUID, uuid4

from chronicle.append import Conflict, Reached
from chronicle.db import Db
from chronicle.decider import Refused
from tests.chronicle.library import NoteCondition
from tests.chronicle.log import Log
from tests.chronicle.test_execute import donate, note
from tests.controls.control import Control


async def not_looked_up(db: Db, command: UUID) -> Reached | None:
    return None


async def test_a_command_that_its_own_effect_refuses_is_looked_up(
    control: Control, log: Log
) -> None:
    control.breaks("chronicle.execute.answered", not_looked_up)
    chronicle = await log.chronicle()
    first = await chronicle.execute(donate)
    with control.red("a refused command answered without looking", "LIB-01", Refused):
        assert await chronicle.execute(donate) == replace(first, repeated=True)


async def test_a_command_that_lost_to_what_came_after_it_is_looked_up(
    control: Control, log: Log
) -> None:
    """Asked again with the version it saw the first time, which is long past."""
    control.breaks("chronicle.execute.answered", not_looked_up)
    chronicle = await log.chronicle()
    await chronicle.execute(donate)
    first = await chronicle.execute(note, expected=1)
    await chronicle.execute(NoteCondition(id=uuid4(), book=note.book, words="mended"))
    with control.red("a lost command answered without looking", note.book.hex[-4:], Conflict):
        assert await chronicle.execute(note, expected=1) == replace(first, repeated=True)
