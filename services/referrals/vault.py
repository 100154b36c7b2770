"""The identity vault: names, birth dates and contact, which never enter an event."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from chronicle.db import Db
from chronicle.decider import Refused
from contracts.codes import AgeBand
from services.referrals.domain.young_person import NOT_REGISTERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom a `person` stands for. Shown without its words, so that no log line holds them."""

    person: UUID
    name: str = field(repr=False)
    date_of_birth: date = field(repr=False)
    contact: str = field(repr=False)


def age_band(born: date, on: date) -> AgeBand:
    """The band of somebody's age on a day; a 29 February birthday is 1 March in other years."""
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if age < 16:
        return "under_16"
    if age < 18:
        return "16_17"
    if age < 21:
        return "18_20"
    if age < 25:
        return "21_24"
    return "25_plus"


async def keep(tx: Db, identity: Identity) -> None:
    """Written in the transaction of the registration, so neither is there without the other."""
    await tx.execute(
        "insert into vault.identity (person, name, date_of_birth, contact) values ($1, $2, $3, $4)",
        identity.person,
        identity.name,
        identity.date_of_birth,
        identity.contact,
    )


async def band_on(db: Db, person: UUID, on: date) -> AgeBand:
    """The person's age band on that day; Refused (REF-01) for somebody the vault does not know."""
    born = await db.fetchval("select date_of_birth from vault.identity where person = $1", person)
    if born is None:
        raise Refused("REF-01", NOT_REGISTERED)
    return age_band(born, on)


async def names(db: Db, persons: Iterable[UUID]) -> dict[UUID, str]:
    """The names of those of these persons whom the vault knows."""
    rows = await db.fetch(
        "select person, name from vault.identity where person = any($1) order by person",
        list(persons),
    )
    return {row["person"]: row["name"] for row in rows}
