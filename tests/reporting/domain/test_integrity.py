"""What is said of a log's check: failures at once, a pass once a day, never twice the same."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from chronicle.decider import Envelope
from chronicle.given import Deciding
from contracts.codes import Finding
from contracts.event import SYSTEM, Said
from contracts.reporting import IntegrityCheckFailed, IntegrityCheckPassed
from services.reporting.domain.integrity import CheckIntegrity, decider

LOG, MONDAY, TUESDAY = UUID(int=1), date(2024, 7, 1), date(2024, 7, 2)
ABOUT = Envelope(id=UUID(int=2), time=datetime(2024, 7, 1, 9, tzinfo=UTC))
given = Deciding(decider, ABOUT).given


def on(day: date) -> Said:
    return Said(occurred_on=day, by=SYSTEM, via="timer")


check = CheckIntegrity(
    id=UUID(int=3), today=MONDAY, on=MONDAY, by=SYSTEM, via="timer", service="matching", log=LOG,
    from_position=1, to_position=40, blocks=7, last_block=7,
)  # fmt: skip
passed = IntegrityCheckPassed(
    service="matching", log=LOG, from_position=1, to_position=40, blocks=7, **on(MONDAY)
)
later = replace(check, from_position=41, to_position=60, blocks=2, last_block=9)
differs = replace(check, from_position=50, to_position=55, blocks=1, last_block=0,
                  finding="root_differs")  # fmt: skip
failed = IntegrityCheckFailed(
    service="matching", log=LOG, from_position=50, to_position=55, blocks=1,
    finding="root_differs", **on(MONDAY),
)  # fmt: skip


def test_the_first_pass_is_said_from_the_first_position() -> None:
    given().when(check).then(passed)
    given().when(later).then(passed.model_copy(update={"to_position": 60, "blocks": 9}))


def test_a_pass_is_said_once_a_day() -> None:
    given(passed).when(later).then_nothing()


def test_the_next_days_pass_follows_the_last_and_counts_the_blocks_nobody_spoke_of() -> None:
    tuesday = replace(
        later, today=TUESDAY, on=TUESDAY, from_position=90, to_position=99, blocks=1, last_block=20
    )
    given(passed).when(tuesday).then(
        IntegrityCheckPassed(
            service="matching", log=LOG, from_position=41, to_position=99, blocks=13, **on(TUESDAY)
        )
    )


def test_a_failure_is_said_at_once_though_the_log_passed_that_day() -> None:
    given(passed).when(differs).then(failed)
    given().when(differs).then(failed)


def test_a_failure_is_said_once_for_the_same_finding_and_range() -> None:
    given(passed, failed).when(differs).then_nothing()
    given(failed).when(replace(differs, today=TUESDAY, on=TUESDAY)).then_nothing()
    wider = replace(differs, to_position=60)
    given(failed).when(wider).then(failed.model_copy(update={"to_position": 60}))
    other = replace(differs, finding="bad_signature")
    given(failed).when(other).then(failed.model_copy(update={"finding": "bad_signature"}))


def test_a_pass_after_a_failed_block_does_not_vouch_for_it() -> None:
    tuesday = replace(
        check, today=TUESDAY, on=TUESDAY, from_position=56, to_position=70, blocks=3, last_block=14
    )
    vouched = IntegrityCheckPassed(
        service="matching", log=LOG, from_position=56, to_position=70, blocks=3, **on(TUESDAY)
    )
    given(passed, failed).when(tuesday).then(vouched)
    given(failed).when(tuesday).then(vouched)


@pytest.mark.parametrize("finding", ["two_at_one_position", "stream_forked", "seal_forked"])
def test_a_fork_at_one_place_leaves_the_checked_range_as_it_was(finding: Finding) -> None:
    fork = failed.model_copy(
        update={"finding": finding, "from_position": 55, "to_position": 55, "blocks": 0}
    )
    tuesday = replace(later, today=TUESDAY, on=TUESDAY)
    given(passed, fork).when(tuesday).then(
        IntegrityCheckPassed(
            service="matching", log=LOG, from_position=41, to_position=60, blocks=2, **on(TUESDAY)
        )
    )
    given(fork).when(check).then(passed)
