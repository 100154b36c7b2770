"""How one life goes through the scheme, drawn from its own dice: meeting, referral, what follows.

Only the apprenticeship places are shared: a life that waits for one says so and is told the day.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import TypeAlias, TypeVar

from contracts.calendar_days import DAY, add_months
from contracts.codes import KINDS_OF, AgendaCause, Kind, Progress, ReferralCause, Route
from throughcare.story import office, risks
from throughcare.story.fates import Chapter, Decision, Ending, Person, Placement, Preparatory, Talk
from throughcare.story.reviews import with_reviews
from throughcare.story.scenario import Scenario

T = TypeVar("T", bound=str)
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An apprenticeship is looked for since this day; `fresh` is who was never placed before."""

    since: date
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The day on which a place was found, and of what kind it is."""

    on: date
    kind: Kind = "apprenticeship"
    ringfenced: bool = False


Course: TypeAlias = Generator[Waiting, Matched | None, R]
"""Sends who waits, is sent what was found, or None: the story ends before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """Why the next chapter opens, and where it leads; its meeting is the next after `since`."""

    route: Route
    cause: ReferralCause
    causes: tuple[AgendaCause, ...]
    progress: Progress
    since: date
    urgent: bool = False


@dataclass(kw_only=True)
class World:
    scenario: Scenario
    meetings: tuple[office.Meeting, ...]
    last_day: date

    def meeting_after(self, day: date, urgent: bool = False) -> date | None:
        """The next meeting that can take this case; the extraordinary one is for exits alone."""
        able = (m.on for m in self.meetings if m.on > day and (urgent or not m.extraordinary))
        return next(able, None)


def drawn(dice: Random, weights: Mapping[T, float]) -> T:
    return dice.choices(tuple(weights), tuple(weights.values()))[0]


def lived(person: Person, dice: Random, world: World) -> Course[Person]:
    chapters: list[Chapter] = []
    talks: list[Talk] = []
    ahead: Next | None = Next(
        route=drawn(dice, world.scenario.routes), cause="first", causes=("new_neet",),
        progress="not_started", since=person.registered_on,
    )  # fmt: skip
    while ahead:
        fresh = not any(chapter.placement for chapter in chapters)
        chapter = yield from opened(dice, world, ahead, fresh)
        if not chapter.decisions:
            break
        chapters.append(chapter)
        ahead = followed(dice, world, chapter)
        talks += talked(world, chapter, ahead)
    known = replace(person, chapters=tuple(chapters), talks=tuple(talks))
    return with_reviews(known, dice, world.scenario, world.last_day)


def opened(dice: Random, world: World, ahead: Next, fresh: bool) -> Course[Chapter]:
    scenario = world.scenario
    decisions = decided(dice, world, ahead)
    chapter = Chapter(cause=ahead.cause, decisions=decisions)
    if not decisions or decisions[-1].agreed_on is None:
        return chapter
    agreed_on = decisions[-1].agreed_on
    if ahead.cause == "early_exit":
        chapter = replace(
            chapter, plan_revised_on=office.after(agreed_on, 3),
            tried_unplanned=dice.random() < scenario.unplanned_referrals,
        )  # fmt: skip
    referred_on = chapter.plan_revised_on or agreed_on
    if referred_on > world.last_day:
        return replace(chapter, plan_revised_on=None, tried_unplanned=False)
    chapter = replace(chapter, referred_on=referred_on)
    match chapter.route:
        case "preparatory":
            return replace(chapter, preparatory=prepared(dice, scenario, referred_on))
        case "apprenticeship":
            found = yield Waiting(since=referred_on, fresh=fresh)
            placed = apprenticed(dice, scenario, found) if found else None
            return replace(chapter, placement=placed)
        case _ if dice.random() < scenario.starts:
            matched_on = office.after(referred_on, dice.randint(5, 14))
            begin = experienced if chapter.route == "work_experience" else trained
            return replace(chapter, placement=begin(dice, scenario, matched_on))
        case _ if dice.random() < scenario.never_closed:
            return chapter
        case _:
            return replace(chapter, closed_on=office.after(referred_on, dice.randint(25, 45)))


