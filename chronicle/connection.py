"""A connection that the broker has closed, told apart from a mistake: aiokafka on uvloop.

uvloop raises RuntimeError where a closed transport is written to, and aiokafka expects OSError: the
task that keeps its metadata dies of it unheard, and the consumer waits for it for ever (aiokafka
1038). Needs to be called once in each process, before the first connection.
"""

from functools import wraps
from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError


def tell_closed_connections() -> None:
    original: Any = AIOKafkaConnection.send
    if hasattr(original, "__wrapped__"):
        return

    @wraps(original)
    def send(self: AIOKafkaConnection, *args: Any, **more: Any) -> Any:
        try:
            return original(self, *args, **more)
        except RuntimeError as closed:
            self.close(reason=CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(str(closed)) from closed

    setattr(AIOKafkaConnection, "send", send)  # noqa: B010 -- it is a patch
