"""`throughcare`: the product at the command line."""

import asyncio
import os
import sys
from collections.abc import Coroutine, Iterable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from aiokafka.errors import KafkaError

from chronicle.verify.finding import Kind
from chronicle.verify.seals import NotReadable
from throughcare import demo, parked, say, up, verdict
from throughcare import topics as registered
from throughcare.as_of import as_of
from throughcare.audit import audit
from throughcare.doors import CANNOT_REACH, REFUSED, Doors, end, house, known
from throughcare.machine import CannotStart
from throughcare.options import ADVISER, AUDITOR, OPERATIONS, Actor, Json, Urls, examples
from throughcare.prove import prove
from throughcare.story.scenario import Scenario
from throughcare.supervisor import Stopped

HOLE = int(Kind.MISSING)
LAG = ("service", "settled", "unsealed", "unpublished", "unprojected", "behind", "in_hand")
STDOUT = Path("-")
AN_EVENT = "01902d3b-2c80-8a5f-9c3e-5f0e6d1a7b42"
A_PERSON = "6f1d2c3b-4a59-4687-90a1-b2c3d4e5f607"

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_show_locals=False,
    help="Work experience, traineeships and apprenticeships for looked-after young people.",
)  # fmt: skip
topics = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The topics on the broker.")
app.add_typer(parked.app, name="parked")
app.add_typer(topics, name="topics")


def brought(help: str) -> Any:
    """An option for a file that comes from outside the export."""
    return typer.Option(help=help, exists=True, dir_okay=False, show_default=False)


@app.command(epilog=examples("throughcare completeness", "throughcare completeness --json"))
def completeness(url: Urls = None, actor: Actor = AUDITOR, json: Json = False) -> None:
    """Whether reporting holds every event of every service; exit 11 when it does not."""
    rows = known(url or [], actor).get("reporting", "/completeness")["rows"]
    if json:
        say.as_json(rows)
    else:
        say.table(
            ("service", "held through", "sealed through", "holes", "unread", "mismatches", ""),
            [
                (row["service"], row["complete_through"], row["sealed_through"],
                 ", ".join(f"{a}-{b}" for a, b in row["holes"]) or "none", row["unread"],
                 len(row["mismatches"]), "complete" if whole(row) else "NOT COMPLETE")
                for row in rows
            ],
        )  # fmt: skip
    if not all(whole(row) for row in rows):
        raise typer.Exit(HOLE)


def whole(row: dict[str, Any]) -> bool:
    """Nothing is missing, and every root agreed with its seal."""
    return bool(row["complete"]) and not row["mismatches"]


@app.command(
    epilog=examples("throughcare export throughcare.jsonl", "throughcare export - | gzip > log.gz")
)
def export(
    file: Annotated[Path, typer.Argument(help="Where to; - is stdout.")] = STDOUT,
    url: Urls = None, actor: Actor = AUDITOR, json: Json = False,
) -> None:  # fmt: skip
    """Everything that reporting holds, as far as it is sealed, in one file for `verify`."""
    doors = known(url or [], actor)
    if file == STDOUT:
        with doors.stream("reporting", "/export") as pieces:
            for piece in pieces:
                sys.stdout.buffer.write(piece)
        return
    unfinished = file.with_name(file.name + ".part")
    try:
        size = _written(doors, unfinished)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    if json:
        say.as_json({"file": str(file), "bytes": size})
    else:
        say.result(f"{file}: {size} bytes")


def _written(doors: Doors, file: Path) -> int:
    size = 0
    with ExitStack() as stack:
        pieces = stack.enter_context(doors.stream("reporting", "/export"))
        out = stack.enter_context(file.open("wb"))
        moved = stack.enter_context(say.progress("exporting", None))
        for piece in pieces:
            size += out.write(piece)
            moved(size)
    return size


@app.command(
    epilog=examples(
        "throughcare verify throughcare.jsonl --keys keys.json",
        "throughcare verify throughcare.jsonl --seals kept.jsonl",
        "throughcare verify throughcare.jsonl --keys keys.json --json",
    )
)
def verify(
    file: Annotated[Path, typer.Argument(help="An export.", exists=True, dir_okay=False)],
    seals: Annotated[Path | None, brought("Seals you kept, in the lines of an export.")] = None,
    keys: Annotated[Path | None, brought("Public keys you hold, {log: [keys]}.")] = None,
    json: Json = False,
) -> None:
    """Whether an export is what was sealed: no database, no network.

    Exit 0 when nothing was found; else the lowest of: 10 edited, 11 missing, 12 inserted, 13
    reordered, 14 chain broken, 15 fork, 16 bad signature, 17 nothing outside to compare with.
    """
    try:
        found = verdict.of(file, seals, keys)
    except NotReadable as error:
        end(2, str(error))
    if json:
        say.as_json(verdict.as_json(found))
    else:
        verdict.show(found)
    raise typer.Exit(found.exit_code)


