"""The latest referral of each young person, folded."""

from dataclasses import replace
from datetime import date

import pytest

from chronicle.given import Folding, told
from contracts.event import Sealed
from services.matching.read_models.referrals import Referral, State, referrals
from tests.matching.facts import (
    ABOUT,
    AMI,
    MADE,
    NEXT,
    PLACEMENT,
    REFERRAL,
    arranged,
    chosen,
    concluded,
    proposed,
    received,
    started,
)

folding = Folding(referrals, ABOUT).given
row = Referral(
    person=AMI, referral=REFERRAL, route="apprenticeship", cause="first", prior_referral=None,
    sectors=("construction", "grounds"), level="2", areas=("north",), population="care_leaver",
    age_band="18_20", interests=("building", "music"), skills=("practical", "maths"),
    received_on=date(2024, 4, 11), decide_by=date(2024, 5, 16), state="received", because=ABOUT.id,
)  # fmt: skip
LOOP = (received, proposed, chosen, arranged, started, concluded)


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (1, "received"),
        (2, "proposed"),
        (3, "chosen"),
        (4, "arranged"),
        (5, "placed"),
        (6, "concluded"),
    ],
)
def test_each_step_is_shown_with_the_event_behind_it(steps: int, state: State) -> None:
    *before, last = LOOP[:steps]
    placement = PLACEMENT if steps > 3 else None
    folding(*before, told(last, ABOUT, MADE)).shows(
        replace(row, state=state, placement=placement, because=MADE)
    )


def test_another_proposal_does_not_undo_a_choice() -> None:
    folding(received, proposed, chosen, proposed).shows(replace(row, state="chosen"))


def test_the_next_referral_replaces_the_last_one() -> None:
    again = received.model_copy(
        update={"referral": NEXT, "cause": "early_exit", "prior_referral": REFERRAL}
    )
    later = replace(row, referral=NEXT, cause="early_exit", prior_referral=REFERRAL)
    folding(*LOOP, again).shows(later)


def test_what_comes_late_for_the_last_referral_leaves_the_next_alone() -> None:
    again = received.model_copy(update={"referral": NEXT})
    for late in (proposed, chosen, arranged, started, concluded):
        folding(received, arranged, again, told(late, ABOUT, MADE)).shows(
            replace(row, referral=NEXT)
        )


def test_nothing_is_shown_of_a_referral_that_was_not_received() -> None:
    for event in (proposed, chosen, arranged, started, concluded):
        folding(event).shows()


def test_a_sealed_value_is_kept_as_it_is() -> None:
    sealed = Sealed(sealed="b64", key="care_record.1")
    folding(received.model_copy(update={"interests": sealed})).shows(replace(row, interests=sealed))
