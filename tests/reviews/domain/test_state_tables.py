"""Every command in every state, so that no cell is there that should not be."""

from typing import Any

import pytest

from chronicle.decider import Decider
from services.reviews.domain import (
    bring_forward,
    end_placement,
    hold_review,
    open_placement,
    overdue,
    risk,
    schedule_review,
)

DECIDERS: tuple[Decider[Any, Any, Any], ...] = tuple(
    module.decider
    for module in (
        bring_forward, end_placement, hold_review, open_placement, overdue, risk, schedule_review
    )
)  # fmt: skip
NOWHERE = {"BringReviewForward": "REV-17", "DeclineBringForward": "REV-08"}
MOVED, NOTHING = "ReviewBroughtForward", "nothing"


def test_an_answer_needs_an_open_review_and_a_raise_that_waits() -> None:
    assert bring_forward.decider.table() == {
        "no review open, no live placement": NOWHERE,
        "no review open, no risk raised": NOWHERE,
        "no review open, risk unanswered": {**NOWHERE, "DeclineBringForward": "REV-17"},
        "no review open, risk answered": NOWHERE,
        "review open, no live placement": {**NOWHERE, "BringReviewForward": MOVED},
        "review open, no risk raised": {**NOWHERE, "BringReviewForward": MOVED},
        "review open, risk unanswered": {
            "BringReviewForward": MOVED,
            "DeclineBringForward": "BringForwardDeclined",
        },
        "review open, risk answered": {**NOWHERE, "BringReviewForward": MOVED},
    }


def test_only_an_active_placement_ends() -> None:
    assert end_placement.decider.table() == {
        "not opened": {"CompletePlacement": "REV-01", "EndPlacementEarly": "REV-01"},
        "active": {
            "CompletePlacement": "PlacementCompleted",
            "EndPlacementEarly": "PlacementEndedEarly + CaseHandedBackToStage1",
        },
        "completed": {"CompletePlacement": "REV-11", "EndPlacementEarly": "REV-11"},
        "ended early": {"CompletePlacement": "REV-11", "EndPlacementEarly": "REV-11"},
    }


def test_only_an_open_review_is_held_and_the_next_follows() -> None:
    assert hold_review.decider.table() == {
        "no review open": {"HoldReview": "REV-17"},
        "review open": {"HoldReview": "ReviewHeld + ReviewScheduled"},
    }


def test_only_a_placement_that_is_new_here_is_opened() -> None:
    assert open_placement.decider.table() == {
        "not opened": {"OpenPlacement": "PlacementOpened + ReviewScheduled"},
        "active": {"OpenPlacement": NOTHING},
        "completed": {"OpenPlacement": NOTHING},
        "ended early": {"OpenPlacement": NOTHING},
    }


def test_only_what_still_waits_is_overdue() -> None:
    late, silence = {"MarkReviewOverdue": "ReviewOverdue"}, {"MarkRiskResponseOverdue": NOTHING}
    on_time, silent = (
        {"MarkReviewOverdue": NOTHING},
        {"MarkRiskResponseOverdue": "RiskResponseOverdue"},
    )
    assert overdue.decider.table() == {
        "no review open, no live placement": on_time | silence,
        "no review open, nothing to answer": on_time | silence,
        "no review open, risk unanswered": on_time | silent,
        "review open, no live placement": late | silence,
        "review open, nothing to answer": late | silence,
        "review open, risk unanswered": late | silent,
    }


def test_only_a_live_placement_is_at_risk() -> None:
    signal, raised = "RiskSignalRecorded", "EarlyExitRisk"
    assert risk.decider.table() == {
        "not opened": {"RecordRiskSignal": "REV-01", "RaiseRisk": "REV-08"},
        "quiet": {"RecordRiskSignal": signal, "RaiseRisk": raised},
        "watch": {"RecordRiskSignal": f"{signal} + {raised}", "RaiseRisk": raised},
        "at risk": {"RecordRiskSignal": signal, "RaiseRisk": raised},
        "urgent": {"RecordRiskSignal": signal, "RaiseRisk": raised},
        "ended": {"RecordRiskSignal": "REV-08", "RaiseRisk": "REV-08"},
    }


def test_a_sooner_due_day_is_said_whether_or_not_a_review_is_open() -> None:
    assert schedule_review.decider.table() == {
        "no review open": {"ScheduleReview": "ReviewScheduled"},
        "review open": {"ScheduleReview": "ReviewScheduled"},
    }


@pytest.mark.parametrize("decider", DECIDERS)
def test_every_state_of_the_table_has_a_name_of_its_own(decider: Decider[Any, Any, Any]) -> None:
    names = [decider.named(state) for state in decider.samples.states]
    assert len(names) == len(set(names))
    assert decider.named(decider.initial) in names


@pytest.mark.parametrize("decider", DECIDERS)
def test_every_stream_that_is_written_is_among_those_read(decider: Decider[Any, Any, Any]) -> None:
    for command in decider.samples.commands:
        for state in decider.samples.states:
            if decider.outcome(command, state).startswith("REV"):
                continue
            for event in decider.decide(command, state):
                assert event.subject in decider.reads(command)
