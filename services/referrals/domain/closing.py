"""How a referral ends: a placement elsewhere ends it, or a person says why there will be none."""

from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Refused, Samples
from contracts.codes import ReferralOutcome, Route
from contracts.event import SYSTEM, Asked
from contracts.referrals import ReferralClosed
from services.referrals.domain import case_state
from services.referrals.domain.case_state import Agreed, Case, Decided, Discussed, Referred

BY_HAND: Final[frozenset[ReferralOutcome]] = frozenset(
    {"moved_away", "record_closed", "no_place", "made_in_error"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseReferral(Asked):
    person: UUID
    referral: UUID
    outcome: ReferralOutcome
    because: UUID | None = None
    note: str | None = None


Command: TypeAlias = CloseReferral
Event: TypeAlias = case_state.Event
State: TypeAlias = Case


def decide(command: Command, state: State) -> list[Event]:
    match command, state.stage:
        case CloseReferral(referral=named) as c, Referred(referral=current, route=route) if (
            named == current and not may_say(c, route)
        ):
            raise Refused("REF-15", f"{c.outcome} is not for a person to say: choose what you know")
        case CloseReferral(referral=named) as c, Referred(referral=current) if named == current:
            return [referral_closed(c)]
        case CloseReferral(via="policy", referral=named), _ if named in state.referrals:
            return []
        case _:
            raise Refused("REF-15", "this referral is not open: look which one is")


def may_say(c: CloseReferral, route: Route) -> bool:
    """What a placement's ending says is heard, not typed; preparatory work has no placement."""
    by_hand = BY_HAND | {"completed"} if route == "preparatory" else BY_HAND
    return c.via == "policy" or c.outcome in by_hand


def referral_closed(c: CloseReferral) -> ReferralClosed:
    return ReferralClosed(
        referral=c.referral, person=c.person, outcome=c.outcome, because=c.because, note=c.note,
        **c.said,
    )  # fmt: skip


ID, DAY = UUID(int=0), date(2024, 1, 1)
samples: Samples[Command, State] = Samples(
    commands=(
        CloseReferral(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="api", person=ID, referral=ID,
            outcome="no_place",
        ),
    ),
    states=(
        Case(),
        Case(stage=Discussed()),
        Case(stage=Decided(route="apprenticeship", decision=ID)),
        Case(stage=Agreed(route="apprenticeship", decision=ID)),
        Case(stage=Referred(referral=ID, route="apprenticeship")),
    ),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=lambda command: [f"case-{command.person}"],
    events=get_args(Event),
    initial=Case(),
    decide=decide,
    evolve=case_state.evolve,
    samples=samples,
    named=lambda case: type(case.stage).__name__,
)
