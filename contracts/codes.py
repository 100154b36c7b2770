"""The code lists of the scheme: what a field may say (domain.md 7.1, 8, 11, 16, 18)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import StringConstraints

CLOSED: Final = frozenset(
    {"Activity", "RiskLevel", "Ending", "CheckResult", "RaisedBy", "ProposedBy"}
)
"""The lists that never grow; every other one may (`x-open: true` in its schema)."""

# fmt: off
Role: TypeAlias = Literal[
    "young_person", "leaving_care_adviser", "leaving_care_manager", "head_of_service",
    "eet_adviser", "eet_manager", "apprenticeships_officer", "traineeships_officer",
    "work_experience_officer", "placements_liaison", "placements_support",
    "adult_learning_manager", "assessor", "hr_officer", "recruitment", "shortlister",
    "interview_panel", "recruiting_manager", "childrens_services_finance",
    "economic_development", "line_manager", "employer", "provider", "virtual_school",
    "steering_group", "auditor", "information_governance", "operations", "machine", "system",
]
Team: TypeAlias = Literal[
    "young_person", "leaving_care", "eet", "apprenticeships", "city_placements",
    "adult_learning", "hr", "childrens_services", "economic_development", "host", "provider",
    "virtual_school", "governance", "technical",
]
Via: TypeAlias = Literal["page", "api", "import", "timer", "policy"]

Population: TypeAlias = Literal["looked_after", "care_leaver"]
Category: TypeAlias = Literal[
    "eligible", "relevant", "former_relevant", "qualifying", "looked_after_under_16", "none"
]
AgeBand: TypeAlias = Literal["under_16", "16_17", "18_20", "21_24", "25_plus"]
RegisteredFrom: TypeAlias = Literal["stage1", "case_system", "virtual_school", "self", "import"]
Level: TypeAlias = Literal["entry", "1", "2", "3", "4", "5", "6", "7"]

Activity: TypeAlias = Literal["eet", "neet", "not_known"]
Oc3: TypeAlias = Literal[
    "F1", "P1", "F2", "P2", "F3", "P3", "F4", "P4", "F5", "P5", "G4", "G5", "G6", "0"
]
Nccis: TypeAlias = Literal[
    "210", "220", "230", "240", "250", "260", "270", "280", "290", "310", "320", "330", "340",
    "350", "360", "370", "380", "381", "410", "430", "440", "450", "460", "530", "540", "610",
    "615", "616", "619", "620", "630", "640", "650", "660", "670", "680", "710", "810", "820",
    "830",
]
VerifiedBy: TypeAlias = Literal["worker", "self", "provider", "placement", "import"]
Progress: TypeAlias = Literal[
    "not_started", "on_track", "some_concern", "serious_concern", "finished"
]

Route: TypeAlias = Literal[
    "preparatory", "work_experience", "traineeship", "apprenticeship", "none"
]
Kind: TypeAlias = Literal[
    "work_experience", "work_trial", "work_ready", "traineeship", "foundation_apprenticeship",
    "apprenticeship", "degree_apprenticeship",
]
AgendaCause: TypeAlias = Literal[
    "new_neet", "progress", "early_exit", "completed", "stalled", "returned", "ready_to_move",
    "at_risk", "no_contact",
]
AgreedHow: TypeAlias = Literal["face_to_face", "phone", "written"]
SharingBasis: TypeAlias = Literal["consent", "recorded_override"]
ReferralCause: TypeAlias = Literal["first", "early_exit", "next_step", "changed_mind", "returned"]
ReferralOutcome: TypeAlias = Literal[
    "completed", "ended_early", "did_not_start", "withdrawn", "returned", "no_place",
    "moved_away", "record_closed", "merged", "made_in_error",
]

HostKind: TypeAlias = Literal["department", "local_business"]
LengthUnit: TypeAlias = Literal["days", "weeks", "months"]
ScorePart: TypeAlias = Literal[
    "aspiration", "interests", "skills", "travel", "level", "support_fit"
]
Check: TypeAlias = Literal[
    "insurance", "risk_arrangements", "paperwork", "letter", "induction", "right_to_work",
    "contract", "provider_enrolment", "support_plan",
]
CheckResult: TypeAlias = Literal["passed", "waived"]
ReleaseReason: TypeAlias = Literal[
    "did_not_start", "arrangement_cancelled", "ended_early", "recorded_in_error"
]
Ending: TypeAlias = Literal["completed", "ended_early"]

ReviewBasis: TypeAlias = Literal["statutory", "placement_start", "requested", "risk"]
ReviewClock: TypeAlias = Literal[
    "last_review_plus_interval", "placement_start_plus_interval", "date_given"
]
DeclineReason: TypeAlias = Literal[
    "review_already_near", "mitigation_in_place", "young_person_prefers_date", "signal_mistaken",
    "other",
]
EetPointKind: TypeAlias = Literal[
    "learning", "work", "skills", "support", "travel", "money", "housing", "health", "other"
]
StepKind: TypeAlias = Literal[
    "learning", "work", "skills", "support", "travel", "money", "housing", "health", "other"
]
PlanCause: TypeAlias = Literal["exit", "completion", "review", "request"]

SignalGroup: TypeAlias = Literal[
    "attendance", "progress", "employer", "course", "money", "wellbeing", "home", "contact",
    "stated",
]
SignalKind: TypeAlias = Literal[
    "visit_missed", "second_visit_missed", "monthly_review_missed", "absence_unexplained",
    "absence_pattern", "learning_hours_behind", "rated_off_track", "assessment_failed",
    "line_manager_changed", "study_time_not_given", "support_not_delivered", "host_concern",
    "restructure_announced", "disciplinary", "dismissal_notice", "workload", "provider_problem",
    "provider_suspended", "pay_or_benefits_problem", "travel_cost", "bursary_late",
    "health_absence", "caring_or_pregnancy", "mental_health_concern", "accommodation_unsuitable",
    "moved_far", "housing_crisis", "no_reply_14_days", "lost_contact", "unhappy",
    "looking_elsewhere", "wants_to_leave",
]
Observer: TypeAlias = Literal[
    "young_person", "adviser", "assessor", "line_manager", "provider", "carer", "system"
]
RiskLevel: TypeAlias = Literal["at_risk", "urgent"]
RaisedBy: TypeAlias = Literal["rule", "person"]
ProposedBy: TypeAlias = Literal["rule", "person"]

CompletionResult: TypeAlias = Literal["achieved", "completed_programme"]
ExitReason: TypeAlias = Literal[
    "better_job", "better_course", "dismissed_conduct", "dismissed_performance",
    "redundancy_or_host_closed", "employer_support_or_study_time", "course_or_provider",
    "workload", "pay_benefits_or_travel_cost", "health", "mental_health",
    "pregnancy_or_caring", "housing_crisis", "custody", "moved_area", "right_to_work_ended",
    "died", "lost_contact", "programme_withdrawn", "other",
]
ExitGroup: TypeAlias = Literal[
    "positive_move", "dismissed", "host_closed", "employer", "course_or_provider", "money",
    "personal_circumstances", "contact_lost", "programme", "other",
]
InitiatedBy: TypeAlias = Literal["young_person", "host", "provider", "scheme", "mutual"]
HandBackPurpose: TypeAlias = Literal["replan", "information"]

Service: TypeAlias = Literal["referrals", "matching", "reviews", "reporting"]
Finding: TypeAlias = Literal[
    "root_differs", "two_at_one_position", "stream_forked", "seal_forked", "position_missing",
    "bad_signature",
]
# fmt: on

LocalCode: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A code of the authority's own list: policy data, checked at the door by `in_force`."""

