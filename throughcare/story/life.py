"""A young person's life at the doors: one function for each step, in the order of the process.

What commands make is known from their keys; what policies made is asked at the doors.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from chronicle.ids import derived
from contracts.codes import Observer, Role
from throughcare.council import worker
from throughcare.story import names
from throughcare.story.course import status_on
from throughcare.story.desk import OFFICER, Desk, Unforeseen
from throughcare.story.fates import (
    Chapter,
    Decision,
    Ending,
    Person,
    Placement,
    Preparatory,
    Review,
    Risk,
    Signal,
    Talk,
)
from throughcare.story.openings import Opening

UNKNOWN: Final = UUID(int=0)
BOTH_TEAMS: Final[tuple[Role, ...]] = ("leaving_care_manager", "eet_adviser")
SEES: Final[Mapping[Observer, Role]] = {
    "young_person": "leaving_care_adviser", "adviser": "leaving_care_adviser",
    "assessor": "assessor", "line_manager": "line_manager", "provider": "provider",
    "carer": "leaving_care_adviser", "system": "leaving_care_adviser",
}  # fmt: skip
"""Who tells the council what an observer saw."""


@dataclass(kw_only=True)
class Life:
    """The fate of one person, and the ids that playing it has brought so far."""

    fate: Person
    meetings: Mapping[date, UUID]
    openings: Mapping[UUID, Opening]
    promised: Counter[UUID]
    person: UUID = UNKNOWN
    referral: UUID = UNKNOWN
    match: UUID = UNKNOWN
    opportunity: UUID = UNKNOWN
    placement: UUID = UNKNOWN
    risk: UUID = UNKNOWN

    @property
    def who(self) -> str:
        return names.label(self.fate.number)


async def register(life: Life, desk: Desk) -> None:
    fate = life.fate
    answer = await desk.say(
        life.who, "register", "referrals", "register-young-person", "leaving_care_adviser",
        name=fate.name, date_of_birth=fate.born, contact=names.contact(fate.number),
        population=fate.population, category=fate.category, registered_from="stage1",
    )  # fmt: skip
    life.person = UUID(answer.stream.removeprefix("person-"))
    await desk.say(
        life.who, "status", "referrals", "record-activity-status", "leaving_care_adviser",
        person=life.person, status="neet", oc3=fate.oc3, verified_by="worker",
    )  # fmt: skip
    await desk.say(
        life.who, "profile", "referrals", "update-profile", "eet_adviser", person=life.person,
        sectors=fate.profile.sectors, level=fate.profile.level, areas=fate.profile.areas,
        interests=fate.profile.interests, skills=fate.profile.skills,
        aspirations=f"would like to work in {' or '.join(fate.profile.sectors)}",
    )  # fmt: skip


async def check_status(ending: Ending, referred_next: bool, life: Life, desk: Desk) -> None:
    """After an ending: in work or learning if it led on, otherwise looking again."""
    settled = ending.positive or not (ending.early or referred_next)
    await desk.say(
        life.who, "status", "referrals", "record-activity-status", "leaving_care_adviser",
        person=life.person, status="eet" if settled else "neet", oc3="F5" if settled else "G5",
        verified_by="worker",
    )  # fmt: skip


async def discuss(said: Decision | Talk, life: Life, desk: Desk) -> None:
    exit_shared = {"exit_information_shared": True} if "early_exit" in said.causes else {}
    await desk.say(
        life.who, "discuss", "referrals", "discuss-case", "eet_manager", person=life.person,
        meeting=life.meetings[said.meeting_on], causes=said.causes, progress=said.progress,
        note="both teams said what they know", **exit_shared,
    )  # fmt: skip


async def decide(decision: Decision, life: Life, desk: Desk) -> None:
    await desk.say(
        life.who, "decide", "referrals", "decide-route", "eet_manager", person=life.person,
        meeting=life.meetings[decision.meeting_on], route=decision.route,
        options_considered=[decision.route], decided_by_roles=BOTH_TEAMS,
        rationale="what fits the young person's wishes best now",
    )  # fmt: skip


async def agree(decision: Decision, life: Life, desk: Desk) -> None:
    await desk.say(
        life.who, "agree", "referrals", "agree-route", "eet_adviser", person=life.person,
        route=decision.route, how="phone",
    )  # fmt: skip


async def refer_too_early(life: Life, desk: Desk) -> None:
    await desk.expect_refusal(
        "REF-09", life.who, "refer", "referrals", "make-referral", "eet_adviser",
        **referral(life),
    )  # fmt: skip


async def revise_plan(life: Life, desk: Desk) -> None:
    placed = await desk.ask("reviews", "placements", person=str(life.person))
    left = next(row for row in placed if row["placement"] == str(life.placement))
    due_by = desk.now.date() + timedelta(days=28)
    await desk.say(
        life.who, "plan", "referrals", "revise-plan", "leaving_care_adviser", person=life.person,
        cause="exit", because=left["ended"], placement=life.placement, referral=life.referral,
        steps=[
            step(1, "support", "leaving_care_adviser", due_by, "talk through what went wrong"),
            step(2, "skills", "eet_adviser", due_by, "settle what the next place must offer"),
        ],
        what_changed="what made the last placement end is answered first",
        agreed_by_young_person=True,
    )  # fmt: skip


def step(number: int, kind: str, owner: Role, due_by: date, text: str) -> dict[str, Any]:
    return {"step": number, "kind": kind, "owner": owner, "due_by": due_by, "text": text}


async def refer(life: Life, desk: Desk) -> None:
    """The service knows a first referral, and one after an exit; any other is a next step."""
    answer = await desk.say(
        life.who, "refer", "referrals", "make-referral", "eet_adviser", **referral(life)
    )
    life.referral = derived(answer.command, "referral")


def referral(life: Life) -> dict[str, Any]:
    return {
        "person": life.person, "owner": worker("eet_adviser"), "sharing_basis": "consent",
        "summary": "looks for the route agreed",
    }  # fmt: skip


async def end_preparatory(work: Preparatory, life: Life, desk: Desk) -> None:
    await desk.say(
        life.who, "close", "referrals", "close-referral", "eet_adviser", person=life.person,
        referral=life.referral, outcome="completed", note=f"preparatory work: {work.outcome}",
    )  # fmt: skip
    if work.outcome != "disengage":
        await desk.say(
            life.who, "agenda", "referrals", "add-to-agenda", "eet_adviser", person=life.person,
            cause="ready_to_move" if work.outcome == "progress" else "progress",
        )  # fmt: skip


async def close_without_place(life: Life, desk: Desk) -> None:
    await desk.say(
        life.who, "close", "referrals", "close-referral", "eet_adviser", person=life.person,
        referral=life.referral, outcome="no_place",
    )  # fmt: skip


async def match(placement: Placement, life: Life, desk: Desk) -> None:
    officer = OFFICER[placement.kind]
    life.opportunity = await best_fit(placement, life, desk)
    about = {
        "person": life.person, "referral": life.referral, "opportunity": life.opportunity,
    }  # fmt: skip
    answer = await desk.say(
        life.who, "propose", "matching", "propose-match", officer, **about,
    )  # fmt: skip
    life.match = derived(answer.command, "match")
    await desk.say(
        life.who, "choose", "matching", "choose-match", officer, match=life.match, **about,
        chosen_by_roles=[officer, "eet_adviser"], young_person_agrees=True,
        rationale="the best of those that are open",
    )  # fmt: skip


async def best_fit(placement: Placement, life: Life, desk: Desk) -> UUID:
    """The first of the ranked proposals of the planned kind whose places nobody was promised."""
    for row in await desk.ask("matching", f"referrals/{life.referral}/proposals"):
        opportunity = UUID(row["opportunity"])
        opening = life.openings[opportunity]
        wanted = (opening.kind, opening.ringfenced) == (placement.kind, placement.ringfenced)
        if wanted and life.promised[opportunity] < opening.places:
            life.promised[opportunity] += 1
            return opportunity
    raise Unforeseen(f"{desk.now.date()} {life.who}: no {placement.kind} is open")


async def arrange(placement: Placement, life: Life, desk: Desk) -> None:
    answer = await desk.say(
        life.who, "arrange", "matching", "arrange-placement", OFFICER[placement.kind],
        person=life.person, referral=life.referral, match=life.match,
        opportunity=life.opportunity, planned_start_on=placement.starts_on,
        planned_end_on=placement.ends_on,
    )  # fmt: skip
    life.placement = derived(answer.command, "placement")


async def complete_checks(placement: Placement, life: Life, desk: Desk) -> None:
    missing = await checks_missing(life, desk)
    for check in missing[:-1] if placement.tried_unready else missing:
        await complete_check(placement, check, life, desk)


async def complete_check(placement: Placement, check: str, life: Life, desk: Desk) -> None:
    await desk.say(
        life.who, check, "matching", "complete-pre-start-check", OFFICER[placement.kind],
        person=life.person, placement=life.placement, check=check, result="passed",
    )  # fmt: skip


async def checks_missing(life: Life, desk: Desk) -> list[str]:
    rows = await desk.ask("matching", "arrangements", person=str(life.person))
    missing: list[str] = rows[0]["missing"]
    return missing


async def start(placement: Placement, life: Life, desk: Desk) -> None:
    officer = OFFICER[placement.kind]
    about = {
        "person": life.person, "placement": life.placement, "opportunity": life.opportunity,
    }  # fmt: skip
    if placement.tried_unready:
        await desk.expect_refusal(
            "MAT-10", life.who, "start too early", "matching", "start-placement", officer, **about
        )
        for check in await checks_missing(life, desk):
            await complete_check(placement, check, life, desk)
    cohort = {"cohort": f"{placement.starts_on:%Y-%m} ring-fenced"} if placement.ringfenced else {}
    await desk.say(
        life.who, "start", "matching", "start-placement", officer, **about, **cohort
    )  # fmt: skip


async def signal(seen: Signal, raises: bool, life: Life, desk: Desk) -> None:
    answer = await desk.say(
        life.who, seen.kind, "reviews", "record-risk-signal", SEES[seen.observer],
        person=life.person, placement=life.placement, kind=seen.kind, observer=seen.observer,
    )  # fmt: skip
    if raises:
        life.risk = derived(answer.command, "risk")


async def answer_risk(placement: Placement, risk: Risk, life: Life, desk: Desk) -> None:
    review = await open_review(life, desk)
    about = {
        "person": life.person, "review": review["review"], "placement": life.placement,
        "risk": life.risk, "decided_by_roles": ["leaving_care_adviser", OFFICER[placement.kind]],
    }  # fmt: skip
    if risk.answer == "brought_forward":
        await desk.say(
            life.who, "forward", "reviews", "bring-review-forward", "leaving_care_adviser",
            **about, to_on=risk.review_on,
        )  # fmt: skip
    else:
        near = risk.wish == "brought_forward"
        await desk.say(
            life.who, "decline", "reviews", "decline-bring-forward", "leaving_care_adviser",
            **about, reason="review_already_near" if near else "mitigation_in_place",
            rationale="the next review is near" if near else "what was missing is agreed already",
        )  # fmt: skip


async def open_review(life: Life, desk: Desk) -> dict[str, Any]:
    rows = await desk.ask("reviews", "reviews", person=str(life.person))
    if not rows:
        raise Unforeseen(f"{desk.now.date()} {life.who}: no review is open")
    return rows[0]


async def hold_review(held: Review, placement: Placement | None, life: Life, desk: Desk) -> None:
    """With the placement of that day, if there is one: then its officer and EET are there."""
    review = await open_review(life, desk)
    if review["due_by"] != held.due_by.isoformat():
        raise Unforeseen(f"{life.who}: a review is due {review['due_by']}, not {held.due_by}")
    attendees: list[Role] = ["leaving_care_adviser"]
    about: dict[str, Any] = {}
    if placement:
        attendees += ["eet_adviser", OFFICER[placement.kind]]
        about["placement"] = life.placement
    if not held.young_person_present:
        about["absence_reason"] = "was ill on the day, was rung afterwards"
    await desk.say(
        life.who, "review", "reviews", "hold-review", "leaving_care_adviser", person=life.person,
        review=review["review"], chair_role="leaving_care_manager", attendee_roles=attendees,
        young_person_present=held.young_person_present, views_recorded=True,
        progress="on_track", progress_note="what was agreed last time was looked at",
        eet_points=[{"kind": "support", "text": "the next months were planned together"}],
        **about,
    )  # fmt: skip


async def complete(placement: Placement, ending: Ending, life: Life, desk: Desk) -> None:
    learnt = placement.kind.endswith("apprenticeship")
    await desk.say(
        life.who, "complete", "reviews", "complete-placement", OFFICER[placement.kind],
        person=life.person, placement=life.placement, occurred_on=ending.last_day,
        result="achieved" if learnt else "completed_programme", next_step_agreed=True,
    )  # fmt: skip


async def end_early(placement: Placement, ending: Ending, life: Life, desk: Desk) -> None:
    await desk.say(
        life.who, "exit", "reviews", "end-placement-early", "leaving_care_adviser",
        person=life.person, placement=life.placement, occurred_on=ending.last_day,
        last_day_on=ending.last_day, reason_code=ending.reason,
        initiated_by=ending.initiated_by, notice_given=ending.last_day == ending.told_on,
        note="told by those who were there", summary="the placement has ended; see the reason",
    )  # fmt: skip


Do: TypeAlias = Callable[[Life, Desk], Awaitable[None]]


class Step(NamedTuple):
    """`turn` is its place in a day: whoever listens to an ending hears it after the day's rest."""

    on: date
    turn: int
    do: Do


