"""One invented young person's way through all four services, as reporting hears it (domain 7.6)."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from chronicle.fact import Envelope
from chronicle.given import Told
from contracts.event import Actor, Event, Said
from contracts.matching import (
    ArrangementConcluded,
    MatchChosen,
    MatchProposed,
    OpportunityOpened,
    PlacementArranged,
    PlacementStarted,
    PlaceReleased,
    PlaceReserved,
    ReferralReceived,
)
from contracts.parts import EetPoint, Length, MatchScore, PlanStep
from contracts.referrals import (
    ActivityStatusRecorded,
    AgendaItemAdded,
    CaseDiscussed,
    EetPlanRevised,
    ProfileUpdated,
    ReferralClosed,
    ReferralMade,
    RouteAgreedByYoungPerson,
    RouteDecided,
    Stage1MeetingHeld,
    Stage1MeetingScheduled,
    YoungPersonRegistered,
)
from contracts.reviews import (
    CaseHandedBackToStage1,
    EarlyExitRisk,
    PlacementEndedEarly,
    PlacementOpened,
    ReviewBroughtForward,
    ReviewHeld,
    ReviewScheduled,
    RiskSignalRecorded,
)

AMI, BEN, WORKER, HOST, OPPORTUNITY = (UUID(int=n) for n in range(1, 6))
REFERRAL, SECOND, MEETING, AUGUST_MEETING, MATCH, PLACEMENT, REVIEW, NEXT_REVIEW, RISK = (
    UUID(int=n) for n in range(11, 20)
)
ADVISER: Final = Actor(worker=WORKER, role="eet_adviser", team="eet")


def on(day: date) -> Said:
    return Said(occurred_on=day, by=ADVISER, via="api")


def about(number: int, day: date, because: int = 0) -> Envelope:
    """The envelope of event `number`, recorded at nine on that day, caused by event `because`."""
    return Envelope(
        id=UUID(int=100 + number), time=datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        correlation=UUID(int=900), causation=str(UUID(int=100 + because)) if because else "",
    )  # fmt: skip


def fact(number: int, event: Event, because: int = 0) -> Told[Event]:
    return Told(event, about(number, event.occurred_on, because))


def id_of(number: int) -> UUID:
    return UUID(int=100 + number)


def again(told: Told[Event], number: int, **changes: object) -> Told[Event]:
    """The same said once more, with these fields changed."""
    event = told.event.model_copy(update=changes)
    return Told(event, about(number, event.occurred_on))


APRIL_2, APRIL_9, APRIL_11, APRIL_16 = (date(2024, 4, day) for day in (2, 9, 11, 16))
MAY_7, JUNE_10, JULY_1, JULY_3, JULY_8, JULY_15 = (
    date(2024, 5, 7), date(2024, 6, 10), date(2024, 7, 1), date(2024, 7, 3), date(2024, 7, 8),
    date(2024, 7, 15),
)  # fmt: skip
AUG_5, AUG_6, AUG_13, AUG_20 = (date(2024, 8, day) for day in (5, 6, 13, 20))
NOV_7, JAN_15 = date(2024, 11, 7), date(2025, 1, 15)

registered = fact(1, YoungPersonRegistered(
    person=AMI, population="care_leaver", category="former_relevant", in_scheme=True,
    age_band="18_20", registered_from="stage1", **on(APRIL_2),
))  # fmt: skip
profile = fact(2, ProfileUpdated(
    person=AMI, sectors=("construction",), level="2", areas=("north", "east"),
    aspirations="to build a house", occupations=("joiner",), interests=("building",),
    skills=("practical",), strengths=("patient",), qualifications=(), barriers=("fares",),
    accessibility=(), **on(APRIL_2),
))  # fmt: skip
neet = fact(3, ActivityStatusRecorded(
    person=AMI, status="neet", oc3="G5", age_band="18_20", verified_by="worker", **on(APRIL_2),
))  # fmt: skip
meeting_planned = fact(4, Stage1MeetingScheduled(
    meeting=MEETING, series="monthly", planned_on=APRIL_9, within_team_meeting=True,
    extraordinary=False, **on(APRIL_2),
))  # fmt: skip
new_neet = fact(5, AgendaItemAdded(
    person=AMI, cause="new_neet", source=id_of(3), discuss_by=MAY_7, **on(APRIL_2),
), because=3)  # fmt: skip
meeting_held = fact(6, Stage1MeetingHeld(
    meeting=MEETING, chair_role="leaving_care_manager", attendee_roles=("eet_adviser",),
    apologies=(), quorate=True, **on(APRIL_9),
))  # fmt: skip
discussed = fact(7, CaseDiscussed(
    person=AMI, meeting=MEETING, causes=("new_neet",), progress="not_started", exits=(),
    note="wants to work outdoors", **on(APRIL_9),
))  # fmt: skip
decided = fact(8, RouteDecided(
    person=AMI, meeting=MEETING, urgent_procedure=False, route="apprenticeship",
    options_considered=("preparatory",), decided_by_roles=("leaving_care_manager", "eet_adviser"),
    rationale="ready", **on(APRIL_9),
))  # fmt: skip
agreed = fact(9, RouteAgreedByYoungPerson(
    person=AMI, route="apprenticeship", decision=id_of(8), how="face_to_face", **on(APRIL_11),
))  # fmt: skip
made = fact(10, ReferralMade(
    referral=REFERRAL, person=AMI, route="apprenticeship", owner=WORKER, cause="first",
    decision=id_of(8), sharing_basis="consent", population="care_leaver", age_band="18_20",
    sectors=("construction",), level="2", areas=("north",), interests=("building",),
    skills=("practical",), strengths=("patient",), aspirations="to build a house",
    summary="keen on joinery", **on(APRIL_11),
))  # fmt: skip
received = fact(11, ReferralReceived(
    referral=REFERRAL, person=AMI, made=id_of(10), route="apprenticeship", cause="first",
    sectors=("construction",), level="2", areas=("north",), population="care_leaver",
    age_band="18_20", interests=("building",), skills=("practical",), strengths=("patient",),
    decide_by=date(2024, 5, 16), **on(APRIL_11),
), because=10)  # fmt: skip
opportunity = fact(12, OpportunityOpened(
    opportunity=OPPORTUNITY, kind="apprenticeship", title="Bricklayer", host=HOST,
    host_kind="department", employer=HOST, sector="construction", level="2", area="north",
    places=1, ringfenced=True, supernumerary=True, hours_per_week=37, pay_pence_per_hour=640,
    planned_length=Length(count=12, unit="months"), requirements=("practical",), **on(APRIL_11),
))  # fmt: skip
proposed = fact(13, MatchProposed(
    match=MATCH, referral=REFERRAL, person=AMI, opportunity=OPPORTUNITY, proposed_by="person",
    score=MatchScore(
        aspiration=100, interests=50, skills=66, travel=100, level=100, support_fit=50
    ),
    reasons=("aspiration", "travel"), **on(APRIL_16),
))  # fmt: skip
chosen = fact(14, MatchChosen(
    match=MATCH, referral=REFERRAL, person=AMI, opportunity=OPPORTUNITY, kind="apprenticeship",
    considered=(MATCH,), chosen_by_roles=("apprenticeships_officer",), young_person_agrees=True,
    rationale="near home", **on(APRIL_16),
))  # fmt: skip
arranged = fact(15, PlacementArranged(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, match=MATCH, opportunity=OPPORTUNITY,
    kind="apprenticeship", host=HOST, employer=HOST, planned_start_on=MAY_7,
    planned_end_on=date(2025, 5, 6), population="care_leaver", age_band="18_20",
    checks_required=("contract",), **on(APRIL_16),
))  # fmt: skip
reserved = fact(16, PlaceReserved(
    opportunity=OPPORTUNITY, placement=PLACEMENT, places_left=0, **on(APRIL_16),
))  # fmt: skip
started = fact(17, PlacementStarted(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, opportunity=OPPORTUNITY,
    kind="apprenticeship", sector="construction", level="2", host=HOST, host_kind="department",
    employer=HOST, planned_end_on=date(2025, 5, 6), hours_per_week=37, paid=True,
    supernumerary=True, ringfenced=True, age_band="18_20", **on(MAY_7),
))  # fmt: skip
opened = fact(18, PlacementOpened(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, started=id_of(17), started_on=MAY_7,
    planned_end_on=date(2025, 5, 6), kind="apprenticeship", host=HOST, employer=HOST,
    first_review=REVIEW, first_review_due_by=NOV_7, **on(MAY_7),
), because=17)  # fmt: skip
scheduled = fact(19, ReviewScheduled(
    review=REVIEW, person=AMI, placement=PLACEMENT, basis="placement_start",
    clock="placement_start_plus_interval", planned_on=NOV_7, due_by=NOV_7, **on(MAY_7),
), because=17)  # fmt: skip
eet = fact(20, ActivityStatusRecorded(
    person=AMI, status="eet", oc3="F4", age_band="18_20", verified_by="placement",
    placement=PLACEMENT, **on(MAY_7),
), because=17)  # fmt: skip
first_signal = fact(21, RiskSignalRecorded(
    signal=UUID(int=31), placement=PLACEMENT, person=AMI, group="attendance", kind="visit_missed",
    weight=1, observer="assessor", **on(JUNE_10),
))  # fmt: skip
second_signal = fact(22, RiskSignalRecorded(
    signal=UUID(int=32), placement=PLACEMENT, person=AMI, group="stated", kind="unhappy",
    weight=3, observer="young_person", **on(JULY_1),
))  # fmt: skip
at_risk = fact(23, EarlyExitRisk(
    risk=RISK, placement=PLACEMENT, person=AMI, level="at_risk", raised_by="rule",
    signals=(id_of(21), id_of(22)), groups=("attendance", "stated"), weight=4,
    next_review=REVIEW, next_review_on=NOV_7, respond_by=JULY_8, **on(JULY_1),
))  # fmt: skip
at_risk_item = fact(24, AgendaItemAdded(
    person=AMI, cause="at_risk", source=id_of(23), placement=PLACEMENT, discuss_by=AUG_5,
    **on(JULY_1),
), because=23)  # fmt: skip
forward = fact(25, ReviewBroughtForward(
    review=REVIEW, person=AMI, placement=PLACEMENT, risk=RISK, because=id_of(23), from_on=NOV_7,
    to_on=JULY_15, due_by=NOV_7, decided_by_roles=("leaving_care_adviser",), **on(JULY_3),
))  # fmt: skip
held = fact(26, ReviewHeld(
    review=REVIEW, person=AMI, placement=PLACEMENT, due_by=NOV_7, days_late=0,
    chair_role="leaving_care_adviser", attendee_roles=("eet_adviser",), apologies=(),
    young_person_present=True, views_recorded=True, views="likes the team",
    progress="some_concern", progress_note="missed two visits",
    eet_points=(EetPoint(kind="travel", text="an earlier bus"),), actions=(), **on(JULY_15),
))  # fmt: skip
next_scheduled = fact(27, ReviewScheduled(
    review=NEXT_REVIEW, person=AMI, placement=PLACEMENT, basis="statutory",
    clock="last_review_plus_interval", last_held_on=JULY_15, planned_on=JAN_15, due_by=JAN_15,
    **on(JULY_15),
))  # fmt: skip
ended = fact(28, PlacementEndedEarly(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, kind="apprenticeship",
    reason_group="employer", reason_code="employer_support_or_study_time", secondary_reasons=(),
    initiated_by="young_person", positive_move=False, last_day_on=AUG_5, notice_given=True,
    risk=RISK, risk_answered=True, restricted_handling=False, note="no study time", **on(AUG_5),
))  # fmt: skip
handed_back = fact(29, CaseHandedBackToStage1(
    placement=PLACEMENT, person=AMI, referral=REFERRAL, ending=id_of(28), purpose="replan",
    discuss_by=date(2024, 9, 5), summary="wants a smaller firm", **on(AUG_5),
))  # fmt: skip
closed = fact(30, ReferralClosed(
    referral=REFERRAL, person=AMI, outcome="ended_early", because=id_of(28), **on(AUG_5),
), because=28)  # fmt: skip
exit_item = fact(31, AgendaItemAdded(
    person=AMI, cause="early_exit", source=id_of(29), exit=id_of(28), placement=PLACEMENT,
    discuss_by=date(2024, 9, 5), **on(AUG_5),
), because=29)  # fmt: skip
concluded = fact(32, ArrangementConcluded(
    placement=PLACEMENT, person=AMI, opportunity=OPPORTUNITY, ending="ended_early",
    ended_on=AUG_5, because=id_of(28), **on(AUG_5),
), because=28)  # fmt: skip
released = fact(33, PlaceReleased(
    opportunity=OPPORTUNITY, placement=PLACEMENT, reason="ended_early", places_left=1,
    **on(AUG_5),
), because=32)  # fmt: skip
neet_again = again(neet, 34, occurred_on=AUG_6)
august_planned = again(
    meeting_planned, 35, meeting=AUGUST_MEETING, planned_on=AUG_13, extraordinary=True,
    occurred_on=AUG_6,
)  # fmt: skip
august_held = again(meeting_held, 36, meeting=AUGUST_MEETING, occurred_on=AUG_13)
exit_discussed = again(
    discussed, 37, meeting=AUGUST_MEETING, causes=("early_exit", "at_risk"), exits=(id_of(28),),
    progress="serious_concern", occurred_on=AUG_13,
)  # fmt: skip
decided_again = again(decided, 38, meeting=AUGUST_MEETING, occurred_on=AUG_13)
agreed_again = again(agreed, 39, decision=id_of(38), occurred_on=AUG_13)
revised = fact(40, EetPlanRevised(
    person=AMI, version=1, cause="exit", because=id_of(28),
    steps=(PlanStep(step=1, kind="work", owner="eet_adviser", due_by=AUG_20, text="a visit"),),
    what_changed="a smaller firm", agreed_by_young_person=True, **on(AUG_20),
))  # fmt: skip
made_again = again(
    made, 41, referral=SECOND, cause="early_exit", prior_referral=REFERRAL, occurred_on=AUG_20
)
received_again = again(received, 42, referral=SECOND, made=id_of(41), occurred_on=AUG_20)

STORY: Final = (
    registered, profile, neet, meeting_planned, new_neet, meeting_held, discussed, decided, agreed,
    made, received, opportunity, proposed, chosen, arranged, reserved, started, opened, scheduled,
    eet, first_signal, second_signal, at_risk, at_risk_item, forward, held, next_scheduled, ended,
    handed_back, closed, exit_item, concluded, released, neet_again, august_planned, august_held,
    exit_discussed, decided_again, agreed_again, revised, made_again, received_again,
)  # fmt: skip


def until(last: Told[Event]) -> tuple[Told[Event], ...]:
    """The story up to this event, which is in it."""
    return STORY[: STORY.index(last) + 1]
