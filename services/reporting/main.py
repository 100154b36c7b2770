"""Reporting: its rooms put together, and `python -m services.reporting.main <verb>`."""

import sys
from pathlib import Path
from typing import cast

from chronicle.clock import london_day
from chronicle.decider import derived
from chronicle.execute import Chronicle
from chronicle.integrity import Checked
from chronicle.process import main
from chronicle.rooms import Rooms
from chronicle.words import Words
from contracts import cloudevents
from contracts.codes import Finding, Service
from contracts.event import SYSTEM, Actor
from contracts.policy import NoPolicy, council_layer
from contracts.registry import EVENTS
from contracts.rule_book import RULES
from services.reporting.api.roles import ROLES
from services.reporting.api.routes import doors
from services.reporting.domain import integrity
from services.reporting.domain.integrity import CheckIntegrity
from services.reporting.messaging.consume import listen
from services.reporting.read_models.caseload import caseload
from services.reporting.read_models.counts import counts
from services.reporting.read_models.handovers import handovers
from services.reporting.read_models.operations import last_passed_on, operations
from services.reporting.read_models.person import person
from services.reporting.read_models.placement_outcomes import placement_outcomes
from services.reporting.read_models.review_outcomes import review_outcomes
from services.reporting.read_models.reviews_due import reviews_due
from services.reporting.read_models.risk_watchlist import risk_watchlist
from services.reporting.read_models.stage1_agenda import stage1_agenda
from services.reporting.read_models.stage1_meetings import stage1_meetings
from services.reporting.read_models.tasks import tasks
from services.reporting.read_models.timeline import timeline
from services.reporting.settings import settings


async def say_checked(chronicle: Chronicle, found: Checked) -> None:
    """The same finding at the same position asks for the same thing, however often it is found.

    A pass is asked for once a day as far as the read model knows; the decider knows for certain.
    """
    today = london_day(chronicle.service.clock())
    if found.finding is None:
        async with chronicle.pool.acquire() as db:
            if await last_passed_on(db, found.log) == today:
                return
    purpose = f"CheckIntegrity/{found.to_position}/{found.finding or 'passed'}"
    await chronicle.execute(
        CheckIntegrity(
            id=derived(found.log, purpose), today=today, on=today, by=SYSTEM, via="timer",
            service=cast(Service, found.service), log=found.log,
            from_position=found.from_position, to_position=found.to_position,
            blocks=found.blocks, last_block=found.last_block,
            finding=cast(Finding | None, found.finding),
        )
    )  # fmt: skip


ROOMS = Rooms(
    name="reporting",
    words=Words(EVENTS),
    binding=cloudevents,
    deciders=(integrity.decider,),
    models=(
        caseload, stage1_agenda, stage1_meetings, reviews_due, risk_watchlist, timeline, person,
        tasks, counts, placement_outcomes, review_outcomes, handovers, operations,
    ),
    hears={},
    listen=listen,
    doors=doors,
    roles=ROLES,
    actor=Actor.from_header,
    statuses={code: rule.status for code, rule in RULES.items()},
    migrations=Path(__file__).with_name("migrations"),
    say_checked=say_checked,
    unprocessable=(NoPolicy,),
)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(ROOMS, settings, council_layer))
