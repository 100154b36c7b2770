"""`throughcare parked`: what a service could not handle, and what is to become of it."""

from base64 import b64encode
from pathlib import Path
from typing import Annotated, Any

import typer

from throughcare import say
from throughcare.doors import REFUSED, Doors, end, known
from throughcare.options import OPERATIONS, Actor, Json, Urls, examples

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="What a service could not handle."
)
AN_EVENT = "01902d3b-2c80-8a5f-9c3e-5f0e6d1a7b42"

Event = Annotated[str, typer.Argument(help="The id of the event, as `list` shows it.")]
Only = Annotated[
    str | None, typer.Option("--service", help="Of this service only.", show_default=False)
]
Why = Annotated[str, typer.Option("--why", help="The reason, kept with the message.")]
Parked = dict[str, Any]


@app.command(
    "list", epilog=examples("throughcare parked list", "throughcare parked list --every --json")
)
def list_(
    service: Only = None,
    every: Annotated[bool, typer.Option(help="Also what was released or dropped.")] = False,
    url: Urls = None, actor: Actor = OPERATIONS, json: Json = False,
) -> None:  # fmt: skip
    """What is held, of every service, the oldest first."""
    found, code = _parked(known(url or [], actor), service, every)
    if json:
        say.as_json(found)
    elif found:
        columns = ("service", "event_id", "source", "kind", "state", "reason", "waiting_behind")
        say.table(columns, [[each[column] for column in columns] for each in found])
    elif not code:
        say.talk("nothing is parked")
    raise typer.Exit(code)


@app.command(epilog=examples(f"throughcare parked show {AN_EVENT}"))
def show(
    event: Event, service: Only = None, url: Urls = None, actor: Actor = OPERATIONS,
    json: Json = False,
) -> None:  # fmt: skip
    """Everything that is known of one message, without the words in it."""
    found = _one(known(url or [], actor), event, service, every=True)
    if json:
        say.as_json(found)
    else:
        say.table(("", ""), list(found.items()))


@app.command(
    epilog=examples(
        f'throughcare parked mend {AN_EVENT} mended.json --why "the date was a day late"'
    )
)
def mend(
    event: Event, why: Why,
    body: Annotated[Path, typer.Argument(help="The corrected body.", exists=True, dir_okay=False)],
    service: Only = None, url: Urls = None, actor: Actor = OPERATIONS, json: Json = False,
) -> None:  # fmt: skip
    """Keep a corrected body beside the original; `release` then handles it."""
    corrected = b64encode(body.read_bytes()).decode()
    _decide("mend", event, service, known(url or [], actor), json, why=why, body=corrected)


@app.command(
    epilog=examples(f'throughcare parked release {AN_EVENT} --why "the person is known now"')
)
def release(
    event: Event, why: Why, service: Only = None, url: Urls = None, actor: Actor = OPERATIONS,
    json: Json = False,
) -> None:  # fmt: skip
    """Handle it, and what waits behind it, in order."""
    _decide("release", event, service, known(url or [], actor), json, why=why)


@app.command(
    epilog=examples(
        f'throughcare parked drop {AN_EVENT} --why "sent twice by mistake"',
        f'throughcare parked drop {AN_EVENT} --why "sent twice by mistake" --yes',
    )
)
def drop(
    event: Event, why: Why,
    yes: Annotated[bool, typer.Option("--yes", help="Do it.")] = False,
    service: Only = None, url: Urls = None, actor: Actor = OPERATIONS, json: Json = False,
) -> None:  # fmt: skip
    """Set it aside for good. Without --yes it only says what it would do."""
    doors = known(url or [], actor)
    if not yes:
        found = _one(doors, event, service)
        end(
            2,
            f"this would set aside for good {found['event_id']} from {found['source']}"
            f" ({found['reason']}), which {found['service']} holds, and let"
            f" {found['waiting_behind']} that wait behind it be released. Nothing was done:"
            " say --yes",
        )
    _decide("drop", event, service, doors, json, why=why)


def _decide(
    verb: str, event: str, service: str | None, doors: Doors, json: bool, **said: str
) -> None:
    found = _one(doors, event, service)
    which = {name: found[name] for name in ("consumer", "source", "event_id")}
    answer = doors.post(found["service"], f"/parked/{verb}", which | said)
    if json:
        say.as_json(answer | {"service": found["service"]})
    else:
        say.result(" ".join(f"{name} {value}" for name, value in answer.items()))


def _one(doors: Doors, event: str, service: str | None, *, every: bool = False) -> Parked:
    """The one message with this id."""
    held, code = _parked(doors, service, every)
    found = [each for each in held if each["event_id"] == event]
    if not found:
        end(code or REFUSED, f"nobody who answers holds {event}: see `throughcare parked list`")
    if len(found) > 1:
        holders = ", ".join(each["service"] for each in found)
        end(2, f"{holders} hold {event}: say which with --service")
    return found[0]


def _parked(doors: Doors, service: str | None, every: bool) -> tuple[list[Parked], int]:
    """What each service holds, and the exit code of those that did not say."""
    answers, code = doors.every("/parked", service, every=every)
    return [{"service": name} | each for name, held in answers.items() for each in held], code
