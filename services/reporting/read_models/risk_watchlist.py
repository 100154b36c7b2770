"""The live placements that somebody worries about: every signal, every raise, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias, get_args
from uuid import UUID

from chronicle.db import Db
from chronicle.decider import Policy
from chronicle.fact import Envelope
from chronicle.read_model import ReadModel, shape_of
from contracts.codes import DeclineReason, Kind, Observer, RaisedBy, RiskLevel, Role, SignalGroup
from contracts.reviews import (
    BringForwardDeclined,
    EarlyExitRisk,
    PlacementCompleted,
    PlacementEndedEarly,
    PlacementOpened,
    ReviewBroughtForward,
    RiskResponseOverdue,
    RiskSignalRecorded,
)

Level: TypeAlias = Literal["quiet", "watch"] | RiskLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    event: UUID
    on: date
    group: SignalGroup
    weight: int
    observer: Observer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`to_on` is the new day of the review, `reason` why it stays where it was."""

    event: UUID
    on: date
    to_on: date | None = None
    reason: DeclineReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """`signals` are the events that count; `overdue` says that nobody had answered in time."""

    event: UUID
    on: date
    level: RiskLevel
    raised_by: RaisedBy
    signals: tuple[UUID, ...]
    groups: tuple[SignalGroup, ...]
    weight: int
    respond_by: date
    answer: Answer | None = None
    overdue: UUID | None = None
    escalated_to: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """`respond_by` is the earliest of the raises that wait for an answer; `opened` an event."""

    placement: UUID
    person: UUID
    referral: UUID
    kind: Kind
    started_on: date
    opened: UUID
    level: Level = "quiet"
    respond_by: date | None = None
    signals: tuple[Signal, ...] = ()
    raises: tuple[Raise, ...] = ()


Heard: TypeAlias = (
    PlacementOpened
    | RiskSignalRecorded
    | EarlyExitRisk
    | ReviewBroughtForward
    | BringForwardDeclined
    | RiskResponseOverdue
    | PlacementCompleted
    | PlacementEndedEarly
)


def key(event: Heard) -> UUID:
    """The placement; a review that is moved for no placement moves nobody here."""
    return event.placement or event.person


def fold(row: Watched | None, event: Heard, about: Envelope) -> Watched | None:
    match event:
        case PlacementOpened():
            return Watched(
                placement=event.placement, person=event.person, referral=event.referral,
                kind=event.kind, started_on=event.started_on, opened=about.id,
            )  # fmt: skip
        case RiskSignalRecorded():
            return row and with_signal(row, event, about)
        case EarlyExitRisk():
            return row and replace(
                with_raises(row, (*row.raises, raised(event, about))), level=event.level
            )
        case ReviewBroughtForward(because=because, occurred_on=on, to_on=to_on):
            return row and answered(row, because, Answer(event=about.id, on=on, to_on=to_on))
        case BringForwardDeclined(because=because, occurred_on=on, reason=reason):
            return row and answered(row, because, Answer(event=about.id, on=on, reason=reason))
        case RiskResponseOverdue(because=because, escalated_to=role):
            return row and with_raises(
                row,
                tuple(
                    replace(r, overdue=about.id, escalated_to=role) if r.event == because else r
                    for r in row.raises
                ),
            )
        case PlacementCompleted() | PlacementEndedEarly():
            return None


def with_signal(row: Watched, event: RiskSignalRecorded, about: Envelope) -> Watched:
    signal = Signal(
        event=about.id, on=event.occurred_on, group=event.group, weight=event.weight,
        observer=event.observer,
    )  # fmt: skip
    level = "watch" if row.level == "quiet" else row.level
    return replace(row, level=level, signals=(*row.signals, signal))


def raised(event: EarlyExitRisk, about: Envelope) -> Raise:
    return Raise(
        event=about.id, on=event.occurred_on, level=event.level, raised_by=event.raised_by,
        signals=event.signals, groups=event.groups, weight=event.weight,
        respond_by=event.respond_by,
    )  # fmt: skip


def answered(row: Watched, because: UUID, answer: Answer) -> Watched:
    return with_raises(
        row, tuple(replace(r, answer=answer) if r.event == because else r for r in row.raises)
    )


def with_raises(row: Watched, raises: tuple[Raise, ...]) -> Watched:
    waiting = [r.respond_by for r in raises if r.answer is None]
    return replace(row, raises=raises, respond_by=min(waiting, default=None))


risk_watchlist: ReadModel[Watched, Heard] = ReadModel(
    version=1, row=Watched, hears=get_args(Heard), key=key, fold=fold
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Policy):
    """For how many days a signal counts: the part of `risk.rule` that a reader needs."""

    window_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk(Watched):
    """`weight` adds up the signals that `counting` names; `answer` is that of the newest raise."""

    weight: int
    counting: tuple[UUID, ...]
    answer: Literal["none asked", "waiting", "overdue", "brought forward", "declined"]


def at_risk(row: Mapping[str, Any], today: date, window: Window) -> AtRisk:
    watched = risk_watchlist.of(row)
    since = today - timedelta(days=window.window_days)
    counting = [signal for signal in watched.signals if since < signal.on <= today]
    worked_out = {
        "weight": sum(signal.weight for signal in counting),
        "counting": tuple(signal.event for signal in counting),
        "answer": answer(watched.raises[-1], today) if watched.raises else "none asked",
    }
    found: AtRisk = shape_of(AtRisk).validate_python(dict(row) | worked_out)
    return found


def answer(
    newest: Raise, today: date
) -> Literal["waiting", "overdue", "brought forward", "declined"]:
    if newest.answer:
        return "brought forward" if newest.answer.to_on else "declined"
    return "overdue" if today > newest.respond_by else "waiting"


async def worst_first(db: Db, today: date, window: Window) -> list[AtRisk]:
    """Every live placement with a signal or a raise; those that wait for an answer first."""
    rows = await db.fetch(
        "select placement, person, referral, kind, started_on, opened, level, respond_by, signals,"
        " raises from risk_watchlist where level <> 'quiet'"
        " order by respond_by nulls last, array_position(array['urgent', 'at_risk', 'watch'],"
        " level), placement"
    )
    return [at_risk(row, today, window) for row in rows]


async def of_person(db: Db, person: UUID, today: date, window: Window) -> list[AtRisk]:
    """The live placements of this person, quiet ones too."""
    rows = await db.fetch(
        "select placement, person, referral, kind, started_on, opened, level, respond_by, signals,"
        " raises from risk_watchlist where person = $1 order by started_on, placement",
        person,
    )
    return [at_risk(row, today, window) for row in rows]
