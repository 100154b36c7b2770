"""When a young person's reviews are held, by the statutory clock or brought forward by a risk."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from contracts.calendar_days import DAY, add_months
from throughcare.story import office
from throughcare.story.fates import Person, Review, Risk
from throughcare.story.scenario import Scenario

INTERVAL_MONTHS = 6
"""The scenario foretells `review.interval`; the services decide by it."""


def with_reviews(person: Person, dice: Random, scenario: Scenario, last_day: date) -> Person:
    """The same person with every review that is held, the one left, every risk with its answer."""
    if not person.placements:
        return person
    raised = sorted((p.risk for p in person.placements if p.risk), key=lambda risk: risk.raised_on)
    answered: dict[date, Risk] = {}
    held: list[Review] = []
    due_by = add_months(person.placements[0].starts_on, INTERVAL_MONTHS)
    held_before = min(scenario.chair_away_from or date.max, last_day + DAY)
    while True:
        planned = office.open_before(due_by)
        on = late(dice, scenario, due_by) or planned
        if on >= held_before:
            on = last_day + DAY
        while raised and raised[0].raised_on < on:
            answer = response(raised.pop(0), dice, planned)
            answered[answer.raised_on] = answer
            on = answer.review_on or on
        if on >= held_before:
            break
        present = dice.random() < scenario.young_person_at_review
        held.append(Review(on=on, due_by=due_by, young_person_present=present))
        due_by = add_months(on, INTERVAL_MONTHS)
    chapters = (
        replace(c, placement=replace(c.placement, risk=answered.get(risk.raised_on, risk)))
        if c.placement and (risk := c.placement.risk)
        else c
        for c in person.chapters
    )
    return replace(person, chapters=tuple(chapters), reviews=tuple(held), next_review_due_by=due_by)


def late(dice: Random, scenario: Scenario, due_by: date) -> date | None:
    """The day of a review that was not held in time; None for one that was."""
    first_year = due_by < add_months(scenario.first_day, 12)
    on_time = scenario.reviews_on_time[0 if first_year else 1]
    if dice.random() < on_time:
        return None
    return office.open_on(due_by + timedelta(days=dice.randint(2, 24)))


def response(risk: Risk, dice: Random, planned: date) -> Risk:
    """Brought forward if that is wished for and the review is not near already."""
    answered_on = office.after(risk.raised_on, dice.randint(1, 3))
    review_on = office.after(answered_on, dice.randint(5, 9))
    match risk.wish:
        case "brought_forward" if review_on < planned:
            return replace(
                risk, answer="brought_forward", answered_on=answered_on, review_on=review_on
            )
        case "brought_forward" | "declined":
            return replace(risk, answer="declined", answered_on=answered_on)
        case _:
            return risk
