"""The jobs before the services run: `python -m deploy.prepare databases|topics|keys`."""

import asyncio
import os
import sys
from pathlib import Path
from uuid import UUID

import asyncpg

from throughcare import databases, topics
from throughcare.databases import SERVICES, url_of
from throughcare.keys import signing_key, write_pinned

KEYS = Path("/keys")
PINNED = Path("/pinned/keys.json")


async def make_databases(admin: str) -> int:
    made = await databases.make(admin)
    sys.stdout.write(f"databases made: {', '.join(made) or 'none, all are there'}\n")
    return 0


async def make_topics(servers: str) -> int:
    """One copy of each: the compose file has one broker. Gives 3 when a topic differs."""
    applied = await topics.apply(servers, replicas=1)
    for topic in applied:
        sys.stdout.write(f"{topic.name}: {topic.state} {topic.said}\n")
    return 3 if any(topic.state == "differs" for topic in applied) else 0


async def make_keys(admin: str, keys: Path, pinned: Path, prefix: str = "throughcare_") -> int:
    """A signing key in a folder of each service, and the public halves by log for reporting.

    After the migrations, because it is they that name the logs.
    """
    write_pinned(
        pinned,
        {
            await _log(url_of(admin, prefix + service, f"{service}_service")): signing_key(
                keys / service / "signing.pem"
            )
            for service in SERVICES
        },
    )
    sys.stdout.write("every service has a signing key, and reporting knows its public half\n")
    return 0


async def _log(url: str) -> UUID:
    db = await asyncpg.connect(url)
    try:
        log: UUID = await db.fetchval("select id from chronicle.log")
        return log
    finally:
        await db.close()


def main() -> int:
    match sys.argv[1:]:
        case ["databases"]:
            return asyncio.run(make_databases(os.environ["DATABASE_URL"]))
        case ["topics"]:
            return asyncio.run(make_topics(os.environ["KAFKA_BOOTSTRAP_SERVERS"]))
        case ["keys"]:
            return asyncio.run(make_keys(os.environ["DATABASE_URL"], KEYS, PINNED))
    sys.stderr.write("usage: python -m deploy.prepare databases|topics|keys\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
