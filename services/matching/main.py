"""Matching: its rooms put together, and `python -m services.matching.main <verb>`."""

import sys
from pathlib import Path

from chronicle.process import main
from chronicle.rooms import Rooms
from chronicle.words import Words
from contracts import cloudevents
from contracts.event import Actor
from contracts.lists import NotListed
from contracts.policy import NoPolicy, council_layer
from contracts.registry import EVENTS
from contracts.rule_book import RULES
from services.matching.api.roles import ROLES
from services.matching.api.routes import doors
from services.matching.domain import arrangement, arranging, match, opportunity, receiving, starting
from services.matching.messaging.consume import HEARS, listen
from services.matching.read_models.arrangements import arrangements
from services.matching.read_models.matches import matches
from services.matching.read_models.opportunities import opportunities
from services.matching.read_models.referrals import referrals
from services.matching.settings import settings

ROOMS = Rooms(
    name="matching",
    words=Words(EVENTS),
    binding=cloudevents,
    deciders=(
        opportunity.decider, receiving.decider, match.decider, arranging.decider,
        arrangement.decider, starting.decider,
    ),
    models=(opportunities, referrals, matches, arrangements),
    hears=HEARS,
    listen=listen,
    doors=doors,
    roles=ROLES,
    actor=Actor.from_header,
    statuses={code: rule.status for code, rule in RULES.items()},
    migrations=Path(__file__).with_name("migrations"),
    unprocessable=(NoPolicy, NotListed),
)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(ROOMS, settings, council_layer))
