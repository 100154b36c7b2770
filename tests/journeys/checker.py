"""Reads what callers were told, the logs and the inboxes, and counts what does not agree."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.journeys.scheme import Scheme
from throughcare.databases import SERVICES

RECEIPTS = {
    "ReferralMade": ("ReferralReceived", "made"),
    "PlacementStarted": ("PlacementOpened", "started"),
    "CaseHandedBackToStage1": ("AgendaItemAdded", "source"),
    "PlacementEndedEarly": ("ArrangementConcluded", "because"),
}
"""Each hand-over, and the field by which its receipt names it; a preparatory one has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    acknowledged: int
    lost: int
    handed_over: int
    without_receipt: int
    twice: int
    unheard: int
    repeated: int

    def __str__(self) -> str:
        return (
            f"{self.acknowledged} acknowledged, {self.lost} lost; {self.handed_over} handed over,"
            f" {self.without_receipt} without receipt, {self.twice} twice;"
            f" {self.unheard} positions missing in reporting;"
            f" {self.repeated} commands repeated"
        )


async def check(scheme: Scheme) -> Checked:
    events: dict[str, dict[tuple[str, int], Any]] = {}
    for service in SERVICES[:3]:
        rows = await scheme.rows(service, "order by ticket")
        events[service] = {(row["stream"], row["version"]): row for row in rows}
    every = {place: row for rows in events.values() for place, row in rows.items()}
    lost = [
        place for answer in scheme.acknowledged for place in answer.streams if place not in every
    ]
    receipts = Counter(
        (name(row), field(row, key))
        for row in every.values()
        for receipt, key in RECEIPTS.values()
        if name(row) == receipt
    )
    waiting = [
        receipts[RECEIPTS[name(row)][0], str(row["event_id"])]
        for row in every.values()
        if name(row) in RECEIPTS and field(row, "route") != "preparatory"
    ]
    held = await scheme.council.ask("reporting", "completeness", "auditor")
    heard = {row["service"]: row["complete_through"] for row in held["rows"]}
    unheard = sum(len(rows) - heard.get(service, 0) for service, rows in events.items())
    return Checked(
        unheard=unheard, acknowledged=len(scheme.acknowledged), lost=len(lost),
        handed_over=len(waiting),
        without_receipt=sum(count == 0 for count in waiting),
        twice=sum(count > 1 for count in waiting), repeated=scheme.council.repeated,
    )  # fmt: skip


def name(row: Any) -> str:
    return str(row["type"].split(".")[2])


def field(row: Any, key: str) -> str:
    return str(json.loads(row["body"]).get(key))
