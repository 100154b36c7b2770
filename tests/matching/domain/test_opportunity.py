"""What a host offers, and a place that is free again."""

from dataclasses import replace
from datetime import date

import pytest

from chronicle.given import Deciding
from contracts.codes import Kind
from contracts.matching import OpportunityOpened, PlaceReleased
from contracts.parts import Length
from contracts.policy import in_force
from services.matching.domain.opportunity import (
    ApprenticeMinimum,
    OpenOpportunity,
    ReleasePlace,
    decider,
)
from services.matching.domain.standing import AboutPlaces
from tests.matching.facts import (
    ABOUT,
    COMMAND,
    EMPLOYER,
    HEARD_ON,
    HOST,
    LENGTHS,
    LIAISON,
    NEXT,
    OFFICER,
    OPPORTUNITY,
    PLACEMENT,
    opened,
    released,
    reserved,
)

given = Deciding(decider, ABOUT).given
OPENED_ON = date(2024, 4, 12)
open_it = OpenOpportunity(
    id=COMMAND, today=OPENED_ON, on=OPENED_ON, by=OFFICER, via="page", opportunity=OPPORTUNITY,
    kind="apprenticeship", title="Bricklayer", host=HOST, host_kind="local_business",
    employer=EMPLOYER, sector="construction", level="2", standard="bricklayer_2", area="north",
    places=1, ringfenced=True, supernumerary=True, hours_per_week=37, pay_pence_per_hour=640,
    planned_length=Length(count=12, unit="months"),
    requirements=("maths", "practical", "teamwork"), lengths=LENGTHS,
    minimum=ApprenticeMinimum(rule="pay.apprentice_minimum@2024-04-01", pence_per_hour=640),
)  # fmt: skip
work_experience = replace(
    open_it,
    kind="work_experience",
    pay_pence_per_hour=0,
    planned_length=Length(count=5, unit="days"),
)
release = ReleasePlace(
    id=COMMAND, today=HEARD_ON, on=HEARD_ON, by=OFFICER, via="page", opportunity=OPPORTUNITY,
    placement=PLACEMENT, reason="ended_early",
)  # fmt: skip
freed = PlaceReleased(
    opportunity=OPPORTUNITY, placement=PLACEMENT, reason="ended_early", places_left=1,
    **release.said,
)  # fmt: skip


def until(day: date) -> OpportunityOpened:
    return opened.model_copy(update={"closes_on": day})


def test_an_opportunity_is_opened_on_its_terms() -> None:
    given().when(open_it).then(opened)


def test_what_is_opened_is_opened_once() -> None:
    given(opened).when(open_it).then_refused("ALL-01")


def test_a_length_outside_the_policy_is_refused() -> None:
    short = replace(open_it, planned_length=Length(count=11, unit="months"))
    given().when(short).then_refused("MAT-12")
    given().when(replace(short, kind="foundation_apprenticeship")).then_refused("MAT-12")
    long = replace(work_experience, planned_length=Length(count=31, unit="days"))
    given().when(long).then_refused("MAT-12")


def test_the_planned_length_counts_from_the_first_possible_start() -> None:
    """Twelve months from 29 February end on 27 February: they count as twelve all the same."""
    given().when(replace(open_it, starts_from=date(2024, 2, 29))).then(
        opened.model_copy(update={"starts_from": date(2024, 2, 29)})
    )
    assert open_it.starts_on == OPENED_ON
    assert replace(open_it, starts_from=date(2024, 9, 2)).starts_on == date(2024, 9, 2)


@pytest.mark.parametrize("kind", ["work_experience", "traineeship", "work_ready"])
def test_some_kinds_may_be_unpaid(kind: Kind) -> None:
    lengths = replace(LENGTHS, lengths={kind: LENGTHS.lengths["work_experience"]})
    unpaid = replace(work_experience, kind=kind, lengths=lengths)
    given().when(unpaid).then(
        opened.model_copy(
            update={"kind": kind, "pay_pence_per_hour": 0, "planned_length": unpaid.planned_length}
        )
    )


def test_no_other_kind_is_unpaid() -> None:
    given().when(replace(open_it, pay_pence_per_hour=0)).then_refused("MAT-13")
    trial = replace(open_it, kind="work_trial", planned_length=Length(count=2, unit="weeks"))
    given().when(replace(trial, pay_pence_per_hour=0)).then_refused("MAT-13")


def test_an_apprentice_is_paid_at_least_the_rate_in_force() -> None:
    given().when(replace(open_it, pay_pence_per_hour=639)).then_refused("MAT-13")
    given().when(open_it).then(opened)


def test_the_apprentice_rate_is_no_rule_for_a_paid_work_trial() -> None:
    trial = replace(
        open_it,
        kind="work_trial",
        planned_length=Length(count=2, unit="weeks"),
        pay_pence_per_hour=1,
    )
    assert decider.outcome(trial, decider.initial) == "OpportunityOpened"


def test_city_placements_open_work_experience_and_nothing_else() -> None:
    given().when(replace(open_it, by=LIAISON)).then_refused("ALL-07")
    theirs = replace(work_experience, by=LIAISON)
    assert decider.outcome(theirs, decider.initial) == "OpportunityOpened"


def test_a_held_place_is_released() -> None:
    given(opened, reserved).when(release).then(freed)


def test_a_placement_that_holds_no_place_releases_none() -> None:
    given().when(release).then_nothing()
    given(opened).when(release).then_nothing()
    given(opened, reserved).when(replace(release, placement=NEXT)).then_nothing()


def test_a_place_is_released_once() -> None:
    given(opened, reserved, released).when(release).then_nothing()


def test_nothing_is_released_once_the_opportunity_has_closed() -> None:
    given(until(HEARD_ON), reserved).when(release).then(freed)
    given(until(date(2024, 4, 16)), reserved).when(release).then_nothing()


def test_the_other_places_stay_held() -> None:
    both = opened.model_copy(update={"places": 3})
    taken = reserved.model_copy(update={"placement": NEXT, "places_left": 1})
    given(both, reserved, taken).when(release).then(freed.model_copy(update={"places_left": 2}))


def test_the_state_is_a_count_of_places() -> None:
    two = opened.model_copy(update={"places": 2})
    taken = reserved.model_copy(update={"placement": NEXT})

    def named(*events: AboutPlaces) -> str:
        return decider.named(given(*events).state)

    assert named() == "unopened"
    assert named(two) == "open"
    assert named(two, reserved) == "part_filled"
    assert named(two, reserved, taken) == "filled"
    assert named(two, reserved, taken, released) == "part_filled"


def test_the_state_table_says_what_may_be_done() -> None:
    assert decider.table() == {
        "unopened": {"OpenOpportunity": "OpportunityOpened", "ReleasePlace": "nothing"},
        "open": {"OpenOpportunity": "ALL-01", "ReleasePlace": "nothing"},
        "part_filled": {"OpenOpportunity": "ALL-01", "ReleasePlace": "PlaceReleased"},
        "filled": {"OpenOpportunity": "ALL-01", "ReleasePlace": "PlaceReleased"},
    }


def test_one_stream_is_read() -> None:
    assert decider.reads(open_it) == decider.reads(release) == [f"opportunity-{OPPORTUNITY}"]


def test_the_rate_in_force_fills_the_shape() -> None:
    rate = in_force("pay.apprentice_minimum", date(2024, 4, 12), ApprenticeMinimum)
    assert rate == open_it.minimum
