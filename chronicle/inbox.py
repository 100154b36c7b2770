"""Take effect once: claim an event by its id, in the transaction of the effect."""

from chronicle.db import Db

CLAIM = """
insert into chronicle.inbox (consumer, source, event_id)
select $1, $2, $3
from (select pg_advisory_xact_lock(hashtext($1), hashtext(encode($4::bytea, 'hex')))) l
on conflict do nothing returning true
"""
LOCK_KEY = "select pg_advisory_xact_lock(hashtext($1), hashtext(encode($2::bytea, 'hex')))"


async def claim(db: Db, consumer: str, source: str, event_id: str, key: bytes) -> bool:
    """False when this consumer had the event before. Takes the key's lock until the commit."""
    return bool(await db.fetchval(CLAIM, consumer, source, event_id, key))


async def lock_key(db: Db, consumer: str, key: bytes) -> None:
    await db.execute(LOCK_KEY, consumer, key)
