"""Where the services' doors are, and how to ask there: what goes wrong becomes an exit code."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import httpx
import typer

from throughcare.databases import SERVICES
from throughcare.say import talk

HOUSE = Path(".throughcare") / "house.json"
REFUSED, NOT_ALLOWED, CANNOT_REACH = 3, 4, 5
PATIENCE = httpx.Timeout(30, connect=5)


def end(code: int, said: str) -> NoReturn:
    """A sentence for a person, and the exit code for a program."""
    talk(said)
    raise typer.Exit(code)


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors that are known, by service, and who knocks."""

    urls: Mapping[str, str]
    actor: str

    def get(self, service: str, path: str, **asked: Any) -> Any:
        """The answer of one door."""
        given = {name: value for name, value in asked.items() if value is not None}
        return self._answer("GET", service, path, params=given)

    def every(self, path: str, only: str | None = None, **asked: Any) -> tuple[dict[str, Any], int]:
        """The answer of each service whose door is known, and the exit code of those without one.

        One that is away does not hide the others.
        """
        services = [only] if only else [service for service in SERVICES if service in self.urls]
        answers, code = {}, 0
        for service in services or SERVICES[:1]:
            try:
                answers[service] = self.get(service, path, **asked)
            except typer.Exit as away:
                code = away.exit_code
        return answers, code

    def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        return self._answer("POST", service, path, json=body)

    @contextmanager
    def stream(self, service: str, path: str) -> Iterator[Iterator[bytes]]:
        """The answer in pieces, as they come."""
        url = self.url(service) + path
        try:
            with httpx.stream("GET", url, headers=self._headers, timeout=PATIENCE) as response:
                if response.is_error:
                    response.read()
                    _no(service, response)
                yield response.iter_bytes()
        except httpx.TransportError as error:
            _away(service, url, error)

    def url(self, service: str) -> str:
        if service not in self.urls:
            end(
                CANNOT_REACH,
                f"no door of {service} is known: start the system with `throughcare up`, send"
                f" --url {service}=http://…, or set {variable(service)}",
            )
        return self.urls[service].rstrip("/")

    @property
    def _headers(self) -> dict[str, str]:
        return {"X-Actor": self.actor}

    def _answer(self, method: str, service: str, path: str, **sent: Any) -> Any:
        url = self.url(service) + path
        try:
            response = httpx.request(method, url, headers=self._headers, timeout=PATIENCE, **sent)
        except httpx.TransportError as error:
            _away(service, url, error)
        if response.is_error:
            _no(service, response)
        return response.json()


def _away(service: str, url: str, error: Exception) -> NoReturn:
    end(CANNOT_REACH, f"{service} does not answer at {url}: {type(error).__name__}")


def _no(service: str, response: httpx.Response) -> NoReturn:
    """A problem of the service's, as its exit code."""
    try:
        problem = response.json()
        said = f"{service}: {problem['detail']} ({problem['code']})"
    except (ValueError, KeyError, TypeError):
        said = f"{service} answered {response.status_code}"
    if response.status_code in (401, 403):
        end(NOT_ALLOWED, said)
    if response.status_code in (502, 503, 504):
        end(CANNOT_REACH, said)
    end(REFUSED if response.is_client_error else 1, said)


def house() -> dict[str, Any]:
    """What `up` and `demo` wrote about the system that is running here; empty without one."""
    try:
        said: dict[str, Any] = json.loads(HOUSE.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return said


def known(given: Sequence[str], actor: str) -> Doors:
    """The doors given by `--url`; else those of the house that runs here; else the environment."""
    if given:
        return Doors(dict(_named(each, actor) for each in given), actor)
    if doors := house().get("doors"):
        return Doors(doors, actor)
    named = {service: os.environ.get(variable(service), "") for service in SERVICES}
    return Doors({service: url for service, url in named.items() if url}, actor)


def _named(given: str, actor: str) -> tuple[str, str]:
    """`service=url`; a bare address is asked whose door it is."""
    service, _, url = given.partition("=")
    if service in SERVICES and url:
        return service, url
    return Doors({"the door": given}, actor).get("the door", "/log")["service"], given


def variable(service: str) -> str:
    return f"THROUGHCARE_{service.upper()}_URL"
