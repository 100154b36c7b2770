"""The council as its doors see it: workers who send commands, ask questions, and wait."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Self
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx

from contracts.codes import TEAM_OF, Role

UNANSWERED = 60.0
"""Seconds for which an unanswered command is repeated, under its own key."""


class Refusal(Exception):
    """A door said no; `code` is the rule book's."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{problem['code']}: {problem['detail']}")
        self.status: int = problem["status"]
        self.code: str = problem["code"]
        self.state: str = problem.get("state", "")
        self.allowed: list[str] = problem.get("allowed", [])


@dataclass(frozen=True, slots=True)
class Answer:
    """A receipt: where the command's events are, and whether it was done before."""

    command: UUID
    stream: str
    version: int
    repeated: bool
    streams: tuple[tuple[str, int], ...]


@dataclass(kw_only=True)
class Council:
    """The four services by name, and their doors' addresses."""

    doors: Mapping[str, str]
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    repeated: int = 0

    @classmethod
    @asynccontextmanager
    async def at(cls, doors: Mapping[str, str]) -> AsyncIterator[Self]:
        council = cls(doors=doors)
        for service, url in doors.items():
            council.clients[service] = httpx.AsyncClient(base_url=url, trust_env=False, timeout=30)
        try:
            yield council
        finally:
            for client in council.clients.values():
                await client.aclose()

    async def say(self, service: str, command: str, by: Role, key: UUID, /, **body: Any) -> Answer:
        """Send a command and repeat it while nobody answers; Refusal when the answer is no.

        `key` is the command's id: repeating it asks for the same thing.
        """
        headers = {"X-Actor": actor(by), "Idempotency-Key": str(key)}
        until = monotonic() + UNANSWERED
        while True:
            try:
                answer = await self.clients[service].post(f"/{command}", json=body, headers=headers)
                if answer.status_code != 503:
                    break
            except httpx.TransportError:
                if monotonic() > until:
                    raise
            self.repeated += 1
            await asyncio.sleep(0.1)
        told = answer.json()
        if answer.status_code >= 400:
            raise Refusal(told)
        return Answer(
            UUID(told["command"]), told["stream"], told["version"], told["repeated"],
            tuple((w["stream"], w["version"]) for w in told["streams"]),
        )  # fmt: skip

    async def ask(
        self, service: str, question: str, by: Role = "eet_adviser", /, **params: Any
    ) -> dict[str, Any]:
        """The answer of a GET door; Refusal when it is no."""
        answer = await self._get(service, f"/{question}", by, params)
        told: dict[str, Any] = answer.json()
        if answer.status_code >= 400:
            raise Refusal(told)
        return told

    async def _get(
        self, service: str, path: str, by: Role, params: Mapping[str, Any]
    ) -> httpx.Response:
        until = monotonic() + UNANSWERED
        while True:
            try:
                answer = await self.clients[service].get(
                    path, params=params, headers={"X-Actor": actor(by)}
                )
                if answer.status_code != 503 or monotonic() > until:
                    return answer
            except httpx.TransportError:
                if monotonic() > until:
                    raise
            await asyncio.sleep(0.1)

    async def pass_timers(self) -> int:
        """One pass of every service's timers; gives how many commands they asked for."""
        return sum(await asyncio.gather(*(self._timers(service) for service in self.clients)))

    async def _timers(self, service: str) -> int:
        until = monotonic() + UNANSWERED
        while True:
            try:
                answer = await self.clients[service].post("/timers")
                if answer.status_code == 200:
                    count: int = answer.json()["asked"]
                    return count
            except httpx.TransportError:
                pass
            if monotonic() > until:
                raise TimeoutError(f"the timers of {service} did not pass")
            await asyncio.sleep(0.1)

    async def settle(self, at_most: float = 60.0) -> None:
        """Until everything said has been sealed, published, heard and projected, twice running."""
        until = monotonic() + at_most
        while not (settled(told := await self._settled()) and settled(await self._still())):
            if monotonic() > until:
                raise TimeoutError(f"not settled after {at_most:.0f} s: {told}")
            await asyncio.sleep(0.02)

    async def _settled(self) -> list[dict[str, Any]]:
        """A round over the services, each of which may take a second to come to its own head."""
        return [await self._head(service, within=1) for service in self.clients]

    async def _still(self) -> list[dict[str, Any]]:
        """Another round, all at once."""
        return await asyncio.gather(*(self._head(service, within=0) for service in self.clients))

    async def _head(self, service: str, within: int) -> dict[str, Any]:
        told: dict[str, Any] = (
            await self._get(service, "/settled", "operations", {"within": within})
        ).json()
        return told


def settled(services: list[dict[str, Any]]) -> bool:
    """Whether every service is at its own head, and has heard all that the others published."""
    if not all(service.get("settled") for service in services):
        return False
    return all(
        listener["handled"].get(place, -1) >= offset
        for speaker in services
        for place, offset in speaker["published"].items()
        for listener in services
        if place.partition("/")[0] in listener["hears"]
    )


def actor(role: Role) -> str:
    """The header that names a worker of this role; always the same one."""
    return f"worker={worker(role)}; role={role}; team={TEAM_OF[role]}"


def worker(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"urn:throughcare:worker:{name}")
