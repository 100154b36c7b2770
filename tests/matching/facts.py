"""What happened to one young person and one apprenticeship, as matching's tests tell it."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from chronicle.decider import Envelope
from contracts.event import Actor, Said
from contracts.matching import (
    ArrangementConcluded,
    MatchChosen,
    MatchProposed,
    OpportunityOpened,
    PlacementArranged,
    PlacementStarted,
    PlaceReleased,
    PlaceReserved,
    PreStartCheckCompleted,
    ReferralReceived,
)
from contracts.parts import Length, MatchScore
from services.matching.domain.lengths import Bounds, PlacementLengths
from services.matching.domain.readiness import AgeKinds, PreStartChecks
from services.matching.domain.suitability import MatchScoring

COMMAND, AMI, BEN, REFERRAL, OPPORTUNITY, MATCH, SECOND, PLACEMENT, NEXT, HOST, EMPLOYER, MADE = (
    UUID(int=n) for n in range(1, 13)
)
ABOUT: Final = Envelope(id=UUID(int=99), time=datetime(2024, 4, 16, 23, 30, tzinfo=UTC))
HEARD_ON: Final = date(2024, 4, 17)
CHOSEN_ON: Final = date(2024, 4, 16)
START: Final = date(2024, 5, 7)
END: Final = date(2025, 5, 6)
OFFICER: Final = Actor(role="apprenticeships_officer", team="apprenticeships")
LIAISON: Final = Actor(role="placements_liaison", team="city_placements")

LENGTHS: Final = PlacementLengths(
    rule="placement.length@2023-08-01",
    lengths={
        "work_experience": Bounds(
            shortest=Length(count=1, unit="days"),
            longest=Length(count=30, unit="days"),
            longest_at_school=Length(count=20, unit="days"),
        ),
        "work_trial": Bounds(
            shortest=Length(count=2, unit="weeks"), longest=Length(count=8, unit="weeks")
        ),
        "traineeship": Bounds(
            shortest=Length(count=6, unit="weeks"), longest=Length(count=6, unit="months")
        ),
        "apprenticeship": Bounds(shortest=Length(count=12, unit="months")),
    },
)
CHECKS: Final = PreStartChecks(
    rule="placement.checks@2018-01-01",
    checks={
        "apprenticeship": ("contract", "right_to_work", "provider_enrolment"),
        "traineeship": ("contract",),
        "work_experience": ("insurance",),
    },
    never_waived=frozenset({"right_to_work"}),
)
AGES: Final = AgeKinds(
    rule="age.kinds@2018-01-01",
    bands={
        "apprenticeship": frozenset({"16_17", "18_20", "21_24"}),
        "traineeship": frozenset({"16_17", "18_20", "21_24"}),
        "work_experience": frozenset({"under_16", "16_17", "18_20", "21_24", "25_plus"}),
    },
)
SCORING: Final = MatchScoring(
    rule="match.score@2018-01-01",
    weights={
        "aspiration": 30, "interests": 20, "skills": 20, "travel": 10, "level": 10,
        "support_fit": 10,
    },
    level_equal=100, level_one_apart=50, support_fit=50, reason_at=60,
    sector_interests={"construction": frozenset({"building", "machines"})},
)  # fmt: skip


def on(day: date) -> Said:
    return Said(occurred_on=day, by=OFFICER, via="page")


opened = OpportunityOpened(
    opportunity=OPPORTUNITY, kind="apprenticeship", title="Bricklayer", host=HOST,
    host_kind="local_business", employer=EMPLOYER, sector="construction", level="2",
    standard="bricklayer_2", area="north", places=1, ringfenced=True, supernumerary=True,
    hours_per_week=37, pay_pence_per_hour=640, planned_length=Length(count=12, unit="months"),
    requirements=("maths", "practical", "teamwork"), **on(date(2024, 4, 12)),
)  # fmt: skip
received = ReferralReceived(
    referral=REFERRAL, person=AMI, made=MADE, route="apprenticeship", cause="first",
    sectors=("construction", "grounds"), level="2", areas=("north",), population="care_leaver",
    age_band="18_20", interests=("building", "music"), skills=("practical", "maths"),
    strengths=("patient",), decide_by=date(2024, 5, 16), **on(date(2024, 4, 11)),
)  # fmt: skip
proposed = MatchProposed(
    match=MATCH, referral=REFERRAL, person=AMI, opportunity=OPPORTUNITY, proposed_by="person",
    score=MatchScore(
        aspiration=100, interests=50, skills=66, travel=100, level=100, support_fit=50
    ),
    reasons=("aspiration", "skills", "travel", "level"), **on(CHOSEN_ON),
)  # fmt: skip
chosen = MatchChosen(
    match=MATCH, referral=REFERRAL, person=AMI, opportunity=OPPORTUNITY, kind="apprenticeship",
    considered=(MATCH,), chosen_by_roles=("apprenticeships_officer", "eet_adviser"),
    young_person_agrees=True, rationale="she laid bricks with her uncle", **on(CHOSEN_ON),
)  # fmt: skip
arranged = PlacementArranged(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, match=MATCH, opportunity=OPPORTUNITY,
    kind="apprenticeship", host=HOST, employer=EMPLOYER, planned_start_on=START,
    planned_end_on=END, population="care_leaver", age_band="18_20",
    checks_required=("contract", "right_to_work", "provider_enrolment"),
    **on(date(2024, 4, 22)),
)  # fmt: skip
reserved = PlaceReserved(
    opportunity=OPPORTUNITY, placement=PLACEMENT, places_left=0, **on(date(2024, 4, 22))
)
contract, right_to_work, enrolment = (
    PreStartCheckCompleted(
        placement=PLACEMENT, person=AMI, check=check, result="passed", **on(date(2024, 4, 29))
    )
    for check in arranged.checks_required
)
started = PlacementStarted(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, opportunity=OPPORTUNITY,
    kind="apprenticeship", sector="construction", level="2", standard="bricklayer_2", host=HOST,
    host_kind="local_business", employer=EMPLOYER, planned_end_on=END, hours_per_week=37,
    paid=True, supernumerary=True, ringfenced=True, age_band="18_20", **on(START),
)  # fmt: skip
concluded = ArrangementConcluded(
    placement=PLACEMENT, person=AMI, opportunity=OPPORTUNITY, ending="ended_early",
    ended_on=date(2024, 8, 5), because=MADE, **on(date(2024, 8, 5)),
)  # fmt: skip
released = PlaceReleased(
    opportunity=OPPORTUNITY, placement=PLACEMENT, reason="ended_early", places_left=1,
    **on(date(2024, 8, 5)),
)  # fmt: skip
