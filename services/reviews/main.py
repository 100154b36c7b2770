"""Reviews: its rooms put together, and `python -m services.reviews.main <verb>`."""

import sys
from datetime import date
from pathlib import Path

from chronicle.execute import Cause, Chronicle
from chronicle.process import main
from chronicle.rooms import Rooms
from chronicle.words import Words
from contracts import cloudevents
from contracts.event import Actor
from contracts.policy import NoPolicy, council_layer
from contracts.registry import EVENTS
from contracts.rule_book import RULES
from services.reviews.api.roles import ROLES
from services.reviews.api.routes import doors
from services.reviews.domain import (
    bring_forward,
    end_placement,
    hold_review,
    open_placement,
    overdue,
    risk,
    schedule_review,
)
from services.reviews.messaging.consume import HEARS, listen
from services.reviews.policies import due
from services.reviews.read_models.deadlines import deadlines, up_to
from services.reviews.read_models.placements import placements
from services.reviews.read_models.reviews import reviews
from services.reviews.settings import settings


async def timers(chronicle: Chronicle, today: date) -> int:
    """One pass over the deadlines that have come; a repeat finds its commands done."""
    async with chronicle.pool.acquire() as db:
        rows = await up_to(db, today)
    asked = [command for row in rows for command in due(row, today)]
    for command in asked:
        await chronicle.execute(command, because=Cause(command.started, command.correlation))
    return len(asked)


ROOMS = Rooms(
    name="reviews",
    words=Words(EVENTS),
    binding=cloudevents,
    deciders=(
        open_placement.decider, schedule_review.decider, hold_review.decider,
        bring_forward.decider, risk.decider, overdue.decider, end_placement.decider,
    ),
    models=(placements, reviews, deadlines),
    hears=HEARS,
    listen=listen,
    doors=doors,
    roles=ROLES,
    actor=Actor.from_header,
    statuses={code: rule.status for code, rule in RULES.items()},
    migrations=Path(__file__).with_name("migrations"),
    timers=timers,
    unprocessable=(NoPolicy,),
)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(ROOMS, settings, council_layer))
