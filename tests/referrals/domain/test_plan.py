"""The plan is revised for a cause, and for an exit only once it was discussed."""

from dataclasses import replace
from uuid import UUID

from chronicle.given import Deciding
from contracts.codes import PlanCause
from services.referrals.domain.plan import RevisePlan, decider
from tests.referrals.facts import (
    ABOUT,
    AMI,
    ASKS,
    EXIT,
    PLACEMENT,
    REFERRAL,
    STEPS,
    discussed,
    early_exit,
    exit_discussed,
    made,
    registered,
    revised,
)

given = Deciding(decider, ABOUT).given

revise = RevisePlan(
    **ASKS, person=AMI, cause="exit", because=EXIT, steps=STEPS, what_changed="a smaller firm",
    agreed_by_young_person=True,
)  # fmt: skip


def test_a_plan_is_revised_for_an_exit_that_was_discussed() -> None:
    given(registered, early_exit, exit_discussed).when(revise).then(revised)


def test_a_discussed_exit_stays_discussed() -> None:
    given(registered, early_exit, exit_discussed, discussed, made).when(revise).then(revised)


def test_a_plan_is_not_revised_for_an_exit_before_its_discussion() -> None:
    given(registered).when(revise).then_refused("REF-17")
    given(registered, early_exit).when(revise).then_refused("REF-17")
    given(registered, early_exit, discussed).when(revise).then_refused("REF-17")


def test_a_plan_revised_for_an_exit_names_that_exit() -> None:
    told = (registered, early_exit, exit_discussed)
    given(*told).when(replace(revise, because=UUID(int=80))).then_refused("REF-17")
    given(*told).when(replace(revise, because=None)).then_refused("REF-17")


def test_any_other_cause_needs_no_discussion() -> None:
    causes: tuple[PlanCause, ...] = ("completion", "review", "request")
    for cause in causes:
        given(registered, early_exit).when(replace(revise, cause=cause)).then(
            revised.model_copy(update={"cause": cause})
        )


def test_versions_count_from_one() -> None:
    ask = replace(revise, cause="request", because=None)
    second = revised.model_copy(update={"version": 2, "cause": "request", "because": None})
    given(registered, revised).when(ask).then(second)
    given(registered, revised, second).when(ask).then(second.model_copy(update={"version": 3}))


def test_a_plan_names_the_placement_and_referral_it_is_about() -> None:
    given(registered, exit_discussed).when(
        replace(revise, placement=PLACEMENT, referral=REFERRAL, agreed_by_young_person=False)
    ).then(
        revised.model_copy(
            update={
                "placement": PLACEMENT, "referral": REFERRAL, "agreed_by_young_person": False
            }
        )
    )  # fmt: skip


def test_nobody_unknown_has_a_plan() -> None:
    given(exit_discussed).when(revise).then_refused("REF-01")


def test_a_revision_reads_plan_case_and_person_and_writes_the_first() -> None:
    assert decider.reads(revise) == [f"plan-{AMI}", f"case-{AMI}", f"person-{AMI}"]
