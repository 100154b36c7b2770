"""A referral reaches the officers once."""

from dataclasses import replace
from datetime import date

from chronicle.given import Deciding
from contracts.event import SYSTEM, Sealed
from services.matching.domain.receiving import DecideWithin, ReceiveReferral, decider
from tests.matching.facts import (
    ABOUT,
    AMI,
    COMMAND,
    MADE,
    NEXT,
    REFERRAL,
    chosen,
    proposed,
    received,
)

given = Deciding(decider, ABOUT).given
HEARD = date(2024, 4, 11)
receive = ReceiveReferral(
    id=COMMAND, today=HEARD, on=HEARD, by=SYSTEM, via="policy", made=MADE, referral=REFERRAL,
    person=AMI, route="apprenticeship", cause="first", sectors=("construction", "grounds"),
    level="2", areas=("north",), population="care_leaver", age_band="18_20",
    interests=("building", "music"), skills=("practical", "maths"), strengths=("patient",),
    decide_within=DecideWithin(rule="referral.decide_within@2018-01-01", days=35),
)  # fmt: skip
by_policy = received.model_copy(update={"by": SYSTEM, "via": "policy"})


def test_a_referral_is_received_as_it_was_made_and_has_a_last_day() -> None:
    given().when(receive).then(by_policy)
    assert received.decide_by == date(2024, 5, 16)


def test_the_last_day_counts_from_the_day_it_was_heard() -> None:
    late = replace(receive, today=date(2024, 4, 15))
    given().when(late).then(by_policy.model_copy(update={"decide_by": date(2024, 5, 20)}))


def test_sealed_words_and_the_referral_before_are_carried_on() -> None:
    sealed = Sealed(sealed="b64", key="care_record.1")
    again = replace(
        receive, cause="early_exit", prior_referral=NEXT, interests=sealed, skills=sealed,
        strengths=sealed,
    )  # fmt: skip
    given().when(again).then(
        by_policy.model_copy(
            update={
                "cause": "early_exit",
                "prior_referral": NEXT,
                "interests": sealed,
                "skills": sealed,
                "strengths": sealed,
            }
        )
    )


def test_a_second_one_changes_nothing() -> None:
    given(received).when(receive).then_nothing()
    given(received, proposed, chosen).when(receive).then_nothing()


def test_the_state_table_says_what_may_be_done() -> None:
    assert decider.table() == {
        "NotReceived": {"ReceiveReferral": "ReferralReceived"},
        "Received": {"ReceiveReferral": "nothing"},
    }
    assert decider.reads(receive) == [f"match-{REFERRAL}"]