@app.command(epilog=examples("throughcare lag", "throughcare lag --json"))
def lag(url: Urls = None, actor: Actor = OPERATIONS, json: Json = False) -> None:
    """How far each service is behind: sealing, publishing, its read models, what it hears."""
    answers, code = known(url or [], actor).every("/settled")
    if json:
        say.as_json(list(answers.values()))
    elif answers:
        say.table(LAG, [[row[column] for column in LAG] for row in answers.values()])
    raise typer.Exit(code)


@app.command(
    epilog=examples(f"throughcare story {A_PERSON}", f"throughcare story {A_PERSON} --json")
)
def story(
    about: Annotated[str, typer.Argument(help="A person's id, or that of a first command.")],
    correlation: Annotated[bool, typer.Option(help="All that came of one command.")] = False,
    as_of: Annotated[
        str | None, typer.Option(help="As known then, RFC 3339.", show_default=False)
    ] = None,
    url: Urls = None, actor: Actor = ADVISER, json: Json = False,
) -> None:  # fmt: skip
    """What happened, day by day, each line with the service and position that prove it."""
    doors = known(url or [], actor)
    which = {"correlation" if correlation else "person": about}
    rows = doors.get("reporting", "/story", as_of=as_of, **which)["rows"]
    names = _names(doors, {row["person"] for row in rows if row.get("person")})
    if json:
        say.as_json([row | {"name": names.get(row.get("person"))} for row in rows])
        return
    for person in sorted(names):
        say.result(f"{names[person]} ({person})")
    if not rows:
        say.talk(f"nothing was said about {about}")
    for row in rows:
        say.result(f"{row['occurred_on']}  {row['sentence']}  [{row['service']} {row['position']}]")


def _names(doors: Doors, persons: Iterable[str]) -> dict[str, str]:
    """The names behind these persons; none for an actor who may not know them."""
    asked = sorted(persons)
    if not asked or "referrals" not in doors.urls:
        return {}
    try:
        names: dict[str, str] = doors.get("referrals", "/names", person=asked)
    except typer.Exit:
        say.talk("so it is told without the name")
        return {}
    return names


app.command(
    epilog=examples(
        "throughcare as-of caseload --time 2024-07-01T12:00:00Z",
        "throughcare as-of stage1-agenda --on 2024-05-31 --json",
    )
)(as_of)


app.command(
    epilog=examples(
        f"throughcare prove {AN_EVENT}", f"throughcare prove {AN_EVENT} --out proof.json --json"
    )
)(prove)
app.command(
    epilog=examples(
        "throughcare audit --keys keys.json", "throughcare audit --keys keys.json --json"
    )
)(audit)


@topics.command(
    epilog=examples(
        "throughcare topics apply", "throughcare topics apply --servers broker:9092 --replicas 3"
    )
)
def apply(
    servers: Annotated[
        str | None, typer.Option(help="Bootstrap address of the broker.", show_default=False)
    ] = None,
    replicas: Annotated[
        int | None, typer.Option(help="Copies of each; the registry's say.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Make every topic that is missing; exit 3 when one differs, which is left as it is."""
    here = house()
    if servers is None and "servers" in here:
        servers, replicas = here["servers"], replicas or 1
    servers = servers or os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if not servers:
        end(CANNOT_REACH, "no broker is known: send --servers, or set KAFKA_BOOTSTRAP_SERVERS")
    try:
        applied = asyncio.run(registered.apply(servers, replicas=replicas))
    except KafkaError as error:
        end(CANNOT_REACH, f"no broker answers at {servers}: {type(error).__name__}")
    if json:
        say.as_json([asdict(topic) for topic in applied])
    else:
        columns = ("topic", "state", "partitions", "")
        say.table(columns, [(t.name, t.state, t.partitions, t.said) for t in applied])
    if any(topic.state == "differs" for topic in applied):
        raise typer.Exit(REFUSED)


Months = Annotated[int, typer.Option(min=1, max=24, help="How much of the story is played.")]


@app.command("demo", epilog=examples("throughcare demo", "throughcare demo --months 3 --json"))
def play_demo(months: Months = 24, json: Json = False) -> None:
    """Play the story of Westmere City, show its boards, and prove its log; all of it ends here."""
    raise typer.Exit(started(demo.demo(Scenario(months=months), as_json=json)))


@app.command("up", epilog=examples("throughcare up", "throughcare up --months 3 --json"))
def leave_up(months: Months = 24, json: Json = False) -> None:
    """Leave the system running with the story loaded, and print every door."""
    raise typer.Exit(started(up.up(months, as_json=json)))


@app.command("down", epilog=examples("throughcare down", "throughcare down --json"))
def take_down(json: Json = False) -> None:
    """Stop what `up` left running; running it twice does no harm."""
    stopped = asyncio.run(up.down())
    if json:
        say.as_json({"stopped": stopped})
    else:
        say.talk("stopped" if stopped else "nothing was running")


def started(work: Coroutine[Any, Any, int | None]) -> int:
    """Run it to its end; a sentence when it cannot start, the signal's own code when stopped."""
    try:
        return asyncio.run(work) or 0
    except CannotStart as why:
        say.talk(str(why))
        return CANNOT_REACH
    except Stopped as stopped:
        say.talk("stopped: nothing is left running")
        return stopped.exit_code


def main() -> None:
    app()
