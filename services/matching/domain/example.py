"""One young person, one place and one arrangement of them, as the state tables show them."""

from datetime import date
from typing import Final, get_args
from uuid import UUID

from contracts.codes import Check, CheckResult, Kind, ScorePart
from contracts.event import Actor, Said
from contracts.matching import (
    MatchChosen,
    MatchProposed,
    OpportunityOpened,
    PlacementArranged,
    ReferralReceived,
)
from contracts.parts import Length, MatchScore
from services.matching.domain.lengths import Bounds, PlacementLengths
from services.matching.domain.readiness import AgeKinds, PreStartChecks
from services.matching.domain.suitability import MatchScoring

COMMAND, PERSON, REFERRAL, OPPORTUNITY, MATCH, PLACEMENT, OTHER, HOST = (
    UUID(int=n) for n in range(1, 9)
)
DAY: Final = date(2024, 5, 7)
LAST_DAY: Final = date(2025, 5, 6)
OFFICER: Final = Actor(role="apprenticeships_officer", team="apprenticeships")
KIND: Final[Kind] = "apprenticeship"
SAID: Final = Said(occurred_on=DAY, by=OFFICER, via="page")
LENGTHS: Final = PlacementLengths(rule="", lengths={KIND: Bounds()})
SCORING: Final = MatchScoring(
    rule="", weights=dict.fromkeys(get_args(ScorePart), 1), level_equal=100, level_one_apart=50,
    support_fit=50, reason_at=60, sector_interests={},
)  # fmt: skip

CHECKS: Final = PreStartChecks(
    rule="", checks={KIND: ("contract", "right_to_work")}, never_waived=frozenset({"right_to_work"})
)
AGES: Final = AgeKinds(rule="", bands={KIND: frozenset({"18_20"})})
ALL_PASSED: Final[dict[Check, CheckResult]] = {"contract": "passed", "right_to_work": "passed"}

terms = OpportunityOpened(
    opportunity=OPPORTUNITY, kind=KIND, title="", host=HOST, host_kind="department", employer=HOST,
    sector="care", level="2", area="north", places=2, ringfenced=False, supernumerary=False,
    hours_per_week=37, pay_pence_per_hour=640, planned_length=Length(count=12, unit="months"),
    requirements=(), **SAID,
)  # fmt: skip
referral = ReferralReceived(
    referral=REFERRAL, person=PERSON, made=OTHER, route="apprenticeship", cause="first",
    sectors=(), level="2", areas=(), population="care_leaver", age_band="18_20", interests=(),
    skills=(), strengths=(), decide_by=DAY, **SAID,
)  # fmt: skip
proposed = MatchProposed(
    match=MATCH, referral=REFERRAL, person=PERSON, opportunity=OPPORTUNITY, proposed_by="person",
    score=MatchScore(aspiration=0, interests=0, skills=0, travel=0, level=0, support_fit=0),
    reasons=(), **SAID,
)  # fmt: skip
chosen = MatchChosen(
    match=MATCH, referral=REFERRAL, person=PERSON, opportunity=OPPORTUNITY, kind=KIND,
    considered=(MATCH,), chosen_by_roles=(), young_person_agrees=True, rationale="", **SAID,
)  # fmt: skip
plan = PlacementArranged(
    placement=PLACEMENT, person=PERSON, referral=REFERRAL, match=MATCH, opportunity=OPPORTUNITY,
    kind=KIND, host=HOST, employer=HOST, planned_start_on=DAY, planned_end_on=LAST_DAY,
    population="care_leaver", age_band="18_20", checks_required=("contract", "right_to_work"),
    **SAID,
)  # fmt: skip
