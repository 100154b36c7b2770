"""Who may start a placement of a kind, and what is checked before the first day."""

from collections.abc import Mapping
from dataclasses import dataclass

from chronicle.decider import Policy
from contracts.codes import AgeBand, Check, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class PreStartChecks(Policy):
    """`placement.checks`, as in force on the day of the start."""

    checks: Mapping[Kind, tuple[Check, ...]]
    never_waived: frozenset[Check]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeKinds(Policy):
    """`age.kinds`, as in force on the day of the start; a kind not named did not exist then."""

    bands: Mapping[Kind, frozenset[AgeBand]]

    def allow(self, kind: Kind, band: AgeBand) -> bool:
        return band in self.bands.get(kind, frozenset())
