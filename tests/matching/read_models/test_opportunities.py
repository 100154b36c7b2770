"""The register of opportunities, folded."""

from dataclasses import replace

from chronicle.given import Folding, told
from services.matching.read_models.opportunities import Opportunity, Reservation, opportunities
from tests.matching.facts import (
    ABOUT,
    EMPLOYER,
    HOST,
    MADE,
    NEXT,
    OPPORTUNITY,
    PLACEMENT,
    opened,
    released,
    reserved,
)

folding = Folding(opportunities, ABOUT).given
row = Opportunity(
    opportunity=OPPORTUNITY, kind="apprenticeship", title="Bricklayer", host=HOST,
    host_kind="local_business", employer=EMPLOYER, provider=None, sector="construction", level="2",
    standard="bricklayer_2", area="north", places=1, places_left=1, ringfenced=True,
    supernumerary=True, hours_per_week=37, pay_pence_per_hour=640, planned_count=12,
    planned_unit="months", starts_from=None, closes_on=None,
    requirements=("maths", "practical", "teamwork"), opened_on=opened.occurred_on, opened=ABOUT.id,
    changed=ABOUT.id,
)  # fmt: skip


def test_an_opportunity_is_shown_on_its_terms() -> None:
    folding(opened).shows(row)


def test_a_reserved_place_is_gone_and_says_for_whom_and_by_which_event() -> None:
    folding(opened, told(reserved, ABOUT, MADE)).shows(
        replace(
            row, places_left=0, changed=MADE,
            reserved=(Reservation(placement=PLACEMENT, because=MADE),),
        )
    )  # fmt: skip


def test_a_released_place_is_there_again_and_the_others_stay_held() -> None:
    two = opened.model_copy(update={"places": 2})
    first = reserved.model_copy(update={"places_left": 1})
    other = reserved.model_copy(update={"placement": NEXT, "places_left": 0})
    folding(two, first, other, told(released, ABOUT, MADE)).shows(
        replace(
            row, places=2, places_left=1, changed=MADE,
            reserved=(Reservation(placement=NEXT, because=ABOUT.id),),
        )
    )  # fmt: skip


def test_places_of_an_unknown_opportunity_are_not_shown() -> None:
    folding(reserved).shows()
    folding(released).shows()
