# ruff: noqa: E501  # one rule a row reads as a table
"""The rules by code: the name of each, how a door answers when it is broken, and what it says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`status` is the HTTP status of a refusal (domain.md 12)."""

    name: str
    status: int
    says: str


RULES: dict[str, Rule] = {
    "REF-01": Rule("PERSON_NOT_REGISTERED", 422, "Nothing is said about a person who is not registered."),
    "REF-02": Rule("NOT_IN_SCHEME", 422, "The latest registration puts the person in the scheme."),
    "REF-03": Rule("OPEN_REFERRAL_EXISTS", 409, "A person has one open referral."),
    "REF-04": Rule("NOT_NEET_AT_REFERRAL", 428, "If the person is not NEET, the referral says why."),
    "REF-05": Rule("ROUTE_NEEDS_TWO_TEAMS", 422, "A route decision names roles of both teams."),
    "REF-06": Rule("ROUTE_UNKNOWN_AT_DATE", 422, "The route is in the pathway catalogue on that date."),
    "REF-07": Rule("CONSENT_MISSING", 428, "Nothing is shared without a basis."),
    "REF-09": Rule("PLAN_REVISION_REQUIRED", 428, "After an exit the plan is revised before a referral."),
    "REF-10": Rule("MEETING_NOT_QUORATE", 422, "A case is discussed in a held meeting, a route decided in a quorate one or by urgent procedure."),
    "REF-11": Rule("WORKER_REQUIRED", 422, "An open referral has an owner."),
    "REF-13": Rule("NOT_DISCUSSED", 428, "A route is decided once the case is discussed, and agreed once, as decided."),
    "REF-14": Rule("ROUTE_NOT_AGREED", 428, "No referral without the young person's agreement to that route."),
    "REF-15": Rule("REFERRAL_NOT_OPEN", 409, "Only an open referral closes, with an outcome a person may give."),
    "REF-16": Rule("MEETING_STATE", 409, "A meeting is scheduled once, and held once, not before its day."),
    "REF-17": Rule("EXIT_NOT_DISCUSSED", 428, "A plan revised for an exit follows the stage 1 discussion of that exit."),
    "REF-18": Rule("PROFILE_MISSING", 428, "No referral without a profile to share."),
    "MAT-01": Rule("OPPORTUNITY_NOT_OPEN", 409, "No match to an opportunity that is closed."),
    "MAT-02": Rule("NO_PLACES_LEFT", 409, "Reserved places never exceed places."),
    "MAT-03": Rule("LIVE_PLACEMENT_EXISTS", 409, "A person has one live arrangement or placement."),
    "MAT-10": Rule("START_BEFORE_READY", 428, "A start needs every check of its kind, passed, or waived with a reason."),
    "MAT-11": Rule("START_DATE", 422, "A start is not in the future; one long past needs a manager."),
    "MAT-12": Rule("DURATION_OUT_OF_POLICY", 422, "The length is within the rules for the kind on the start date."),
    "MAT-13": Rule("UNPAID_KIND_ONLY", 422, "Only some kinds are unpaid, and an apprentice earns the rate in force."),
    "MAT-14": Rule("RIGHT_TO_WORK", 428, "A paid start needs the right-to-work check."),
    "MAT-20": Rule("AGE_BAND", 422, "The kind's age rule holds at the start."),
    "MAT-21": Rule("REFERRAL_NOT_OPEN", 409, "Only for a referral received, with no arrangement of it concluded."),
    "MAT-22": Rule("MATCH_STATE", 409, "The kind fits the route; an arrangement needs a chosen match the young person agrees to."),
    "MAT-23": Rule("ARRANGEMENT_STATE", 409, "Checks and a start only on an arrangement that has not started."),
    "REV-01": Rule("PLACEMENT_NOT_ACTIVE", 409, "Nothing is dated outside the life of the placement it names."),
    "REV-02": Rule("REVIEW_BEYOND_STATUTORY_DATE", 422, "No review is planned past its due date."),
    "REV-03": Rule("REVIEW_ATTENDEES_MISSING", 422, "A review has its chair and its attendees, or their apologies."),
    "REV-04": Rule("EET_PLANNING_REQUIRED", 422, "A review plans at least one step of education, employment or training."),
    "REV-08": Rule("RISK_ONLY_WHEN_LIVE", 409, "Signals, raises and answers only on a live placement."),
    "REV-09": Rule("EXIT_REASON_REQUIRED", 422, "An exit has a reason, an initiator and a last day."),
    "REV-10": Rule("DATES", 422, "No end before the start or in the future."),
    "REV-11": Rule("COMPLETED_AND_EXITED", 409, "A placement has one ending."),
    "REV-16": Rule("FORWARD_MUST_BE_EARLIER", 422, "Forward is from today to before the planned date."),
    "REV-17": Rule("REVIEW_NOT_OPEN", 409, "Only the open review is held, moved or declined."),
    "REV-18": Rule("REASON_REQUIRED", 422, "Declining takes a reason and words."),
    "REV-19": Rule("REVIEW_ALREADY_OPEN", 409, "A person has one open review; only an earlier due date is said again."),
    "ALL-01": Rule("VERSION_CONFLICT", 409, "The stream is where the caller saw it; what is opened is opened once."),
    "ALL-03": Rule("UNKNOWN_SCHEMA", 422, "An event is of a schema we know."),
    "ALL-04": Rule("NOT_PRODUCER", 403, "Nobody says another's event type."),
    "ALL-05": Rule("IDENTITY_IN_EVENT", 422, "No name, birth date, address, phone or email in an event."),
    "ALL-07": Rule("NOT_ALLOWED", 403, "The role may give this command."),
}  # fmt: skip
