"""`chronicle`: the log of one service, at the command line of whoever operates it."""

import asyncio
import os
from collections.abc import Coroutine, Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Annotated, Any, TypeVar, cast

import asyncpg
import typer

from chronicle import feed
from chronicle.db import connect
from chronicle.migrate import migrate as bring_forward
from chronicle.process import clock_of
from chronicle.rebuild import Beside, Compared, Differ, NotBuilt
from chronicle.rooms import Rooms
from chronicle.settings import Settings
from throughcare import say
from throughcare.databases import SERVICES
from throughcare.doors import CANNOT_REACH, REFUSED, end, house
from throughcare.options import Json, examples

DIFFERS = 6
MOST_NAMED = 20
"""Keys of differing rows that are printed; `--json` gives all of them."""
T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_show_locals=False,
    help="The log of one service: its read models, what it publishes, how it is restored.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OneLog:
    """A service's rooms, and the addresses and keys of its processes."""

    rooms: Rooms
    settings: Settings

    def beside(self) -> Beside:
        return Beside(
            url=self.settings.url("projector"), words=self.rooms.words, models=self.rooms.models,
            keep_unread=self.rooms.say_checked is not None,
        )  # fmt: skip


def of(service: str, environment: Mapping[str, str] | None = None) -> OneLog:
    """The log of the house that runs here; else of the service whose settings are set."""
    known = house().get("environment", {}).get(service) or environment or os.environ
    try:
        settings = Settings.read(known)
    except ValueError:
        end(
            CANNOT_REACH,
            f"the database of {service} is not known: start the system with `throughcare up`, or"
            " set what its processes are given, DATABASE_URL and PROJECTOR_DATABASE_URL at least",
        )
    rooms = cast(Rooms, import_module(f"services.{service}.main").ROOMS)
    return OneLog(rooms, settings)


def a_service(name: str) -> str:
    if name not in SERVICES:
        raise typer.BadParameter(f"one of {', '.join(SERVICES)}")
    return name


Service = Annotated[
    str, typer.Option("--service", callback=a_service, help="Whose log: one of the four services.")
]


def done(work: Coroutine[Any, Any, T]) -> T:
    """Run it; what cannot be reached, and what is not ready for this, become a sentence."""
    try:
        return asyncio.run(work)
    except NotBuilt as error:
        end(REFUSED, str(error))
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InvalidPasswordError) as error:
        end(CANNOT_REACH, f"the database does not answer: {type(error).__name__}: {error}")


@app.command(epilog=examples("chronicle migrate --service reviews"))
def migrate(service: Service, json: Json = False) -> None:
    """Make the service's database or bring it forward; a second time does nothing."""
    log = of(service)
    now, url = clock_of(log.settings)(), log.settings.url("owner")
    applied = done(bring_forward(url, service, log.rooms.migrations, now))
    if json:
        say.as_json({"applied": applied})
    else:
        say.result(f"applied: {', '.join(applied)}" if applied else "nothing to apply")


@app.command(
    epilog=examples(
        "chronicle rebuild --service reporting", "chronicle rebuild --service reporting --rest 1"
    )
)
def rebuild(
    service: Service,
    rest: Annotated[
        float, typer.Option(min=0, help="Rest so long after each batch, in batches.")
    ] = 0.0,
    json: Json = False,
) -> None:
    """Fold the whole log into tables beside the live ones, which go on answering."""
    log = of(service)
    folded = done(_rebuilt(log, rest))
    if json:
        say.as_json({"service": service, "events": folded})
    else:
        say.result(f"{folded} events folded into the tables beside those of {service}")
        say.talk(f"next: `chronicle compare --service {service}`")


async def _rebuilt(log: OneLog, rest: float) -> int:
    url = log.settings.url("projector")
    db = await connect(url)
    try:
        head = await feed.head(db)
    finally:
        await db.close()
    with say.progress("folding", head, unit="events") as moved:
        return await log.beside().build(moved, rest=rest)


@app.command(
    epilog=examples(
        "chronicle compare --service reporting", "chronicle compare --service reporting --json"
    )
)
def compare(service: Service, json: Json = False) -> None:
    """The tables beside against the live ones, row by row; exit 6 when a row differs."""
    _show(done(of(service).beside().compare()), as_json=json)


@app.command(
    epilog=examples(
        "chronicle switch --service reporting",
        'chronicle switch --service reporting --explained "an exit counts on its last day"',
    )
)
def switch(
    service: Service,
    explained: Annotated[
        str | None, typer.Option(help="Why rows differ, when they should.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Put the tables beside in the place of the live ones; exit 6 when a row differs, unchanged."""
    try:
        found = done(of(service).beside().switch(explained))
    except Differ as refused:
        _show(refused.found, as_json=json, then="nothing was switched: ")
        return
    _show(found, as_json=json, differs=0)
    say.talk(f"the read models of {service} are those that were built beside")


def _show(found: list[Compared], *, as_json: bool, differs: int = DIFFERS, then: str = "") -> None:
    """Each read model, the rows that differ, and the exit code."""
    if as_json:
        say.as_json([asdict(one) for one in found])
    else:
        say.table(
            ("read model", "position", "live rows", "rebuilt", "differ"),
            [(c.read_model, c.position, c.live, c.rebuilt, len(c.differ)) for c in found],
        )
        for one in found:
            for key in one.differ[:MOST_NAMED]:
                say.result(f"differs: {one.read_model} {key}")
            if (more := len(one.differ) - MOST_NAMED) > 0:
                say.result(f"and {more} more of {one.read_model}: --json gives all")
    if any(one.differ for one in found):
        say.talk(f"{then}{sum(len(one.differ) for one in found)} rows differ")
        raise typer.Exit(differs)


def main() -> None:
    app()
