"""One young person all the way round (domain.md 7.6), with both endings, across four processes."""

from datetime import date

from tests.journeys.scheme import ADVISER, PA, Scheme, meeting_held, meeting_planned, placed


async def test_a_placement_that_completes_closes_the_referral(scheme: Scheme) -> None:
    someone = await placed(scheme)
    await scheme.on(date(2024, 11, 7))
    await someone.has_review()
    await scheme.on(date(2025, 5, 6))
    await someone.does(
        "reviews", "complete-placement", ADVISER, placement=str(someone.placement),
        result="achieved", next_step_agreed=True,
    )  # fmt: skip
    await scheme.council.settle()
    said = await scheme.said(someone.person)
    assert said["referrals"] == [
        "YoungPersonRegistered", "ProfileUpdated", "ActivityStatusRecorded", "AgendaItemAdded",
        "CaseDiscussed", "RouteDecided", "RouteAgreedByYoungPerson", "ReferralMade",
        "ActivityStatusRecorded", "ReferralClosed", "AgendaItemAdded",
    ]  # fmt: skip
    assert said["matching"] == [
        "ReferralReceived", "MatchProposed", "MatchChosen", "PlacementArranged",
        *["PreStartCheckCompleted"] * 3, "PlacementStarted", "ArrangementConcluded",
    ]  # fmt: skip
    assert said["reviews"] == [
        "ReviewScheduled", "PlacementOpened", "ReviewHeld", "ReviewScheduled", "PlacementCompleted",
    ]  # fmt: skip
    closed = await scheme.last(someone.person, "ReferralClosed")
    assert closed.data["outcome"] == "completed"
    assert (await scheme.last(someone.person, "AgendaItemAdded")).data["cause"] == "completed"


async def test_a_risk_brought_forward_and_an_exit_go_back_to_stage_1(scheme: Scheme) -> None:
    someone = await placed(scheme)
    review = await scheme.last(someone.person, "ReviewScheduled")
    assert (review.data["due_by"], review.data["clock"]) == (
        "2024-11-07",
        "placement_start_plus_interval",
    )
    for day, kind in (
        (date(2024, 6, 10), "absence_unexplained"),
        (date(2024, 6, 24), "absence_pattern"),
        (date(2024, 7, 1), "study_time_not_given"),
    ):
        await scheme.on(day)
        await someone.shows(kind)
    risk = await scheme.last(someone.person, "EarlyExitRisk")
    signals = [e.id for e in await scheme.known(someone.person) if e.name == "RiskSignalRecorded"]
    assert risk.data["signals"] == [str(signal) for signal in signals]
    assert (risk.data["level"], risk.data["respond_by"]) == ("at_risk", "2024-07-08")

    await scheme.on(date(2024, 7, 3))
    await someone.does(
        "reviews", "bring-review-forward", PA, review=review.data["review"],
        placement=str(someone.placement), risk=risk.data["risk"], to_on="2024-07-15",
        decided_by_roles=["leaving_care_adviser", "apprenticeships_officer"],
    )  # fmt: skip
    await scheme.on(date(2024, 7, 15))
    await someone.has_review()
    following = await scheme.last(someone.person, "ReviewScheduled")
    assert following.data["due_by"] == "2025-01-15"

    await scheme.on(date(2024, 8, 5))
    await someone.leaves(date(2024, 8, 5), "pay_benefits_or_travel_cost")
    ended = await scheme.last(someone.person, "PlacementEndedEarly")
    handed_back = await scheme.last(someone.person, "CaseHandedBackToStage1")
    assert handed_back.data["ending"] == str(ended.id)
    assert ended.data["risk_answered"] is True

    await scheme.on(date(2024, 8, 6))
    await someone.becomes_neet()
    meeting = await meeting_planned(scheme, date(2024, 8, 13))
    await scheme.on(date(2024, 8, 13))
    await meeting_held(scheme, meeting)
    await someone.is_discussed(meeting, "early_exit", "at_risk", exit_information_shared=True)
    discussed = await scheme.last(someone.person, "CaseDiscussed")
    assert discussed.data["exits"] == [str(ended.id)]
    await someone.is_sent_on(meeting, "apprenticeship")
    await someone.may_not("REF-09", "referrals", "make-referral", ADVISER, **someone.words())

    await scheme.on(date(2024, 8, 20))
    first = someone.referral
    await someone.does(
        "referrals", "revise-plan", PA, cause="exit", because=str(ended.id),
        what_changed="a place nearer home", agreed_by_young_person=True,
        steps=[{"step": 1, "kind": "travel", "owner": "eet_adviser", "due_by": "2024-09-01",
                "text": "find a bus pass"}],
    )  # fmt: skip
    await someone.is_referred()
    again = await scheme.last(someone.person, "ReferralMade")
    assert (again.data["cause"], again.data["prior_referral"]) == ("early_exit", str(first))
    received = await scheme.last(someone.person, "ReferralReceived")
    assert received.data["referral"] == again.data["referral"]
    agenda = [
        e.data["cause"] for e in await scheme.known(someone.person) if e.name == "AgendaItemAdded"
    ]
    assert agenda == ["new_neet", "at_risk", "early_exit"]
    released = await scheme.last(f"opportunity-{someone.opportunity}", "PlaceReleased")
    assert released.data["places_left"] == 1


async def test_a_risk_that_nobody_answers_escalates_and_decides_nothing(scheme: Scheme) -> None:
    someone = await placed(scheme)
    await scheme.on(date(2024, 7, 1))
    await someone.shows("wants_to_leave", "young_person")
    risk = await scheme.last(someone.person, "EarlyExitRisk")
    await scheme.on(date(2024, 7, 8))
    assert "RiskResponseOverdue" not in (await scheme.said(someone.person))["reviews"]
    await scheme.on(date(2024, 7, 9))
    overdue = await scheme.last(someone.person, "RiskResponseOverdue")
    assert overdue.data["because"] == str(risk.id)
    assert overdue.data["escalated_to"] == "leaving_care_manager"
    await scheme.on(date(2024, 7, 10))
    assert (await scheme.said(someone.person))["reviews"].count("RiskResponseOverdue") == 1
