"""The plan of the story: nothing in it depends on anything but the scenario."""

from collections import Counter
from datetime import date, timedelta
from hashlib import sha256
from statistics import median

import pytest

from contracts.codes import Kind
from throughcare.story import names
from throughcare.story.expected import EXPECTED, Expected, Figures, foreseen
from throughcare.story.fates import Placement
from throughcare.story.plan import Plan, plan, protagonist
from throughcare.story.scenario import Scenario

SEEDS = range(1, 31)
COUNTED = [expected for expected in EXPECTED if expected.measure]
THE_AUGUST_WEEK = date(2025, 8, 4), date(2025, 8, 8)


@pytest.fixture(scope="module")
def story() -> Plan:
    return plan(Scenario())


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    return [plan(Scenario(seed=seed)) for seed in SEEDS]


@pytest.fixture(scope="module")
def figures(plans: list[Plan]) -> list[Figures]:
    return [foreseen(told) for told in plans]


def hashed(told: Plan) -> str:
    return sha256(repr(told).encode()).hexdigest()


def test_the_same_seed_gives_the_same_plan(story: Plan) -> None:
    assert hashed(plan(Scenario())) == hashed(story)


def test_another_seed_gives_another_plan(story: Plan) -> None:
    assert hashed(plan(Scenario(seed=Scenario().seed + 1))) != hashed(story)


def test_a_shorter_window_begins_with_the_same_people(story: Plan) -> None:
    months = plan(Scenario(months=2)).people
    begun = [(p.name, p.born, p.registered_on) for p in story.people[: len(months)]]
    assert months
    assert [(p.name, p.born, p.registered_on) for p in months] == begun


@pytest.mark.parametrize("expected", COUNTED, ids=lambda expected: expected.says)
def test_the_median_of_thirty_seeds_is_in_its_range(
    expected: Expected, figures: list[Figures]
) -> None:
    counts = [expected.counted(told) or 0 for told in figures]
    assert expected.low <= median(counts) <= expected.high, counts


@pytest.mark.parametrize("expected", COUNTED, ids=lambda expected: expected.says)
def test_the_story_that_is_told_is_in_every_range(expected: Expected, story: Plan) -> None:
    count = expected.counted(foreseen(story))
    assert count is not None
    assert expected.meets(count)


def test_nobody_is_in_two_placements_at_once(plans: list[Plan]) -> None:
    for told in plans:
        for person in told.people:
            for first, second in zip(person.placements, person.placements[1:], strict=False):
                assert first.ending
                assert first.ending.told_on < second.matched_on, person


def test_every_name_is_from_the_list(plans: list[Plan]) -> None:
    for first, family in (p.name.split(" ") for told in plans for p in told.people):
        assert first in names.FIRST
        assert family in names.FAMILY


def test_a_place_is_open_for_everybody_who_is_matched(story: Plan) -> None:
    opened = [(o.opened_on, 0, (o.kind, o.ringfenced), o.places) for o in story.openings]
    taken = [
        (p.matched_on, 1, (p.kind, p.ringfenced), -1)
        for p in all_placements(story)
        if p.matched_on <= story.last_day
    ]
    left: Counter[tuple[Kind, bool]] = Counter()
    for on, _, wanted, places in sorted(opened + taken):
        left[wanted] += places
        assert left[wanted] >= 0, (on, wanted)


def test_so_many_opportunities_open_as_the_scenario_says(story: Plan) -> None:
    opened: Counter[tuple[Kind, str]] = Counter()
    for opening in story.openings:
        counted = opening.places if opening.kind in ("apprenticeship", "work_experience") else 1
        opened[opening.kind, opening.host_kind] += counted
    assert opened["apprenticeship", "department"] == 48
    assert opened["apprenticeship", "local_business"] == 32
    assert sum(n for (kind, _), n in opened.items() if kind == "work_experience") == 80
    assert sum(n for (kind, _), n in opened.items() if kind == "traineeship") == 24
    assert opened["work_trial", "local_business"] == 10
    assert opened["degree_apprenticeship", "department"] == 2
    assert sum(o.places for o in story.openings if o.ringfenced) == 12


def test_stage_1_meets_on_second_tuesdays_and_once_besides(story: Plan) -> None:
    monthly = [m.on for m in story.meetings if not m.extraordinary]
    assert monthly[0] == date(2024, 4, 9)
    assert len(monthly) == 24
    assert all(on.weekday() == 1 and 8 <= on.day <= 14 for on in monthly)
    assert [m.on for m in story.meetings if m.extraordinary] == [Scenario().extraordinary_on]


def test_the_extraordinary_meeting_has_a_case(story: Plan) -> None:
    discussed = [d.meeting_on for p in story.people for c in p.chapters for d in c.decisions]
    discussed += [talk.meeting_on for p in story.people for talk in p.talks]
    assert Scenario().extraordinary_on in discussed


def test_six_apprenticeships_start_in_one_week_of_august_2025(story: Plan) -> None:
    first, last = THE_AUGUST_WEEK
    started = [p for p in all_placements(story) if first <= p.starts_on <= last]
    assert sum(p.kind.endswith("apprenticeship") for p in started) == 6


def test_the_first_foundation_apprentice_is_twenty_three(story: Plan) -> None:
    [(person, start)] = [
        (person, placement.starts_on)
        for person in story.people
        for placement in person.placements
        if placement.kind == "foundation_apprenticeship"
    ]
    assert (start.year, start.month) == (2025, 8)
    assert date(start.year - 24, start.month, start.day) < person.born
    assert person.born <= date(start.year - 23, start.month, start.day)


def test_six_reviews_are_due_in_one_week_of_february_2026_and_two_are_late(story: Plan) -> None:
    due: Counter[date] = Counter()
    late: Counter[date] = Counter()
    for review in (review for person in story.people for review in person.reviews):
        monday = review.due_by - timedelta(days=review.due_by.weekday())
        if (review.due_by.year, review.due_by.month) == (2026, 2):
            due[monday] += 1
            late[monday] += review.on > review.due_by
    [(week, count)] = due.most_common(1)
    assert (count, late[week]) == (6, 2)


def test_ringfenced_apprenticeships_start_in_september(story: Plan) -> None:
    begun = [p.starts_on for p in all_placements(story) if p.ringfenced]
    assert begun
    assert {on.month for on in begun} == {9}


def test_somebody_was_at_risk_left_planned_again_and_was_placed_elsewhere(story: Plan) -> None:
    person = protagonist(story)
    assert person
    causes = [chapter.cause for chapter in person.chapters]
    again = person.chapters[causes.index("early_exit")]
    before = person.chapters[causes.index("early_exit") - 1].placement
    assert before
    assert before.risk
    assert again.plan_revised_on
    assert again.placement


def all_placements(told: Plan) -> list[Placement]:
    return [placement for person in told.people for placement in person.placements]


def test_reviews_that_come_due_while_the_chair_is_away_are_overdue_at_the_end(story: Plan) -> None:
    away = Scenario().chair_away_from
    assert away
    assert all(review.on < away for person in story.people for review in person.reviews)
    left = [
        person.next_review_due_by
        for person in story.people
        if person.next_review_due_by and person.next_review_due_by < story.last_day
    ]
    assert len(left) == 4
    assert min(left) >= away
