"""One invented young person's facts, for the tests of referrals to begin from."""

from datetime import UTC, date, datetime
from typing import TypedDict
from uuid import UUID

from chronicle.decider import Envelope
from contracts.codes import Via
from contracts.event import SYSTEM, Actor, Said
from contracts.parts import PlanStep
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
from services.referrals.domain.agenda import DiscussWithin
from services.referrals.domain.route import RouteCatalogue, RouteTeams
from services.referrals.domain.young_person import FullTime

AMI, MEETING, REFERRAL, PLACEMENT, WORKER = (UUID(int=n) for n in range(1, 6))
COMMAND, DECISION, EXIT, HEARD = (UUID(int=n) for n in range(10, 14))
SECOND, THIRD, NINTH, TENTH = (date(2024, 4, day) for day in (2, 3, 9, 10))
ABOUT = Envelope(id=HEARD, time=datetime(2024, 4, 9, 23, 30, tzinfo=UTC))  # TENTH in London
ADVISER = Actor(worker=WORKER, role="eet_adviser", team="eet")


class Asks(TypedDict):
    id: UUID
    today: date
    on: date
    by: Actor
    via: Via


ASKS: Asks = {"id": COMMAND, "today": TENTH, "on": NINTH, "by": ADVISER, "via": "api"}
HEARS: Asks = {"id": COMMAND, "today": TENTH, "on": TENTH, "by": SYSTEM, "via": "policy"}
SAID: Said = {"occurred_on": NINTH, "by": ADVISER, "via": "api"}

TEAMS = RouteTeams(
    rule="route.teams@2018-01-01",
    teams=(
        frozenset({"leaving_care_adviser", "leaving_care_manager"}),
        frozenset({"eet_adviser", "eet_manager"}),
    ),
    urgent=(frozenset({"leaving_care_manager"}), frozenset({"eet_manager"})),
)
ROUTES = RouteCatalogue(
    rule="catalogue.routes@2018-01-01", routes=frozenset({"preparatory", "apprenticeship", "none"})
)
WITHIN = DiscussWithin(rule="stage1.discuss_within@2018-01-01", days=35)
FULL_TIME = FullTime(rule="activity.full_time@2018-01-01", hours_per_week=16)

registered = YoungPersonRegistered(
    person=AMI, population="care_leaver", category="former_relevant", in_scheme=True,
    age_band="18_20", registered_from="stage1", **SAID,
)  # fmt: skip
neet = ActivityStatusRecorded(
    person=AMI, status="neet", oc3="G5", age_band="18_20", verified_by="worker", **SAID
)
profile = ProfileUpdated(
    person=AMI, sectors=("construction",), level="2", areas=("north",), max_travel_minutes=40,
    aspirations="to build a house", occupations=("joiner",), interests=("building",),
    skills=("practical",), strengths=("patient",), qualifications=("maths",), barriers=("fares",),
    accessibility=("quiet room",), **SAID,
)  # fmt: skip

scheduled = Stage1MeetingScheduled(
    meeting=MEETING, series="monthly", planned_on=NINTH, within_team_meeting=True,
    extraordinary=False, occurred_on=SECOND, by=ADVISER, via="api",
)  # fmt: skip
held = Stage1MeetingHeld(
    meeting=MEETING, chair_role="leaving_care_manager", attendee_roles=("eet_adviser",),
    apologies=(), quorate=True, **SAID,
)  # fmt: skip
not_quorate = held.model_copy(update={"quorate": False})

new_neet = AgendaItemAdded(
    person=AMI, cause="new_neet", source=UUID(int=20), discuss_by=date(2024, 5, 14), **SAID
)
early_exit = AgendaItemAdded(
    person=AMI, cause="early_exit", source=UUID(int=21), exit=EXIT, placement=PLACEMENT,
    discuss_by=date(2024, 5, 10), **SAID,
)  # fmt: skip
discussed = CaseDiscussed(
    person=AMI, meeting=MEETING, causes=("new_neet",), progress="on_track", exits=(),
    note="wants to work outdoors", **SAID,
)  # fmt: skip
exit_discussed = discussed.model_copy(update={"causes": ("early_exit",), "exits": (EXIT,)})
decided = RouteDecided(
    person=AMI, meeting=MEETING, urgent_procedure=False, route="apprenticeship",
    options_considered=("preparatory", "apprenticeship"),
    decided_by_roles=("leaving_care_manager", "eet_adviser"), rationale="ready", **SAID,
)  # fmt: skip
decided_none = decided.model_copy(update={"route": "none"})
agreed = RouteAgreedByYoungPerson(
    person=AMI, route="apprenticeship", decision=DECISION, how="face_to_face", **SAID
)
made = ReferralMade(
    referral=REFERRAL, person=AMI, route="apprenticeship", owner=WORKER, cause="first",
    decision=DECISION, sharing_basis="consent", population="care_leaver", age_band="18_20",
    sectors=("construction",), level="2", areas=("north",), interests=("building",),
    skills=("practical",), strengths=("patient",), aspirations="to build a house",
    summary="keen on joinery", **SAID,
)  # fmt: skip
ended_early = ReferralClosed(
    referral=REFERRAL, person=AMI, outcome="ended_early", because=EXIT, **SAID
)
no_place = ReferralClosed(referral=REFERRAL, person=AMI, outcome="no_place", **SAID)

STEPS = (PlanStep(step=1, kind="work", owner="eet_adviser", due_by=TENTH, text="visit a site"),)
revised = EetPlanRevised(
    person=AMI, version=1, cause="exit", because=EXIT, steps=STEPS,
    what_changed="a smaller firm", agreed_by_young_person=True, **SAID,
)  # fmt: skip
