"""What is printed on every run: for a person, or as JSON."""

import json
import os
import subprocess
from collections import Counter
from dataclasses import dataclass, fields
from math import ceil
from pathlib import Path
from typing import Any

from tests.faults.history import Compared, History
from tests.faults.judge import Verdict
from tests.faults.strikes import Struck

GOAL = 10.0
"""Seconds: recovery, p95."""
SHOWN = 20
"""Findings printed of each figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    seed: int
    broker: str
    seconds: float
    history: History
    verdict: Verdict
    struck: list[Struck]
    repeated: int
    lived: int
    given_up: Counter[str]
    by_themselves: Counter[str]
    because: Counter[str]
    lag_after_load: int
    settled_in: float
    lag: int

    @property
    def good(self) -> bool:
        """Nothing lost, doubled or unmended, and nobody given up; and something was done, and
        something was broken."""
        wrong = [struck for struck in self.struck if struck.wrong]
        return self.verdict.good and not (wrong or self.given_up or self.lag or self.idle)

    @property
    def idle(self) -> bool:
        return not self.outcomes["acknowledged"] or not any(struck.hit for struck in self.struck)

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(told.outcome for told in self.history.told)

    def as_json(self) -> str:
        return json.dumps(self.figures(), indent=2)

    def figures(self) -> dict[str, Any]:
        verdict = {f.name: list(getattr(self.verdict, f.name)) for f in fields(self.verdict)}
        return {
            "seed": self.seed, "commit": commit(), "broker": self.broker,
            "minutes": round(self.seconds / 60, 1), "cores": os.cpu_count(),
            "load": round(os.getloadavg()[1], 1),
            "commands": {"sent": len(self.history.told), **self.outcomes,
                         "repeated": self.repeated,
                         "server_errors": sum(told.broken for told in self.history.told)},
            "refused_with": Counter(t.code for t in self.history.told if t.outcome == "refused"),
            "lives": {"lived": self.lived, "given_up": dict(self.given_up)},
            "events": {s: len(log.events) for s, log in self.history.logs.items()},
            "faults": {"struck": sum(s.hit for s in self.struck), "by_kind": self.by_kind(),
                       "not_reached": [str(s.fault) for s in self.struck if not s.hit],
                       "not_mended": [f"{s.fault}: {s.wrong}" for s in self.struck if s.wrong],
                       "ended_by_themselves": dict(self.by_themselves),
                       "because": dict(self.because)},
            "found": verdict,
            "read_models": [
                {"name": f"{m.service}/{m.name}", "rows": m.rows, "live": m.live,
                 "rebuilt": m.rebuilt}
                for m in self.history.models
            ],
            "recovery_s": {
                "ready": spread([s.ready for s in self.struck if s.ready and not bounded(s)]),
                "caught_up": spread([s.caught_up for s in self.struck if s.caught_up]),
                "goal_p95": GOAL,
            },
            "lag": {"when_the_load_ended": self.lag_after_load, "at_the_end": self.lag,
                    "settled_in_s": round(self.settled_in, 1)},
            "good": self.good,
        }  # fmt: skip

    def by_kind(self) -> dict[str, int]:
        return dict(Counter(s.fault.point or s.fault.kind for s in self.struck if s.hit))

    def as_text(self) -> str:
        f = self.figures()
        c, r, lag = f["commands"], f["recovery_s"], f["lag"]
        verdict = self.verdict
        lines = [
            f"seed {f['seed']} · commit {f['commit']} · {f['broker']} · {f['minutes']} minutes"
            f" · {f['cores']} cores, of whom {f['load']} were asked for",
            f"commands: {c['sent']} sent, {c.get('acknowledged', 0)} acknowledged,"
            f" {c.get('refused', 0)} refused, {c.get('unknown', 0)} unknown;"
            f" {c['repeated']} sendings without an answer, {c['server_errors']} errors of a server",
            f"refused with: {counted(f['refused_with'])}",
            f"young people: {f['lives']['lived']} lived it through;"
            f" given up: {counted(f['lives']['given_up'])}",
            f"events: {counted(f['events'])}",
            f"faults: {f['faults']['struck']} struck,"
            f" {len(f['faults']['not_reached'])} not reached",
            *(f"  {n:4} {kind}" for kind, n in sorted(f["faults"]["by_kind"].items())),
            *(f"  not reached: {fault}" for fault in f["faults"]["not_reached"]),
            *(f"  NOT MENDED: {fault}" for fault in f["faults"]["not_mended"]),
            f"  ended though nobody killed them: {counted(f['faults']['ended_by_themselves'])}",
            *(f"    {n} {why}" for why, n in f["faults"]["because"].items()),
            f"lost: {len(verdict.lost)} of {c.get('acknowledged', 0)} acknowledged;"
            f" effects twice: {len(verdict.twice)}; order broken: {len(verdict.out_of_order)};"
            f" positions missing: {len(verdict.missing)}; blocks unproved: {len(verdict.unproved)};"
            f" parked: {len(verdict.parked)}",
            *(
                f"  {figure}: {found}"
                for figure, every in f["found"].items()
                for found in every[:SHOWN]
            ),
            *(model_line(model) for model in self.history.models),
            f"recovery: ready {said(r['ready'])}; caught up {said(r['caught_up'])};"
            f" goal p95 {GOAL:.0f} s",
            f"lag: {lag['when_the_load_ended']} when the load ended, {lag['at_the_end']} after"
            f" {lag['settled_in_s']} s",
            "GOOD" if self.good else "NOTHING WAS TRIED" if self.idle else "FAILED",
        ]  # fmt: skip
        return "\n".join(lines) + "\n"


def bounded(struck: Struck) -> bool:
    """A program that runs to its end is not brought back by anybody: no recovery to measure."""
    return struck.fault.kind in ("migration", "switch")


def model_line(model: Compared) -> str:
    same = "=" if model.live == model.rebuilt else "≠"
    name = f"{model.service}/{model.name}"
    return f"  {name:30} {model.rows:6} rows  {model.live[:12]} {same} {model.rebuilt[:12]} rebuilt"


def counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {what}" for what, n in sorted(counts.items())) or "none"


def spread(seconds: list[float]) -> dict[str, float]:
    """Median, 95th in a hundred and the longest, of at least one."""
    if not seconds:
        return {}
    ranked = sorted(seconds)
    at = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {name: round(ranked[ceil(share * len(ranked)) - 1], 1) for name, share in at.items()}


def said(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value} s" for name, value in figures.items()) or "not measured"


def commit() -> str:
    """Of the checkout, with a mark where files differ from it."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=Path(__file__).parent,
        capture_output=True, text=True,
    )  # fmt: skip
    return told.stdout.strip() or "unknown"
