"""Who may give which command of reviews, as the table of domain.md 11 says."""

from services.reviews.api.roles import ROLES
from services.reviews.domain import (
    bring_forward,
    end_placement,
    hold_review,
    open_placement,
    overdue,
    risk,
    schedule_review,
)

WORKERS = {
    "leaving_care_adviser", "leaving_care_manager", "head_of_service", "eet_adviser",
    "eet_manager", "apprenticeships_officer", "traineeships_officer", "work_experience_officer",
    "placements_liaison", "placements_support", "adult_learning_manager", "assessor",
}  # fmt: skip
ANSWERS = WORKERS - {
    "head_of_service", "placements_liaison", "placements_support", "adult_learning_manager",
    "assessor",
}  # fmt: skip


def test_every_command_has_its_roles_and_every_decider_its_commands() -> None:
    deciders = (
        bring_forward.decider, end_placement.decider, hold_review.decider, open_placement.decider,
        overdue.decider, risk.decider, schedule_review.decider,
    )  # fmt: skip
    assert set(ROLES) == {kind for decider in deciders for kind in decider.commands}


def test_the_table_of_roles() -> None:
    assert {command.__name__: set(roles) for command, roles in ROLES.items()} == {
        "ScheduleReview": {"leaving_care_adviser", "leaving_care_manager", "machine"},
        "HoldReview": {"leaving_care_adviser", "leaving_care_manager"},
        "BringReviewForward": ANSWERS,
        "DeclineBringForward": ANSWERS,
        "RecordRiskSignal": WORKERS | {"provider", "line_manager", "young_person", "machine"},
        "RaiseRisk": WORKERS,
        "CompletePlacement": WORKERS - {"head_of_service", "adult_learning_manager"},
        "EndPlacementEarly": WORKERS - {"head_of_service", "adult_learning_manager"},
        "OpenPlacement": {"system"},
        "MarkReviewOverdue": {"system"},
        "MarkRiskResponseOverdue": {"system"},
    }