def decided(dice: Random, world: World, ahead: Next) -> tuple[Decision, ...]:
    """Until the young person says yes; what they declined, or nothing, is decided again."""
    decisions: list[Decision] = []
    meeting_on, causes = world.meeting_after(ahead.since, ahead.urgent), ahead.causes
    route = ahead.route
    while meeting_on:
        yes = route != "none" and dice.random() < world.scenario.route_agreed
        agreed_on = office.after(meeting_on, 2) if yes else None
        decisions.append(
            Decision(
                meeting_on=meeting_on, causes=causes, progress=ahead.progress, route=route,
                agreed_on=agreed_on,
            )
        )  # fmt: skip
        if yes:
            break
        meeting_on = world.meeting_after(meeting_on)
        causes = ahead.causes if route == "none" else ("progress",)
        while route == "none":
            route = drawn(dice, world.scenario.routes)
    return tuple(decisions)


def prepared(dice: Random, scenario: Scenario, referred_on: date) -> Preparatory:
    months = dice.randint(*scenario.preparatory_months)
    ends_on = office.open_on(add_months(referred_on, months) - timedelta(days=dice.randrange(15)))
    turn = dice.random()
    if turn < scenario.preparatory_progress:
        return Preparatory(ends_on=ends_on, outcome="progress")
    repeats = turn < scenario.preparatory_progress + scenario.preparatory_repeat
    return Preparatory(ends_on=ends_on, outcome="repeat" if repeats else "disengage")


def experienced(dice: Random, scenario: Scenario, matched_on: date) -> Placement:
    kind: Kind = "work_trial" if dice.random() < scenario.work_trial else "work_experience"
    starts_on = office.after(matched_on, dice.randint(7, 12))
    shortest, longest = scenario.work_experience_days
    days = longest if kind == "work_trial" else dice.randint(shortest, longest)
    ends_on = starts_on + timedelta(days=days - 1)
    placement = begun(dice, scenario, kind, matched_on, starts_on, ends_on)
    if dice.random() < scenario.work_experience_completes:
        return replace(placement, ending=completed(ends_on))
    last = starts_on + timedelta(days=int(days * dice.uniform(0.2, 0.8)))
    return replace(placement, ending=exited(dice, scenario, last))


def trained(dice: Random, scenario: Scenario, matched_on: date) -> Placement:
    starts_on = office.after(matched_on, dice.randint(8, 14))
    ends_on = add_months(starts_on, dice.randint(*scenario.traineeship_months)) - DAY
    placement = begun(dice, scenario, "traineeship", matched_on, starts_on, ends_on)
    if dice.random() < scenario.traineeship_completes:
        return survived(dice, scenario, placement)
    last = starts_on + (ends_on - starts_on) * dice.uniform(0.25, 0.85)
    return broken_down(dice, scenario, placement, last)


def apprenticed(dice: Random, scenario: Scenario, found: Matched) -> Placement:
    starts_on = office.open_on(found.on + timedelta(weeks=4))
    lengths = scenario.apprenticeship_months
    if starts_on >= scenario.shorter_from and dice.random() < scenario.shorter:
        lengths = scenario.shorter_apprenticeship_months
    months = 8 if found.kind == "foundation_apprenticeship" else dice.choice(lengths)
    ends_on = add_months(starts_on, months) - DAY
    placement = replace(
        begun(dice, scenario, found.kind, found.on, starts_on, ends_on), ringfenced=found.ringfenced
    )
    if dice.random() >= scenario.apprenticeship_exits:
        return survived(dice, scenario, placement)
    lasted = timedelta(days=dice.expovariate(1 / (scenario.apprenticeship_exit_months * 30.4)))
    return broken_down(
        dice, scenario, placement, starts_on + min(lasted, (ends_on - starts_on) * 0.9)
    )


def begun(
    dice: Random, scenario: Scenario, kind: Kind, matched_on: date, starts_on: date, ends_on: date
) -> Placement:
    arranged_on = office.after(matched_on, 2)
    return Placement(
        kind=kind, matched_on=matched_on, arranged_on=arranged_on,
        checked_on=office.after(arranged_on, 3), starts_on=starts_on, ends_on=ends_on,
        tried_unready=dice.random() < scenario.unready_starts,
    )  # fmt: skip


def survived(dice: Random, scenario: Scenario, placement: Placement) -> Placement:
    return replace(
        placement,
        risk=risks.weathered(dice, scenario, placement.starts_on, placement.ends_on),
        ending=completed(placement.ends_on),
    )


def broken_down(
    dice: Random, scenario: Scenario, placement: Placement, last_day: date
) -> Placement:
    ending = exited(dice, scenario, max(last_day, placement.starts_on + DAY))
    assert ending.reason
    warned = risks.foreseen(dice, scenario, ending.reason, placement.starts_on, ending.last_day)
    return replace(placement, risk=warned, ending=ending)


