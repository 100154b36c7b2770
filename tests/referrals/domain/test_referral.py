"""A referral follows the agreed route, and everything it needs is there first."""

from dataclasses import replace
from uuid import UUID

from chronicle.given import Deciding, told
from services.referrals.domain.referral import MakeReferral, decider
from tests.referrals.facts import (
    ABOUT,
    AMI,
    ASKS,
    DECISION,
    EXIT,
    REFERRAL,
    ROUTES,
    SECOND,
    TENTH,
    WORKER,
    agreed,
    decided,
    decided_none,
    discussed,
    early_exit,
    ended_early,
    exit_discussed,
    made,
    neet,
    no_place,
    profile,
    registered,
    revised,
)

given = Deciding(decider, ABOUT).given

refer = MakeReferral(
    **ASKS, person=AMI, referral=REFERRAL, owner=WORKER, sharing_basis="consent",
    age_band="18_20", summary="keen on joinery", catalogue=ROUTES,
)  # fmt: skip
KNOWN = (registered, neet, profile)
READY = (*KNOWN, discussed, told(decided, ABOUT, DECISION), agreed)
REFERRED = (*READY, made)
NEXT = UUID(int=50)
again = replace(refer, referral=NEXT)
made_again = made.model_copy(
    update={"referral": NEXT, "cause": "next_step", "prior_referral": REFERRAL}
)
after_exit = made_again.model_copy(update={"cause": "early_exit", "plan_version": 1})


def test_a_referral_shares_the_profile_and_names_the_decision() -> None:
    given(*READY).when(refer).then(made)


def test_what_the_worker_adds_goes_along() -> None:
    given(*READY).when(
        replace(refer, sharing_basis="recorded_override", consent=NEXT, not_neet_reason="part time")
    ).then(
        made.model_copy(
            update={
                "sharing_basis": "recorded_override", "consent": NEXT,
                "not_neet_reason": "part time",
            }
        )
    )  # fmt: skip


def test_the_profile_shared_is_the_last_one() -> None:
    newer = profile.model_copy(update={"aspirations": "to lay bricks", "level": "3"})
    given(*READY, newer).when(refer).then(
        made.model_copy(update={"aspirations": "to lay bricks", "level": "3"})
    )


def test_nobody_unknown_is_referred() -> None:
    given(discussed, decided, agreed, profile, neet).when(refer).then_refused("REF-01")


def test_nobody_outside_the_scheme_is_referred() -> None:
    outside = registered.model_copy(update={"in_scheme": False})
    given(outside, neet, profile, decided, agreed).when(refer).then_refused("REF-02")


def test_nobody_has_two_open_referrals() -> None:
    given(*REFERRED).when(again).then_refused("REF-03")


def test_nobody_is_referred_on_a_route_they_did_not_agree_to() -> None:
    given(*KNOWN).when(refer).then_refused("REF-14")
    given(*KNOWN, discussed).when(refer).then_refused("REF-14")
    given(*KNOWN, discussed, decided).when(refer).then_refused("REF-14")
    given(*READY, decided).when(refer).then_refused("REF-14")
    given(*READY, decided_none).when(refer).then_refused("REF-14")
    given(*REFERRED, no_place).when(again).then_refused("REF-14")


def test_there_is_no_referral_without_a_profile_to_share() -> None:
    given(registered, neet, decided, agreed).when(refer).then_refused("REF-18")


def test_the_route_must_still_exist_on_the_day_of_the_referral() -> None:
    ended = replace(ROUTES, routes=frozenset({"preparatory"}))
    given(*READY).when(replace(refer, catalogue=ended)).then_refused("REF-06")


def test_somebody_not_recorded_as_neet_is_referred_for_a_reason() -> None:
    for status in ("eet", "not_known"):
        now = neet.model_copy(update={"status": status})
        given(*READY, now).when(refer).then_refused("REF-04")
        given(*READY, now).when(replace(refer, not_neet_reason="")).then_refused("REF-04")
        given(*READY, now).when(replace(refer, not_neet_reason="part time")).then(
            made.model_copy(update={"not_neet_reason": "part time"})
        )
    given(registered, profile, decided, agreed).when(refer).then_refused("REF-04")


def test_the_status_that_counts_is_that_of_the_latest_day() -> None:
    eet_long_ago = neet.model_copy(update={"status": "eet", "occurred_on": SECOND})
    eet_now = neet.model_copy(update={"status": "eet", "occurred_on": TENTH})
    given(*READY, eet_long_ago).when(refer).then(made)
    given(registered, eet_now, neet, profile, decided, agreed).when(refer).then_refused("REF-04")


