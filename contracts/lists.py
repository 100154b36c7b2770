"""The authority's own code lists: which codes there are on a day."""

from dataclasses import dataclass
from datetime import date

from contracts.policy import in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    rule: str
    codes: frozenset[str]


class NotListed(ValueError):
    """A code that is in no list of the authority on that day."""


def listed(on: date, **said: tuple[str, ...]) -> None:
    """Every code said is in the list of that name on that day; else NotListed, naming them."""
    missing = {
        name: sorted(set(codes) - in_force(name, on, Listed).codes) for name, codes in said.items()
    }
    if told := "; ".join(f"{name}: {', '.join(codes)}" for name, codes in missing.items() if codes):
        raise NotListed(f"not in the authority's lists on {on}: {told}")
