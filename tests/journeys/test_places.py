"""Places and people are never promised twice, however many ask at the same moment."""

import asyncio
from datetime import date
from uuid import UUID

from tests.journeys.scheme import (
    OFFICER,
    Scheme,
    YoungPerson,
    meeting_held,
    meeting_planned,
    place_offered,
)
from throughcare.council import Answer, Refusal


async def referred(scheme: Scheme, count: int) -> list[YoungPerson]:
    await scheme.on(date(2024, 4, 2))
    meeting = await meeting_planned(scheme, date(2024, 4, 9))
    people = [await YoungPerson.registered(scheme, f"Moss Gable {n}") for n in range(count)]
    await scheme.on(date(2024, 4, 9))
    await meeting_held(scheme, meeting)
    for someone in people:
        await someone.is_discussed(meeting, "new_neet")
        await someone.is_sent_on(meeting, "apprenticeship")
        await someone.is_referred()
    await scheme.on(date(2024, 4, 16))
    return people


async def arranging(someone: YoungPerson, match: UUID, opportunity: UUID) -> Answer | str:
    try:
        return await someone.does(
            "matching", "arrange-placement", OFFICER, referral=str(someone.referral),
            match=str(match), opportunity=str(opportunity), planned_start_on="2024-05-07",
            planned_end_on="2025-05-06",
        )  # fmt: skip
    except Refusal as refused:
        return refused.code


async def test_three_places_are_given_three_times_when_eight_ask_at_once(scheme: Scheme) -> None:
    people = await referred(scheme, 8)
    opportunity = await place_offered(scheme, places=3)
    matches = [await someone.is_matched(opportunity) for someone in people]
    answers = await asyncio.gather(
        *(
            arranging(someone, match, opportunity)
            for someone, match in zip(people, matches, strict=True)
        )
    )
    assert sorted(answer for answer in answers if isinstance(answer, str)) == ["MAT-02"] * 5
    reserved = [
        event.data["places_left"]
        for event in await scheme.known(f"opportunity-{opportunity}")
        if event.name == "PlaceReserved"
    ]
    assert reserved == [2, 1, 0]


async def test_one_person_is_arranged_once_when_two_officers_arrange_at_once(
    scheme: Scheme,
) -> None:
    (someone,) = await referred(scheme, 1)
    one, other = await place_offered(scheme), await place_offered(scheme)
    await someone.is_matched(one)
    match = await someone.is_matched(other)
    answers = await asyncio.gather(*(arranging(someone, match, other) for _ in range(4)))
    refused = [answer for answer in answers if isinstance(answer, str)]
    assert len(refused) == 3
    assert set(refused) <= {"MAT-02", "MAT-03", "MAT-22"}
    arranged = [e for e in await scheme.known(someone.person) if e.name == "PlacementArranged"]
    assert len(arranged) == 1


async def test_a_command_repeated_at_once_takes_effect_once(scheme: Scheme) -> None:
    await scheme.on(date(2024, 4, 2))
    someone = await YoungPerson.registered(scheme)
    key = UUID(int=someone.person.int ^ 1)
    body = {
        "person": str(someone.person), "status": "eet", "oc3": "F2", "verified_by": "worker",
    }  # fmt: skip
    answers = await asyncio.gather(
        *(
            scheme.council.say("referrals", "record-activity-status", "eet_adviser", key, **body)
            for _ in range(6)
        )
    )
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 5
    assert len({(answer.stream, answer.version) for answer in answers}) == 1
    said = (await scheme.said(someone.person))["referrals"]
    assert said.count("ActivityStatusRecorded") == 2
