"""The search for one referral, folded."""

from dataclasses import replace
from datetime import date

from chronicle.given import Folding, told
from services.matching.read_models.matches import Choice, Match, Proposed, matches
from tests.matching.facts import (
    ABOUT,
    AMI,
    CHOSEN_ON,
    MADE,
    MATCH,
    OPPORTUNITY,
    REFERRAL,
    SECOND,
    chosen,
    proposed,
    received,
)

folding = Folding(matches, ABOUT).given
row = Match(referral=REFERRAL, person=AMI, decide_by=date(2024, 5, 16), because=ABOUT.id)
proposal = Proposed(
    match=MATCH, opportunity=OPPORTUNITY, proposed_on=CHOSEN_ON, proposed_by="person",
    score=proposed.score, reasons=("aspiration", "skills", "travel", "level"), because=ABOUT.id,
)  # fmt: skip
choice = Choice(
    match=MATCH, opportunity=OPPORTUNITY, kind="apprenticeship", chosen_on=CHOSEN_ON,
    chosen_by_roles=("apprenticeships_officer", "eet_adviser"), considered=(MATCH,),
    young_person_agrees=True, because=ABOUT.id,
)  # fmt: skip


def test_a_search_begins_without_proposals() -> None:
    folding(received).shows(row)


def test_proposals_are_shown_in_their_order_each_with_its_event() -> None:
    second = proposed.model_copy(update={"match": SECOND})
    folding(received, proposed, told(second, ABOUT, MADE)).shows(
        replace(
            row, proposals=(proposal, replace(proposal, match=SECOND, because=MADE)), because=MADE
        )
    )  # fmt: skip


def test_the_latest_choice_is_shown() -> None:
    folding(received, proposed, chosen).shows(replace(row, proposals=(proposal,), chosen=choice))
    instead = chosen.model_copy(update={"match": SECOND, "young_person_agrees": False})
    folding(received, chosen, told(instead, ABOUT, MADE)).shows(
        replace(
            row, because=MADE,
            chosen=replace(choice, match=SECOND, young_person_agrees=False, because=MADE),
        )
    )  # fmt: skip


def test_nothing_is_shown_of_a_referral_that_was_not_received() -> None:
    folding(proposed).shows()
    folding(chosen).shows()
