"""How well an opportunity fits a young person."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from contracts.codes import Kind, Level, Route, ScorePart
from contracts.event import Sealed
from contracts.policy import in_force
from services.matching.domain.suitability import (
    MatchScoring,
    fits,
    ranked,
    reasons,
    scored,
    still_open,
    total,
)
from services.matching.read_models.opportunities import Opportunity
from services.matching.read_models.opportunities import opened as register_row
from services.matching.read_models.referrals import received as referral_row
from tests.matching.facts import ABOUT, SCORING, opened, received

TODAY = date(2024, 4, 16)
AMI = referral_row(received, ABOUT)
PLACE = register_row(opened, ABOUT)


def part(name: ScorePart, **opportunity: object) -> int:
    return scored(received, opened.model_copy(update=opportunity), SCORING)[name]


def test_the_record_and_the_advice_have_the_same_score() -> None:
    (advice,) = ranked(AMI, [PLACE], SCORING, TODAY)
    record = scored(received, opened, SCORING)
    assert advice.score.model_dump() == record
    assert (advice.total, advice.reasons) == (total(record, SCORING), reasons(record, SCORING))


def test_a_wanted_sector_counts_and_another_does_not() -> None:
    assert part("aspiration") == 100
    assert part("aspiration", sector="retail") == 0


def test_interests_are_the_share_of_the_sectors_interests() -> None:
    assert part("interests") == 50
    assert part("interests", sector="retail") == 100


def test_skills_are_the_share_of_the_requirements_rounded_down() -> None:
    assert part("skills") == 66
    assert part("skills", requirements=("maths",)) == 100
    assert part("skills", requirements=("cooking",)) == 0
    assert part("skills", requirements=()) == 100
    assert part("skills", requirements=("maths", "maths", "cooking")) == 50


def test_travel_asks_whether_the_area_is_among_theirs() -> None:
    assert part("travel") == 100
    assert part("travel", area="south") == 0


@pytest.mark.parametrize(
    ("level", "points"), [("entry", 0), ("1", 50), ("2", 100), ("3", 50), ("4", 0)]
)
def test_a_level_one_apart_is_half_as_good(level: Level, points: int) -> None:
    assert part("level", level=level) == points


def test_support_fit_is_the_same_for_everybody_until_s2() -> None:
    assert part("support_fit") == 50


def test_a_sealed_value_counts_as_empty() -> None:
    sealed = Sealed(sealed="b64", key="care_record.1")
    shut = received.model_copy(update={"interests": sealed, "skills": sealed})
    parts = scored(shut, opened, SCORING)
    assert (parts["interests"], parts["skills"]) == (0, 0)


def test_the_total_weighs_the_parts_and_rounds_down() -> None:
    parts = scored(received, opened, SCORING)
    assert total(parts, SCORING) == 78  # 30 + 10 + 13.2 + 10 + 10 + 5
    assert total(dict.fromkeys(parts, 100), SCORING) == 100
    doubled = replace(SCORING, weights={part: 2 * w for part, w in SCORING.weights.items()})
    assert total(parts, doubled) == 78


def test_a_part_at_sixty_is_a_reason_and_one_at_59_is_not() -> None:
    parts: dict[ScorePart, int] = {"aspiration": 59, "interests": 60, "skills": 61}
    assert reasons(parts, SCORING) == ("interests", "skills")


def test_only_open_places_of_the_route_are_proposed() -> None:
    def proposed(place: Opportunity) -> bool:
        return bool(ranked(AMI, [place], SCORING, TODAY))

    assert proposed(PLACE)
    assert proposed(replace(PLACE, closes_on=TODAY))
    assert not proposed(replace(PLACE, closes_on=date(2024, 4, 15)))
    assert not proposed(replace(PLACE, places_left=0))
    assert not proposed(replace(PLACE, kind="traineeship"))


def test_the_best_comes_first_and_equals_by_their_id() -> None:
    second, first, far = (
        replace(PLACE, opportunity=UUID(int=9)),
        replace(PLACE, opportunity=UUID(int=8)),
        replace(PLACE, opportunity=UUID(int=1), area="south"),
    )
    order = [p.opportunity.int for p in ranked(AMI, [far, second, first], SCORING, TODAY)]
    assert order == [8, 9, 1]


@pytest.mark.parametrize(
    ("route", "kinds"),
    [
        ("work_experience", {"work_experience", "work_trial"}),
        ("traineeship", {"traineeship", "work_ready"}),
        (
            "apprenticeship",
            {"apprenticeship", "foundation_apprenticeship", "degree_apprenticeship"},
        ),
        ("preparatory", set()),
        ("none", set()),
    ],
)
def test_each_route_has_its_own_kinds(route: Route, kinds: set[Kind]) -> None:
    every: tuple[Kind, ...] = (
        "work_experience", "work_trial", "work_ready", "traineeship", "foundation_apprenticeship",
        "apprenticeship", "degree_apprenticeship",
    )  # fmt: skip
    assert {kind for kind in every if fits(route, kind)} == kinds


def test_an_opportunity_without_a_last_day_never_closes() -> None:
    assert still_open(None, date(2099, 1, 1))
    assert still_open(TODAY, TODAY)
    assert not still_open(TODAY, date(2024, 4, 17))


def test_the_policy_in_force_fills_the_shape() -> None:
    scoring = in_force("match.score", TODAY, MatchScoring)
    assert sum(scoring.weights.values()) == 100
    assert set(scoring.weights) == set(scored(received, opened, scoring))
    assert total(scored(received, opened, scoring), scoring) == 78
