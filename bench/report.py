"""The results in words, in JSON, and as the chart: what was compared, and what fell short."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.aims import Judged
from bench.chart import chart
from bench.figure import Figure

HERE = Path(__file__).parent
UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """`costs` are milliseconds of processor time a command costs, by stage."""

    figures: Sequence[Figure]
    judged: Sequence[Judged]
    costs: dict[str, float]
    about: dict[str, str]
    minutes: float

    @property
    def missed(self) -> int:
        """Events of ours that a reader never saw, saw twice or in the wrong order."""
        return sum(
            f.missed.missed + f.missed.twice + f.missed.inverted
            for f in self.figures
            if f.missed and f.side.startswith("ours")
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "about": self.about, "minutes": round(self.minutes, 1), "missed": self.missed,
            "figures": [figure.to_json() for figure in self.figures],
            "aims": [
                asdict(one.aim) | {"value": one.value, "verdict": one.verdict}
                for one in self.judged
            ],
            "cpu_ms_per_command": self.costs,
        }  # fmt: skip


def written(results: Results, *, keep: bool) -> str:
    """The report; with `keep` also the three files beside this module."""
    report = "\n".join(markdown(results)) + "\n"
    if keep:
        (HERE / "RESULTS.md").write_text(report)
        (HERE / "results.json").write_text(json.dumps(results.to_json(), indent=1) + "\n")
        (HERE / "chart.svg").write_text(chart(results.judged, results.about))
    return report


def markdown(results: Results) -> Iterator[str]:
    yield "# The bench"
    yield ""
    yield "Made by `make bench`: one PostgreSQL, one broker, sides interleaved, medians and ranges."
    yield "Rates of one machine; the ratios are what travels."
    yield ""
    yield "| aim | in this run | aim | floor | |"
    yield "|---|---:|---:|---:|---|"
    for one in results.judged:
        aim = one.aim
        value = "" if one.value is None else amount(one.value, aim.unit)
        floor = "" if aim.floor is None else amount(aim.floor, aim.unit)
        sign = "at most " if aim.at_most else ""
        row = (aim.name, value, sign + amount(aim.aim, aim.unit), floor, one.verdict)
        yield f"| {' | '.join(row)} |"
    yield ""
    yield from tables(results.figures)
    if results.costs:
        yield "## Processor time of one command through a door, at 100 a second"
        yield ""
        yield "| stage | ms |"
        yield "|---|---:|"
        for stage, cost in results.costs.items():
            yield f"| {stage} | {cost:.2f} |"
        yield f"| **in all** | {sum(results.costs.values()):.2f} |"
        yield ""
    said = ", ".join(f"{name} {version}" for name, version in results.about.items())
    yield f"Compared in {results.minutes:.0f} minutes on {said}."


def tables(figures: Sequence[Figure]) -> Iterator[str]:
    yield "missed / twice / inverted: events a reader of that log never saw, saw twice, or saw in"
    yield "the wrong order, over all rounds."
    yield ""
    yield "| test | side | median | range | missed / twice / inverted | |"
    yield "|---|---|---:|---|---|---|"
    for f in figures:
        spread = f"{f.lowest:,.1f} to {f.highest:,.1f}" if len(f.values) > 1 else ""
        missed = str(f.missed) if f.missed else ""
        row = (f.test, f.side, f"{f.median:,.1f} {f.unit}", spread, missed, f.said)
        yield f"| {' | '.join(row)} |"
    yield ""


def amount(value: float, unit: str) -> str:
    if unit == "x":
        return f"{value:.2f}x" if value < 10 else f"{value:.1f}x"
    return f"{value:,.0f} {unit}"