TURNS: Final = (
    "register", "status", "meeting", "agree", "plan", "referral", "match", "arrange", "check",
    "start", "signal", "answer", "review", "ending",
)  # fmt: skip


def at(on: date, turn: str, do: Callable[..., Awaitable[None]], *known: Any) -> Step:
    return Step(on, TURNS.index(turn), partial(do, *known))


def steps(fate: Person) -> Iterator[Step]:
    """Everything that is said about this person, each with its day; not in order."""
    yield at(fate.registered_on, "register", register)
    for talk in fate.talks:
        yield at(talk.meeting_on, "meeting", discuss, talk)
    for review in fate.reviews:
        live = next((p for p in fate.placements if p.live_on(review.on)), None)
        yield at(review.on, "review", hold_review, review, live)
    for number, chapter in enumerate(fate.chapters, 1):
        yield from of_chapter(chapter, referred_next=number < len(fate.chapters))


def of_chapter(chapter: Chapter, referred_next: bool) -> Iterator[Step]:
    for decision in chapter.decisions:
        yield at(decision.meeting_on, "meeting", discuss, decision)
        yield at(decision.meeting_on, "meeting", decide, decision)
        if decision.agreed_on:
            yield at(decision.agreed_on, "agree", agree, decision)
            if chapter.tried_unplanned:
                yield at(decision.agreed_on, "referral", refer_too_early)
    if chapter.plan_revised_on:
        yield at(chapter.plan_revised_on, "plan", revise_plan)
    if chapter.referred_on:
        yield at(chapter.referred_on, "referral", refer)
    if chapter.preparatory:
        yield at(chapter.preparatory.ends_on, "referral", end_preparatory, chapter.preparatory)
    if chapter.closed_on:
        yield at(chapter.closed_on, "referral", close_without_place)
    if chapter.placement:
        yield from of_placement(chapter.placement, referred_next)


def of_placement(placement: Placement, referred_next: bool) -> Iterator[Step]:
    yield at(placement.matched_on, "match", match, placement)
    yield at(placement.arranged_on, "arrange", arrange, placement)
    yield at(placement.checked_on, "check", complete_checks, placement)
    yield at(placement.starts_on, "start", start, placement)
    if risk := placement.risk:
        for seen in risk.signals:
            yield at(seen.on, "signal", signal, seen, seen is risk.signals[-1])
        if risk.answered_on:
            yield at(risk.answered_on, "answer", answer_risk, placement, risk)
    if ending := placement.ending:
        yield at(
            ending.told_on, "ending", end_early if ending.early else complete, placement, ending
        )
        if placement.kind != "work_experience" and placement.kind != "work_trial":
            yield at(status_on(ending), "status", check_status, ending, referred_next)