Sector: TypeAlias = LocalCode
Area: TypeAlias = LocalCode
Standard: TypeAlias = LocalCode
Interest: TypeAlias = LocalCode
Skill: TypeAlias = LocalCode

TEAM_OF: Final[Mapping[Role, Team]] = MappingProxyType(
    {
        "young_person": "young_person",
        "leaving_care_adviser": "leaving_care",
        "leaving_care_manager": "leaving_care",
        "head_of_service": "leaving_care",
        "eet_adviser": "eet",
        "eet_manager": "eet",
        "apprenticeships_officer": "apprenticeships",
        "traineeships_officer": "apprenticeships",
        "work_experience_officer": "apprenticeships",
        "placements_liaison": "city_placements",
        "placements_support": "city_placements",
        "adult_learning_manager": "adult_learning",
        "assessor": "adult_learning",
        "hr_officer": "hr",
        "recruitment": "hr",
        "shortlister": "hr",
        "interview_panel": "hr",
        "recruiting_manager": "hr",
        "childrens_services_finance": "childrens_services",
        "economic_development": "economic_development",
        "line_manager": "host",
        "employer": "host",
        "provider": "provider",
        "virtual_school": "virtual_school",
        "steering_group": "governance",
        "auditor": "governance",
        "information_governance": "governance",
        "operations": "technical",
        "machine": "technical",
        "system": "technical",
    }
)

