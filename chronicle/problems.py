"""Every way of saying no at a door, as problem details: why, in what state, what is allowed."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException

from chronicle.append import Conflict, TooLarge
from chronicle.consume import transient
from chronicle.db import LOST
from chronicle.decider import Refused

log = structlog.get_logger()

PROBLEM = "application/problem+json"


class Unprocessable(ValueError):
    """What was sent cannot be right, whatever the state: a plain 422 that says what to send."""


class Problem(BaseModel):
    """Why not, in what state, and what is allowed instead (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    state: str = ""
    allowed: list[str] = []
    policies: list[str] = []
    related: list[UUID] = []


def explain_refusals(
    app: FastAPI, statuses: Mapping[str, int], unprocessable: tuple[type[Exception], ...]
) -> None:
    """Every way of saying no becomes problem details with a code.

    `statuses` gives the HTTP status of each code of the rule book; `unprocessable` are the
    contracts' own errors about what was sent.
    """

    async def refused(_: Request, error: Any) -> Response:
        log.info("refused", code=error.code, state=error.state)
        return problem(
            statuses.get(error.code, 409), error.code, error.reason, state=error.state,
            allowed=list(error.allowed), policies=list(error.rules), related=list(error.related),
        )  # fmt: skip

    async def conflict(_: Request, error: Exception) -> Response:
        said = f"{error} has moved on since you saw it: read it again and decide again"
        return problem(409, "ALL-01", said)

    async def cannot_be(_: Request, error: Exception) -> Response:
        return problem(422, "UNPROCESSABLE", str(error))

    async def invalid(_: Request, error: Any) -> Response:
        places = "; ".join(f"{'/'.join(map(str, e['loc']))}: {_plain(e)}" for e in error.errors())
        return problem(422, "INVALID", places)

    async def http(_: Request, error: Any) -> Response:
        return problem(error.status_code, HTTPStatus(error.status_code).name, str(error.detail))

    async def large(_: Request, error: Exception) -> Response:
        return problem(413, "TOO_LARGE", str(error))

    async def away(_: Request, error: Exception) -> Response:
        if not transient(error):
            raise error
        said = "the database is away: send it again with the same Idempotency-Key"
        return problem(503, "UNAVAILABLE", said, headers={"Retry-After": "1"})

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(Conflict, conflict)
    app.add_exception_handler(TooLarge, large)
    senseless: list[type[Exception]] = [Unprocessable, *unprocessable]
    for kind_of_error in senseless:
        app.add_exception_handler(kind_of_error, cannot_be)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(StarletteHTTPException, http)
    passing: list[type[Exception]] = [*LOST]
    for gone in passing:
        app.add_exception_handler(gone, away)


def _plain(error: Mapping[str, Any]) -> str:
    """What is wrong, without the value that was sent: it may be personal."""
    return str(error["msg"]) if error["type"] != "value_error" else str(error["type"])


def problem(
    status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any
) -> JSONResponse:
    body = Problem(
        type=f"urn:throughcare:problem:{code}", title=HTTPStatus(status).phrase, status=status,
        code=code, detail=detail, **more,
    )  # fmt: skip
    return JSONResponse(
        body.model_dump(mode="json"), status_code=status, media_type=PROBLEM, headers=headers
    )
