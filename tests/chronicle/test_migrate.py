"""Migrate: each migration once, whole or not at all, by the role whose table it is."""

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from chronicle.migrate import migrate
from tests.chronicle.library import SERVICE
from tests.chronicle.log import NOW, Connection, Log


async def migrated(log: Log, folder: Path) -> list[str]:
    return await migrate(log.url("owner"), SERVICE, folder, NOW)


def holds(folder: Path, **files: str) -> None:
    for name, sql in files.items():
        (folder / f"{name}.sql").write_text(sql)


async def recorded(admin: Connection) -> dict[str, Any]:
    rows = await admin.fetch("select name, at from chronicle.migration order by name")
    return {row["name"]: row["at"] for row in rows}


async def test_an_empty_database_gets_a_log_with_an_identity_and_an_anchor(
    empty: Log, admin: Connection, tmp_path: Path
) -> None:
    assert await migrated(empty, tmp_path) == ["chronicle"]
    assert [r["service"] for r in await admin.fetch("select * from chronicle.log")] == ["library"]
    (anchor,) = await admin.fetch("select *, snap::text as began from chronicle.anchor")
    cluster = await admin.fetchval("select system_identifier from pg_control_system()")
    assert (anchor["anchor"], anchor["cluster"], anchor["floor_ticket"]) == (1, cluster, 0)
    assert (anchor["began"], anchor["at"]) == ("1:1:", NOW)


async def test_a_log_has_one_identity_for_ever(log: Log) -> None:
    owner = await log.connect("owner")
    with pytest.raises(asyncpg.UniqueViolationError):
        await owner.execute("insert into chronicle.log (service) values ('museum')")


async def test_migrations_run_once_in_the_order_of_their_names(
    empty: Log, admin: Connection, tmp_path: Path
) -> None:
    holds(
        tmp_path,
        **{
            "0002_fill": "insert into shelf.row values (1)",
            "0001_shelf": "create schema shelf; create table shelf.row (n int)",
        },
    )
    try:
        assert await migrated(empty, tmp_path) == ["chronicle", "0001_shelf.sql", "0002_fill.sql"]
        assert await migrated(empty, tmp_path) == []
        holds(tmp_path, **{"0003_more": "insert into shelf.row values (2)"})
        assert await migrated(empty, tmp_path) == ["0003_more.sql"]
        assert await admin.fetchval("select array_agg(n order by n) from shelf.row") == [1, 2]
    finally:
        await admin.execute("drop schema if exists shelf cascade")
    assert set(await recorded(admin)) == {"0001_shelf.sql", "0002_fill.sql", "0003_more.sql"}


async def test_repeating_it_keeps_the_log(log: Log, admin: Connection, tmp_path: Path) -> None:
    assert await migrated(log, tmp_path) == []
    assert await admin.fetchval("select id from chronicle.log") == log.id


@pytest.mark.parametrize(
    "fails",
    ["select 1 / 0", "insert into chronicle.migration values ('0002_broken.sql', now())"],
    ids=["in itself", "when it is recorded"],
)
async def test_a_migration_that_fails_leaves_nothing_and_the_ones_before_it_stand(
    empty: Log, admin: Connection, tmp_path: Path, fails: str
) -> None:
    holds(
        tmp_path,
        **{
            "0001_read_models": "create table view.on_loan (book uuid)",
            "0002_broken": f"create table chronicle.half (n int); {fails}",
        },
    )
    with pytest.raises((asyncpg.DivisionByZeroError, asyncpg.UniqueViolationError)):
        await migrated(empty, tmp_path)
    assert await admin.fetchval("select to_regclass('chronicle.half')") is None
    assert await recorded(admin) == {"0001_read_models.sql": NOW}
    holds(tmp_path, **{"0002_broken": "create table chronicle.whole (n int)"})
    assert await migrated(empty, tmp_path) == ["0002_broken.sql"]


async def test_read_models_belong_to_the_projector_and_the_rest_to_the_owner(
    empty: Log, admin: Connection, tmp_path: Path
) -> None:
    holds(
        tmp_path,
        **{
            "0001_read_models": "create table view.on_loan (book uuid)",
            "0002_vault": "create schema vault; create table vault.identity (reader uuid)",
        },
    )
    await migrated(empty, tmp_path)
    owners = await admin.fetch(
        "select tablename, tableowner from pg_tables where schemaname in ('view', 'vault')"
        " order by tablename"
    )
    assert [tuple(row.values()) for row in owners] == [
        ("identity", "library_owner"),
        ("on_loan", "library_projector"),
    ]


async def test_another_role_cannot_migrate(empty: Log, admin: Connection, tmp_path: Path) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await migrate(empty.url("service"), SERVICE, tmp_path, NOW)
    assert await admin.fetchval("select to_regnamespace('chronicle')") is None
