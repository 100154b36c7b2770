"""Which meetings are planned, which were held, and by which event we know."""

from dataclasses import replace
from uuid import UUID

from chronicle.given import Folding, told
from services.referrals.read_models.meetings import Meeting, meetings
from tests.referrals.facts import ABOUT, HEARD, MEETING, NINTH, TENTH, held, not_quorate, scheduled

folding = Folding(meetings, ABOUT).given
HELD = UUID(int=90)

planned = Meeting(
    meeting=MEETING, series="monthly", planned_on=NINTH, within_team_meeting=True,
    extraordinary=False, scheduled=HEARD,
)  # fmt: skip
done = replace(
    planned, held=HELD, held_on=NINTH, chair_role="leaving_care_manager",
    attendee_roles=("eet_adviser",), quorate=True,
)  # fmt: skip


def test_a_scheduled_meeting_is_planned() -> None:
    folding(scheduled).shows(planned)
    folding(scheduled.model_copy(update={"extraordinary": True, "planned_on": TENTH})).shows(
        replace(planned, extraordinary=True, planned_on=TENTH)
    )


def test_a_held_meeting_says_when_and_who_and_whether_it_was_quorate() -> None:
    folding(scheduled, told(held, ABOUT, HELD)).shows(done)
    folding(scheduled, told(not_quorate, ABOUT, HELD)).shows(replace(done, quorate=False))


def test_a_meeting_held_late_keeps_its_planned_day() -> None:
    late = held.model_copy(update={"occurred_on": TENTH})
    folding(scheduled, told(late, ABOUT, HELD)).shows(replace(done, held_on=TENTH))


def test_each_meeting_has_its_own_row() -> None:
    other = scheduled.model_copy(update={"meeting": HELD})
    folding(scheduled, other, told(held, ABOUT, HELD)).shows(done, replace(planned, meeting=HELD))


def test_the_table_is_the_module() -> None:
    assert meetings.name == "meetings"
