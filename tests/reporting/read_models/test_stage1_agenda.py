"""Whom to discuss: items open with their causes and go with the discussion that names them."""

from datetime import date
from typing import Any
from uuid import UUID

from chronicle.given import Told
from services.reporting.read_models.stage1_agenda import Agenda, on_agenda, stage1_agenda
from tests.reporting import facts
from tests.reporting.facts import again, id_of, until
from tests.reporting.folding import rows


def agenda(*told: Told[Any]) -> Agenda:
    (row,) = rows(stage1_agenda, *told)
    return row


def causes(*told: Told[Any]) -> list[str]:
    return [item.cause for item in agenda(*told).items]


def test_an_item_names_the_event_that_added_it_and_the_one_it_is_about() -> None:
    (item,) = agenda(*until(facts.new_neet)).items
    assert (item.event, item.source, item.discuss_by) == (id_of(5), id_of(3), facts.MAY_7)
    assert agenda(*until(facts.new_neet)).discuss_by == facts.MAY_7


def test_a_discussion_closes_the_items_whose_cause_it_names_and_no_others() -> None:
    assert causes(*until(facts.exit_item)) == ["at_risk", "early_exit"]
    exit_alone = again(facts.exit_discussed, 50, causes=("early_exit",))
    assert causes(*until(facts.exit_item), exit_alone) == ["at_risk"]
    assert agenda(*until(facts.exit_item), exit_alone).discuss_by == facts.AUG_5
    assert causes(*until(facts.exit_discussed)) == []
    assert agenda(*until(facts.exit_discussed)).discuss_by is None


def test_the_last_progress_is_that_of_the_last_discussion() -> None:
    last = agenda(*until(facts.exit_discussed)).last
    assert last is not None
    assert (last.event, last.progress) == (id_of(37), "serious_concern")


def test_no_route_opens_the_items_that_were_closed_last() -> None:
    none = again(facts.decided, 50, route="none")
    assert causes(*until(facts.discussed), none) == ["new_neet"]
    assert causes(*until(facts.discussed), none, none) == ["new_neet"]
    assert causes(*until(facts.decided)) == []


def test_a_discussion_that_closes_nothing_leaves_what_was_closed_last() -> None:
    nothing = again(facts.discussed, 50, causes=("no_contact",))
    none = again(facts.decided, 51, route="none")
    assert causes(*until(facts.discussed), nothing, none) == ["new_neet"]


def test_an_item_is_carried_over_by_a_meeting_held_after_the_day_it_was_added() -> None:
    (item,) = agenda(*until(facts.new_neet)).items
    held = {"held": UUID(int=7), "held_on": date(2024, 4, 3)}
    assert on_agenda(item, held).carried_over == UUID(int=7)
    assert on_agenda(item, held | {"held_on": facts.APRIL_2}).carried_over is None
    assert on_agenda(item, None).carried_over is None
