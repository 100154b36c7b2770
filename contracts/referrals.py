"""What referrals says, in the order it happens to a young person."""

from datetime import date
from uuid import UUID

from contracts.codes import (
    Activity,
    AgeBand,
    AgendaCause,
    AgreedHow,
    Area,
    Category,
    Interest,
    Level,
    Nccis,
    Oc3,
    PlanCause,
    Population,
    Progress,
    ReferralCause,
    ReferralOutcome,
    RegisteredFrom,
    Role,
    Route,
    Sector,
    SharingBasis,
    Skill,
    VerifiedBy,
)
from contracts.event import Event, FreeText, Identifier, Personal, Plain, Special
from contracts.parts import Apology, PlanStep


class YoungPersonRegistered(Event, stream="person-{person}"):
    """This young person is known to the scheme from today; the name stays in the vault."""

    person: Identifier[UUID]
    population: Plain[Population]
    category: Personal[Category]
    in_scheme: Plain[bool]
    age_band: Plain[AgeBand]
    registered_from: Plain[RegisteredFrom]


class ActivityStatusRecorded(Event, stream="person-{person}"):
    """What this young person does now: in education, employment or training, or not."""

    person: Identifier[UUID]
    status: Plain[Activity]
    oc3: Special[Oc3]
    nccis: Special[Nccis] | None = None
    age_band: Plain[AgeBand]
    verified_by: Plain[VerifiedBy]
    placement: Identifier[UUID | None] = None
    note: FreeText | None = None


class ProfileUpdated(Event, stream="person-{person}"):
    """What this young person wants, can do and needs, in their own words where we have them."""

    person: Identifier[UUID]
    sectors: Plain[tuple[Sector, ...]]
    level: Plain[Level]
    areas: Plain[tuple[Area, ...]]
    max_travel_minutes: Plain[int | None] = None
    aspirations: FreeText
    occupations: Personal[tuple[str, ...]]
    interests: Personal[tuple[Interest, ...]]
    skills: Personal[tuple[Skill, ...]]
    strengths: Personal[tuple[str, ...]]
    qualifications: Personal[tuple[str, ...]]
    barriers: Special[tuple[str, ...]]
    accessibility: Special[tuple[str, ...]]


class Stage1MeetingScheduled(Event, stream="stage1-{meeting}"):
    """The Leaving Care and EET teams will meet on this day."""

    meeting: Identifier[UUID]
    series: Plain[str]
    planned_on: Plain[date]
    within_team_meeting: Plain[bool]
    extraordinary: Plain[bool]
    called_for: Identifier[UUID | None] = None


class Stage1MeetingHeld(Event, stream="stage1-{meeting}"):
    """The stage 1 meeting took place, with these roles in the room."""

    meeting: Identifier[UUID]
    chair_role: Plain[Role]
    attendee_roles: Plain[tuple[Role, ...]]
    apologies: Plain[tuple[Apology, ...]]
    quorate: Plain[bool]


class AgendaItemAdded(Event, stream="case-{person}"):
    """This young person is to be discussed at a stage 1 meeting, for this cause, by this day."""

    person: Identifier[UUID]
    cause: Plain[AgendaCause]
    source: Identifier[UUID | None] = None
    exit: Identifier[UUID | None] = None
    placement: Identifier[UUID | None] = None
    meeting: Identifier[UUID | None] = None
    discuss_by: Plain[date]


class CaseDiscussed(Event, stream="case-{person}"):
    """The meeting talked about this young person, and about every exit it had to know of."""

    person: Identifier[UUID]
    meeting: Identifier[UUID]
    causes: Plain[tuple[AgendaCause, ...]]
    progress: Plain[Progress]
    exits: Identifier[tuple[UUID, ...]]
    exit_information_shared: Plain[bool | None] = None
    note: FreeText


class RouteDecided(Event, stream="case-{person}"):
    """Both teams decided where this young person goes next."""

    person: Identifier[UUID]
    meeting: Identifier[UUID | None] = None
    urgent_procedure: Plain[bool]
    route: Plain[Route]
    options_considered: Plain[tuple[Route, ...]]
    decided_by_roles: Plain[tuple[Role, ...]]
    rationale: FreeText


class RouteAgreedByYoungPerson(Event, stream="case-{person}"):
    """The young person said yes to the route, and how they said it."""

    person: Identifier[UUID]
    route: Plain[Route]
    decision: Identifier[UUID]
    how: Plain[AgreedHow]
    views: FreeText | None = None


class ReferralMade(Event, stream="case-{person}"):
    """This young person was sent on the decided route, with these words about them."""

    referral: Identifier[UUID]
    person: Identifier[UUID]
    route: Plain[Route]
    owner: Identifier[UUID]
    cause: Plain[ReferralCause]
    prior_referral: Identifier[UUID | None] = None
    decision: Identifier[UUID]
    plan_version: Plain[int | None] = None
    not_neet_reason: FreeText | None = None
    sharing_basis: Plain[SharingBasis]
    consent: Identifier[UUID | None] = None
    population: Plain[Population]
    age_band: Plain[AgeBand]
    sectors: Plain[tuple[Sector, ...]]
    level: Plain[Level]
    areas: Plain[tuple[Area, ...]]
    interests: Personal[tuple[Interest, ...]]
    skills: Personal[tuple[Skill, ...]]
    strengths: Personal[tuple[str, ...]]
    aspirations: FreeText
    summary: FreeText


class ReferralClosed(Event, stream="case-{person}"):
    """The referral is over, with this outcome."""

    referral: Identifier[UUID]
    person: Identifier[UUID]
    outcome: Plain[ReferralOutcome]
    because: Identifier[UUID | None] = None
    note: FreeText | None = None


class EetPlanRevised(Event, stream="plan-{person}"):
    """The education, employment and training plan was written anew, for this cause."""

    person: Identifier[UUID]
    version: Plain[int]
    cause: Plain[PlanCause]
    because: Identifier[UUID | None] = None
    placement: Identifier[UUID | None] = None
    referral: Identifier[UUID | None] = None
    steps: tuple[PlanStep, ...]
    what_changed: FreeText
    agreed_by_young_person: Plain[bool]
