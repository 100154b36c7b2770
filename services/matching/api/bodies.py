"""What strangers send to the doors of matching."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chronicle.doors import Body, Words
from contracts.codes import Check, CheckResult, HostKind, Kind, Level, Role
from contracts.parts import Length


class OpenOpportunity(Body):
    """`title` is about a job, never about a person: it is kept in clear."""

    kind: Kind
    title: Annotated[str, Field(min_length=1, max_length=200)]
    host: UUID
    host_kind: HostKind
    employer: UUID
    provider: UUID | None = None
    sector: str
    level: Level
    standard: str | None = None
    area: str
    places: Annotated[int, Field(ge=1, le=1000)]
    ringfenced: bool = False
    supernumerary: bool = False
    hours_per_week: Annotated[int, Field(ge=1, le=60)]
    pay_pence_per_hour: Annotated[int, Field(ge=0)]
    planned_length: Length
    starts_from: date | None = None
    closes_on: date | None = None
    requirements: tuple[str, ...] = ()


class ProposeMatch(Body):
    referral: UUID
    person: UUID
    opportunity: UUID
    note: Words | None = None


class ChooseMatch(Body):
    match: UUID
    referral: UUID
    person: UUID
    opportunity: UUID
    chosen_by_roles: tuple[Role, ...]
    meeting: UUID | None = None
    young_person_agrees: bool
    rationale: Words


class ArrangePlacement(Body):
    person: UUID
    referral: UUID
    match: UUID
    opportunity: UUID
    application: UUID | None = None
    follows: UUID | None = None
    planned_start_on: date
    planned_end_on: date
    longer_because: Words | None = None
    support_plan: UUID | None = None


class CompletePreStartCheck(Body):
    """`evidence` is a reference, never the document or its words."""

    placement: UUID
    person: UUID
    check: Check
    result: CheckResult
    evidence: Annotated[str, Field(max_length=200)] | None = None
    waived_because: Words | None = None


class StartPlacement(Body):
    placement: UUID
    person: UUID
    opportunity: UUID
    planned_end_on: date | None = None
    line_manager: UUID | None = None
    cohort: Annotated[str, Field(max_length=100)] | None = None
    levy_transfer: UUID | None = None
    wage_budget: UUID | None = None
