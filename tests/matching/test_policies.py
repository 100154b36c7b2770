"""What matching asks of itself when it hears something."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from chronicle.decider import Envelope, derived
from chronicle.given import Reacting
from contracts.codes import Route
from contracts.event import SYSTEM, Sealed
from contracts.referrals import ReferralMade
from contracts.reviews import PlacementCompleted, PlacementEndedEarly
from services.matching.domain.arrangement import ConcludeArrangement
from services.matching.domain.opportunity import ReleasePlace
from services.matching.domain.receiving import DecideWithin, ReceiveReferral
from services.matching.policies import Rules, react, rules_on
from tests.matching.facts import (
    ABOUT,
    AMI,
    HEARD_ON,
    NEXT,
    OPPORTUNITY,
    PLACEMENT,
    REFERRAL,
    concluded,
    on,
)

WITHIN = DecideWithin(rule="referral.decide_within@2018-01-01", days=35)
hearing = Reacting(react, ABOUT, Rules(decide_within=WITHIN)).given
made = ReferralMade(
    referral=REFERRAL, person=AMI, route="apprenticeship", owner=UUID(int=40), cause="early_exit",
    prior_referral=NEXT, decision=UUID(int=41), sharing_basis="consent", population="care_leaver",
    age_band="18_20", sectors=("construction",), level="2", areas=("north",),
    interests=("building",), skills=("maths",), strengths=("patient",), aspirations="to build",
    summary="keen on bricks", **on(date(2024, 4, 11)),
)  # fmt: skip
ended = PlacementEndedEarly(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, kind="apprenticeship",
    reason_group="money", reason_code="pay_benefits_or_travel_cost", secondary_reasons=(),
    initiated_by="young_person", positive_move=False, last_day_on=date(2024, 4, 2),
    notice_given=True, restricted_handling=False, note="the bus fare", **on(date(2024, 4, 5)),
)  # fmt: skip
completed = PlacementCompleted(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, kind="apprenticeship", result="achieved",
    next_step_agreed=True, **on(date(2024, 4, 5)),
)  # fmt: skip
conclude = ConcludeArrangement(
    id=derived(ABOUT.id, "ConcludeArrangement"), today=HEARD_ON, on=HEARD_ON, by=SYSTEM,
    via="policy", placement=PLACEMENT, person=AMI, ending="ended_early",
    ended_on=date(2024, 4, 5), because=ABOUT.id,
)  # fmt: skip


def receive(route: Route) -> ReceiveReferral:
    return ReceiveReferral(
        id=derived(ABOUT.id, "ReceiveReferral"), today=HEARD_ON, on=HEARD_ON, by=SYSTEM,
        via="policy", made=ABOUT.id, referral=REFERRAL, person=AMI, route=route,
        cause="early_exit", prior_referral=NEXT, sectors=("construction",), level="2",
        areas=("north",), population="care_leaver", age_band="18_20", interests=("building",),
        skills=("maths",), strengths=("patient",), decide_within=WITHIN,
    )  # fmt: skip


@pytest.mark.parametrize("route", ["work_experience", "traineeship", "apprenticeship"])
def test_a_referral_on_a_route_with_places_is_received(route: Route) -> None:
    hearing(made.model_copy(update={"route": route})).asks(receive(route))


@pytest.mark.parametrize("route", ["preparatory", "none"])
def test_no_other_referral_is(route: Route) -> None:
    hearing(made.model_copy(update={"route": route})).asks()


def test_sealed_words_are_carried_on() -> None:
    sealed = Sealed(sealed="b64", key="care_record.1")
    heard = made.model_copy(update={"interests": sealed, "skills": sealed, "strengths": sealed})
    (command,) = react(heard, ABOUT, Rules(decide_within=WITHIN))
    assert isinstance(command, ReceiveReferral)
    assert (command.interests, command.skills, command.strengths) == (sealed, sealed, sealed)


def test_both_endings_conclude_the_arrangement_on_the_day_they_are_heard() -> None:
    hearing(ended).asks(conclude)
    hearing(completed).asks(
        ConcludeArrangement(
            id=conclude.id, today=HEARD_ON, on=HEARD_ON, by=SYSTEM, via="policy",
            placement=PLACEMENT, person=AMI, ending="completed", ended_on=date(2024, 4, 5),
            because=ABOUT.id,
        )
    )  # fmt: skip


def test_a_death_frees_the_place_without_further_words() -> None:
    """What is handled under restriction ends an arrangement like any other."""
    hearing(ended.model_copy(update={"restricted_handling": True})).asks(conclude)


def test_an_early_end_asks_for_the_place_and_a_completed_one_does_not() -> None:
    hearing(concluded).asks(
        ReleasePlace(
            id=derived(ABOUT.id, "ReleasePlace"), today=HEARD_ON, on=HEARD_ON, by=SYSTEM,
            via="policy", opportunity=OPPORTUNITY, placement=PLACEMENT, reason="ended_early",
        )
    )  # fmt: skip
    hearing(concluded.model_copy(update={"ending": "completed"})).asks()


def test_hearing_twice_asks_for_the_same_thing() -> None:
    rules = Rules(decide_within=WITHIN)
    assert react(made, ABOUT, rules) == react(made, ABOUT, rules)


def test_the_heard_day_is_the_day_in_london() -> None:
    """Half past eleven at night in UTC is the next day in London in summer, and not in winter."""
    winter = Envelope(id=ABOUT.id, time=datetime(2024, 1, 16, 23, 30, tzinfo=UTC))
    (command,) = react(made, winter, Rules(decide_within=WITHIN))
    assert command.today == date(2024, 1, 16)
    assert HEARD_ON == ABOUT.on == date(2024, 4, 17)


def test_the_rules_are_those_in_force_on_the_day() -> None:
    assert rules_on(date(2024, 4, 17)) == Rules(decide_within=WITHIN)
