"""The golden journeys of the spine (domain.md 20): J04, J05, J06, J09, J22."""

from datetime import date

from tests.journeys.scheme import (
    PA,
    Scheme,
    YoungPerson,
    meeting_held,
    meeting_planned,
    place_offered,
    placed,
)


async def goes_round_again(scheme: Scheme, someone: YoungPerson, meeting_on: date) -> None:
    """Discussed at the next stage 1 with the exit, a plan revised for it, referred again."""
    ended = await scheme.last(someone.person, "PlacementEndedEarly")
    await someone.becomes_neet()
    meeting = await meeting_planned(scheme, meeting_on)
    await scheme.on(meeting_on)
    await meeting_held(scheme, meeting)
    await someone.is_discussed(meeting, "early_exit", exit_information_shared=True)
    await someone.is_sent_on(meeting, "apprenticeship")
    await someone.does(
        "referrals", "revise-plan", PA, cause="exit", because=str(ended.id), steps=[],
        what_changed="another kind of work", agreed_by_young_person=True,
    )  # fmt: skip
    await someone.is_referred()


async def test_j04_after_risk_and_exit_somebody_is_placed_elsewhere(scheme: Scheme) -> None:
    someone = await placed(scheme)
    first = someone.placement
    await scheme.on(date(2024, 8, 19))
    await someone.shows("housing_crisis")
    await scheme.on(date(2024, 9, 6))
    await someone.leaves(date(2024, 9, 6), "housing_crisis")
    await goes_round_again(scheme, someone, date(2024, 9, 10))
    match = await someone.is_matched(await place_offered(scheme, title="Second chance"))
    await someone.is_arranged(match, date(2024, 10, 1), date(2025, 9, 30))
    await someone.passes_checks()
    await scheme.on(date(2024, 10, 1))
    await someone.starts()
    opened = [e for e in await scheme.known(someone.person) if e.name == "PlacementOpened"]
    assert [e.data["placement"] for e in opened] == [str(first), str(someone.placement)]
    stages = await scheme.council.ask("reporting", "person", person=str(someone.person))
    assert stages["rows"][0]["placement"] == str(someone.placement)


async def test_j05_an_exit_found_nine_days_late_keeps_its_own_day(scheme: Scheme) -> None:
    someone = await placed(scheme)
    await scheme.on(date(2024, 8, 15))
    await someone.leaves(date(2024, 8, 6), "lost_contact", by="host")
    ended = await scheme.last(someone.person, "PlacementEndedEarly")
    assert ended.data["occurred_on"] == "2024-08-06"
    assert "risk" not in ended.data
    assert "risk_answered" not in ended.data
    concluded = await scheme.last(someone.person, "ArrangementConcluded")
    assert concluded.data["ended_on"] == "2024-08-06"
    assert (await scheme.last(someone.person, "CaseHandedBackToStage1")).data["discuss_by"] == (
        "2024-09-15"
    )


async def test_j06_a_bring_forward_declined_is_evidence_that_it_was_considered(
    scheme: Scheme,
) -> None:
    someone = await placed(scheme)
    await scheme.on(date(2024, 7, 1))
    await someone.shows("disciplinary")
    risk = await scheme.last(someone.person, "EarlyExitRisk")
    review = await scheme.last(someone.person, "ReviewScheduled")
    answer = {
        "review": review.data["review"], "placement": str(someone.placement),
        "risk": risk.data["risk"], "decided_by_roles": ["leaving_care_adviser"],
    }  # fmt: skip
    await scheme.on(date(2024, 7, 4))
    await someone.may_not("REV-18", "reviews", "decline-bring-forward", PA, **answer)
    await someone.does(
        "reviews", "decline-bring-forward", PA, reason="mitigation_in_place",
        rationale="a mentor was found", **answer,
    )  # fmt: skip
    await scheme.on(date(2024, 8, 1))
    await someone.leaves(date(2024, 8, 1), "dismissed_conduct", by="host")
    ended = await scheme.last(someone.person, "PlacementEndedEarly")
    assert (ended.data["risk"], ended.data["risk_answered"]) == (risk.data["risk"], True)
    watched = await scheme.council.ask("reporting", "story", person=str(someone.person))
    assert any("not to bring" in row["sentence"] for row in watched["rows"]), watched["rows"]


async def test_j09_a_plan_review_due_sooner_than_the_placements_stays_the_first(
    scheme: Scheme,
) -> None:
    await scheme.on(date(2024, 4, 2))
    someone = await YoungPerson.registered(scheme)
    meeting = await meeting_planned(scheme, date(2024, 4, 9))
    await someone.does("reviews", "schedule-review", PA, last_held_on="2023-12-25")
    plan_review = await scheme.last(someone.person, "ReviewScheduled")
    assert plan_review.data["due_by"] == "2024-06-25"
    await scheme.on(date(2024, 4, 9))
    await meeting_held(scheme, meeting)
    await someone.is_discussed(meeting, "new_neet")
    await someone.is_sent_on(meeting, "apprenticeship")
    await someone.is_referred()
    match = await someone.is_matched(await place_offered(scheme))
    await someone.is_arranged(match, date(2024, 5, 7), date(2025, 5, 6))
    await someone.passes_checks()
    await scheme.on(date(2024, 5, 7))
    await someone.starts()
    opened = await scheme.last(someone.person, "PlacementOpened")
    assert opened.data["first_review"] == plan_review.data["review"]
    assert opened.data["first_review_due_by"] == "2024-06-25"
    diary = await scheme.council.ask("reporting", "reviews-due")
    row = next(row for row in diary["rows"] if row["person"] == str(someone.person))
    assert (row["due_by"], row["clock"]) == ("2024-06-25", "last_review_plus_interval")


async def test_j22_leaving_for_a_better_job_is_handed_back_for_information(scheme: Scheme) -> None:
    someone = await placed(scheme)
    await scheme.on(date(2024, 9, 2))
    await someone.leaves(date(2024, 8, 30), "better_job")
    ended = await scheme.last(someone.person, "PlacementEndedEarly")
    assert (ended.data["positive_move"], ended.data["reason_group"]) == (True, "positive_move")
    assert (await scheme.last(someone.person, "CaseHandedBackToStage1")).data["purpose"] == (
        "information"
    )