KINDS_OF: Final[Mapping[Route, tuple[Kind, ...]]] = MappingProxyType(
    {
        "preparatory": (),
        "work_experience": ("work_experience", "work_trial"),
        "traineeship": ("traineeship", "work_ready"),
        "apprenticeship": ("foundation_apprenticeship", "apprenticeship", "degree_apprenticeship"),
        "none": (),
    }
)

EXIT_GROUP_OF: Final[Mapping[ExitReason, ExitGroup]] = MappingProxyType(
    {
        "better_job": "positive_move",
        "better_course": "positive_move",
        "dismissed_conduct": "dismissed",
        "dismissed_performance": "dismissed",
        "redundancy_or_host_closed": "host_closed",
        "employer_support_or_study_time": "employer",
        "course_or_provider": "course_or_provider",
        "workload": "course_or_provider",
        "pay_benefits_or_travel_cost": "money",
        "health": "personal_circumstances",
        "mental_health": "personal_circumstances",
        "pregnancy_or_caring": "personal_circumstances",
        "housing_crisis": "personal_circumstances",
        "custody": "personal_circumstances",
        "moved_area": "personal_circumstances",
        "right_to_work_ended": "personal_circumstances",
        "died": "personal_circumstances",
        "lost_contact": "contact_lost",
        "programme_withdrawn": "programme",
        "other": "other",
    }
)

SIGNAL_GROUP_OF: Final[Mapping[SignalKind, SignalGroup]] = MappingProxyType(
    {
        "visit_missed": "attendance",
        "second_visit_missed": "attendance",
        "monthly_review_missed": "attendance",
        "absence_unexplained": "attendance",
        "absence_pattern": "attendance",
        "learning_hours_behind": "progress",
        "rated_off_track": "progress",
        "assessment_failed": "progress",
        "line_manager_changed": "employer",
        "study_time_not_given": "employer",
        "support_not_delivered": "employer",
        "host_concern": "employer",
        "restructure_announced": "employer",
        "disciplinary": "employer",
        "dismissal_notice": "employer",
        "workload": "course",
        "provider_problem": "course",
        "provider_suspended": "course",
        "pay_or_benefits_problem": "money",
        "travel_cost": "money",
        "bursary_late": "money",
        "health_absence": "wellbeing",
        "caring_or_pregnancy": "wellbeing",
        "mental_health_concern": "wellbeing",
        "accommodation_unsuitable": "home",
        "moved_far": "home",
        "housing_crisis": "home",
        "no_reply_14_days": "contact",
        "lost_contact": "contact",
        "unhappy": "stated",
        "looking_elsewhere": "stated",
        "wants_to_leave": "stated",
    }
)
