"""Four databases and their roles, made from one admin address."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from chronicle.migrate import ROLES

SERVICES = ("referrals", "matching", "reviews", "reporting")


def url_of(admin: str, database: str, role: str) -> str:
    """The address of a role in one of our databases."""
    parts = urlsplit(admin)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        (parts.scheme, f"{role}:{password(admin, role)}@{host}", f"/{database}", parts.query, "")
    )


def password(admin: str, role: str) -> str:
    """A role's password follows from the admin's, so that nothing has to be kept."""
    secret = urlsplit(admin).password or ""
    return hmac.new(secret.encode(), role.encode(), hashlib.sha256).hexdigest()


async def make(
    admin: str, prefix: str = "throughcare_", services: Sequence[str] = SERVICES
) -> list[str]:
    """Make what is missing; gives the names of the databases made. Safe to repeat."""
    db = await asyncpg.connect(admin)
    try:
        made = []
        for service in services:
            await _roles(db, admin, service)
            if await _database(db, service, prefix + service):
                made.append(prefix + service)
        return made
    finally:
        await db.close()


async def _roles(db: "asyncpg.Connection[Any]", admin: str, service: str) -> None:
    for role in (f"{service}_{name}" for name in ROLES):
        there = await db.fetchval("select true from pg_roles where rolname = $1", role)
        verb = "alter" if there else "create"
        await db.execute(f"{verb} role {role} login password '{password(admin, role)}'")
    await db.execute(f"grant {service}_projector to {service}_owner")


async def _database(db: "asyncpg.Connection[Any]", service: str, name: str) -> bool:
    if await db.fetchval("select true from pg_database where datname = $1", name):
        return False
    await db.execute(f'create database "{name}" owner {service}_owner')
    await db.execute(f'revoke all on database "{name}" from public')
    everybody = ", ".join(f"{service}_{role}" for role in ROLES)
    await db.execute(f'grant connect on database "{name}" to {everybody}')
    await db.execute(f'grant temporary on database "{name}" to {service}_service')
    return True


async def drop(admin: str, prefix: str, services: Sequence[str] = SERVICES) -> None:
    """Take their databases away, whoever is connected; the roles stay."""
    db = await asyncpg.connect(admin)
    try:
        for service in services:
            await db.execute(f'drop database if exists "{prefix}{service}" with (force)')
    finally:
        await db.close()
