"""Which place suits a referral, and which is chosen."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from chronicle.given import Deciding, Given
from services.matching.domain.match import ChooseMatch, ProposeMatch, decider
from services.matching.domain.standing import Event, Standing
from tests.matching.facts import (
    ABOUT,
    AMI,
    BEN,
    CHOSEN_ON,
    COMMAND,
    LIAISON,
    MATCH,
    NEXT,
    OFFICER,
    OPPORTUNITY,
    REFERRAL,
    SCORING,
    SECOND,
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
propose = ProposeMatch(
    id=COMMAND, today=CHOSEN_ON, on=CHOSEN_ON, by=OFFICER, via="page", match=MATCH,
    referral=REFERRAL, person=AMI, opportunity=OPPORTUNITY, scoring=SCORING,
)  # fmt: skip
choose = ChooseMatch(
    id=COMMAND, today=CHOSEN_ON, on=CHOSEN_ON, by=OFFICER, via="page", match=MATCH,
    referral=REFERRAL, person=AMI, opportunity=OPPORTUNITY,
    chosen_by_roles=("apprenticeships_officer", "eet_adviser"), young_person_agrees=True,
    rationale="she laid bricks with her uncle",
)  # fmt: skip
second = proposed.model_copy(update={"match": SECOND})
two_places = opened.model_copy(update={"places": 2})
ONCE_CLOSED = opened.model_copy(update={"closes_on": date(2024, 4, 15)})
Past = Given[ProposeMatch | ChooseMatch, Standing, Event]


def refused_both(past: Past, code: str) -> None:
    past.when(propose).then_refused(code)
    past.when(choose).then_refused(code)


def test_a_proposal_records_the_score_the_decider_worked_out_itself() -> None:
    given(received, opened).when(propose).then(proposed)


def test_a_note_goes_with_the_proposal() -> None:
    given(received, opened).when(replace(propose, note="near her aunt")).then(
        proposed.model_copy(update={"note": "near her aunt"})
    )


def test_the_same_opportunity_may_be_proposed_again() -> None:
    given(received, opened, proposed, chosen).when(replace(propose, match=SECOND)).then(second)


def test_the_choice_names_every_proposal_considered() -> None:
    given(received, opened, proposed).when(choose).then(chosen)
    given(received, opened, proposed, second).when(choose).then(
        chosen.model_copy(update={"considered": (MATCH, SECOND)})
    )


def test_another_proposal_may_be_chosen_instead_until_something_is_arranged() -> None:
    instead = replace(choose, match=SECOND, young_person_agrees=False, meeting=NEXT)
    given(received, opened, proposed, second, chosen).when(instead).then(
        chosen.model_copy(
            update={
                "match": SECOND,
                "considered": (MATCH, SECOND),
                "young_person_agrees": False,
                "meeting": NEXT,
            }
        )
    )


def test_a_proposal_is_chosen_once() -> None:
    given(received, opened, proposed, chosen).when(choose).then_refused("MAT-22")


def test_only_a_proposal_of_that_opportunity_is_chosen() -> None:
    given(received, opened).when(choose).then_refused("MAT-22")
    given(received, opened, second).when(choose).then_refused("MAT-22")
    elsewhere = proposed.model_copy(update={"opportunity": UUID(int=77)})
    given(received, opened, elsewhere).when(choose).then_refused("MAT-22")


def test_a_referral_must_have_been_received() -> None:
    refused_both(given(opened), "MAT-21")


def test_the_referral_must_be_this_young_persons() -> None:
    of_ben = received.model_copy(update={"person": BEN})
    refused_both(given(of_ben, opened, proposed), "MAT-21")


def test_nothing_is_sought_for_a_referral_whose_arrangement_is_concluded() -> None:
    past = given(received, opened, proposed, arranged, started, concluded)
    refused_both(past, "MAT-21")


def test_an_arrangement_concluded_on_an_earlier_referral_does_not_close_this_one() -> None:
    earlier = arranged.model_copy(update={"referral": NEXT})
    given(earlier, started, concluded, received, opened).when(propose).then(proposed)


def test_nothing_is_sought_once_a_placement_is_arranged_on_the_referral() -> None:
    past = given(received, two_places, proposed, second, chosen, arranged)
    refused_both(past, "MAT-22")
    refused_both(given(received, two_places, second, proposed, arranged, started), "MAT-22")


def test_an_arrangement_on_an_earlier_referral_leaves_the_search_open() -> None:
    earlier = arranged.model_copy(update={"referral": NEXT})
    given(earlier, received, opened).when(propose).then(proposed)


def test_the_kind_must_fit_the_route() -> None:
    trainee = received.model_copy(update={"route": "traineeship"})
    refused_both(given(trainee, opened, proposed), "MAT-22")


def test_an_opportunity_must_have_been_opened() -> None:
    given(received, proposed).when(propose).then_refused("MAT-01")
    given(received, proposed).when(choose).then_refused("MAT-01")


def test_an_opportunity_is_open_to_the_end_of_its_last_day() -> None:
    last = opened.model_copy(update={"closes_on": CHOSEN_ON})
    given(received, last).when(propose).then(proposed)
    given(received, last, proposed).when(choose).then(chosen)
    refused_both(given(received, ONCE_CLOSED, proposed), "MAT-01")


def test_a_choice_made_while_it_was_open_may_be_recorded_later() -> None:
    typed_later = replace(choose, today=date(2024, 4, 19))
    last = opened.model_copy(update={"closes_on": CHOSEN_ON})
    given(received, last, proposed).when(typed_later).then(chosen)


def test_a_full_opportunity_may_be_proposed_but_not_chosen() -> None:
    given(received, opened, reserved).when(propose).then(proposed)
    given(received, opened, reserved, proposed).when(choose).then_refused("MAT-02")
    given(received, two_places, reserved, proposed).when(choose).then(chosen)


def test_refusals_come_in_the_order_of_the_rule_book() -> None:
    """MAT-21, 22, 01, 02: the first one that holds is the one that is told."""
    trainee = received.model_copy(update={"route": "traineeship"})
    given(trainee, ONCE_CLOSED, reserved).when(propose).then_refused("MAT-22")
    given(received, ONCE_CLOSED, reserved).when(choose).then_refused("MAT-22")
    given(received, ONCE_CLOSED, reserved, proposed).when(choose).then_refused("MAT-01")


def test_city_placements_match_work_experience_and_nothing_else() -> None:
    theirs = opened.model_copy(update={"kind": "work_experience"})
    wanted = received.model_copy(update={"route": "work_experience"})
    asked, choosing = replace(propose, by=LIAISON), replace(choose, by=LIAISON)
    given(received, opened).when(asked).then_refused("ALL-07")
    given(received, opened, proposed).when(choosing).then_refused("ALL-07")
    given(wanted, theirs).when(asked).then(proposed.model_copy(update={"by": LIAISON}))


def test_the_state_table_says_what_may_be_done() -> None:
    assert decider.table() == {
        "not received": {"ProposeMatch": "MAT-21", "ChooseMatch": "MAT-21"},
        "received": {"ProposeMatch": "MatchProposed", "ChooseMatch": "MAT-22"},
        "proposed": {"ProposeMatch": "MatchProposed", "ChooseMatch": "MatchChosen"},
        "chosen": {"ProposeMatch": "MatchProposed", "ChooseMatch": "MatchChosen"},
        "arranged": {"ProposeMatch": "MAT-22", "ChooseMatch": "MAT-22"},
        "concluded": {"ProposeMatch": "MAT-21", "ChooseMatch": "MAT-21"},
    }


def test_a_state_is_named_by_this_referral_and_no_other() -> None:
    earlier = arranged.model_copy(update={"referral": NEXT})
    assert decider.named(given(earlier, received, proposed).state) == "proposed"
    assert decider.named(given(earlier, started, concluded, received).state) == "received"
    assert decider.named(given(received, arranged, started).state) == "arranged"
    assert decider.named(given(received, arranged, started, concluded).state) == "concluded"


def test_the_match_is_written_first() -> None:
    streams = [f"match-{REFERRAL}", f"opportunity-{OPPORTUNITY}", f"arrangement-{AMI}"]
    assert decider.reads(propose) == decider.reads(choose) == streams