def completed(ends_on: date) -> Ending:
    return Ending(last_day=ends_on, told_on=office.open_on(ends_on))


def exited(dice: Random, scenario: Scenario, last_day: date) -> Ending:
    reason = risks.draw_reason(dice, scenario)
    days = dice.randint(7, 10) if dice.random() < scenario.found_late else dice.randint(0, 1)
    return Ending(
        last_day=last_day, told_on=office.open_on(last_day + timedelta(days=days)), reason=reason,
        initiated_by=risks.INITIATED.get(reason, "young_person"),
    )  # fmt: skip


def followed(dice: Random, world: World, chapter: Chapter) -> Next | None:
    """What the end of a chapter leads to; None when it has no end yet, or leads nowhere."""
    match chapter:
        case Chapter(preparatory=Preparatory(ends_on=on, outcome="progress")):
            route = drawn(dice, world.scenario.routes_after_preparatory)
            return next_step(route, ("ready_to_move",), "on_track", on)
        case Chapter(preparatory=Preparatory(ends_on=on, outcome="repeat")):
            return next_step("preparatory", ("progress",), "some_concern", on)
        case Chapter(placement=Placement(ending=Ending(early=True) as ending) as placement):
            return after_exit(dice, world, placement, ending)
        case Chapter(placement=Placement(ending=Ending() as ending) as placement):
            return after_completion(dice, world, placement, ending)
        case _:
            return None


def after_exit(dice: Random, world: World, placement: Placement, ending: Ending) -> Next | None:
    scenario = world.scenario
    short = placement.kind in KINDS_OF["work_experience"]
    again = scenario.again_after_work_experience if short else scenario.again_after_exit
    if ending.positive or dice.random() >= again:
        return None
    return Next(
        route=drawn(dice, scenario.routes_after_exit), cause="early_exit",
        causes=causes_at_end(world, placement), progress="serious_concern",
        since=status_on(ending), urgent=True,
    )  # fmt: skip


def after_completion(
    dice: Random, world: World, placement: Placement, ending: Ending
) -> Next | None:
    scenario = world.scenario
    steps: Mapping[Kind, tuple[float, Route]] = {
        "work_experience": (scenario.traineeship_after_work_experience, "traineeship"),
        "traineeship": (scenario.apprenticeship_after_traineeship, "apprenticeship"),
    }
    chance, route = steps.get(placement.kind, (0.0, "none"))
    if dice.random() >= chance:
        return None
    return next_step(route, causes_at_end(world, placement), "finished", status_on(ending))


def next_step(
    route: Route, causes: tuple[AgendaCause, ...], progress: Progress, since: date
) -> Next:
    return Next(route=route, cause="next_step", causes=causes, progress=progress, since=since)


def talked(world: World, chapter: Chapter, ahead: Next | None) -> list[Talk]:
    """What is discussed beside the decisions: a risk raised, an ending that leads nowhere."""
    placement = chapter.placement
    if placement is None:
        return []
    talks = []
    if on := risk_talk(world, placement):
        talks.append(Talk(meeting_on=on, causes=("at_risk",), progress="some_concern"))
    ending = placement.ending
    if ending and ahead is None and (on := ending_talk(world, ending)):
        progress: Progress = "serious_concern" if ending.early else "finished"
        talks.append(Talk(meeting_on=on, causes=causes_at_end(world, placement), progress=progress))
    return talks


def risk_talk(world: World, placement: Placement) -> date | None:
    """The meeting that discusses a risk for itself: before the one that discusses the ending."""
    if placement.risk is None:
        return None
    on = world.meeting_after(placement.risk.raised_on)
    at_end = ending_talk(world, placement.ending) if placement.ending else None
    return on if on and (at_end is None or on < at_end) else None


def ending_talk(world: World, ending: Ending) -> date | None:
    return world.meeting_after(status_on(ending), urgent=ending.early)


def causes_at_end(world: World, placement: Placement) -> tuple[AgendaCause, ...]:
    early = placement.ending is not None and placement.ending.early
    cause: AgendaCause = "early_exit" if early else "completed"
    undiscussed = placement.risk and not risk_talk(world, placement)
    return (cause, "at_risk") if undiscussed else (cause,)


def status_on(ending: Ending) -> date:
    """The day on which somebody asks what the young person does now."""
    return office.after(ending.told_on, 1)
