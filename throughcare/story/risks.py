"""Why placements break down, and what could be seen before (domain.md 18, 19.1)."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from types import MappingProxyType
from typing import Final, TypeAlias

from contracts.codes import ExitReason, InitiatedBy, Observer, SignalKind
from throughcare.story import office
from throughcare.story.fates import Answer, Risk, Signal
from throughcare.story.scenario import Scenario

Seen: TypeAlias = tuple[SignalKind, Observer]

WARNINGS: Final[Mapping[ExitReason, tuple[Seen, ...]]] = MappingProxyType(
    {
        "employer_support_or_study_time": (
            ("study_time_not_given", "assessor"), ("line_manager_changed", "adviser"),
            ("support_not_delivered", "assessor"),
        ),
        "better_job": (
            ("looking_elsewhere", "adviser"), ("absence_unexplained", "line_manager"),
            ("unhappy", "young_person"),
        ),
        "better_course": (
            ("looking_elsewhere", "young_person"), ("workload", "assessor"),
            ("unhappy", "young_person"),
        ),
        "pay_benefits_or_travel_cost": (
            ("travel_cost", "young_person"), ("pay_or_benefits_problem", "adviser"),
            ("absence_unexplained", "line_manager"),
        ),
        "health": (
            ("health_absence", "line_manager"), ("absence_pattern", "assessor"),
            ("absence_unexplained", "line_manager"),
        ),
        "mental_health": (
            ("absence_pattern", "line_manager"), ("health_absence", "assessor"),
            ("mental_health_concern", "adviser"),
        ),
        "course_or_provider": (
            ("workload", "young_person"), ("provider_problem", "assessor"),
            ("learning_hours_behind", "provider"), ("rated_off_track", "assessor"),
        ),
        "housing_crisis": (
            ("accommodation_unsuitable", "adviser"), ("housing_crisis", "adviser"),
        ),
        "dismissed_conduct": (
            ("absence_unexplained", "line_manager"), ("disciplinary", "line_manager"),
        ),
        "redundancy_or_host_closed": (
            ("restructure_announced", "line_manager"), ("dismissal_notice", "line_manager"),
        ),
        "pregnancy_or_caring": (
            ("caring_or_pregnancy", "young_person"), ("visit_missed", "assessor"),
            ("second_visit_missed", "assessor"),
        ),
        "lost_contact": (("no_reply_14_days", "adviser"), ("lost_contact", "adviser")),
        "custody": (
            ("visit_missed", "assessor"), ("second_visit_missed", "assessor"),
            ("no_reply_14_days", "adviser"),
        ),
        "other": (
            ("visit_missed", "assessor"), ("second_visit_missed", "assessor"),
            ("unhappy", "carer"),
        ),
    }
)  # fmt: skip
"""In their order the last one reaches the rule's threshold, and none before it does."""

INITIATED: Final[Mapping[ExitReason, InitiatedBy]] = MappingProxyType(
    {
        "dismissed_conduct": "host",
        "redundancy_or_host_closed": "host",
        "course_or_provider": "mutual",
        "custody": "scheme",
        "lost_contact": "scheme",
    }
)
APART, CLOSEST = timedelta(days=9), timedelta(days=3)
FORESIGHT: Final = timedelta(days=10)
"""At least so long before its last day is an exit foreseen, or not at all."""


def draw_reason(dice: Random, scenario: Scenario) -> ExitReason:
    reasons = scenario.reasons
    return dice.choices(tuple(reasons), tuple(reasons.values()))[0]


def foreseen(
    dice: Random, scenario: Scenario, reason: ExitReason, starts_on: date, exit_on: date
) -> Risk | None:
    """The risk of a placement that will break down; None if nobody sees it coming."""
    if dice.random() >= scenario.risk_before_exit:
        return None
    earlier = timedelta(days=dice.randrange(15))
    raised_on = office.open_before(exit_on - FORESIGHT - earlier)
    return risk(dice, scenario, reason, starts_on, raised_on)


def weathered(dice: Random, scenario: Scenario, starts_on: date, ends_on: date) -> Risk | None:
    """The risk of a placement that goes on all the same, in its second quarter or third."""
    if dice.random() >= scenario.risk_of_survivors:
        return None
    days = int((ends_on - starts_on).days * dice.uniform(0.25, 0.6))
    raised_on = office.open_on(starts_on + timedelta(days=days))
    return risk(dice, scenario, draw_reason(dice, scenario), starts_on, raised_on)


def risk(
    dice: Random, scenario: Scenario, reason: ExitReason, starts_on: date, raised_on: date
) -> Risk | None:
    """None when the placement is too young for anybody to have seen so much."""
    seen = WARNINGS[reason]
    wish = drawn_answer(dice, scenario)
    apart = min(APART, (raised_on - starts_on) / len(seen))
    if apart < CLOSEST:
        return None
    first = office.after(starts_on, 1)
    days = [office.open_before(raised_on - apart * n) for n in reversed(range(len(seen)))]
    return Risk(
        signals=tuple(
            Signal(on=max(day, first), kind=kind, observer=observer)
            for day, (kind, observer) in zip(days, seen, strict=True)
        ),
        wish=wish,
    )


def drawn_answer(dice: Random, scenario: Scenario) -> Answer:
    drawn = dice.random()
    if drawn < scenario.brought_forward:
        return "brought_forward"
    return "declined" if drawn < scenario.brought_forward + scenario.declined else "none"
