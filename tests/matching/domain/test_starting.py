"""The first day of a placement."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from chronicle.given import Deciding
from contracts.codes import Role
from contracts.event import Actor, Sealed
from contracts.policy import in_force
from services.matching.domain.starting import BackdateWithin, Holidays, StartPlacement, decider
from tests.matching.facts import (
    ABOUT,
    AGES,
    AMI,
    COMMAND,
    END,
    LENGTHS,
    LIAISON,
    NEXT,
    OFFICER,
    OPPORTUNITY,
    PLACEMENT,
    START,
    arranged,
    chosen,
    concluded,
    contract,
    enrolment,
    opened,
    received,
    reserved,
    right_to_work,
    started,
)

given = Deciding(decider, ABOUT).given
MANAGERS: frozenset[Role] = frozenset({"leaving_care_manager", "eet_manager", "head_of_service"})
start = StartPlacement(
    id=COMMAND, today=START, on=START, by=OFFICER, via="page", placement=PLACEMENT, person=AMI,
    opportunity=OPPORTUNITY,
    backdate=BackdateWithin(
        rule="start.backdate_within@2018-01-01", working_days=10, beyond=MANAGERS
    ),
    calendar=Holidays(rule="calendar@2018-01-01", holidays=frozenset({date(2024, 5, 27)})),
    lengths=LENGTHS, ages=AGES,
)  # fmt: skip
checks = (contract, right_to_work, enrolment)
ready = (opened, arranged, reserved, *checks)


def test_a_placement_starts_when_every_check_is_done() -> None:
    given(*ready).when(start).then(started)


def test_what_the_command_alone_knows_is_carried() -> None:
    known = {
        "line_manager": UUID(int=31),
        "cohort": "2024 September",
        "levy_transfer": UUID(int=32),
        "wage_budget": UUID(int=33),
    }
    told = replace(
        start, line_manager=UUID(int=31), cohort="2024 September", levy_transfer=UUID(int=32),
        wage_budget=UUID(int=33),
    )  # fmt: skip
    given(*ready).when(told).then(started.model_copy(update=known))


def test_what_the_arrangement_says_is_carried_on() -> None:
    said = {"follows": NEXT, "provider": UUID(int=34), "support_plan": UUID(int=35)}
    given(opened, arranged.model_copy(update=said), *checks).when(start).then(
        started.model_copy(update=said)
    )


def test_the_planned_end_may_be_sent_again() -> None:
    later = date(2025, 6, 6)
    given(*ready).when(replace(start, planned_end_on=later)).then(
        started.model_copy(update={"planned_end_on": later})
    )


def test_an_unpaid_placement_starts_as_unpaid() -> None:
    place = opened.model_copy(update={"kind": "traineeship", "pay_pence_per_hour": 0})
    plan = arranged.model_copy(
        update={"kind": "traineeship", "checks_required": ("contract",), "planned_end_on": START}
    )
    end = date(2024, 8, 6)
    given(place, plan, contract).when(replace(start, planned_end_on=end)).then(
        started.model_copy(update={"kind": "traineeship", "paid": False, "planned_end_on": end})
    )


def test_only_what_is_arranged_starts() -> None:
    given(opened).when(start).then_refused("MAT-23")
    given(*ready, started).when(start).then_refused("MAT-23")
    given(*ready, started, concluded).when(start).then_refused("MAT-23")
    given(*ready).when(replace(start, placement=NEXT)).then_refused("MAT-23")
    given(*ready).when(replace(start, opportunity=NEXT)).then_refused("MAT-23")
    given(arranged, *checks).when(
        replace(start, lengths=LENGTHS, planned_end_on=END)
    ).then_refused("MAT-23")  # fmt: skip


def test_nobody_starts_a_second_placement_while_one_is_live() -> None:
    given(*ready, started).when(replace(start, placement=NEXT)).then_refused("MAT-03")


def test_a_placement_that_is_over_does_not_start_again() -> None:
    following = arranged.model_copy(update={"placement": NEXT})
    begun = started.model_copy(update={"placement": NEXT})
    given(*ready, started, concluded, following, begun).when(start).then_refused("MAT-23")


def test_a_start_is_not_in_the_future() -> None:
    early = replace(start, today=date(2024, 5, 6))
    given(*ready).when(early).then_refused("MAT-11")


def test_ten_working_days_back_are_counted_without_the_bank_holiday() -> None:
    """From Tuesday 14 May the tenth working day is Wednesday 29 May: Monday 27 May is none."""
    on = replace(start, on=date(2024, 5, 14), planned_end_on=date(2025, 5, 13))
    said = started.model_copy(
        update={"occurred_on": date(2024, 5, 14), "planned_end_on": date(2025, 5, 13)}
    )
    given(*ready).when(replace(on, today=date(2024, 5, 29))).then(said)
    given(*ready).when(replace(on, today=date(2024, 5, 30))).then_refused("MAT-11")


@pytest.mark.parametrize("role", sorted(MANAGERS))
def test_a_manager_may_go_further_back(role: Role) -> None:
    manager = Actor(role=role, team="leaving_care")
    long_ago = replace(start, today=date(2024, 9, 2), by=manager)
    given(*ready).when(long_ago).then(started.model_copy(update={"by": manager}))


@pytest.mark.parametrize("missing", checks, ids=lambda check: check.check)
def test_every_check_of_the_kind_must_be_done(missing: object) -> None:
    done = [check for check in checks if check is not missing]
    given(opened, arranged, *done).when(start).then_refused("MAT-10")


def test_a_waived_check_is_done() -> None:
    waived = contract.model_copy(update={"result": "waived", "waived_because": "agency"})
    given(opened, arranged, waived, right_to_work, enrolment).when(start).then(started)


def test_paid_work_needs_the_right_to_work_whatever_its_kind() -> None:
    place = opened.model_copy(update={"kind": "traineeship"})
    plan = arranged.model_copy(
        update={
            "kind": "traineeship",
            "checks_required": ("contract",),
            "planned_end_on": date(2024, 8, 6),
        }
    )
    given(place, plan, contract).when(start).then_refused("MAT-14")
    waived = right_to_work.model_copy(update={"result": "waived"})
    given(place, plan, contract, waived).when(start).then_refused("MAT-14")
    given(place, plan, contract, right_to_work).when(start).then(
        started.model_copy(update={"kind": "traineeship", "planned_end_on": date(2024, 8, 6)})
    )


def test_any_pay_at_all_is_paid_work() -> None:
    token = opened.model_copy(update={"kind": "traineeship", "pay_pence_per_hour": 1})
    plan = arranged.model_copy(update={"checks_required": ()})
    given(token, plan).when(start).then_refused("MAT-14")


def test_the_length_counts_from_the_day_it_really_started() -> None:
    late = replace(start, today=date(2024, 5, 8), on=date(2024, 5, 8))
    given(*ready).when(late).then_refused("MAT-12")
    given(*ready).when(replace(late, planned_end_on=date(2025, 5, 7))).then(
        started.model_copy(
            update={"occurred_on": date(2024, 5, 8), "planned_end_on": date(2025, 5, 7)}
        )
    )


def test_a_longer_placement_needs_the_reason_of_its_arrangement() -> None:
    plan = arranged.model_copy(
        update={"kind": "traineeship", "checks_required": (), "planned_end_on": date(2024, 12, 6)}
    )
    said = started.model_copy(update={"kind": "traineeship", "planned_end_on": date(2024, 12, 6)})
    given(opened, plan, right_to_work).when(start).then_refused("MAT-12")
    for words in ("caring for a child", Sealed(sealed="b64", key="care_record.1")):
        reasoned = plan.model_copy(update={"longer_because": words})
        given(opened, reasoned, right_to_work).when(start).then(said)


def test_the_age_is_judged_again_on_the_day_of_the_start() -> None:
    nobody = replace(AGES, bands={"apprenticeship": frozenset({"16_17"})})
    given(*ready).when(replace(start, ages=nobody)).then_refused("MAT-20")
    pupil = arranged.model_copy(
        update={"kind": "work_experience", "age_band": "under_16", "checks_required": ()}
    )
    unpaid = opened.model_copy(update={"pay_pence_per_hour": 0})
    days = replace(start, planned_end_on=date(2024, 5, 27))
    given(unpaid, pupil).when(days).then_refused("MAT-12")


def test_refusals_come_in_the_order_of_the_rule_book() -> None:
    """MAT-23, 11, 10, 14, 12, 20: the first one that holds is the one that is told."""
    wrong = replace(start, ages=replace(AGES, bands={}), planned_end_on=START)
    early = replace(wrong, today=date(2024, 5, 6))
    given(opened).when(early).then_refused("MAT-23")
    given(opened, arranged).when(replace(early, placement=NEXT)).then_refused("MAT-23")
    given(opened, arranged).when(early).then_refused("MAT-11")
    given(opened, arranged).when(wrong).then_refused("MAT-10")
    unchecked = arranged.model_copy(update={"checks_required": ()})
    given(opened, unchecked).when(wrong).then_refused("MAT-14")
    given(*ready).when(wrong).then_refused("MAT-12")


def test_city_placements_start_work_experience_and_nothing_else() -> None:
    given(*ready).when(replace(start, by=LIAISON)).then_refused("ALL-07")


def test_the_state_table_says_what_may_be_done() -> None:
    assert decider.table() == {
        "none": {"StartPlacement": "MAT-23"},
        "arranged": {"StartPlacement": "MAT-10"},
        "checks under way": {"StartPlacement": "MAT-10"},
        "ready": {"StartPlacement": "PlacementStarted"},
        "started": {"StartPlacement": "MAT-23"},
        "concluded": {"StartPlacement": "MAT-23"},
    }
    assert decider.reads(start) == [f"arrangement-{AMI}", f"opportunity-{OPPORTUNITY}"]


def test_events_of_other_streams_change_nothing_here() -> None:
    given(*ready, received, chosen).when(start).then(started)


def test_the_policies_in_force_fill_the_shapes() -> None:
    assert in_force("start.backdate_within", START, BackdateWithin) == start.backdate
    assert date(2024, 5, 27) in in_force("calendar", START, Holidays).holidays
