"""The smaller boards: a person's plain facts, the meetings, and what checking a log found."""

from datetime import date
from uuid import UUID

from chronicle.given import Told
from contracts.event import SYSTEM
from contracts.reporting import IntegrityCheckFailed, IntegrityCheckPassed
from services.reporting.read_models.operations import operations
from services.reporting.read_models.person import person
from services.reporting.read_models.stage1_meetings import Meeting, stage1_meetings
from tests.reporting import facts
from tests.reporting.facts import AMI, about, again, id_of, until
from tests.reporting.folding import rows


def test_a_person_is_shown_with_the_latest_of_everything_and_its_event() -> None:
    (row,) = rows(person, *until(facts.held))
    assert (row.person, row.population, row.age_band) == (AMI, "care_leaver", "18_20")
    assert (row.status, row.status_on, row.status_because) == ("eet", facts.MAY_7, id_of(20))
    assert (row.sectors, row.level, row.areas) == (("construction",), "2", ("north", "east"))
    assert (row.referral, row.referral_because) == (facts.REFERRAL, id_of(10))
    assert (row.placement, row.placement_because) == (facts.PLACEMENT, id_of(18))
    assert row.plan_version is None


def test_what_is_over_is_shown_no_more() -> None:
    (row,) = rows(person, *until(facts.closed))
    assert (row.referral, row.route, row.owner) == (None, None, None)
    assert (row.placement, row.kind) == (None, None)
    (row,) = rows(person, *until(facts.revised))
    assert (row.plan_version, row.plan_because) == (1, id_of(40))


def test_a_status_told_late_does_not_replace_a_newer_one() -> None:
    late = again(facts.neet, 50, occurred_on=date(2024, 5, 1))
    (row,) = rows(person, *until(facts.eet), late)
    assert row.status == "eet"
    same_day = again(facts.neet, 51, occurred_on=facts.MAY_7)
    (row,) = rows(person, *until(facts.eet), same_day)
    assert row.status == "neet"


def test_a_meeting_is_planned_and_then_held() -> None:
    planned = Meeting(meeting=facts.MEETING, planned_on=facts.APRIL_9, scheduled=id_of(4))
    assert rows(stage1_meetings, *until(facts.meeting_planned)) == [planned]
    (row,) = rows(stage1_meetings, *until(facts.meeting_held))
    assert (row.held_on, row.held) == (facts.APRIL_9, id_of(6))


LOG = UUID(int=70)
passed = IntegrityCheckPassed(
    service="matching", log=LOG, from_position=1, to_position=40, blocks=7,
    occurred_on=facts.JULY_1, by=SYSTEM, via="timer",
)  # fmt: skip
failed = IntegrityCheckFailed(
    service="matching", log=LOG, from_position=50, to_position=55, blocks=1,
    finding="root_differs", occurred_on=facts.JULY_3, by=SYSTEM, via="timer",
)  # fmt: skip


def test_a_log_shows_how_far_it_passed_and_every_failure() -> None:
    tuesday = passed.model_copy(update={"from_position": 41, "to_position": 49, "blocks": 2})
    (row,) = rows(
        operations,
        Told(passed, about(1, facts.JULY_1)),
        Told(tuesday, about(2, facts.JULY_1)),
        Told(failed, about(3, facts.JULY_3)),
    )
    assert (row.passed_to, row.blocks, row.passed) == (49, 9, id_of(2))
    (failure,) = row.failures
    assert (failure.event, failure.finding, failure.from_position) == (id_of(3), "root_differs", 50)
