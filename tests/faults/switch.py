"""Build a service's read models again beside the live ones and switch, as `armed` runs it."""

import asyncio
import os
from importlib import import_module

from chronicle.rebuild import Beside, NotBuilt
from chronicle.rooms import Rooms

TRIES, LOOK_AGAIN = 600, 0.1


async def switch(service: str) -> None:
    rooms: Rooms = import_module(f"services.{service}.main").ROOMS
    beside = Beside(
        url=os.environ["PROJECTOR_DATABASE_URL"], words=rooms.words, models=rooms.models,
        keep_unread=rooms.say_checked is not None,
    )  # fmt: skip
    await beside.build()
    for left in reversed(range(TRIES)):
        try:
            await beside.switch()
            return
        except NotBuilt:  # under load the live tables are often a step behind
            if not left:
                raise
            await asyncio.sleep(LOOK_AGAIN)
