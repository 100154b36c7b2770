"""The verbs of `chronicle` that make a log, publish it again, and let a restored one go on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from chronicle.consume import Profile
from chronicle.db import connect
from chronicle.fact import unversioned, wire_type
from chronicle.give_back import give_back
from chronicle.lost import CannotGiveBack
from chronicle.migrate import migrate as bring_forward
from chronicle.process import clock_of
from chronicle.relay import lag
from chronicle.republish import NoSuchPositions, publish_between
from chronicle.republish import republish as set_back
from chronicle.resync import SameCluster
from chronicle.resync import resync as anchor_here
from chronicle.verify.seals import NotReadable, read_keys
from throughcare import say
from throughcare.doors import REFUSED, end
from throughcare.one_log import OneLog, Service, done, of
from throughcare.options import Json, examples

LOOK_AGAIN = 0.2

app = typer.Typer()


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
        "chronicle republish --service referrals",
        "chronicle republish --service referrals --from 1 --to 1",
    )
)
def republish(
    service: Service,
    first: Annotated[int, typer.Option("--from", min=1, help="The first position.")] = 1,
    last: Annotated[
        int | None,
        typer.Option("--to", min=1, help="The last; the relay's head without.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Publish again; whoever had an event does not notice. With --to beside the running relay."""
    log = of(service)
    try:
        count = done(_back(log, first) if last is None else _between(log, first, last))
    except NoSuchPositions as error:
        end(REFUSED, str(error))
    if json:
        say.as_json({"service": service, "positions": count})
    else:
        say.result(f"{count} positions of {service} published again")


async def _back(log: OneLog, first: int) -> int:
    """Set the relay's cursor back and follow it; a relay that is not running is said."""
    url = log.settings.url("relay")
    count = await set_back(url, first)
    db = await connect(url)
    try:
        with say.progress("publishing", count, unit="events") as moved:
            await _followed(lambda: lag(db), count, moved)
    finally:
        await db.close()
    return count


async def _followed(
    left: Callable[[], Awaitable[int]], count: int, moved: Callable[[int], Any]
) -> None:
    before, waited = count, 0.0
    while now := await left():
        waited = 0.0 if now < before else waited + LOOK_AGAIN
        before = now
        moved(count - now)
        if waited > 10:
            end(REFUSED, f"{now} positions wait: the relay is not running; it goes on when it is")
        await asyncio.sleep(LOOK_AGAIN)
    moved(count)


async def _between(log: OneLog, first: int, last: int) -> int:
    settings = log.settings
    profile = Profile.of(settings.kafka_bootstrap_servers, settings.kafka_kind)
    with say.progress("publishing", last - first + 1, unit="events") as moved:
        return await publish_between(
            settings.url("relay"), log.rooms.name, profile, log.rooms.binding, first, last, moved
        )


@app.command(
    epilog=examples(
        'chronicle resync --service referrals --why "restored from the dump of Monday"',
        "chronicle resync --service referrals --from throughcare.jsonl --keys keys.json --why lost",
    )
)
def resync(
    service: Service,
    why: Annotated[str, typer.Option(help="What happened; kept with the log.")],
    file: Annotated[
        Path | None,
        typer.Option(
            "--from", exists=True, dir_okay=False, show_default=False,
            help="An export of reporting's that has what was lost.",
        ),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, show_default=False,
            help="The public keys you hold, {log: [keys]}, which the export is verified with.",
        ),
    ] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Let a restored log go on: in another cluster, and with --from at the position it had."""
    log = of(service)
    now, url = clock_of(log.settings)(), log.settings.url("owner")
    if file and not keys:
        end(2, "with --from send --keys: an export is not believed on its own word")
    try:
        if file and keys:
            hears = {unversioned(wire_type(event)) for event in log.rooms.hears}
            known = read_keys(keys.read_bytes())
            found = asdict(done(give_back(url, service, file, known, hears, why, now)))
        else:
            found = asdict(done(anchor_here(url, service, why, now)))
    except (SameCluster, CannotGiveBack) as error:
        end(REFUSED, str(error))
    except NotReadable as error:
        end(2, str(error))
    if json:
        say.as_json(found)
        return
    for name, value in found.items():
        say.result(f"{name:<9} {value}")
    if file:
        say.talk("next: start the service, then `chronicle republish` for the other services")
