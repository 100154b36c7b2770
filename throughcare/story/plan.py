"""The whole story before it is played: the people, their fates, the meetings and the openings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from math import exp
from random import Random
from typing import TypeAlias

from contracts.calendar_days import DAY, add_months
from contracts.codes import Category, Oc3, Population
from throughcare.story import names, office
from throughcare.story.course import Course, Matched, Waiting, World, lived
from throughcare.story.fates import Person, Profile
from throughcare.story.openings import AREAS, INTERESTS, JOBS, SECTORS, SKILLS, Opening, openings
from throughcare.story.scenario import Intake, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    scenario: Scenario
    last_day: date
    people: tuple[Person, ...]
    meetings: tuple[office.Meeting, ...]
    openings: tuple[Opening, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Underway:
    """A life that waits for an apprenticeship."""

    person: Person
    course: Course[Person]
    waiting: Waiting


Life: TypeAlias = Person | Underway


def plan(scenario: Scenario) -> Plan:
    """Everything that will happen; the same scenario always gives the same plan."""
    world = World(
        scenario=scenario, meetings=office.meetings(scenario), last_day=office.last_day(scenario)
    )
    people = allotted(scenario, (underway(world, person) for person in registered(scenario)))
    return Plan(
        scenario=scenario, last_day=world.last_day, meetings=world.meetings,
        people=tuple(sorted(people, key=lambda person: person.number)),
        openings=openings(scenario),
    )  # fmt: skip


def registered(scenario: Scenario) -> Iterator[Person]:
    """Who comes, one month after the other, each before a stage 1 meeting."""
    number, since = 0, scenario.first_day
    for meeting_on in office.monthly_meetings(scenario):
        dice = Random(f"{scenario.seed}/arrivals/{meeting_on}")
        days = [since + DAY * n for n in range((meeting_on - since).days)]
        working = [day for day in days if office.open_on(day) == day]
        for day in sorted(dice.choices(working, k=poisson(dice, scenario.first_referrals_a_month))):
            number += 1
            yield newcomer(scenario.seed, number, day)
        since = meeting_on


def poisson(dice: Random, mean: float) -> int:
    count, left, floor = 0, dice.random(), exp(-mean)
    while left > floor:
        count, left = count + 1, left * dice.random()
    return count


def newcomer(seed: int, number: int, registered_on: date) -> Person:
    dice = Random(f"{seed}/{number}/who")
    age = dice.choices((16, 17, 18, 19, 20, 21, 22), (1, 2, 3, 3, 2, 2, 2))[0]
    category, population = standing(dice, age)
    return Person(
        number=number, name=names.name(dice), born=birthday(dice, registered_on, age),
        population=population, category=category, oc3=neet(dice), profile=profile(dice),
        registered_on=registered_on,
    )  # fmt: skip


def birthday(dice: Random, on: date, age: int) -> date:
    """Somebody who is this old on that day."""
    return add_months(on, -12 * age) - timedelta(days=dice.randrange(365))


def standing(dice: Random, age: int) -> tuple[Category, Population]:
    if age < 18:
        looked_after = dice.random() < 0.6
        return ("eligible", "looked_after") if looked_after else ("relevant", "care_leaver")
    return ("qualifying" if dice.random() < 0.1 else "former_relevant"), "care_leaver"


def neet(dice: Random) -> Oc3:
    kinds: tuple[Oc3, ...] = ("G4", "G5", "G6")
    return dice.choices(kinds, (22, 67, 11))[0]


def profile(dice: Random) -> Profile:
    wanted = dice.sample(sorted({*SECTORS, *(job.sector for job in JOBS)}), dice.randint(1, 3))
    return Profile(
        sectors=tuple(sorted(wanted)), level=dice.choice(("1", "2", "2", "3")),
        areas=tuple(sorted(dice.sample(AREAS, dice.randint(2, 4)))),
        interests=tuple(sorted(dice.sample(INTERESTS, dice.randint(2, 4)))),
        skills=tuple(sorted(dice.sample(SKILLS, dice.randint(2, 5)))),
    )  # fmt: skip


def underway(world: World, person: Person) -> Life:
    course = lived(person, Random(f"{world.scenario.seed}/{person.number}"), world)
    return resumed(person, course, None)


def resumed(person: Person, course: Course[Person], matched: Matched | None) -> Life:
    """The life goes on to its next wait, or to its end."""
    try:
        return Underway(person=person, course=course, waiting=course.send(matched))
    except StopIteration as over:
        told: Person = over.value
        return told


def allotted(scenario: Scenario, lives: Iterable[Life]) -> list[Person]:
    """Every life told to its end: month by month some of those who wait are matched."""
    told: list[Person] = []
    queue: list[Underway] = []

    def go_on(life: Life) -> None:
        if isinstance(life, Person):
            told.append(life)
        else:
            queue.append(life)

    for life in lives:
        go_on(life)
    for month in range(scenario.months):
        for life, matched in found(scenario, queue, add_months(scenario.first_day, month)):
            queue.remove(life)
            go_on(resumed(life.person, life.course, matched))
    while queue:
        life = queue.pop()
        go_on(resumed(life.person, life.course, None))
    return told


def found(scenario: Scenario, queue: list[Underway], month: date) -> list[tuple[Underway, Matched]]:
    """Who is matched in this month: by an intake, the longest waiting; else by their own luck."""
    waiting = sorted(queue, key=lambda life: (life.waiting.since, life.person.number))
    for intake in scenario.intakes:
        if intake.matched_on.replace(day=1) == month:
            return taken_in(scenario, intake, waiting)
    lucky = []
    for life in waiting:
        dice = Random(f"{scenario.seed}/{life.person.number}/{month}")
        on = office.open_on(month + timedelta(days=dice.randrange(3, 27)))
        if dice.random() < scenario.apprenticeship_matched_a_month and life.waiting.since < on:
            lucky.append((life, Matched(on=on)))
    return lucky


def taken_in(
    scenario: Scenario, intake: Intake, waiting: list[Underway]
) -> list[tuple[Underway, Matched]]:
    """The longest waiting; where no place is ring-fenced, first those never placed before."""
    able = [life for life in waiting if life.waiting.since < intake.matched_on]
    if not intake.ringfenced:
        able.sort(key=lambda life: not life.waiting.fresh)
    able.sort(key=lambda life: not for_foundation(scenario, intake, life.person))
    taken = [
        (life, Matched(on=intake.matched_on + DAY * (n % 5), ringfenced=intake.ringfenced))
        for n, life in enumerate(able[: intake.places])
    ]
    if taken and for_foundation(scenario, intake, taken[0][0].person):
        first, matched = taken[0]
        taken[0] = first, replace(matched, kind="foundation_apprenticeship")
    return taken


def for_foundation(scenario: Scenario, intake: Intake, person: Person) -> bool:
    """Whether the first foundation apprenticeship is in this intake, and they have its age."""
    starts = intake.matched_on + timedelta(weeks=4)
    age = scenario.foundation_age
    return intake.foundation and add_months(person.born, 12 * age) <= starts < add_months(
        person.born, 12 * (age + 1)
    )


def protagonist(plan: Plan) -> Person | None:
    """Somebody at risk, who left early all the same, planned again and was placed elsewhere."""

    def tells(person: Person) -> bool:
        return any(
            first.placement
            and first.placement.risk
            and again.cause == "early_exit"
            and again.tried_unplanned
            and again.placement
            and again.placement.starts_on <= plan.last_day
            for first, again in pairwise(person.chapters)
        )

    return next((person for person in plan.people if tells(person)), None)
