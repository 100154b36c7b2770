"""The verbs of `chronicle` for read models: build beside the live ones, compare, switch."""

from dataclasses import asdict
from typing import Annotated

import typer

from chronicle import feed
from chronicle.db import connect
from chronicle.rebuild import Compared, Differ
from throughcare import say
from throughcare.one_log import OneLog, Service, done, of
from throughcare.options import Json, examples

DIFFERS = 6
MOST_NAMED = 20
"""Keys of differing rows that are printed; `--json` gives all of them."""

app = typer.Typer()


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
