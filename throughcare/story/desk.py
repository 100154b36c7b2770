"""Where the story speaks: every command has a key of its own, and no refusal goes unnoticed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from pydantic_core import to_jsonable_python

from chronicle.ids import derived
from contracts.codes import Kind, Role
from throughcare.council import Answer, Council, Refusal

COUNCIL: Final = "council"
PATIENCE: Final = 12
"""How often a board that is behind is asked again; the door itself waits five seconds."""
OFFICER: Final[Mapping[Kind, Role]] = MappingProxyType(
    {
        "work_experience": "work_experience_officer",
        "work_trial": "work_experience_officer",
        "traineeship": "traineeships_officer",
        "apprenticeship": "apprenticeships_officer",
        "foundation_apprenticeship": "apprenticeships_officer",
        "degree_apprenticeship": "apprenticeships_officer",
    }
)


class Unforeseen(Exception):
    """Something happened, or did not, that the plan knows nothing of: a bug of the scenario."""


@dataclass(kw_only=True)
class Desk:
    """The council's doors on one day of the story."""

    council: Council
    seed: int
    now: datetime
    said: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    last: dict[str, str] = field(default_factory=dict)

    def key(self, who: str, step: str) -> UUID:
        """The command's id: the same for the same seed, person, step and day; it tells the time."""
        instant = UUID(int=int(self.now.timestamp() * 1000) << 80)
        return derived(instant, f"{self.seed}/{who}/{step}/{self.now.date()}")

    async def say(
        self, who: str, step: str, service: str, command: str, by: Role, /, **body: Any
    ) -> Answer:
        """`who` and `step` make the key; the rest is what the door is told."""
        try:
            answer = await self._say(who, step, service, command, by, body)
        except Refusal as no:
            raise Unforeseen(f"{self.now.date()} {who}: {command} was refused, {no}") from no
        self.last[service] = f"{answer.stream}@{answer.version}"
        return answer

    async def expect_refusal(
        self, code: str, who: str, step: str, service: str, command: str, by: Role, /, **body: Any
    ) -> None:
        """Somebody tries what the rules do not allow yet, and is told so."""
        try:
            await self._say(who, step, service, command, by, body)
        except Refusal as no:
            if no.code != code:
                raise Unforeseen(f"{self.now.date()} {who}: {command}, not {code} but {no}") from no
            self.refused[code] += 1
            return
        raise Unforeseen(f"{self.now.date()} {who}: {command} was not refused with {code}")

    async def _say(
        self, who: str, step: str, service: str, command: str, by: Role, body: dict[str, Any]
    ) -> Answer:
        self.said += 1
        told = to_jsonable_python(body)
        return await self.council.say(service, command, by, self.key(who, step), **told)

    async def ask(self, service: str, question: str, **params: Any) -> list[dict[str, Any]]:
        """The rows of a board that has seen everything the story said to that service."""
        if service in self.last:
            params["wait"] = self.last[service]
        for _ in range(PATIENCE):
            board = await self.council.ask(service, question, **params)
            if not board["catching_up"]:
                rows: list[dict[str, Any]] = board["rows"]
                return rows
        raise TimeoutError(f"{service} does not catch up with {params.get('wait')}")
