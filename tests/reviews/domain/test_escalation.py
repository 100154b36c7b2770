"""Who hears of a missed deadline, and from which day."""

from datetime import date

import pytest

from contracts.policy import in_force
from services.reviews.domain.escalation import Escalation, reached, role_at

DUE = date(2024, 11, 7)
REVIEW = in_force("review.overdue", DUE, Escalation)


@pytest.mark.parametrize(
    ("today", "levels"),
    [
        (date(2024, 11, 7), []),
        (date(2024, 11, 8), [1]),
        (date(2024, 11, 21), [1]),
        (date(2024, 11, 22), [1, 2]),
    ],
)
def test_a_level_is_reached_on_its_day_after_the_due_day(today: date, levels: list[int]) -> None:
    assert reached(REVIEW, DUE, today) == levels


def test_the_manager_hears_first_and_the_head_of_service_second() -> None:
    assert role_at(REVIEW, 1) == "leaving_care_manager"
    assert role_at(REVIEW, 2) == "head_of_service"
