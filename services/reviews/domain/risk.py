"""Signals about a placement, and the risk that they, or a worker, raise."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from chronicle.decider import Decider, Refused, Samples, derived
from contracts.calendar_days import working_days_after
from contracts.codes import SIGNAL_GROUP_OF, Observer, RaisedBy, RiskLevel, SignalKind
from contracts.event import SYSTEM, Asked
from contracts.reviews import EarlyExitRisk, RiskSignalRecorded
from services.reviews.domain.due import WorkingDays
from services.reviews.domain.risk_rule import (
    RespondWithin,
    RiskRule,
    Signal,
    counting,
    groups,
    level_by_rule,
    rank,
    total,
)
from services.reviews.domain.standing import (
    EVENTS,
    Active,
    Completed,
    EndedEarly,
    Event,
    NotOpened,
    OpenReview,
    Raised,
    Standing,
    covers,
    evolve,
    live,
    noticed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRiskSignal(Asked):
    """`risk` is the id of a new risk, should this signal be the one that raises it."""

    person: UUID
    placement: UUID
    signal: UUID
    risk: UUID
    kind: SignalKind
    observer: Observer
    source: UUID | None = None
    note: str | None = None
    rule: RiskRule
    respond_within: RespondWithin
    calendar: WorkingDays


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseRisk(Asked):
    """`risk` is the id of a new risk, unless one is raised already."""

    person: UUID
    placement: UUID
    risk: UUID
    level: RiskLevel
    note: str | None = None
    rule: RiskRule
    respond_within: RespondWithin
    calendar: WorkingDays


Command: TypeAlias = RecordRiskSignal | RaiseRisk


def decide(command: Command, was: Standing) -> list[Event]:
    match command:
        case RecordRiskSignal() as c if not covers(was.placement, c.person, c.on):
            raise Refused("REV-01", "no placement of this young person was active on that day")
        case _ if not live(was.placement, command.person):
            raise Refused("REV-08", "this placement is not live: nothing more is a risk to it")
        case RecordRiskSignal() as c:
            signal = recorded(c)
            return [signal, *risen(c, was, signal)]
        case RaiseRisk() as c:
            level = max(c.level, level_now(was) or c.level, key=rank)
            return [raised(c, was, level, "person", counting(was.signals, c.today, c.rule))]


def recorded(c: RecordRiskSignal) -> RiskSignalRecorded:
    return RiskSignalRecorded(
        signal=c.signal,
        placement=c.placement,
        person=c.person,
        group=SIGNAL_GROUP_OF[c.kind],
        kind=c.kind,
        weight=c.rule.weights[c.kind],
        observer=c.observer,
        source=c.source,
        note=c.note,
        **c.said,
    )


def risen(c: RecordRiskSignal, was: Standing, signal: RiskSignalRecorded) -> list[EarlyExitRisk]:
    """The raise that this signal brings about, if the rule now says a higher level than before."""
    this = noticed(signal, derived(c.id, "reviews/1"))
    counted = counting((*was.signals, this), c.today, c.rule)
    level = level_by_rule(total(counted), this in counted and c.kind in c.rule.at_once, c.rule)
    if level is None or rank(level) <= rank(level_now(was)):
        return []
    return [raised(c, was, level, "rule", counted)]


def raised(
    c: Command, was: Standing, level: RiskLevel, raised_by: RaisedBy, counted: tuple[Signal, ...]
) -> EarlyExitRisk:
    review = was.review if isinstance(was.review, OpenReview) else None
    return EarlyExitRisk(
        risk=was.risk.risk if isinstance(was.risk, Raised) else c.risk,
        placement=c.placement,
        person=c.person,
        level=level,
        raised_by=raised_by,
        signals=tuple(signal.event for signal in counted),
        groups=groups(counted),
        weight=total(counted),
        next_review=review.review if review else None,
        next_review_on=review.planned_on if review else None,
        respond_by=working_days_after(c.today, c.respond_within.working_days, c.calendar.holidays),
        note=c.note if raised_by == "person" else None,
        **c.said,
    )


def level_now(was: Standing) -> RiskLevel | None:
    return was.risk.level if isinstance(was.risk, Raised) else None


def named(was: Standing) -> str:
    match was.placement, was.risk:
        case NotOpened(), _:
            return "not opened"
        case Completed() | EndedEarly(), _:
            return "ended"
        case _, Raised(level=level):
            return level.replace("_", " ")
        case _:
            return "watch" if was.signals else "quiet"


ID, DAY = UUID(int=0), date(2024, 1, 1)
RULE = RiskRule(
    rule="", window_days=42, at_risk_from=4, urgent_from=7, weights={"unhappy": 2},
    at_once=frozenset(),
)  # fmt: skip
WITHIN = RespondWithin(rule="", working_days=5)
CALENDAR = WorkingDays(rule="", holidays=frozenset())
ACTIVE = Active(person=ID, referral=ID, kind="apprenticeship", started_on=DAY)
SEEN = (Signal(event=ID, on=DAY, group="attendance", weight=3),)
samples: Samples[Command, Standing] = Samples(
    commands=(
        RecordRiskSignal(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, placement=ID, signal=ID,
            risk=ID, kind="unhappy", observer="adviser", rule=RULE, respond_within=WITHIN,
            calendar=CALENDAR,
        ),
        RaiseRisk(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, placement=ID, risk=ID,
            level="at_risk", rule=RULE, respond_within=WITHIN, calendar=CALENDAR,
        ),
    ),
    states=(
        Standing(),
        Standing(placement=ACTIVE),
        Standing(placement=ACTIVE, signals=SEEN),
        Standing(placement=ACTIVE, signals=SEEN, risk=Raised(risk=ID, level="at_risk", raises=())),
        Standing(placement=ACTIVE, signals=SEEN, risk=Raised(risk=ID, level="urgent", raises=())),
        Standing(placement=EndedEarly(person=ID, ended_on=DAY)),
    ),
)  # fmt: skip
decider: Decider[Command, Standing, Event] = Decider(
    reads=lambda c: [f"risk-{c.placement}", f"placement-{c.placement}", f"pathway-{c.person}"],
    events=EVENTS, initial=Standing(), decide=decide, evolve=evolve, samples=samples, named=named,
)  # fmt: skip
