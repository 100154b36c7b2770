"""`throughcare audit`: every stored byte of every service, re-read where it is kept."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from chronicle.db import open_pool
from chronicle.reread import reread
from chronicle.verify.check import Verdict
from chronicle.verify.seals import Keys, NotReadable, read_keys
from throughcare import say, verdict
from throughcare.databases import SERVICES
from throughcare.doors import CANNOT_REACH, end, house
from throughcare.options import Json

SETTING = "AUDITOR_DATABASE_URL"
Databases = Annotated[
    list[str] | None,
    typer.Option(
        "--database", help="An auditor's login, SERVICE=URL; repeat it for all.",
        show_default=False,
    ),
]  # fmt: skip
KeysFile = Annotated[
    Path,
    typer.Option(
        help="Public keys you hold, {log: [keys]}.", exists=True, dir_okay=False,
        show_default=False,
    ),
]  # fmt: skip


def audit(keys: KeysFile, database: Databases = None, json: Json = False) -> None:
    """Whether what is stored is still what was sealed, by the seals that other services hold.

    Meant for every night; the services go on meanwhile. Exit codes are those of `verify`.
    """
    try:
        pinned = read_keys(keys.read_bytes())
    except NotReadable as error:
        end(2, str(error))
    try:
        found = asyncio.run(_reread(databases(database or []), pinned))
    except (OSError, asyncpg.PostgresError) as error:
        end(CANNOT_REACH, f"a database does not answer: {type(error).__name__}")
    if json:
        say.as_json(verdict.as_json(found))
    else:
        verdict.show(found)
    raise typer.Exit(found.exit_code)


def databases(given: list[str]) -> Mapping[str, str]:
    """Those given; else those of the house that runs here; else the environment's."""
    if given:
        return dict(_pair(each) for each in given)
    here = house().get("environment", {})
    urls = {
        service: here.get(service, {}).get(SETTING) or os.environ.get(variable(service), "")
        for service in SERVICES
    }
    if absent := [service for service, url in urls.items() if not url]:
        end(
            CANNOT_REACH,
            f"no database of {', '.join(absent)} is known: send --database SERVICE=URL, or set"
            f" {variable(absent[0])}",
        )
    return urls


def variable(service: str) -> str:
    return f"THROUGHCARE_{service.upper()}_{SETTING}"


def _pair(given: str) -> tuple[str, str]:
    service, _, url = given.partition("=")
    if not url:
        end(2, f"--database {given} is not SERVICE=URL")
    return service, url


async def _reread(urls: Mapping[str, str], keys: Keys) -> Verdict:
    async with AsyncExitStack() as stack:
        pools = {
            service: await stack.enter_async_context(await open_pool(url))
            for service, url in urls.items()
        }
        return await reread(pools, keys)
