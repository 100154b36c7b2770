"""What goes on the agenda, what a policy leaves alone, and what a discussion closes."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from chronicle.decider import rules_of
from chronicle.given import Deciding, told
from contracts.referrals import AgendaItemAdded
from services.referrals.domain.agenda import AddToAgenda, DiscussCase, decider
from tests.referrals.facts import (
    ABOUT,
    AMI,
    ASKS,
    EXIT,
    HEARD,
    HEARS,
    MEETING,
    PLACEMENT,
    WITHIN,
    decided,
    decided_none,
    discussed,
    early_exit,
    ended_early,
    held,
    made,
    new_neet,
    not_quorate,
    registered,
    scheduled,
)

given = Deciding(decider, ABOUT).given

add = AddToAgenda(**ASKS, person=AMI, cause="progress", discuss_by=date(2024, 5, 1))
added = AgendaItemAdded(person=AMI, cause="progress", discuss_by=date(2024, 5, 1), **add.said)
heard = AddToAgenda(
    **HEARS, person=AMI, cause="new_neet", source=HEARD,
    discuss_by=WITHIN,
)  # fmt: skip
heard_neet = AgendaItemAdded(
    person=AMI, cause="new_neet", source=HEARD, discuss_by=date(2024, 5, 15), **heard.said
)
discuss = DiscussCase(
    **ASKS, person=AMI, meeting=MEETING, causes=("new_neet",), progress="on_track",
    note="wants to work outdoors",
)  # fmt: skip


def test_a_worker_puts_somebody_on_the_agenda_by_a_day() -> None:
    given(registered).when(add).then(added)


def test_a_worker_may_leave_the_day_to_the_rule_which_counts_from_today() -> None:
    given(registered).when(replace(add, discuss_by=WITHIN)).then(
        added.model_copy(update={"discuss_by": date(2024, 5, 15)})
    )
    given(registered).when(
        replace(add, discuss_by=WITHIN, today=date(2024, 1, 31), on=date(2024, 1, 2))
    ).then(
        added.model_copy(
            update={"discuss_by": date(2024, 3, 6), "occurred_on": date(2024, 1, 2)}
        )
    )  # fmt: skip


def test_only_a_rule_that_decided_is_named() -> None:
    assert rules_of(replace(add, discuss_by=WITHIN)) == ("stage1.discuss_within@2018-01-01",)
    assert rules_of(add) == ()


def test_nobody_unknown_is_put_on_the_agenda_or_discussed() -> None:
    given(new_neet).when(add).then_refused("REF-01")
    given().when(heard).then_refused("REF-01")
    given(scheduled, held).when(discuss).then_refused("REF-01")


def test_an_exit_handed_back_names_exit_source_and_placement() -> None:
    back = replace(
        heard, cause="early_exit", exit=EXIT, placement=PLACEMENT, discuss_by=date(2024, 5, 10)
    )
    given(registered).when(back).then(
        AgendaItemAdded(
            person=AMI, cause="early_exit", source=HEARD, exit=EXIT, placement=PLACEMENT,
            discuss_by=date(2024, 5, 10), **back.said,
        )
    )  # fmt: skip


def test_a_new_neet_is_put_on_the_agenda() -> None:
    given(registered).when(heard).then(heard_neet)


def test_a_new_neet_with_any_open_item_or_referral_needs_no_second_item() -> None:
    given(registered, early_exit).when(heard).then_nothing()
    given(registered, made).when(heard).then_nothing()


def test_a_new_neet_whose_items_and_referral_are_closed_is_put_on_again() -> None:
    given(registered, early_exit, discussed).when(heard).then_nothing()
    given(registered, new_neet, discussed).when(heard).then(heard_neet)
    given(registered, made, ended_early).when(heard).then(heard_neet)


def test_a_worker_and_another_cause_are_not_held_back_by_what_is_open() -> None:
    given(registered, early_exit).when(replace(add, cause="new_neet")).then(
        added.model_copy(update={"cause": "new_neet"})
    )
    at_risk = replace(heard, cause="at_risk", source=UUID(int=99))
    given(registered, made).when(at_risk).then(
        heard_neet.model_copy(update={"cause": "at_risk", "source": UUID(int=99)})
    )


def test_what_was_heard_makes_one_item_ever() -> None:
    at_risk = replace(heard, cause="at_risk", source=new_neet.source)
    given(registered, new_neet).when(at_risk).then_nothing()
    given(registered, new_neet, discussed).when(at_risk).then_nothing()


def test_a_case_is_discussed_in_a_held_meeting_quorate_or_not() -> None:
    given(registered, new_neet, scheduled, held).when(discuss).then(discussed)
    given(registered, new_neet, scheduled, not_quorate).when(discuss).then(discussed)


def test_a_case_is_not_discussed_in_a_meeting_that_was_not_held() -> None:
    given(registered, new_neet, scheduled).when(discuss).then_refused("REF-10")
    given(registered, new_neet).when(discuss).then_refused("REF-10")


def test_a_discussion_names_the_exits_of_the_items_it_closes() -> None:
    both = replace(discuss, causes=("early_exit", "new_neet"), exit_information_shared=True)
    given(registered, early_exit, new_neet, held).when(both).then(
        discussed.model_copy(
            update={
                "causes": ("early_exit", "new_neet"), "exits": (EXIT,),
                "exit_information_shared": True,
            }
        )
    )  # fmt: skip


def test_an_exit_whose_cause_was_not_discussed_is_not_named() -> None:
    given(registered, early_exit, new_neet, held).when(discuss).then(discussed)


def test_an_exit_is_named_by_the_discussion_that_closes_it_and_no_later_one() -> None:
    again = replace(discuss, causes=("early_exit",))
    first = discussed.model_copy(update={"causes": ("early_exit",), "exits": (EXIT,)})
    given(registered, early_exit, held, first).when(again).then(
        first.model_copy(update={"exits": ()})
    )


def test_route_none_puts_the_items_last_closed_on_the_agenda_again() -> None:
    exit_closed = discussed.model_copy(update={"causes": ("early_exit",), "exits": (EXIT,)})
    told_again = (registered, early_exit, held, exit_closed, decided_none)
    again = replace(discuss, causes=("early_exit",))
    given(*told_again).when(again).then(exit_closed)
    given(*told_again).when(heard).then_nothing()
    given(registered, early_exit, held, exit_closed, decided).when(heard).then(heard_neet)


def test_a_discussion_that_closes_nothing_forgets_nothing() -> None:
    nothing_new = discussed.model_copy(update={"causes": ("progress",)})
    given(registered, new_neet, discussed, nothing_new, decided_none).when(heard).then_nothing()


def test_what_was_put_back_is_put_back_once() -> None:
    closed = discussed.model_copy(update={"causes": ("early_exit",), "exits": (EXIT,)})
    nothing_new = discussed.model_copy(update={"causes": ("progress",)})
    twice_none = (closed, decided_none, nothing_new, decided_none)
    given(registered, early_exit, *twice_none, held).when(
        replace(discuss, causes=("early_exit",))
    ).then(closed)


def test_an_item_a_worker_added_is_known_by_its_own_event() -> None:
    by_hand, itself = added.model_copy(update={"cause": "new_neet"}), UUID(int=77)
    from_it = replace(heard, cause="at_risk", source=itself)
    given(registered, told(by_hand, ABOUT, itself)).when(from_it).then_nothing()


def test_a_discussion_reads_the_meeting_and_an_item_does_not() -> None:
    assert decider.reads(discuss) == [f"case-{AMI}", f"person-{AMI}", f"stage1-{MEETING}"]
    assert decider.reads(add) == [f"case-{AMI}", f"person-{AMI}"]
