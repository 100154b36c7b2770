"""Referrals: its rooms put together, and `python -m services.referrals.main <verb>`."""

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
from services.referrals.api.roles import ROLES
from services.referrals.api.routes import doors
from services.referrals.domain import (
    agenda,
    closing,
    plan,
    referral,
    route,
    stage1_meeting,
    young_person,
)
from services.referrals.messaging.consume import HEARS, listen
from services.referrals.read_models.meetings import meetings
from services.referrals.settings import settings

ROOMS = Rooms(
    name="referrals",
    words=Words(EVENTS),
    binding=cloudevents,
    deciders=(
        young_person.decider, stage1_meeting.decider, agenda.decider, route.decider,
        referral.decider, closing.decider, plan.decider,
    ),
    models=(meetings,),
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
