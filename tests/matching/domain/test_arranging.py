"""A placement arranged on a chosen match."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from chronicle.given import Deciding
from contracts.policy import in_force
from services.matching.domain.arranging import ArrangePlacement, decider
from services.matching.domain.readiness import AgeKinds, PreStartChecks
from tests.matching.facts import (
    ABOUT,
    AGES,
    AMI,
    BEN,
    CHECKS,
    COMMAND,
    END,
    HOST,
    LENGTHS,
    LIAISON,
    MATCH,
    NEXT,
    OFFICER,
    OPPORTUNITY,
    PLACEMENT,
    REFERRAL,
    SECOND,
    START,
    arranged,
    chosen,
    concluded,
    opened,
    proposed,
    received,
    reserved,
    started,
)

given = Deciding(decider, ABOUT).given
DAY = date(2024, 4, 22)
arrange = ArrangePlacement(
    id=COMMAND, today=DAY, on=DAY, by=OFFICER, via="page", placement=PLACEMENT, person=AMI,
    referral=REFERRAL, match=MATCH, opportunity=OPPORTUNITY, planned_start_on=START,
    planned_end_on=END, checks=CHECKS, lengths=LENGTHS, ages=AGES,
)  # fmt: skip
ready = (received, proposed, chosen)
someone = reserved.model_copy(update={"placement": NEXT})


def test_an_arrangement_takes_a_place_in_the_same_append() -> None:
    given(*ready, opened).when(arrange).then(arranged, reserved)


def test_the_last_place_is_taken_once() -> None:
    two = opened.model_copy(update={"places": 2})
    given(*ready, two, someone).when(arrange).then(arranged, reserved)
    given(*ready, opened, someone).when(arrange).then_refused("MAT-02")


def test_the_ids_of_later_steps_and_the_reason_are_carried() -> None:
    full = replace(arrange, application=HOST, support_plan=SECOND, longer_because="unwell at times")
    carried = {"application": HOST, "support_plan": SECOND, "longer_because": "unwell at times"}
    given(*ready, opened).when(full).then(arranged.model_copy(update=carried), reserved)


def test_the_checks_are_those_of_the_kind() -> None:
    """A kind that the policy does not name needs none."""
    none = replace(arrange, checks=replace(CHECKS, checks={}))
    given(*ready, opened).when(none).then(
        arranged.model_copy(update={"checks_required": ()}), reserved
    )


def test_a_referral_must_be_received_and_this_young_persons() -> None:
    given(opened).when(arrange).then_refused("MAT-21")
    of_ben = received.model_copy(update={"person": BEN})
    given(of_ben, proposed, chosen, opened).when(arrange).then_refused("MAT-21")


def test_nothing_more_is_arranged_on_a_referral_that_is_concluded() -> None:
    given(*ready, opened, arranged, started, concluded).when(
        replace(arrange, placement=NEXT)
    ).then_refused("MAT-21")


def test_a_match_must_be_chosen() -> None:
    given(received, proposed, opened).when(arrange).then_refused("MAT-22")
    given(*ready, opened).when(replace(arrange, match=SECOND)).then_refused("MAT-22")
    other = chosen.model_copy(update={"opportunity": UUID(int=77)})
    given(received, proposed, other, opened).when(arrange).then_refused("MAT-22")


def test_the_young_person_must_agree() -> None:
    unwilling = chosen.model_copy(update={"young_person_agrees": False})
    given(received, proposed, unwilling, opened).when(arrange).then_refused("MAT-22")


def test_only_the_latest_choice_is_arranged() -> None:
    later = chosen.model_copy(update={"match": SECOND})
    given(*ready, later, opened).when(arrange).then_refused("MAT-22")
    given(*ready, later, opened).when(replace(arrange, match=SECOND)).then(
        arranged.model_copy(update={"match": SECOND}), reserved
    )


def test_nobody_has_two_live_placements() -> None:
    earlier = arranged.model_copy(update={"referral": NEXT, "placement": NEXT})
    given(*ready, opened, earlier).when(arrange).then_refused("MAT-03")
    begun = started.model_copy(update={"placement": NEXT})
    given(*ready, opened, earlier, begun).when(arrange).then_refused("MAT-03")


def test_a_placement_follows_a_concluded_one_of_the_same_person() -> None:
    earlier = arranged.model_copy(update={"referral": NEXT, "placement": NEXT})
    over = concluded.model_copy(update={"placement": NEXT})
    begun = started.model_copy(update={"placement": NEXT})
    follow = replace(arrange, follows=NEXT)
    given(*ready, opened).when(follow).then_refused("MAT-03")
    given(*ready, opened, earlier, begun, over).when(follow).then(
        arranged.model_copy(update={"follows": NEXT}), reserved
    )
    given(*ready, opened, earlier, begun, over).when(arrange).then(arranged, reserved)


def test_the_length_is_that_of_the_kind_on_the_planned_start() -> None:
    short = replace(arrange, planned_end_on=date(2025, 5, 5))
    given(*ready, opened).when(short).then_refused("MAT-12")
    given(*ready, opened).when(replace(short, longer_because="slow")).then_refused("MAT-12")


def test_longer_needs_a_reason() -> None:
    trainee = (received.model_copy(update={"route": "traineeship"}), proposed, chosen)
    place = opened.model_copy(update={"kind": "traineeship"})
    plan = arranged.model_copy(update={"kind": "traineeship", "checks_required": ("contract",)})
    seven_months = replace(arrange, planned_end_on=date(2024, 12, 6))
    given(*trainee, place).when(seven_months).then_refused("MAT-12")
    given(*trainee, place).when(replace(seven_months, longer_because=" ")).then_refused("MAT-12")
    given(*trainee, place).when(replace(seven_months, longer_because="caring for a child")).then(
        plan.model_copy(
            update={"planned_end_on": date(2024, 12, 6), "longer_because": "caring for a child"}
        ),
        reserved,
    )


def test_a_pupil_has_twenty_days_of_work_experience_at_most() -> None:
    wanted = {"route": "work_experience", "age_band": "under_16"}
    pupil = (received.model_copy(update=wanted), proposed, chosen)
    place = opened.model_copy(update={"kind": "work_experience"})
    weeks = replace(arrange, planned_end_on=date(2024, 5, 27))
    given(*pupil, place).when(weeks).then_refused("MAT-12")
    older = (received.model_copy(update={"route": "work_experience"}), proposed, chosen)
    given(*older, place).when(weeks).then(
        arranged.model_copy(
            update={
                "kind": "work_experience",
                "planned_end_on": date(2024, 5, 27),
                "checks_required": ("insurance",),
            }
        ),
        reserved,
    )


def test_the_age_is_judged_by_the_band_as_referred() -> None:
    older = (received.model_copy(update={"age_band": "25_plus"}), proposed, chosen)
    given(*older, opened).when(arrange).then_refused("MAT-20")
    unknown = replace(arrange, ages=replace(AGES, bands={}))
    given(*ready, opened).when(unknown).then_refused("MAT-20")


def test_refusals_come_in_the_order_of_the_rule_book() -> None:
    """MAT-21, 22, 03, 02, 12, 20: the first one that holds is the one that is told."""
    earlier = arranged.model_copy(update={"referral": NEXT, "placement": NEXT})
    wrong = replace(arrange, planned_end_on=START, ages=replace(AGES, bands={}))
    given(received, proposed, opened, someone, earlier).when(wrong).then_refused("MAT-22")
    given(*ready, opened, someone, earlier).when(wrong).then_refused("MAT-03")
    given(*ready, opened, someone).when(wrong).then_refused("MAT-02")
    given(*ready, opened).when(wrong).then_refused("MAT-12")


def test_a_chosen_match_may_be_arranged_after_the_opportunity_has_closed() -> None:
    closed = opened.model_copy(update={"closes_on": date(2024, 4, 17)})
    given(*ready, closed).when(arrange).then(arranged, reserved)


def test_an_opportunity_that_was_never_opened_has_no_place() -> None:
    given(*ready).when(arrange).then_refused("MAT-22")


def test_city_placements_arrange_work_experience_and_nothing_else() -> None:
    given(*ready, opened).when(replace(arrange, by=LIAISON)).then_refused("ALL-07")


def test_the_state_table_says_what_may_be_done() -> None:
    assert decider.table() == {
        "not received": {"ArrangePlacement": "MAT-21"},
        "not chosen": {"ArrangePlacement": "MAT-22"},
        "chosen": {"ArrangePlacement": "PlacementArranged + PlaceReserved"},
        "filled": {"ArrangePlacement": "MAT-02"},
        "placed already": {"ArrangePlacement": "MAT-03"},
        "concluded": {"ArrangePlacement": "MAT-21"},
    }


def test_an_earlier_placement_that_is_over_leaves_the_state_as_it_is() -> None:
    earlier = arranged.model_copy(update={"referral": NEXT})
    state = given(*ready, opened, earlier, started, concluded).state
    assert decider.named(state) == "chosen"


def test_both_written_streams_are_read() -> None:
    assert decider.reads(arrange) == [
        f"arrangement-{AMI}", f"opportunity-{OPPORTUNITY}", f"match-{REFERRAL}"
    ]  # fmt: skip


def test_the_policies_in_force_fill_the_shapes() -> None:
    checks = in_force("placement.checks", START, PreStartChecks)
    assert checks.checks["apprenticeship"] == arranged.checks_required
    assert checks.never_waived == {"right_to_work"}
    ages = in_force("age.kinds", START, AgeKinds)
    assert ages.allow("apprenticeship", "18_20")
    assert not ages.allow("foundation_apprenticeship", "18_20")
    assert in_force("age.kinds", date(2025, 8, 1), AgeKinds).allow(
        "foundation_apprenticeship", "21_24"
    )
