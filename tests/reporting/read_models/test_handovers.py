"""A hand-over has a receipt; one without shows, whichever of the two was heard first."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chronicle.given import Told
from services.reporting.read_models.handovers import (
    Handovers,
    ReceiptWithin,
    handovers,
    unreceipted,
)
from tests.reporting import facts
from tests.reporting.facts import AMI, again, id_of, until
from tests.reporting.folding import rows
from tests.reporting.read_models.test_risk_watchlist import completed


def row(*told: Told[Any]) -> Handovers:
    (found,) = rows(handovers, *told)
    return found


def waiting(*told: Told[Any]) -> list[tuple[str, str, int]]:
    return [(w.what, w.awaits, w.said.int - 100) for w in row(*told).waiting]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (facts.made, [("ReferralMade", "ReferralReceived", 10)]),
        (facts.received, []),
        (facts.started, [("PlacementStarted", "PlacementOpened", 17)]),
        (facts.opened, []),
        (facts.ended, [
            ("PlacementEndedEarly", "ArrangementConcluded", 28),
            ("PlacementEndedEarly", "ReferralClosed", 28),
        ]),
        (facts.closed, [
            ("PlacementEndedEarly", "ArrangementConcluded", 28),
            ("CaseHandedBackToStage1", "AgendaItemAdded", 29),
        ]),
        (facts.exit_item, [("PlacementEndedEarly", "ArrangementConcluded", 28)]),
        (facts.concluded, []),
        (facts.received_again, []),
    ],
)  # fmt: skip
def test_a_handover_waits_until_its_receipt(
    last: Told[Any], expected: list[tuple[str, str, int]]
) -> None:
    assert waiting(*until(last)) == expected


def test_a_completed_placement_waits_for_the_same_two_receipts() -> None:
    awaited = [what for _, what, _ in waiting(*until(facts.held), completed)]
    assert awaited == ["ArrangementConcluded", "ReferralClosed"]


def test_a_preparatory_referral_awaits_no_receipt() -> None:
    assert waiting(again(facts.made, 50, route="preparatory")) == []


def test_the_receipt_of_another_handover_is_no_receipt() -> None:
    other = again(facts.received, 50, made=UUID(int=5))
    assert waiting(facts.made, other) == [("ReferralMade", "ReferralReceived", 10)]
    person_added = again(facts.exit_item, 51, source=None)
    assert waiting(facts.handed_back, person_added) != []


def test_a_receipt_heard_first_is_kept_for_its_handover() -> None:
    assert row(facts.received, facts.made) == Handovers(person=AMI)
    assert waiting(facts.closed, facts.ended) == [
        ("PlacementEndedEarly", "ArrangementConcluded", 28)
    ]


def test_a_handover_is_late_after_the_minutes_of_the_policy() -> None:
    within = ReceiptWithin(rule="handover.receipt_within@2018-01-01", minutes=15)
    (handover,) = row(facts.made).waiting
    assert handover.said == id_of(10)
    at_nine = datetime(2024, 4, 11, 9, tzinfo=UTC)
    assert not unreceipted(AMI, handover, at_nine.replace(minute=15), within).late
    late = unreceipted(AMI, handover, at_nine.replace(minute=15, second=1), within)
    assert (late.late, late.age_minutes) == (True, 15)
