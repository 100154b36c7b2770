"""The named points at which a process may die, and in which of our processes each is passed."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Verb: TypeAlias = Literal["api", "sequence", "relay", "consume", "project"]

PROCESSES = {
    "referrals-api": ("referrals", "api"),
    "referrals-consume": ("referrals", "consume"),
    "referrals-sequence": ("referrals", "sequence"),
    "referrals-relay": ("referrals", "relay"),
    "referrals-project": ("referrals", "project"),
    "matching": ("matching", "all"),
    "reviews": ("reviews", "all"),
    "reporting": ("reporting", "all"),
}
"""Service and verb of each process: one service in five processes, three in one process each."""
SERVICE_OF = {name: service for name, (service, _) in PROCESSES.items()}


SPEAKING = ("referrals", "matching", "reviews")
EVERY = (*SPEAKING, "reporting")


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the kernel, named by what has happened there and what has not.

    Traffic leads these `services` there, unless it is `seldom`: then the harness provokes it.
    """

    name: str
    verb: Verb
    services: tuple[str, ...] = EVERY
    seldom: bool = False

    @property
    def victims(self) -> tuple[str, ...]:
        """The processes that pass here."""
        return tuple(
            name
            for name, (service, verb) in PROCESSES.items()
            if service in self.services and verb in ("all", self.verb)
        )


NOT_BEGUN = Point("api/commit-not-begun", "api", SPEAKING)
NOT_ANSWERED = Point("api/committed-not-answered", "api", SPEAKING)
SEVERAL_STREAMS = Point("api/streams-written-not-committed", "api", SPEAKING[:2])
EXECUTED = Point("api/executed-not-answered", "api", SPEAKING)
BLOCK_OPEN = Point("seal/block-inserted-not-committed", "sequence")
BLOCK_DONE = Point("seal/block-committed-not-sealed", "sequence")
SEAL_OPEN = Point("seal/seal-inserted-not-committed", "sequence")
SEAL_DONE = Point("seal/seal-committed-not-published", "sequence")
PAGE_READ = Point("relay/page-read-nothing-sent", "relay")
HALF_SENT = Point("relay/part-of-a-page-sent", "relay")
ALL_SENT = Point("relay/acknowledged-cursor-not-moved", "relay")
SEAL_SENT = Point("relay/seal-acknowledged-not-marked", "relay")
CLAIMED = Point("consume/claimed-no-effect-yet", "consume", SPEAKING)
EFFECT = Point("consume/effect-written-not-committed", "consume", SPEAKING)
OFFSET = Point("consume/effect-committed-offset-not", "consume", SPEAKING)
TO_PARK = Point("park/about-to-park", "consume", SPEAKING, seldom=True)
PARKED = Point("park/parked-offset-not", "consume", SPEAKING, seldom=True)
REVOKED = Point("rebalance/partitions-revoked", "consume", SPEAKING, seldom=True)
ASSIGNED = Point("rebalance/partitions-assigned", "consume", SPEAKING, seldom=True)
KEPT = Point("witness/kept-not-committed", "consume", EVERY[3:])
HEARD = Point("witness/committed-offset-not", "consume", EVERY[3:])
FOLDED = Point("project/folded-not-committed", "project")
PROJECTED = Point("project/batch-committed", "project")

POINTS = (
    NOT_BEGUN, NOT_ANSWERED, SEVERAL_STREAMS, EXECUTED, BLOCK_OPEN, BLOCK_DONE, SEAL_OPEN,
    SEAL_DONE, PAGE_READ, HALF_SENT, ALL_SENT, SEAL_SENT, CLAIMED, EFFECT, OFFSET, TO_PARK, PARKED,
    REVOKED, ASSIGNED, KEPT, HEARD, FOLDED, PROJECTED,
)  # fmt: skip
"""In the long-running processes."""

BEGUN = "migrate/between-two-migrations"
HALF_APPLIED = "migrate/inside-a-migration"
HALF_SWITCHED = "switch/one-table-moved-not-committed"
SWITCHED = "switch/committed"
"""In programs that run to their end, and are run again after they were killed."""
