"""The boards at the end of the story, asked of reporting's doors, printed, and hashed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from hashlib import sha256
from typing import Any, Final, TypeAlias
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

from throughcare.council import Council
from throughcare.story.expected import EXPECTED
from throughcare.story.office import last_day
from throughcare.story.scenario import Scenario

Row: TypeAlias = dict[str, Any]
REPORTING: Final = "reporting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Boards:
    """What reporting answers on `day`; `person` is whose story is told, if anybody's."""

    day: date
    person: UUID | None
    caseload: list[Row]
    reviews_due: list[Row]
    risk_watchlist: list[Row]
    story: list[Row]
    counts: list[Row]
    completeness: list[Row]


async def boards(council: Council, day: date, person: UUID | None) -> Boards:
    """Every board of the end, from reporting alone."""

    async def rows(question: str, **params: Any) -> list[Row]:
        found: list[Row] = (await council.ask(REPORTING, question, **params))["rows"]
        return found

    return Boards(
        day=day, person=person, caseload=await rows("caseload"),
        reviews_due=await rows("reviews-due"), risk_watchlist=await rows("risk-watchlist"),
        story=await rows("story", person=str(person)) if person else [],
        counts=await rows("counts"), completeness=await rows("completeness"),
    )  # fmt: skip


def show(found: Boards, console: Console, verified: str, at_most: int = 15) -> None:
    """All boards, one below the other; `verified` is what `throughcare verify` said."""
    console.rule(f"Westmere City on {found.day:%-d %B %Y}")
    for board in (
        by_stage(found.caseload),
        review_diary(found.reviews_due, at_most),
        watchlist(found.risk_watchlist),
        told(found.story, found.person),
        beside_expected(found.counts, whole_story=found.day >= last_day(Scenario())),
        whole(found.completeness),
    ):
        console.print(board)
        console.print()
    console.print(Text(verified))


def by_stage(rows: Sequence[Row]) -> Table:
    """How many cases are where, the longest of them, and how many are past a day."""
    board = Table("Stage", "Cases", "Longest there, days", "Past a day", title="Caseload by stage")
    for stage in dict.fromkeys(row["stage"] for row in sorted(rows, key=along_the_way)):
        here = [row for row in rows if row["stage"] == stage]
        late = sum(1 for row in here if row["days_left"] is not None and row["days_left"] < 0)
        longest = max(row["days_in_stage"] for row in here)
        board.add_row(stage, str(len(here)), str(longest), str(late or ""))
    return explained(board, "Nobody is registered yet: the story begins with a registration.")


STAGES: Final = (
    "registered", "on agenda", "discussed", "route decided", "agreed", "referred", "received",
    "matched", "arranged", "placed", "at risk", "ended",
)  # fmt: skip
CLOCKS: Final = {
    "last_review_plus_interval": "last review + 6 months",
    "placement_start_plus_interval": "placement start + 6 months",
    "date_given": "a day given",
}


def along_the_way(row: Row) -> int:
    return STAGES.index(row["stage"])


def review_diary(rows: Sequence[Row], at_most: int) -> Table:
    """What is overdue and what comes next, and which of the two clocks decided."""
    overdue = sum(1 for row in rows if row["days_left"] < 0)
    board = Table(
        "Person", "Due by", "Days left", "Planned on", "Clock that decided", "Escalated to",
        title=f"Review diary: {len(rows)} open, {overdue} overdue",
    )  # fmt: skip
    for row in rows[: max(at_most, overdue)]:
        escalated = row["overdue"][-1]["escalated_to"] if row["overdue"] else ""
        board.add_row(
            short(row["person"]), row["due_by"], str(row["days_left"]), row["planned_on"],
            CLOCKS[row["clock"]], plain(escalated), style="bold" if row["days_left"] < 0 else None,
        )  # fmt: skip
    if (more := len(rows) - board.row_count) > 0:
        board.caption = f"and {more} that are due later"
    return explained(board, "No review is open: the first comes with the first placement.")