def test_a_referral_has_an_owner() -> None:
    given(*READY).when(replace(refer, owner=None)).then_refused("REF-11")


def test_a_referral_says_on_what_basis_it_shares() -> None:
    given(*READY).when(replace(refer, sharing_basis=None)).then_refused("REF-07")


def test_refusals_come_in_the_order_of_the_rule_book() -> None:
    gone = replace(ROUTES, routes=frozenset())
    wrong = replace(refer, catalogue=gone, owner=None, sharing_basis=None)
    outside = registered.model_copy(update={"in_scheme": False})
    given().when(wrong).then_refused("REF-01")
    given(outside, made).when(wrong).then_refused("REF-02")
    given(registered, made).when(wrong).then_refused("REF-03")
    given(registered, decided).when(wrong).then_refused("REF-14")
    given(registered, early_exit, agreed).when(wrong).then_refused("REF-18")
    given(registered, profile, early_exit, agreed).when(wrong).then_refused("REF-06")
    wrong = replace(wrong, catalogue=ROUTES)
    given(registered, profile, early_exit, agreed).when(wrong).then_refused("REF-09")
    given(registered, profile, agreed).when(wrong).then_refused("REF-04")
    given(registered, profile, neet, agreed).when(wrong).then_refused("REF-11")


def test_a_second_referral_names_the_one_before_and_its_own_cause() -> None:
    second = (*REFERRED, no_place, discussed, decided, agreed)
    given(*second).when(again).then(made_again)
    given(*second).when(replace(again, cause="changed_mind")).then(
        made_again.model_copy(update={"cause": "changed_mind"})
    )
    third = (*second, made_again, no_place.model_copy(update={"referral": NEXT}), decided, agreed)
    given(*third).when(replace(refer, referral=UUID(int=51))).then(
        made_again.model_copy(update={"referral": UUID(int=51), "prior_referral": NEXT})
    )


def test_a_first_referral_is_the_first_whatever_the_worker_says() -> None:
    given(*READY).when(replace(refer, cause="changed_mind")).then(made)


def test_after_an_exit_nobody_is_referred_again_until_the_plan_is_revised_for_it() -> None:
    back = (*REFERRED, ended_early, early_exit, exit_discussed, decided, agreed)
    given(*back).when(again).then_refused("REF-09")
    for_another = revised.model_copy(update={"because": UUID(int=60)})
    for_a_review = revised.model_copy(update={"cause": "review"})
    given(*back, for_another).when(again).then_refused("REF-09")
    given(*back, for_a_review).when(again).then_refused("REF-09")
    given(*back, revised).when(again).then(after_exit)


def test_an_exit_counts_as_soon_as_either_word_of_it_is_heard() -> None:
    given(*REFERRED, ended_early, discussed, decided, agreed).when(again).then_refused("REF-09")
    given(*REFERRED, no_place, early_exit, decided, agreed).when(again).then_refused("REF-09")


def test_every_exit_since_the_last_referral_asks_for_its_own_revision() -> None:
    other = early_exit.model_copy(update={"exit": UUID(int=61), "source": UUID(int=62)})
    back = (*REFERRED, ended_early, early_exit, other, decided, agreed)
    second = revised.model_copy(update={"version": 2, "because": UUID(int=61)})
    given(*back, revised).when(again).then_refused("REF-09")
    given(*back, revised, second).when(again).then(
        after_exit.model_copy(update={"plan_version": 2})
    )


def test_an_exit_before_the_last_referral_asks_for_nothing_more() -> None:
    second = (*REFERRED, ended_early, early_exit, revised, decided, agreed, after_exit)
    closed = no_place.model_copy(update={"referral": NEXT})
    third = replace(refer, referral=UUID(int=51))
    given(*second, closed, discussed, decided, agreed).when(third).then(
        made_again.model_copy(
            update={"referral": UUID(int=51), "prior_referral": NEXT, "plan_version": 1}
        )
    )


def test_a_completed_placement_asks_for_no_revision() -> None:
    completed = ended_early.model_copy(update={"outcome": "completed"})
    given(*REFERRED, completed, discussed, decided, agreed).when(again).then(made_again)
    restricted = ended_early.model_copy(update={"outcome": "record_closed", "because": EXIT})
    given(*REFERRED, restricted, discussed, decided, agreed).when(again).then(made_again)


def test_a_referral_reads_the_case_it_writes_first() -> None:
    assert decider.reads(refer) == [f"case-{AMI}", f"person-{AMI}", f"plan-{AMI}"]
