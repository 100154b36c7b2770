"""A meeting is planned once and held once, and its quorum is one of each team."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chronicle.given import Deciding
from contracts.codes import Role
from contracts.parts import Apology
from contracts.referrals import Stage1MeetingHeld
from services.referrals.domain.stage1_meeting import (
    HoldStage1Meeting,
    Quorum,
    ScheduleStage1Meeting,
    decider,
)
from tests.referrals.facts import (
    ABOUT,
    ADVISER,
    ASKS,
    COMMAND,
    HEARD,
    MEETING,
    NINTH,
    SECOND,
    TEAMS,
    TENTH,
    held,
    scheduled,
)

given = Deciding(decider, ABOUT).given

schedule = ScheduleStage1Meeting(
    id=COMMAND, today=TENTH, on=SECOND, by=ADVISER, via="api", meeting=MEETING, series="monthly",
    planned_on=NINTH, within_team_meeting=True, extraordinary=False,
)  # fmt: skip
hold = HoldStage1Meeting(
    **ASKS, meeting=MEETING, chair_role="leaving_care_manager", attendee_roles=("eet_adviser",),
    apologies=(), quorum=Quorum(rule="stage1.quorum@2018-01-01", teams=TEAMS.teams),
)  # fmt: skip


def test_a_meeting_is_scheduled() -> None:
    given().when(schedule).then(scheduled)


def test_an_extraordinary_meeting_names_what_it_is_called_for() -> None:
    given().when(replace(schedule, extraordinary=True, called_for=HEARD)).then(
        scheduled.model_copy(update={"extraordinary": True, "called_for": HEARD})
    )


def test_a_meeting_is_scheduled_once() -> None:
    given(scheduled).when(schedule).then_refused("REF-16")
    given(scheduled, held).when(schedule).then_refused("REF-16")


def test_a_meeting_is_held_on_its_day_or_later() -> None:
    given(scheduled).when(hold).then(held)
    given(scheduled).when(replace(hold, on=TENTH)).then(
        held.model_copy(update={"occurred_on": TENTH})
    )


def test_a_meeting_is_not_held_before_its_day() -> None:
    given(scheduled).when(replace(hold, on=NINTH - timedelta(days=1))).then_refused("REF-16")


def test_a_meeting_nobody_scheduled_is_not_held() -> None:
    given().when(hold).then_refused("REF-16")


def test_a_meeting_is_held_once() -> None:
    given(scheduled, held).when(hold).then_refused("REF-16")


def test_a_refusal_says_which_step_is_missing_or_done() -> None:
    for before, command, words in (
        ((), hold, "schedule it first"),
        ((scheduled,), schedule, "schedule another one"),
        ((scheduled, held), schedule, "schedule another one"),
        ((scheduled,), replace(hold, on=SECOND), "from that day on"),
        ((scheduled, held), hold, "held already"),
    ):
        refused = given(*before).when(command).refused
        assert refused is not None
        assert words in refused.reason


@pytest.mark.parametrize(
    ("chair", "attendees", "apologies", "quorate"),
    [
        ("leaving_care_manager", ("eet_adviser",), (), True),
        ("leaving_care_manager", ("leaving_care_adviser",), (), False),
        ("eet_manager", ("eet_adviser",), (), False),
        ("eet_manager", ("leaving_care_adviser",), (), True),
        ("leaving_care_manager", (), (Apology(role="eet_adviser"),), False),
        (
            "leaving_care_manager", (),
            (Apology(role="eet_adviser", substitute="eet_manager"),), True,
        ),
    ],
)  # fmt: skip
def test_a_meeting_is_quorate_with_somebody_of_both_teams_in_the_room(
    chair: Role, attendees: tuple[Role, ...], apologies: tuple[Apology, ...], quorate: bool
) -> None:
    came = replace(hold, chair_role=chair, attendee_roles=attendees, apologies=apologies)
    given(scheduled).when(came).then(
        Stage1MeetingHeld(
            meeting=MEETING, chair_role=chair, attendee_roles=attendees, apologies=apologies,
            quorate=quorate, **hold.said,
        )
    )  # fmt: skip
