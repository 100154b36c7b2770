"""What happens to an arrangement round its placement: checks before, and concluded after."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Refused, Samples
from contracts.codes import Check, CheckResult, Ending
from contracts.event import SYSTEM, Asked
from contracts.matching import ArrangementConcluded, PlacementArranged, PreStartCheckCompleted
from services.matching.domain import example
from services.matching.domain.desk import NOT_THEIR_KIND, not_their_kind
from services.matching.domain.lengths import has_words
from services.matching.domain.readiness import PreStartChecks
from services.matching.domain.standing import (
    Arranged,
    Event,
    Free,
    Standing,
    Started,
    evolve,
    stage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletePreStartCheck(Asked):
    placement: UUID
    person: UUID
    check: Check
    result: CheckResult
    evidence: str | None = None
    waived_because: str | None = None
    checks: PreStartChecks


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcludeArrangement(Asked):
    placement: UUID
    person: UUID
    ending: Ending
    ended_on: date
    because: UUID


Command: TypeAlias = CompletePreStartCheck | ConcludeArrangement
State: TypeAlias = Standing


def decide(command: Command, state: State) -> list[Event]:
    match command, state:
        case ConcludeArrangement() as c, Standing(engagement=Started(plan=plan)) if (
            c.placement == plan.placement
        ):
            return [arrangement_concluded(c, plan)]
        case ConcludeArrangement(), _:
            return []
        case c, Standing(engagement=Arranged(plan=plan)) if not_their_kind(c.by, plan.kind):
            raise Refused("ALL-07", NOT_THEIR_KIND)
        case c, Standing(engagement=Arranged(plan=plan)) if c.placement != plan.placement:
            raise Refused("MAT-23", "another placement is arranged for them: check that one")
        case c, Standing(engagement=Arranged()) if waived(c) and c.check in c.checks.never_waived:
            raise Refused("MAT-14", f"nobody may waive {c.check}: record it when it is passed")
        case c, Standing(engagement=Arranged()) if waived(c) and not has_words(c.waived_because):
            raise Refused("MAT-10", f"say why {c.check} is waived, or record it when it is passed")
        case c, Standing(engagement=Arranged()):
            return [check_completed(c)]
        case _:
            raise Refused(
                "MAT-23", "checks belong before the start, and no such placement waits for one"
            )


def check_completed(c: CompletePreStartCheck) -> PreStartCheckCompleted:
    return PreStartCheckCompleted(
        placement=c.placement, person=c.person, check=c.check, result=c.result,
        evidence=c.evidence, waived_because=c.waived_because, **c.said,
    )  # fmt: skip


def arrangement_concluded(c: ConcludeArrangement, plan: PlacementArranged) -> ArrangementConcluded:
    return ArrangementConcluded(
        placement=c.placement, person=c.person, opportunity=plan.opportunity, ending=c.ending,
        ended_on=c.ended_on, because=c.because, **c.said,
    )  # fmt: skip


def waived(c: CompletePreStartCheck) -> bool:
    return c.result == "waived"


samples: Samples[Command, State] = Samples(
    commands=(
        CompletePreStartCheck(
            id=example.COMMAND, today=example.DAY, on=example.DAY, by=example.OFFICER, via="page",
            placement=example.PLACEMENT, person=example.PERSON, check="contract", result="passed",
            checks=example.CHECKS,
        ),
        ConcludeArrangement(
            id=example.COMMAND, today=example.DAY, on=example.DAY, by=SYSTEM, via="policy",
            placement=example.PLACEMENT, person=example.PERSON, ending="completed",
            ended_on=example.LAST_DAY, because=example.OTHER,
        ),
    ),
    states=(
        Standing(),
        Standing(engagement=Arranged(plan=example.plan)),
        Standing(engagement=Arranged(plan=example.plan, checks={"contract": "passed"})),
        Standing(engagement=Arranged(plan=example.plan, checks=example.ALL_PASSED)),
        Standing(engagement=Started(plan=example.plan)),
        Standing(engagement=Free(), concluded=(example.plan,)),
    ),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=lambda command: [f"arrangement-{command.person}"], events=get_args(Event),
    initial=Standing(), decide=decide, evolve=evolve, samples=samples, named=stage,
)  # fmt: skip
