"""What is said about a log when its blocks were compared with its seals: a failure, or the day."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, get_args
from uuid import UUID

from chronicle.decider import Decider, Envelope, Samples
from contracts.codes import Finding, Service
from contracts.event import SYSTEM, Asked
from contracts.reporting import IntegrityCheckFailed, IntegrityCheckPassed


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIntegrity(Asked):
    """One run of blocks, `last_block` the last of it; no finding means that every root agreed."""

    service: Service
    log: UUID
    from_position: int
    to_position: int
    blocks: int
    last_block: int
    finding: Finding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    finding: Finding
    from_position: int
    to_position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """Nothing was said of this log yet, except perhaps what was found wrong at single places."""

    failures: frozenset[Found] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Said through this position. After a failed block nobody can tell how many lie before."""

    through: int
    blocks: int | None
    passed_on: date | None
    failures: frozenset[Found] = frozenset()


Command: TypeAlias = CheckIntegrity
Event: TypeAlias = IntegrityCheckPassed | IntegrityCheckFailed
State: TypeAlias = Unchecked | Checked

ENDS_A_RUN: frozenset[Finding] = frozenset({"root_differs", "bad_signature"})
"""After these the check goes on behind the failed range; the others are about one place in it."""


def decide(command: Command, state: State) -> list[Event]:
    match command, state:
        case CheckIntegrity(finding=str(finding)) as c, _ if found(c, finding) in state.failures:
            return []
        case CheckIntegrity(finding=str(finding)) as c, _:
            return [failed(c, finding)]
        case CheckIntegrity(today=today), Checked(passed_on=on) if on == today:
            return []
        case _:
            return [passed(command, state)]


def passed(c: CheckIntegrity, state: State) -> IntegrityCheckPassed:
    match state:
        case Unchecked():
            start, blocks = 1, c.last_block
        case Checked(through=through, blocks=None):
            start, blocks = through + 1, c.blocks
        case Checked(through=through, blocks=int(before)):
            start, blocks = through + 1, c.last_block - before
    return IntegrityCheckPassed(
        service=c.service, log=c.log, from_position=start, to_position=c.to_position,
        blocks=blocks, **c.said,
    )  # fmt: skip


def failed(c: CheckIntegrity, finding: Finding) -> IntegrityCheckFailed:
    return IntegrityCheckFailed(
        service=c.service, log=c.log, from_position=c.from_position, to_position=c.to_position,
        blocks=c.blocks, finding=finding, **c.said,
    )  # fmt: skip


def found(c: CheckIntegrity, finding: Finding) -> Found:
    return Found(finding=finding, from_position=c.from_position, to_position=c.to_position)


def evolve(state: State, event: Event, about: Envelope) -> State:
    match event:
        case IntegrityCheckPassed(to_position=to, blocks=blocks, occurred_on=on):
            before = state.blocks if isinstance(state, Checked) else 0
            return Checked(
                through=to, blocks=None if before is None else before + blocks, passed_on=on,
                failures=state.failures,
            )  # fmt: skip
        case IntegrityCheckFailed(finding=finding, from_position=start, to_position=to):
            failures = state.failures | {
                Found(finding=finding, from_position=start, to_position=to)
            }
            if finding not in ENDS_A_RUN:
                return replace(state, failures=failures)
            passed_on = state.passed_on if isinstance(state, Checked) else None
            return Checked(through=to, blocks=None, passed_on=passed_on, failures=failures)


ID, DAY = UUID(int=0), date(2024, 1, 1)
samples: Samples[Command, State] = Samples(
    commands=(
        CheckIntegrity(
            id=ID, today=DAY, on=DAY, by=SYSTEM, via="timer", service="referrals", log=ID,
            from_position=1, to_position=9, blocks=3, last_block=3,
        ),
    ),
    states=(Unchecked(), Checked(through=5, blocks=2, passed_on=DAY)),
)  # fmt: skip
decider: Decider[Command, State, Event] = Decider(
    reads=lambda command: [f"integrity-{command.log}"], events=get_args(Event),
    initial=Unchecked(), decide=decide, evolve=evolve, samples=samples,
)  # fmt: skip
