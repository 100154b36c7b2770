"""What somebody is to do: each task opens with its cause and closes with the event awaited."""

from datetime import date
from typing import Any

import pytest

from chronicle.given import Told
from services.reporting.read_models.tasks import Task, tasks, to_do
from tests.reporting import facts
from tests.reporting.facts import AMI, again, id_of, until
from tests.reporting.folding import rows
from tests.reporting.read_models.test_risk_watchlist import completed, declined


def every(*told: Told[Any]) -> list[Task]:
    (row,) = rows(tasks, *told)
    return list(row.tasks)


def still_open(*told: Told[Any]) -> list[tuple[str, int]]:
    return [(t.what, t.opened.int - 100) for t in every(*told) if t.closed is None]


REFER, ANSWER, CHECK, REVISE = (
    "make the referral", "bring the review forward or decline", "check the activity status",
    "revise the plan",
)  # fmt: skip


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (facts.decided, []),
        (facts.agreed, [(REFER, 9)]),
        (facts.made, []),
        (facts.at_risk, [(ANSWER, 23)]),
        (facts.forward, []),
        (facts.ended, [(CHECK, 28)]),
        (facts.neet_again, []),
        (facts.exit_discussed, [(REVISE, 37)]),
        (facts.revised, [(REFER, 39)]),
        (facts.made_again, []),
    ],
)
def test_a_task_is_open_from_its_cause_to_the_event_awaited(
    last: Told[Any], expected: list[tuple[str, int]]
) -> None:
    assert still_open(*until(last)) == expected


def test_deciding_again_ends_the_wait_for_a_referral_on_the_route_before() -> None:
    assert still_open(*until(facts.agreed), again(facts.decided, 50)) == []


def test_an_answer_closes_the_task_of_the_raise_it_names() -> None:
    second = again(facts.at_risk, 50, level="urgent", respond_by=facts.JULY_15)
    assert still_open(*until(facts.at_risk), second, declined) == [(ANSWER, 50)]
    _, first, _ = every(*until(facts.at_risk), second, declined)
    assert (first.closed, first.closed_on, first.due_by) == (
        declined.about.id,
        facts.JULY_3,
        facts.JULY_8,
    )


@pytest.mark.parametrize("ending", [facts.ended, completed])
def test_an_ending_leaves_nothing_to_bring_forward_and_a_status_to_check(ending: Told[Any]) -> None:
    found = still_open(*until(facts.at_risk), ending)
    assert found == [(CHECK, ending.about.id.int - 100)]


def test_only_a_status_of_the_day_of_the_ending_or_later_answers_it() -> None:
    before = again(facts.neet, 50, occurred_on=date(2024, 8, 4))
    same = again(facts.neet, 51, occurred_on=facts.AUG_5)
    assert still_open(*until(facts.ended), before) == [(CHECK, 28)]
    assert still_open(*until(facts.ended), same) == []


def test_a_status_heard_before_the_ending_answers_it_just_as_well() -> None:
    before_it = [t for t in until(facts.ended) if t is not facts.ended]
    assert still_open(*before_it, facts.neet_again, facts.ended) == []


def test_a_second_discussion_of_the_same_exit_asks_for_no_second_revision() -> None:
    discussed_again = again(facts.exit_discussed, 50)
    told = until(facts.exit_discussed)
    assert still_open(*told, discussed_again) == still_open(*told)
    assert (REVISE, 50) not in still_open(*until(facts.revised), discussed_again)


def test_a_revision_for_another_reason_leaves_the_exit_to_be_planned_for() -> None:
    other = again(facts.revised, 50, cause="review", because=id_of(26))
    assert (REVISE, 37) in still_open(*until(facts.exit_discussed), other)


def test_days_left_are_worked_out_on_the_day_asked_and_only_where_there_is_a_day() -> None:
    (task,) = [t for t in every(*until(facts.at_risk)) if t.closed is None]
    asked = to_do(AMI, task, date(2024, 7, 10))
    assert (asked.days_left, asked.awaits, asked.role) == (
        -2,
        "ReviewBroughtForward or BringForwardDeclined",
        "leaving_care_adviser",
    )
    (refer,) = [t for t in every(*until(facts.agreed)) if t.closed is None]
    assert to_do(AMI, refer, facts.APRIL_16).days_left is None
