"""The boards: what they show, what they say when empty, and what their hash leaves out."""

from dataclasses import replace
from datetime import date
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

from rich.console import Console

from throughcare.story.boards import Boards, figures_hash, show

PERSON = UUID(int=7)
EMPTY = Boards(
    day=date(2026, 3, 31), person=None, caseload=[], reviews_due=[], risk_watchlist=[], story=[],
    counts=[], completeness=[],
)  # fmt: skip


def case(**said: Any) -> dict[str, Any]:
    return {
        "person": str(PERSON), "stage": "placed", "since": "2026-01-05", "days_in_stage": 85,
        "because": str(uuid4()), "owner": None, "next_due_by": "2026-07-05", "days_left": 96,
    } | said  # fmt: skip


def told(sentence: str, position: int) -> dict[str, Any]:
    return {
        "event": str(uuid4()), "occurred_on": "2024-04-02", "sentence": sentence,
        "position": position, "recorded": "2024-04-02T08:00:00Z", "causation": str(uuid4()),
    }  # fmt: skip


FULL = replace(
    EMPTY, person=PERSON, caseload=[case()],
    story=[told("2 April 2024: one.", 1), told("2 April 2024: two.", 2)],
    counts=[
        {
            "measure": "first referrals", "route": "", "kind": "", "cause": "", "count": 112,
            "events": [str(uuid4())],
        }
    ],
    reviews_due=[
        {
            "person": str(PERSON), "due_by": "2026-03-20", "days_left": -11,
            "planned_on": "2026-03-20", "clock": "placement_start_plus_interval",
            "overdue": [{"escalated_to": "leaving_care_manager"}],
        }
    ],
)  # fmt: skip


def printed(found: Boards) -> str:
    paper = StringIO()
    show(found, Console(file=paper, width=140), verified="verified: 4 logs")
    return paper.getvalue()


def test_empty_boards_say_why_they_are_empty() -> None:
    text = printed(EMPTY)
    for why in (
        "Nobody is registered yet", "No review is open", "nobody worries about any",
        "placed again yet", "Nobody was referred yet", "Reporting has heard nothing yet",
    ):  # fmt: skip
        assert why in text


def test_an_overdue_review_names_the_clock_that_decided_and_who_was_told() -> None:
    text = printed(FULL)
    assert "1 open, 1 overdue" in text
    assert "placement start + 6 months" in text
    assert "leaving care manager" in text


def test_a_count_stands_beside_its_range_and_a_later_step_is_marked() -> None:
    lines = printed(FULL).splitlines()
    [first] = [line for line in lines if "First referrals" in line]
    [visits] = [line for line in lines if "Assessor visits" in line]
    assert "112" in first
    assert "119 (103 to 140)" in first
    assert "within" in first
    assert "later step" in visits


def test_the_verify_result_is_printed_as_it_was_given() -> None:
    assert "verified: 4 logs" in printed(EMPTY)


def test_positions_event_ids_and_their_order_do_not_change_the_hash() -> None:
    heard_otherwise = replace(
        FULL, caseload=[case()],
        story=[told("2 April 2024: two.", 8), told("2 April 2024: one.", 9)],
    )  # fmt: skip
    assert figures_hash(heard_otherwise) == figures_hash(FULL)


def test_another_figure_changes_the_hash() -> None:
    assert figures_hash(replace(FULL, counts=[FULL.counts[0] | {"count": 113}])) != figures_hash(
        FULL
    )


def test_another_person_changes_the_hash() -> None:
    assert figures_hash(replace(FULL, caseload=[case(person=str(uuid4()))])) != figures_hash(FULL)


def test_an_event_that_is_missing_changes_the_hash() -> None:
    assert figures_hash(replace(FULL, story=FULL.story[:1])) != figures_hash(FULL)
