"""What matching says, from a place that is open to an arrangement that is over."""

from datetime import date
from uuid import UUID

from contracts.codes import (
    AgeBand,
    Area,
    Check,
    CheckResult,
    Ending,
    HostKind,
    Interest,
    Kind,
    Level,
    Population,
    ProposedBy,
    ReferralCause,
    ReleaseReason,
    Role,
    Route,
    ScorePart,
    Sector,
    Skill,
    Standard,
)
from contracts.event import Event, FreeText, Identifier, Personal, Plain
from contracts.parts import Length, MatchScore


class OpportunityOpened(Event, stream="opportunity-{opportunity}"):
    """A host offers these places, on these terms."""

    opportunity: Identifier[UUID]
    kind: Plain[Kind]
    title: Plain[str]
    host: Identifier[UUID]
    host_kind: Plain[HostKind]
    employer: Identifier[UUID]
    provider: Identifier[UUID | None] = None
    sector: Plain[Sector]
    level: Plain[Level]
    standard: Plain[Standard | None] = None
    area: Plain[Area]
    places: Plain[int]
    ringfenced: Plain[bool]
    supernumerary: Plain[bool]
    hours_per_week: Plain[int]
    pay_pence_per_hour: Plain[int]
    planned_length: Plain[Length]
    starts_from: Plain[date | None] = None
    closes_on: Plain[date | None] = None
    requirements: Plain[tuple[Skill, ...]]


class ReferralReceived(Event, stream="match-{referral}"):
    """The referral reached the officers, who look for a place by this day."""

    referral: Identifier[UUID]
    person: Identifier[UUID]
    made: Identifier[UUID]
    route: Plain[Route]
    cause: Plain[ReferralCause]
    prior_referral: Identifier[UUID | None] = None
    sectors: Plain[tuple[Sector, ...]]
    level: Plain[Level]
    areas: Plain[tuple[Area, ...]]
    population: Plain[Population]
    age_band: Plain[AgeBand]
    interests: Personal[tuple[Interest, ...]]
    skills: Personal[tuple[Skill, ...]]
    strengths: Personal[tuple[str, ...]]
    decide_by: Plain[date]


class MatchProposed(Event, stream="match-{referral}"):
    """This opportunity may fit this young person, and these parts of the score say why."""

    match: Identifier[UUID]
    referral: Identifier[UUID]
    person: Identifier[UUID]
    opportunity: Identifier[UUID]
    proposed_by: Plain[ProposedBy]
    score: Personal[MatchScore]
    reasons: Plain[tuple[ScorePart, ...]]
    note: FreeText | None = None


class MatchChosen(Event, stream="match-{referral}"):
    """Of the matches considered this one was chosen, and the young person was asked."""

    match: Identifier[UUID]
    referral: Identifier[UUID]
    person: Identifier[UUID]
    opportunity: Identifier[UUID]
    kind: Plain[Kind]
    considered: Identifier[tuple[UUID, ...]]
    chosen_by_roles: Plain[tuple[Role, ...]]
    meeting: Identifier[UUID | None] = None
    young_person_agrees: Plain[bool]
    rationale: FreeText


class PlacementArranged(Event, stream="arrangement-{person}"):
    """The placement is planned: where, from when to when, and what must be checked first."""

    placement: Identifier[UUID]
    person: Identifier[UUID]
    referral: Identifier[UUID]
    match: Identifier[UUID]
    opportunity: Identifier[UUID]
    application: Identifier[UUID | None] = None
    follows: Identifier[UUID | None] = None
    kind: Plain[Kind]
    host: Identifier[UUID]
    employer: Identifier[UUID]
    provider: Identifier[UUID | None] = None
    planned_start_on: Plain[date]
    planned_end_on: Plain[date]
    population: Plain[Population]
    age_band: Plain[AgeBand]
    longer_because: FreeText | None = None
    checks_required: Plain[tuple[Check, ...]]
    support_plan: Identifier[UUID | None] = None


class PlaceReserved(Event, stream="opportunity-{opportunity}"):
    """One of the places is taken for this placement."""

    opportunity: Identifier[UUID]
    placement: Identifier[UUID]
    places_left: Plain[int]


class PreStartCheckCompleted(Event, stream="arrangement-{person}"):
    """One of the checks before the first day was passed, or waived with a reason."""

    placement: Identifier[UUID]
    person: Identifier[UUID]
    check: Plain[Check]
    result: Plain[CheckResult]
    evidence: Identifier[str | None] = None
    waived_because: FreeText | None = None


class PlacementStarted(Event, stream="arrangement-{person}"):
    """The young person had their first day in the placement."""

    placement: Identifier[UUID]
    person: Identifier[UUID]
    referral: Identifier[UUID]
    opportunity: Identifier[UUID]
    follows: Identifier[UUID | None] = None
    kind: Plain[Kind]
    sector: Plain[Sector]
    level: Plain[Level]
    standard: Plain[Standard | None] = None
    host: Identifier[UUID]
    host_kind: Plain[HostKind]
    employer: Identifier[UUID]
    provider: Identifier[UUID | None] = None
    line_manager: Identifier[UUID | None] = None
    planned_end_on: Plain[date]
    hours_per_week: Plain[int]
    paid: Plain[bool]
    supernumerary: Plain[bool]
    ringfenced: Plain[bool]
    cohort: Plain[str | None] = None
    age_band: Plain[AgeBand]
    levy_transfer: Identifier[UUID | None] = None
    wage_budget: Identifier[UUID | None] = None
    support_plan: Identifier[UUID | None] = None


class ArrangementConcluded(Event, stream="arrangement-{person}"):
    """The placement is over, so this young person is free for another."""

    placement: Identifier[UUID]
    person: Identifier[UUID]
    opportunity: Identifier[UUID]
    ending: Plain[Ending]
    ended_on: Plain[date]
    because: Identifier[UUID]


class PlaceReleased(Event, stream="opportunity-{opportunity}"):
    """The place is free again for somebody else."""

    opportunity: Identifier[UUID]
    placement: Identifier[UUID]
    reason: Plain[ReleaseReason]
    places_left: Plain[int]
