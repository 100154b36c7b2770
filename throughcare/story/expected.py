"""What two years of the scheme should come to (domain.md 19.2), beside what they came to."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

from contracts.codes import KINDS_OF, Kind, ReferralCause, Route
from throughcare.story.fates import Chapter, Person, Placement
from throughcare.story.plan import Plan

Figures: TypeAlias = Sequence[Mapping[str, Any]]
"""Rows of reporting's `GET /counts`: measure, route, kind, cause and count."""

WORK_EXPERIENCE, TRAINEESHIP = KINDS_OF["work_experience"], KINDS_OF["traineeship"]
APPRENTICESHIP: Final = KINDS_OF["apprenticeship"]
LONGER: Final = (*TRAINEESHIP, *APPRENTICESHIP)
FROM_STAGE1: Final[tuple[ReferralCause, ...]] = ("first", "early_exit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The median of 200 runs, and where nine in ten of them lie.

    `measure` is reporting's; the other filters say which of its parts are added up. Without a
    measure the row is one that a later step reaches.
    """

    says: str
    median: int
    low: int
    high: int
    measure: str = ""
    route: Route | None = None
    causes: Collection[ReferralCause] = ()
    kinds: Collection[Kind] = ()

    def counted(self, figures: Figures) -> int | None:
        if not self.measure:
            return None
        counts: list[int] = [figure["count"] for figure in figures if self.takes(figure)]
        return sum(counts)

    def takes(self, figure: Mapping[str, Any]) -> bool:
        return (
            figure["measure"] == self.measure
            and (self.route is None or figure["route"] == self.route)
            and (not self.causes or figure["cause"] in self.causes)
            and (not self.kinds or not figure["kind"] or figure["kind"] in self.kinds)
        )

    def meets(self, count: int) -> bool:
        return self.low <= count <= self.high


def row(says: str, median: int, low: int, high: int, measure: str = "", **by: Any) -> Expected:
    return Expected(says=says, median=median, low=low, high=high, measure=measure, **by)


EXPECTED: Final = (
    row("First referrals", 119, 103, 140, "first referrals"),
    row("Referred again after an exit", 10, 5, 16, "again after an exit"),
    *(
        row(
            f"Referred to {route.replace('_', ' ')}", median, low, high, "referred", route=route,
            causes=FROM_STAGE1,
        )
        for route, median, low, high in (
            ("preparatory", 58, 46, 73), ("work_experience", 26, 17, 35),
            ("traineeship", 19, 13, 28), ("apprenticeship", 19, 14, 28),
        )
    ),
    row("Preparatory work progressed", 33, 25, 45),
    row("Preparatory work given up", 11, 6, 17),
    row("Work experience started", 33, 25, 43, "started", kinds=WORK_EXPERIENCE),
    row("Work experience completed", 27, 20, 36, "completed", kinds=WORK_EXPERIENCE),
    row("Traineeships started", 29, 21, 40, "started", kinds=TRAINEESHIP),
    row("Traineeships completed", 19, 13, 27, "completed", kinds=TRAINEESHIP),
    row("Traineeships left early", 6, 2, 11, "left early", kinds=TRAINEESHIP),
    row("Apprenticeship applications", 120, 84, 177),
    row("Apprenticeship offers", 32, 23, 40),
    row("Apprenticeships started", 29, 21, 36, "started", kinds=APPRENTICESHIP),
    row("Apprenticeships completed", 4, 1, 7, "completed", kinds=APPRENTICESHIP),
    row("Apprenticeships left early", 8, 4, 13, "left early", kinds=APPRENTICESHIP),
    row("Apprenticeships live at the end", 17, 11, 23, "live", kinds=APPRENTICESHIP),
    row("Risks raised", 23, 14, 31, "risks raised"),
    row("Risks sustained", 11, 6, 17, "risks sustained"),
    row("Risks that ended in an exit", 10, 5, 16, "risks exited"),
    row("Exits without warning", 4, 2, 9, "exits without warning", kinds=LONGER),
    row("Six-month reviews due", 22, 14, 33, "reviews due"),
    row("Reviews brought forward", 19, 12, 26, "reviews brought forward"),
    row("Monthly reviews", 269, 197, 349),
    row("Assessor visits", 561, 408, 733),
    row("Still waiting at the end", 9, 5, 14, "waiting"),
    row("Events in all", 7500, 6000, 9000),
)  # fmt: skip


def foreseen(plan: Plan) -> list[dict[str, Any]]:
    """What `GET /counts` will say when the whole plan is played, without the events behind it."""
    counts = Counter(part for person in plan.people for part in of_person(person, plan.last_day))
    return [
        {"measure": measure, "route": route, "kind": kind, "cause": cause, "count": count}
        for (measure, route, kind, cause), count in sorted(counts.items())
    ]


Part: TypeAlias = tuple[str, str, str, str]


def part(measure: str, *, route: str = "", kind: str = "", cause: str = "") -> Part:
    return measure, route, kind, cause


def of_person(person: Person, last_day: date) -> Iterator[Part]:
    for chapter in person.chapters:
        if chapter.referred_on and chapter.referred_on <= last_day:
            yield from of_referral(chapter, last_day)
        if chapter.placement and chapter.placement.starts_on <= last_day:
            yield from of_placement(chapter.placement, last_day)
    for due_by in (*(review.due_by for review in person.reviews), person.next_review_due_by):
        if due_by and due_by <= last_day and any(lasts_until(p, due_by) for p in person.placements):
            yield part("reviews due")


def of_referral(chapter: Chapter, last_day: date) -> Iterator[Part]:
    yield part("referred", route=chapter.route, cause=chapter.cause)
    if chapter.cause == "first":
        yield part("first referrals")
    if chapter.cause == "early_exit":
        yield part("again after an exit")
    begun = chapter.placement and chapter.placement.starts_on <= last_day
    closed = chapter.closed_on and chapter.closed_on <= last_day
    if chapter.route != "preparatory" and not begun and not closed:
        yield part("waiting", route=chapter.route)


def of_placement(placement: Placement, last_day: date) -> Iterator[Part]:
    kind, risk = placement.kind, placement.risk
    ending = placement.ending if not placement.live_on(last_day) else None
    exited = ending is not None and ending.early
    yield part("started", kind=kind)
    if ending is None:
        yield part("live", kind=kind)
    elif exited:
        yield part("left early", kind=kind)
    else:
        yield part("completed", kind=kind)
    if risk and risk.raised_on <= last_day:
        yield part("risks raised")
        yield part("risks exited" if exited else "risks sustained")
        if risk.answer == "brought_forward" and risk.answered_on and risk.answered_on <= last_day:
            yield part("reviews brought forward")
    elif ending and exited and not ending.positive:
        yield part("exits without warning", kind=kind)


def lasts_until(placement: Placement, due_by: date) -> bool:
    """Whether the placement was still going on when its review came due."""
    ending = placement.ending
    return placement.starts_on < due_by and (ending is None or due_by <= ending.last_day)
