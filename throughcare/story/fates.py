"""What will happen to a young person: everything the story knows beforehand, as plain values."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from contracts.codes import (
    AgendaCause,
    Category,
    ExitReason,
    InitiatedBy,
    Kind,
    Level,
    Observer,
    Oc3,
    Population,
    Progress,
    ReferralCause,
    Route,
    SignalKind,
)

Answer: TypeAlias = Literal["brought_forward", "declined", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    sectors: tuple[str, ...]
    level: Level
    areas: tuple[str, ...]
    interests: tuple[str, ...]
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    on: date
    kind: SignalKind
    observer: Observer


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """Signals, the last of which raises it; how it is answered is known with the reviews."""

    signals: tuple[Signal, ...]
    wish: Answer
    answer: Answer = "none"
    answered_on: date | None = None
    review_on: date | None = None

    @property
    def raised_on(self) -> date:
        return self.signals[-1].on


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """`last_day` is when it was true, `told_on` when the office heard of it."""

    last_day: date
    told_on: date
    reason: ExitReason | None = None
    initiated_by: InitiatedBy = "young_person"

    @property
    def early(self) -> bool:
        return self.reason is not None

    @property
    def positive(self) -> bool:
        return self.reason in ("better_job", "better_course")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    kind: Kind
    matched_on: date
    arranged_on: date
    checked_on: date
    starts_on: date
    ends_on: date
    ringfenced: bool = False
    tried_unready: bool = False
    risk: Risk | None = None
    ending: Ending | None = None

    def live_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ending is None or day < self.ending.told_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparatory:
    ends_on: date
    outcome: Literal["progress", "disengage", "repeat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a stage 1 meeting decided, and the day on which the young person said yes, if ever."""

    meeting_on: date
    causes: tuple[AgendaCause, ...]
    progress: Progress
    route: Route
    agreed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One way round: from the meeting, by a referral, to where it led so far."""

    cause: ReferralCause
    decisions: tuple[Decision, ...]
    plan_revised_on: date | None = None
    tried_unplanned: bool = False
    referred_on: date | None = None
    preparatory: Preparatory | None = None
    placement: Placement | None = None
    closed_on: date | None = None

    @property
    def route(self) -> Route:
        return self.decisions[-1].route


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A stage 1 meeting that discusses somebody and decides nothing."""

    meeting_on: date
    causes: tuple[AgendaCause, ...]
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    on: date
    due_by: date
    young_person_present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    number: int
    name: str
    born: date
    population: Population
    category: Category
    oc3: Oc3
    profile: Profile
    registered_on: date
    chapters: tuple[Chapter, ...] = ()
    talks: tuple[Talk, ...] = ()
    reviews: tuple[Review, ...] = ()
    next_review_due_by: date | None = None

    @property
    def placements(self) -> tuple[Placement, ...]:
        return tuple(c.placement for c in self.chapters if c.placement)
