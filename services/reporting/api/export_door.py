"""The doors of the auditor: every log that reporting holds, or one event with its proof."""

from collections.abc import AsyncIterator
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import StreamingResponse

from chronicle import export as exporting
from chronicle.db import Pool
from chronicle.doors import Door, at_door
from chronicle.prove import NotSealed, Unknown, prove
from contracts.codes import Role
from contracts.event import Actor

MAY_EXPORT: Final[frozenset[Role]] = frozenset({"auditor", "information_governance"})
JSON_LINES = "application/jsonl"


async def export(
    request: Request, door: Annotated[Door[Actor], Depends(at_door)]
) -> StreamingResponse:
    """What is held of each log as far as it is sealed, for `throughcare verify`."""
    if door.actor.role not in MAY_EXPORT:
        raise HTTPException(403, f"the role {door.actor.role} may not take an export")
    return StreamingResponse(
        pieces(door.desk.chronicle.pool), media_type=JSON_LINES,
        headers={"Content-Disposition": 'attachment; filename="throughcare.jsonl"'},
    )  # fmt: skip


async def proof(event: UUID, door: Annotated[Door[Actor], Depends(at_door)]) -> Response:
    """One event with the path to the signed seal over its block, for `throughcare verify`."""
    if door.actor.role not in MAY_EXPORT:
        raise HTTPException(403, f"the role {door.actor.role} may not take a proof")
    try:
        async with door.desk.chronicle.pool.acquire() as db:
            file = await prove(db, event)
    except Unknown as unknown:
        raise HTTPException(404, str(unknown)) from None
    except NotSealed as awaited:
        raise HTTPException(409, f"{event} cannot be proved yet: {awaited}") from None
    return Response(
        file, media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{event}.proof.json"'},
    )  # fmt: skip


async def pieces(pool: Pool) -> AsyncIterator[bytes]:
    async with pool.acquire() as db:
        async for piece in exporting.export(db):
            yield piece
