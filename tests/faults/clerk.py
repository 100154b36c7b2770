"""Workers at the doors who write down what they were told, and ask again while nobody answers."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any, Literal, Self
from uuid import UUID

import httpx

from contracts.codes import Role
from throughcare.council import Answer, Council, Refusal, actor

PATIENCE = 120.0
"""Seconds for which a command is repeated under its own key; then its outcome is unknown."""
PAUSE = 0.1
ASKED_AGAIN = 0.1
"""The share of acknowledged commands that are sent once more, to hear the same answer."""

Reached = tuple[tuple[str, int], ...]


class NoAnswer(Exception):
    """Nobody answered for so long that the worker gave up."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a door said was done: every stream with its version, and the leaf of the first."""

    streams: Reached
    leaf: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Receipt":
        return cls(tuple((w["stream"], w["version"]) for w in told["streams"]), told["leaf"])


@dataclass(kw_only=True)
class Told:
    """One command, and every answer that came to it; `unanswered` counts the sendings without."""

    service: str
    command: str
    id: UUID
    outcome: Literal["acknowledged", "refused", "unknown"] = "unknown"
    code: str = ""
    answers: list[Receipt] = field(default_factory=list)
    unanswered: int = 0
    broken: int = 0
    """How often the answer was an error of the server's own, other than 503."""


@dataclass(kw_only=True)
class Clerk(Council):
    """A council that remembers. Its `settle` waits for nothing: under load nothing ever settles."""

    book: list[Told] = field(default_factory=list)
    acknowledged: int = 0
    rng: Random = field(default_factory=Random)

    @classmethod
    @asynccontextmanager
    async def at(cls, doors: Mapping[str, str]) -> AsyncIterator[Self]:
        clerk = cls(doors=doors)
        for service, url in doors.items():
            clerk.clients[service] = httpx.AsyncClient(
                base_url=url, trust_env=False, timeout=10, limits=httpx.Limits(max_connections=100)
            )
        try:
            yield clerk
        finally:
            for client in clerk.clients.values():
                await client.aclose()

    async def settle(self, at_most: float = 60.0) -> None: ...

    async def say(self, service: str, command: str, by: Role, key: UUID, /, **body: Any) -> Answer:
        """As Council's. Raises NoAnswer after PATIENCE."""
        told = Told(service=service, command=command, id=key)
        self.book.append(told)
        answer = await self._answered(told, by, body)
        said: dict[str, Any] = answer.json()
        if answer.status_code >= 400:
            told.outcome, told.code = "refused", said["code"]
            raise Refusal(said)
        told.outcome = "acknowledged"
        told.answers.append(Receipt.of(said))
        self.acknowledged += 1
        if self.rng.random() < ASKED_AGAIN:
            again = await self._answered(told, by, body)
            told.answers.append(
                Receipt.of(again.json()) if again.status_code < 400 else Receipt((), again.text)
            )
        return Answer(
            key, said["stream"], said["version"], said["repeated"], told.answers[0].streams
        )

    async def _answered(self, told: Told, by: Role, body: Mapping[str, Any]) -> httpx.Response:
        headers = {"X-Actor": actor(by), "Idempotency-Key": str(told.id)}
        until = monotonic() + PATIENCE
        while monotonic() < until:
            try:
                answer = await self.clients[told.service].post(
                    f"/{told.command}", json=body, headers=headers
                )
            except httpx.TransportError:
                pass
            else:
                if answer.status_code < 500:
                    return answer
                told.broken += answer.status_code != httpx.codes.SERVICE_UNAVAILABLE
            told.unanswered += 1
            self.repeated += 1
            await asyncio.sleep(PAUSE)
        raise NoAnswer(f"{told.command} at {told.service}")
