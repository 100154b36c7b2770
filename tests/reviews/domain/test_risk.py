"""Signals add up to a risk, which names its evidence and wants an answer."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from chronicle.decider import derived
from chronicle.given import Deciding, told
from contracts.codes import SIGNAL_GROUP_OF, RiskLevel, SignalKind
from contracts.reviews import EarlyExitRisk, RiskSignalRecorded
from services.reviews.domain.risk import RaiseRisk, RecordRiskSignal, decider
from tests.reviews.facts import (
    ABOUT,
    AMI,
    AUGUST_5,
    CALENDAR,
    COMMAND,
    DUE,
    JULY_1,
    JULY_8,
    JULY_15,
    NEW,
    PLACEMENT,
    REVIEW,
    RISK,
    RULE,
    SOMEBODY_ELSE,
    WITHIN,
    asks,
    at_risk,
    brought_forward,
    completed,
    ended_early,
    opened,
    said,
    scheduled,
    signal,
    urgent,
)

given = Deciding(decider, ABOUT).given
ONE, TWO, THIS = UUID(int=41), UUID(int=42), derived(COMMAND, "reviews/1")
JUNE_10, JUNE_24 = date(2024, 6, 10), date(2024, 6, 24)
live: tuple[Any, ...] = (opened, scheduled)
watched = (
    *live,
    told(signal(JUNE_10, 1), ABOUT, ONE),
    told(signal(JUNE_24, 2), ABOUT, TWO),
)  # fmt: skip

record = RecordRiskSignal(
    **asks(JULY_1), person=AMI, placement=PLACEMENT, signal=NEW, risk=RISK,
    kind="second_visit_missed", observer="assessor", note="nobody at the bench", rule=RULE,
    respond_within=WITHIN, calendar=CALENDAR,
)  # fmt: skip
recorded = RiskSignalRecorded(
    signal=NEW, placement=PLACEMENT, person=AMI, group="attendance", kind="second_visit_missed",
    weight=2, observer="assessor", note="nobody at the bench", **said(JULY_1),
)  # fmt: skip
by_rule = EarlyExitRisk(
    risk=RISK, placement=PLACEMENT, person=AMI, level="at_risk", raised_by="rule",
    signals=(ONE, TWO, THIS), groups=("attendance",), weight=5, next_review=REVIEW,
    next_review_on=DUE, respond_by=JULY_8, **said(JULY_1),
)  # fmt: skip
worry = RaiseRisk(
    **asks(JULY_1), person=AMI, placement=PLACEMENT, risk=RISK, level="at_risk", rule=RULE,
    note="will not say why", respond_within=WITHIN, calendar=CALENDAR,
)  # fmt: skip
by_hand = at_risk.model_copy(update={"note": "will not say why"})


def test_a_signal_alone_is_watched_and_raises_nothing() -> None:
    given(*live).when(record).then(recorded)


def test_the_signal_that_reaches_the_threshold_raises_the_risk_with_its_evidence() -> None:
    given(*watched).when(record).then(recorded, by_rule)


def test_a_signal_carries_what_it_came_from_and_the_group_of_its_kind() -> None:
    source = UUID(int=77)
    from_course = replace(record, kind="workload", observer="provider", source=source, note=None)
    given(*live).when(from_course).then(
        recorded.model_copy(
            update={
                "kind": "workload", "group": "course", "weight": 1, "observer": "provider",
                "source": source, "note": None,
            }
        )
    )  # fmt: skip


def test_the_groups_of_the_evidence_are_named_once_each() -> None:
    from_home = replace(record, kind="moved_far")
    given(*watched).when(from_home).then(
        recorded.model_copy(update={"kind": "moved_far", "group": "home"}),
        by_rule.model_copy(update={"groups": ("attendance", "home")}),
    )


def test_a_signal_older_than_six_weeks_is_no_evidence() -> None:
    old = told(signal(JULY_1 - timedelta(days=42), 3), ABOUT, ONE)
    given(*live, old).when(record).then(recorded)
    fresh = told(signal(JULY_1 - timedelta(days=41), 3), ABOUT, ONE)
    given(*live, fresh).when(record).then(
        recorded, by_rule.model_copy(update={"signals": (ONE, THIS)})
    )


def test_a_signal_recorded_too_late_to_count_raises_nothing_even_at_once() -> None:
    late = replace(record, kind="wants_to_leave", on=date(2024, 5, 20), today=JULY_1, signal=NEW)
    given(*live).when(late).then(
        recorded.model_copy(
            update={
                "kind": "wants_to_leave", "group": "stated", "weight": 5,
                "occurred_on": date(2024, 5, 20),
            }
        )
    )  # fmt: skip


@pytest.mark.parametrize("kind", sorted(RULE.at_once))
def test_a_dagger_is_at_risk_at_once_whatever_its_weight(kind: SignalKind) -> None:
    light = replace(RULE, weights={**RULE.weights, kind: 1})
    [_, raised] = decider.decide(
        replace(record, kind=kind, rule=light), decider.fold([(opened, ABOUT)])
    )
    assert isinstance(raised, EarlyExitRisk)
    assert (raised.level, raised.weight, raised.signals) == ("at_risk", 1, (THIS,))
    assert raised.groups == (SIGNAL_GROUP_OF[kind],)


def test_a_rise_to_urgent_says_it_again_under_the_same_risk() -> None:
    raised = told(at_risk, ABOUT, UUID(int=43))
    more = replace(record, kind="disciplinary", risk=UUID(int=99))
    given(*watched, raised).when(more).then(
        recorded.model_copy(update={"kind": "disciplinary", "group": "employer", "weight": 4}),
        by_rule.model_copy(
            update={"level": "urgent", "groups": ("attendance", "employer"), "weight": 7}
        ),
    )


@pytest.mark.parametrize("now", [at_risk, urgent])
def test_a_level_reached_before_is_not_raised_again_and_does_not_fall(now: EarlyExitRisk) -> None:
    given(*watched, now).when(record).then(recorded)
    given(*live, now).when(record).then(recorded)


def test_an_answered_risk_rises_only_above_the_level_it_had() -> None:
    given(*watched, at_risk, brought_forward).when(record).then(recorded)


def test_a_risk_names_the_review_as_it_is_planned_now() -> None:
    given(*watched, brought_forward).when(record).then(
        recorded, by_rule.model_copy(update={"next_review_on": JULY_15})
    )


def test_with_no_review_open_a_risk_names_none() -> None:
    given(opened, *watched[2:]).when(record).then(
        recorded, by_rule.model_copy(update={"next_review": None, "next_review_on": None})
    )


def test_the_answer_is_due_in_working_days_from_today_not_from_the_signal() -> None:
    told_late = replace(record, today=date(2024, 8, 23), on=date(2024, 8, 20), kind="lost_contact")
    [_, raised] = decider.decide(told_late, decider.fold([(opened, ABOUT)]))
    assert isinstance(raised, EarlyExitRisk)
    assert raised.respond_by == date(2024, 9, 2)  # the 26th was a bank holiday
    assert raised.occurred_on == date(2024, 8, 20)


def test_no_signal_on_a_placement_never_opened_or_of_somebody_else() -> None:
    given().when(record).then_refused("REV-01")
    theirs = opened.model_copy(update={"person": SOMEBODY_ELSE})
    given(theirs).when(record).then_refused("REV-01")


@pytest.mark.parametrize("ending", [completed, ended_early])
def test_no_signal_on_a_placement_that_has_ended(ending: object) -> None:
    after = replace(record, on=date(2024, 8, 6), today=date(2024, 8, 6))
    given(*live, ending).when(after).then_refused("REV-01")
    before = replace(record, on=AUGUST_5, today=date(2024, 8, 6))
    given(*live, ending).when(before).then_refused("REV-08")


def test_a_worker_may_raise_a_risk_without_any_signal() -> None:
    given(*live).when(worry).then(by_hand)


def test_a_worker_may_raise_it_to_urgent_and_the_signals_that_count_are_named() -> None:
    given(*watched).when(replace(worry, level="urgent")).then(
        by_hand.model_copy(
            update={
                "level": "urgent",
                "signals": (ONE, TWO),
                "groups": ("attendance",),
                "weight": 3,
            }
        )
    )


@pytest.mark.parametrize(
    ("now", "asked", "level"),
    [
        (at_risk, "at_risk", "at_risk"),
        (at_risk, "urgent", "urgent"),
        (urgent, "at_risk", "urgent"),
        (urgent, "urgent", "urgent"),
    ],
)
def test_a_raise_by_hand_never_falls_below_the_level_now(
    now: EarlyExitRisk, asked: RiskLevel, level: RiskLevel
) -> None:
    again = replace(worry, level=asked, risk=UUID(int=99))
    given(*live, now).when(again).then(by_hand.model_copy(update={"level": level}))


def test_no_raise_by_hand_on_a_placement_that_is_not_live() -> None:
    given().when(worry).then_refused("REV-08")
    given(*live, completed).when(worry).then_refused("REV-08")
    given(*live, ended_early).when(worry).then_refused("REV-08")
    theirs = opened.model_copy(update={"person": SOMEBODY_ELSE})
    given(theirs).when(worry).then_refused("REV-08")


def test_the_risk_the_placement_and_the_review_are_read() -> None:
    for command in (record, worry):
        assert decider.reads(command) == [
            f"risk-{PLACEMENT}", f"placement-{PLACEMENT}", f"pathway-{AMI}"
        ]  # fmt: skip
