"""`throughcare prove`: one event in one small file, for whoever holds the public keys."""

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from throughcare import say
from throughcare.doors import known
from throughcare.options import AUDITOR, Actor, Json, Urls

STDOUT = Path("-")


def prove(
    event: Annotated[UUID, typer.Argument(help="The event's id, from a receipt or a story.")],
    out: Annotated[Path, typer.Option(help="Where to; - is stdout.")] = STDOUT,
    url: Urls = None, actor: Actor = AUDITOR, json: Json = False,
) -> None:  # fmt: skip
    """The event's bytes, the path to its block, and the signed seal over it, for `verify`."""
    with known(url or [], actor).stream("reporting", f"/proof?event={event}") as pieces:
        proof = b"".join(pieces)
    if out == STDOUT:
        sys.stdout.buffer.write(proof)
        return
    out.write_bytes(proof)
    if json:
        say.as_json({"file": str(out), "bytes": len(proof)})
    else:
        say.result(f"{out}: {len(proof)} bytes")
