"""Every hand-over between two services, and the receipt that the other must write, once."""

from dataclasses import dataclass, field

from contracts.codes import KINDS_OF
from tests.faults.history import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """`says` is answered at `by` with one `receipt` that names it in the field `names`.

    `same` are fields in which the two must agree, where a receipt does not name an event but a
    thing. `among` are values that a field of what was said must have for a receipt to be due.
    `least` is 0 where the listener may know already what it would have to say.
    """

    says: str
    by: str
    receipt: str
    names: str = ""
    same: tuple[str, ...] = ()
    among: dict[str, tuple[object, ...]] = field(default_factory=dict)
    least: int = 1

    def due(self, said: Stored) -> bool:
        return said.name == self.says and all(
            said.data.get(name) in values for name, values in self.among.items()
        )

    def wanted(self, said: Stored) -> tuple[str, ...]:
        """By what the receipt is found."""
        names = (str(said.id),) if self.names else ()
        return (*names, *(str(said.data[name]) for name in self.same))

    def answers(self, receipt: Stored) -> tuple[str, ...] | None:
        if receipt.name != self.receipt:
            return None
        fields = ((self.names,) if self.names else ()) + self.same
        return tuple(str(receipt.data.get(name)) for name in fields)


MATCHED = ("work_experience", "traineeship", "apprenticeship")
IN_EET = (*KINDS_OF["apprenticeship"], "traineeship")
HAND_OVERS = (
    HandOver(says="ReferralMade", by="matching", receipt="ReferralReceived", names="made",
             among={"route": MATCHED}),
    HandOver(says="PlacementStarted", by="reviews", receipt="PlacementOpened", names="started"),
    HandOver(says="PlacementStarted", by="referrals", receipt="ActivityStatusRecorded",
             same=("placement",), among={"kind": IN_EET}),
    HandOver(says="EarlyExitRisk", by="referrals", receipt="AgendaItemAdded", names="source"),
    HandOver(says="PlacementEndedEarly", by="matching", receipt="ArrangementConcluded",
             names="because"),
    HandOver(says="PlacementEndedEarly", by="referrals", receipt="ReferralClosed",
             names="because"),
    HandOver(says="CaseHandedBackToStage1", by="referrals", receipt="AgendaItemAdded",
             names="source"),
    HandOver(says="PlacementCompleted", by="matching", receipt="ArrangementConcluded",
             names="because"),
    HandOver(says="PlacementCompleted", by="referrals", receipt="ReferralClosed",
             names="because"),
    HandOver(says="PlacementCompleted", by="referrals", receipt="AgendaItemAdded",
             names="source"),
    HandOver(says="ArrangementConcluded", by="matching", receipt="PlaceReleased",
             same=("placement",), among={"ending": ("ended_early",)}),
    HandOver(says="ActivityStatusRecorded", by="referrals", receipt="AgendaItemAdded",
             names="source", among={"status": ("neet",)}, least=0),
)  # fmt: skip
"""As services/*/policies.py decide them; test_handovers compares the two."""
