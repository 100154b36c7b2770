"""What strangers send to the doors of referrals."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chronicle.doors import Body, Words
from contracts.codes import (
    Activity,
    AgendaCause,
    AgreedHow,
    Category,
    Level,
    Nccis,
    Oc3,
    PlanCause,
    Population,
    Progress,
    ReferralOutcome,
    RegisteredFrom,
    Role,
    Route,
    SharingBasis,
    VerifiedBy,
)
from contracts.parts import Apology, PlanStep
from services.referrals.domain.referral import LaterCause


class RegisterYoungPerson(Body):
    """`name`, `date_of_birth` and `contact` go to the identity vault, and into no event."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    date_of_birth: date
    contact: Annotated[str, Field(max_length=400)] = ""
    population: Population
    category: Category
    registered_from: RegisteredFrom


class RecordActivityStatus(Body):
    person: UUID
    status: Activity
    oc3: Oc3
    nccis: Nccis | None = None
    verified_by: VerifiedBy
    note: Words | None = None


class UpdateProfile(Body):
    person: UUID
    sectors: tuple[str, ...]
    level: Level
    areas: tuple[str, ...]
    max_travel_minutes: Annotated[int, Field(ge=0, le=600)] | None = None
    aspirations: Words
    occupations: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()
    qualifications: tuple[str, ...] = ()
    barriers: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()


class ScheduleStage1Meeting(Body):
    series: Annotated[str, Field(min_length=1, max_length=100)]
    planned_on: date
    within_team_meeting: bool = True
    extraordinary: bool = False
    called_for: UUID | None = None


class HoldStage1Meeting(Body):
    meeting: UUID
    chair_role: Role
    attendee_roles: tuple[Role, ...]
    apologies: tuple[Apology, ...] = ()


class AddToAgenda(Body):
    person: UUID
    cause: AgendaCause
    discuss_by: date | None = None
    placement: UUID | None = None


class DiscussCase(Body):
    person: UUID
    meeting: UUID
    causes: tuple[AgendaCause, ...]
    progress: Progress
    exit_information_shared: bool | None = None
    note: Words


class DecideRoute(Body):
    person: UUID
    meeting: UUID | None = None
    urgent_procedure: bool = False
    route: Route
    options_considered: tuple[Route, ...] = ()
    decided_by_roles: tuple[Role, ...]
    rationale: Words


class AgreeRoute(Body):
    person: UUID
    route: Route
    how: AgreedHow
    views: Words | None = None


class MakeReferral(Body):
    person: UUID
    owner: UUID | None = None
    cause: LaterCause = "next_step"
    not_neet_reason: Words | None = None
    sharing_basis: SharingBasis | None = None
    consent: UUID | None = None
    summary: Words


class CloseReferral(Body):
    person: UUID
    referral: UUID
    outcome: ReferralOutcome
    note: Words | None = None


class RevisePlan(Body):
    person: UUID
    cause: PlanCause
    because: UUID | None = None
    placement: UUID | None = None
    referral: UUID | None = None
    steps: tuple[PlanStep, ...]
    what_changed: Words
    agreed_by_young_person: bool
