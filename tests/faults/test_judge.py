"""Every figure of the verdict goes up when the history is broken in its way."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from tests.faults.clerk import Receipt
from tests.faults.good import changed, done, good, said, seal
from tests.faults.history import History
from tests.faults.judge import judge

Break = Callable[[History], None]


def test_a_good_history_has_nothing_against_it() -> None:
    assert judge(good()).good


def an_acknowledged_event_is_gone(history: History) -> None:
    del history.logs["referrals"].events[-1]


def an_acknowledged_event_says_something_else(history: History) -> None:
    events = history.logs["referrals"].events
    events[-1] = changed(events[-1], body=b'{"via": "api", "route": "traineeship"}')


def an_answer_is_not_remembered(history: History) -> None:
    history.logs["referrals"].commands.popitem()


def a_receipt_is_missing(history: History) -> None:
    del history.logs["matching"].events[-1]


def what_was_said_was_never_heard(history: History) -> None:
    history.logs["matching"].inbox.pop()


def a_receipt_is_there_twice(history: History) -> None:
    event = history.logs["matching"].events[-1]
    said(history.logs["matching"], "ReferralReceived", "match-3", uuid4(), **event.data)


def a_repeat_was_answered_otherwise(history: History) -> None:
    history.told[0].answers[1] = Receipt((("case-7", 9),), "")


def a_command_did_more_than_it_said(history: History) -> None:
    said(history.logs["referrals"], "ProfileUpdated", "person-8", history.told[0].id)


def what_was_refused_was_done(history: History) -> None:
    done(history, "ProfileUpdated", "person-8")
    history.told[-1].outcome, history.told[-1].answers = "refused", []


def one_event_is_there_twice(history: History) -> None:
    events = history.logs["referrals"].events
    events.append(changed(events[0], position=len(events) + 1, version=2))


def one_event_was_claimed_twice(history: History) -> None:
    history.logs["matching"].inbox.append(history.logs["matching"].inbox[0])


def two_events_of_a_stream_changed_places(history: History) -> None:
    events = history.logs["referrals"].events
    events[2], events[3] = (changed(events[3], position=3), changed(events[2], position=4))


def a_position_was_left_out(history: History) -> None:
    events = history.logs["referrals"].events
    events[-1] = changed(events[-1], position=9)


def reporting_has_a_key_in_another_order(history: History) -> None:
    events = history.logs["reporting"].events
    events[0], events[1] = changed(events[1], position=1), changed(events[0], position=2)


def the_later_was_answered_first(history: History) -> None:
    events = history.logs["matching"].events
    events[0], events[1] = changed(events[1], position=1), changed(events[0], position=2)


def reporting_never_had_a_position(history: History) -> None:
    history.kept.pop()


def reporting_claims_what_it_does_not_have(history: History) -> None:
    del history.logs["reporting"].events[-1]


def reporting_has_other_bytes(history: History) -> None:
    events = history.logs["reporting"].events
    events[0] = changed(events[0], meta=b"{}")


def a_block_was_changed(history: History) -> None:
    blocks = history.logs["matching"].blocks
    blocks[0] = replace(blocks[0], hash=b"")


def an_event_is_in_no_block(history: History) -> None:
    said(history.logs["referrals"], "ProfileUpdated", "person-8", uuid4())


def reporting_found_a_log_changed(history: History) -> None:
    log = history.logs["reporting"]
    said(log, "IntegrityCheckFailed", "integrity-7", uuid4())
    log.blocks.clear()
    seal(log)


def a_message_was_parked(history: History) -> None:
    history.logs["matching"].parked.append(str(uuid4()))


def a_board_is_not_what_its_log_says(history: History) -> None:
    history.models[0] = replace(history.models[0], rebuilt="b")


BREAKS: list[tuple[str, Break]] = [
    ("lost", an_acknowledged_event_is_gone),
    ("lost", an_acknowledged_event_says_something_else),
    ("lost", an_answer_is_not_remembered),
    ("lost", a_receipt_is_missing),
    ("lost", what_was_said_was_never_heard),
    ("twice", a_receipt_is_there_twice),
    ("twice", a_repeat_was_answered_otherwise),
    ("twice", a_command_did_more_than_it_said),
    ("twice", what_was_refused_was_done),
    ("twice", one_event_is_there_twice),
    ("twice", one_event_was_claimed_twice),
    ("out_of_order", two_events_of_a_stream_changed_places),
    ("out_of_order", a_position_was_left_out),
    ("out_of_order", reporting_has_a_key_in_another_order),
    ("out_of_order", the_later_was_answered_first),
    ("missing", reporting_never_had_a_position),
    ("missing", reporting_claims_what_it_does_not_have),
    ("missing", reporting_has_other_bytes),
    ("unproved", a_block_was_changed),
    ("unproved", an_event_is_in_no_block),
    ("unproved", reporting_found_a_log_changed),
    ("parked", a_message_was_parked),
    ("unequal", a_board_is_not_what_its_log_says),
]


@pytest.mark.parametrize(("figure", "break_it"), BREAKS, ids=[b.__name__ for _, b in BREAKS])
def test_what_is_wrong_is_counted_where_it_belongs(figure: str, break_it: Break) -> None:
    history = good()
    break_it(history)
    found = judge(history)
    assert getattr(found, figure), found
    assert not found.good