def watchlist(rows: Sequence[Row]) -> Table:
    """Each placement that somebody worries about, and every signal behind it."""
    board = Table(
        "Person", "Placement", "Level", "Weight", "Answer", "Evidence", title="Risk watchlist"
    )
    for row in rows:
        board.add_row(
            short(row["person"]), plain(row["kind"]), plain(row["level"]), str(row["weight"]),
            answered(row), "\n".join(evidence(signal, row) for signal in row["signals"]),
        )  # fmt: skip
    return explained(board, "No live placement has a signal: nobody worries about any.")


def answered(row: Row) -> str:
    if row["answer"] in ("waiting", "overdue"):
        return f"{row['answer']}, due by {row['respond_by']}"
    answer: str = row["answer"]
    return answer


def evidence(signal: Row, row: Row) -> str:
    counts = "" if signal["event"] in row["counting"] else ", too old to count"
    return (
        f"{signal['on']} {signal['group']}, weight {signal['weight']},"
        f" from the {plain(signal['observer'])}{counts}"
    )


def told(rows: Sequence[Row], person: UUID | None) -> Table:
    """One person's story, a plain dated sentence for each event."""
    title = f"The story of {short(str(person))}" if person else "A story"
    board = Table("", title=title, show_header=False, box=None)
    for row in rows:
        board.add_row(row["sentence"])
    return explained(board, "Nobody was at risk, left early and was placed again yet.")


def beside_expected(counts: Sequence[Row], *, whole_story: bool) -> Table:
    """What was counted beside what two years should come to (domain.md 19.2)."""
    board = Table(
        "Measure", "Counted", "Expected", "", title="Counts by route and outcome, over 24 months"
    )
    if not whole_story:
        board.caption = "The story is not over: what is expected is for all of its 24 months."
    for expected in EXPECTED:
        count = expected.counted(counts)
        within = f"{expected.median} ({expected.low} to {expected.high})"
        if count is None:
            board.add_row(expected.says, "", within, "later step", style="dim")
        else:
            judged = "within" if expected.meets(count) else "outside"
            verdict = judged if whole_story else ""
            board.add_row(expected.says, str(count), within, verdict)
    if not counts:
        board.caption = "Nobody was referred yet: every count is still to come."
    return board


def whole(rows: Sequence[Row]) -> Table:
    """What reporting holds of each service's log, and what its seals promise."""
    board = Table(
        "Service", "Held", "Complete through", "Sealed through", "Holes", "Unread", "Says",
        title="Completeness of reporting's log",
    )  # fmt: skip
    for row in rows:
        good = row["complete"] and not row["mismatches"]
        board.add_row(
            row["service"], str(row["held"]), str(row["complete_through"]),
            str(row["sealed_through"]), str(len(row["holes"])), str(row["unread"]),
            "complete" if good else "NOT complete",
        )  # fmt: skip
    return explained(board, "Reporting has heard nothing yet: no service has said anything.")


def explained(board: Table, when_empty: str) -> Table:
    if board.row_count == 0:
        board.caption = when_empty
    return board


def short(person: str) -> str:
    """A person's id as the boards show it."""
    return person[:8]


def plain(code: str) -> str:
    return code.replace("_", " ")


INTERLEAVED: Final = frozenset(
    {"position", "held", "complete_through", "sealed_through", "log", "recorded", "causation"}
)
"""What depends on who was heard first, or on the machine."""


def figures_hash(found: Boards) -> str:
    """The same for two plays of one seed, whatever died in between: no positions, no event ids."""
    told = {field.name: settled(getattr(found, field.name)) for field in fields(found)}
    return sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def settled(value: Any) -> Any:
    """The value without what is interleaved; lists in an order that hearing cannot change."""
    match value:
        case Mapping():
            kept = {key: settled(each) for key, each in value.items() if key not in INTERLEAVED}
            return {key: each for key, each in kept.items() if key == "person" or not is_id(each)}
        case list():
            every = [settled(each) for each in value if not is_id(each)]
            return sorted(every, key=lambda each: json.dumps(each, sort_keys=True))
        case _:
            return value


def is_id(value: Any) -> bool:
    """Whether this is an id as JSON writes it."""
    if not isinstance(value, str) or len(value) != 36:
        return False
    try:
        UUID(value)
    except ValueError:
        return False
    return True
