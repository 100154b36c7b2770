"""`throughcare as-of`: any board as it was known at a position, at a moment, or about a day."""

from typing import Annotated

import typer

from throughcare import say
from throughcare.databases import SERVICES
from throughcare.doors import end, known
from throughcare.options import AUDITOR, Actor, Json, Urls

BY_DEFAULT = "reporting"


def as_of(
    board: Annotated[str, typer.Argument(help="Its name at the door, such as caseload.")],
    time: Annotated[
        str | None, typer.Option(help="Recorded by then, RFC 3339.", show_default=False)
    ] = None,
    position: Annotated[
        int | None, typer.Option(min=0, help="Up to this position of the log.", show_default=False)
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="Occurred by that day, YYYY-MM-DD.", show_default=False)
    ] = None,
    service: Annotated[str, typer.Option(help="Whose board.")] = BY_DEFAULT,
    url: Urls = None, actor: Actor = AUDITOR, json: Json = False,
) -> None:  # fmt: skip
    """A board as it was: what was recorded by a time or a position, what had occurred by a day."""
    if service not in SERVICES:
        end(2, f"{service} is none of {', '.join(SERVICES)}")
    if (time, position, on) == (None, None, None):
        end(2, "as of when? send --time, --position or --on")
    found = known(url or [], actor).get(
        service, f"/{board}", as_of=time, as_of_position=position, effective_on=on
    )
    rows = found["rows"]
    if json:
        say.as_json(found)
        return
    if rows:
        columns = list(rows[0])
        say.table(columns, [[row[column] for column in columns] for row in rows])
    then = [said for said in (time and f"at {time}", on and f"by {on}") if said]
    say.talk(
        f"{len(rows)} rows of {board} as of position {found['position']}"
        f" of {service}'s log{', ' if then else ''}{', '.join(then)}"
    )
