"""The load: many young people at once, each the whole way round, by either ending."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any
from uuid import UUID

from chronicle.clock import set_file
from chronicle.fact import LONDON
from contracts.codes import Role
from tests.faults.clerk import Clerk, NoAnswer
from tests.faults.reading import AWAY, Reading
from tests.journeys.scheme import (
    ADVISER,
    PA,
    Known,
    Scheme,
    YoungPerson,
    meeting_held,
    meeting_planned,
    place_offered,
)  # fmt: skip
from throughcare.council import Answer, Refusal

HEARD_WITHIN = 120.0
"""Seconds that a hand-over may take while everything dies; then the life is given up, and shows."""
LOOK_AGAIN = 0.2
DAY_LASTS = 500
"""Acknowledged commands after which the next day comes."""
PAY = {"pay_pence_per_hour": 1500}
"""Above the minimum of every year that a long run may come to."""


@dataclass(slots=True)
class Days:
    """The day it is for everybody; the services read it from the file."""

    file: Path
    today: date = date(2024, 4, 2)

    def begin(self) -> None:
        set_file(self.file, datetime.combine(self.today, time(9), LONDON))

    def pass_one(self) -> None:
        self.today += timedelta(days=1)
        self.begin()


class NotHeard(Exception):
    """A hand-over did not arrive in time."""


GIVEN_UP = (Refusal, NoAnswer, NotHeard, LookupError, AssertionError)
"""What ends a life before its time: a door that says what it should not, or an event that is not
there though it was acknowledged."""


@dataclass(kw_only=True)
class Town(Scheme):
    """The scheme as one life sees it: its commands have the ids that its seed gives."""

    council: Clerk
    reading: Reading
    rng: Random
    days: Days

    async def say(self, service: str, command: str, by: Role, **body: Any) -> Answer:
        key = UUID(int=self.rng.getrandbits(128), version=4)
        return await self.council.say(service, command, by, key, **body)

    async def rows(self, service: str, where: str, *args: Any) -> list[Any]:
        until = monotonic() + HEARD_WITHIN
        while True:
            try:
                return await self.reading.fetch(
                    service, f"select * from chronicle.event {where}", *args
                )
            except AWAY:
                if monotonic() > until:
                    raise
            await asyncio.sleep(LOOK_AGAIN)

    async def heard(self, key: UUID, name: str, about: UUID, count: int = 1) -> None:
        """Until this many events of this name, with this key, speak of `about`."""

        def speaks(event: Known) -> bool:
            return event.name == name and str(about) in json.dumps(event.data)

        until = monotonic() + HEARD_WITHIN
        while sum(speaks(event) for event in await self.known(key)) < count:
            if monotonic() > until:
                raise NotHeard(f"{name} about {about}")
            await asyncio.sleep(LOOK_AGAIN)


@dataclass(kw_only=True)
class Load:
    """So many lives at a time until `stop`; each ended life is followed by the next number."""

    scheme: Callable[[Random], Town]
    seed: int
    at_once: int
    over: asyncio.Event = field(default_factory=asyncio.Event)
    lived: int = 0
    given_up: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as lives:
            for number in range(self.at_once):
                lives.create_task(self._one_after_another(number))

    async def _one_after_another(self, number: int) -> None:
        while not self.over.is_set():
            town = self.scheme(Random(f"{self.seed}/{number}"))
            try:
                await life(town, number)
                self.lived += 1
            except GIVEN_UP as error:
                self.given_up[f"{type(error).__name__} {error}"] += 1
            number += self.at_once


async def life(town: Town, number: int) -> None:
    someone = await YoungPerson.registered(town, f"Fern Quarry {number}")
    await is_sent(town, someone, "new_neet")
    await is_placed(town, someone)
    for observer, kind in (("assessor", "absence_unexplained"), ("young_person", "wants_to_leave")):
        if town.rng.random() < 0.5:
            await someone.shows(kind, observer)
    for event in await town.known(someone.person):
        if event.name == "EarlyExitRisk":
            await town.heard(someone.person, "AgendaItemAdded", event.id)
    if town.rng.random() < 0.5:
        return await completes(town, someone)
    ended = await leaves(town, someone)
    if town.rng.random() < 0.5:
        await someone.becomes_neet()
        await is_sent(town, someone, "early_exit", exit_information_shared=True)
        await someone.does(
            "referrals", "revise-plan", PA, cause="exit", because=str(ended), steps=[],
            what_changed="another kind of work", agreed_by_young_person=True,
        )  # fmt: skip
        await is_placed(town, someone)
        await completes(town, someone)
    return None


async def is_sent(town: Town, someone: YoungPerson, cause: str, **more: Any) -> None:
    """Talked about at a stage 1 meeting, and on the agreed route."""
    meeting = await meeting_planned(town, town.days.today)
    await meeting_held(town, meeting)
    await someone.is_discussed(meeting, cause, **more)
    await someone.is_sent_on(meeting, "apprenticeship")


async def is_placed(town: Town, someone: YoungPerson) -> None:
    """Referred and received, matched, started, and followed from the first day.

    Whoever is referred is not referred again: a refusal that no fault may turn round.
    """
    await someone.is_referred()
    await someone.may_not("REF-03", "referrals", "make-referral", ADVISER, **someone.words())
    await town.heard(someone.person, "ReferralReceived", someone.referral)
    match = await someone.is_matched(await place_offered(town, **PAY))
    today = town.days.today
    await someone.is_arranged(match, today, today + timedelta(days=400))
    await someone.passes_checks()
    await someone.starts()
    await town.heard(someone.person, "PlacementOpened", someone.placement)
    await town.heard(someone.person, "ActivityStatusRecorded", someone.placement)


async def completes(town: Town, someone: YoungPerson) -> None:
    await someone.does(
        "reviews", "complete-placement", ADVISER, placement=str(someone.placement),
        result="achieved", next_step_agreed=True,
    )  # fmt: skip
    done = await town.last(someone.person, "PlacementCompleted")
    for name in ("ReferralClosed", "AgendaItemAdded", "ArrangementConcluded"):
        await town.heard(someone.person, name, done.id)


async def leaves(town: Town, someone: YoungPerson) -> UUID:
    """Ended early and handed back; gives the id of the ending."""
    await someone.leaves(town.days.today, "workload")
    ended = await town.last(someone.person, "PlacementEndedEarly")
    for name in ("ReferralClosed", "AgendaItemAdded", "ArrangementConcluded"):
        await town.heard(someone.person, name, ended.id)
    return ended.id


async def days_pass(clerk: Clerk, days: Days) -> None:
    """A day after every DAY_LASTS acknowledged commands, with its timers."""
    while True:
        until = clerk.acknowledged + DAY_LASTS
        while clerk.acknowledged < until:  # noqa: ASYNC110 -- it only counts
            await asyncio.sleep(LOOK_AGAIN)
        days.pass_one()
        with suppress(TimeoutError):  # they are passed again on the next day
            await clerk.pass_timers()
