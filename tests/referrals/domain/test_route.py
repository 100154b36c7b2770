"""Both teams decide, in a quorate meeting or by urgent procedure; the young person agrees once."""

from dataclasses import replace

from chronicle.decider import rules_of
from chronicle.given import Deciding, told
from services.referrals.domain.route import AgreeRoute, DecideRoute, decider
from tests.referrals.facts import (
    ABOUT,
    AMI,
    ASKS,
    DECISION,
    MEETING,
    ROUTES,
    TEAMS,
    agreed,
    decided,
    decided_none,
    discussed,
    ended_early,
    held,
    made,
    new_neet,
    not_quorate,
    scheduled,
)

given = Deciding(decider, ABOUT).given

decide = DecideRoute(
    **ASKS, person=AMI, meeting=MEETING, urgent_procedure=False, route="apprenticeship",
    options_considered=("preparatory", "apprenticeship"),
    decided_by_roles=("leaving_care_manager", "eet_adviser"), rationale="ready",
    catalogue=ROUTES, teams=TEAMS,
)  # fmt: skip
managers = replace(
    decide, meeting=None, urgent_procedure=True,
    decided_by_roles=("leaving_care_manager", "eet_manager"),
)  # fmt: skip
agree = AgreeRoute(**ASKS, person=AMI, route="apprenticeship", how="face_to_face")
decided_preparatory = decided.model_copy(update={"route": "preparatory"})
the_decision = told(decided, ABOUT, DECISION)


def test_both_teams_decide_a_route_in_a_quorate_meeting() -> None:
    given(discussed, scheduled, held).when(decide).then(decided)


def test_one_team_alone_decides_nothing() -> None:
    for roles in (("eet_adviser", "eet_manager"), ("leaving_care_manager",), ()):
        alone = replace(decide, decided_by_roles=roles)
        given(discussed, held).when(alone).then_refused("REF-05")


def test_a_case_nobody_discussed_gets_no_route() -> None:
    given(held).when(decide).then_refused("REF-13")
    given(new_neet, held).when(decide).then_refused("REF-13")


def test_a_route_is_not_decided_in_a_meeting_that_was_not_held_or_not_quorate() -> None:
    given(discussed).when(decide).then_refused("REF-10")
    given(discussed, scheduled).when(decide).then_refused("REF-10")
    given(discussed, scheduled, not_quorate).when(decide).then_refused("REF-10")


def test_a_route_without_a_meeting_needs_the_urgent_procedure() -> None:
    given(discussed).when(replace(managers, urgent_procedure=False)).then_refused("REF-10")


def test_the_urgent_procedure_needs_both_managers() -> None:
    given(discussed).when(managers).then(
        decided.model_copy(
            update={
                "meeting": None, "urgent_procedure": True,
                "decided_by_roles": ("leaving_care_manager", "eet_manager"),
            }
        )
    )  # fmt: skip
    for roles in (("leaving_care_manager", "eet_adviser"), ("leaving_care_adviser", "eet_manager")):
        given(discussed).when(replace(managers, decided_by_roles=roles)).then_refused("REF-10")


def test_both_managers_may_decide_after_a_meeting_that_was_not_quorate() -> None:
    given(discussed, not_quorate).when(replace(managers, meeting=MEETING)).then(
        decided.model_copy(
            update={
                "urgent_procedure": True,
                "decided_by_roles": ("leaving_care_manager", "eet_manager"),
            }
        )
    )


def test_a_route_must_exist_on_the_day() -> None:
    given(discussed, held).when(replace(decide, route="traineeship")).then_refused("REF-06")


def test_nobody_with_an_open_referral_gets_another_route() -> None:
    given(discussed, decided, agreed, made, held).when(decide).then_refused("REF-03")
    given(discussed, made, discussed, held).when(decide).then_refused("REF-03")


def test_refusals_come_in_the_order_of_the_rule_book() -> None:
    everything_wrong = replace(decide, decided_by_roles=(), route="traineeship")
    given(discussed, made).when(everything_wrong).then_refused("REF-03")
    given().when(everything_wrong).then_refused("REF-13")
    given(discussed).when(everything_wrong).then_refused("REF-10")
    given(discussed, held).when(everything_wrong).then_refused("REF-05")


def test_a_route_may_be_decided_again_and_ends_the_agreement() -> None:
    given(discussed, decided, held).when(decide).then(decided)
    given(discussed, decided, agreed, held).when(decide).then(decided)
    given(discussed, decided, agreed, the_decision).when(agree).then(agreed)


def test_a_discussion_ends_neither_decision_nor_agreement() -> None:
    given(discussed, the_decision, discussed).when(agree).then(agreed)
    given(discussed, decided, agreed, discussed).when(agree).then_refused("REF-13")


def test_route_none_leads_to_another_discussion() -> None:
    none = replace(decide, route="none")
    given(discussed, held).when(none).then(decided_none)
    given(discussed, decided_none, held).when(decide).then_refused("REF-13")
    given(discussed, decided_none).when(replace(agree, route="none")).then_refused("REF-13")
    given(discussed, decided_none, discussed, held).when(decide).then(decided)


def test_after_a_referral_is_closed_the_case_is_discussed_again_first() -> None:
    closed = (discussed, decided, agreed, made, ended_early, held)
    given(*closed).when(decide).then_refused("REF-13")
    given(*closed, discussed).when(decide).then(decided)


def test_the_young_person_agrees_to_the_decision_by_its_event() -> None:
    given(discussed, the_decision).when(agree).then(agreed)
    given(discussed, the_decision).when(replace(agree, how="phone", views="at last")).then(
        agreed.model_copy(update={"how": "phone", "views": "at last"})
    )


def test_the_young_person_agrees_only_to_the_route_decided() -> None:
    given(discussed, decided).when(replace(agree, route="preparatory")).then_refused("REF-13")


def test_the_young_person_agrees_once() -> None:
    given(discussed, decided, agreed).when(agree).then_refused("REF-13")


def test_nobody_agrees_to_what_is_not_decided() -> None:
    given().when(agree).then_refused("REF-13")
    given(discussed).when(agree).then_refused("REF-13")
    given(discussed, decided, agreed, made).when(agree).then_refused("REF-13")


def test_a_refused_agreement_says_why() -> None:
    for before, words in (
        ((discussed,), "decide one first"),
        ((discussed, decided_preparatory), "the route decided is preparatory"),
        ((discussed, decided, agreed), "agreed to this decision already"),
    ):
        refused = given(*before).when(agree).refused
        assert refused is not None
        assert words in refused.reason


def test_a_decision_reads_the_meeting_it_names_and_names_the_rules_that_decided() -> None:
    assert decider.reads(decide) == [f"case-{AMI}", f"stage1-{MEETING}"]
    assert decider.reads(managers) == decider.reads(agree) == [f"case-{AMI}"]
    assert rules_of(decide) == ("catalogue.routes@2018-01-01", "route.teams@2018-01-01")
