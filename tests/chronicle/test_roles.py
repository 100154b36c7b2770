"""What each role may do in the log, and that nothing else is let through."""

from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest

from chronicle.append import append_within
from chronicle.migrate import migrate
from tests.chronicle.library import SERVICE
from tests.chronicle.log import NOW, Connection, Log, Role, lines

Verb: TypeAlias = str
ALL = "*"
VERBS = ("select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain")
TABLES = (
    "anchor", "block", "command", "cursor", "event", "heard", "inbox", "log", "migration",
    "origin", "parked", "seal", "unread", "witness",
)  # fmt: skip
APPEND_ONLY = ("anchor", "block", "command", "event", "inbox", "log", "origin", "witness")
READS = {table: {"select": ALL} for table in TABLES}
MOVES = {"select": ALL, "insert": ALL, "update": "epoch position"}
SAYS = "body event_id key meta recorded stream trace type version"

MAY: dict[Role, dict[str, dict[Verb, str]]] = {
    "service": READS
    | {table: {"select": ALL, "insert": ALL} for table in ("command", "inbox", "witness", "origin")}
    | {
        "event": {"select": ALL, "insert": SAYS},
        "cursor": MOVES,
        "heard": {"select": ALL, "insert": ALL, "update": "positions"},
        "parked": {
            "select": ALL, "insert": ALL,
            "update": "attempts decided_by decided_why mended state",
        },
    },
    "sequencer": READS | {table: {"select": ALL, "insert": ALL} for table in ("block", "seal")},
    "relay": {table: {"select": ALL} for table in ("event", "block", "log")}
    | {"cursor": MOVES, "seal": {"select": ALL, "update": "published"}},
    "projector": {table: {"select": ALL} for table in ("event", "block", "log")}
    | {"cursor": MOVES, "unread": {"select": ALL, "insert": ALL, "delete": ALL}},
    "auditor": READS,
}  # fmt: skip
GRANTED = """
select r.role, t.relname as "table", v.verb, case
  when v.verb in ('select', 'insert', 'update', 'references') then (
    select string_agg(a.attname, ' ' order by a.attname) from pg_attribute a
    where a.attrelid = t.oid and a.attnum > 0
      and has_column_privilege($1 || r.role, t.oid, a.attnum, v.verb))
  when has_table_privilege($1 || r.role, t.oid, v.verb) then '*' end as columns,
  v.verb in ('select', 'insert', 'update', 'references')
    and has_table_privilege($1 || r.role, t.oid, v.verb) as whole
from unnest($2::text[]) r(role), unnest($3::text[]) v(verb), pg_class t
where t.relnamespace = 'chronicle'::regnamespace and t.relkind in ('r', 'p', 'v', 'm')
"""
EVENT = "(stream, version, type, event_id, recorded, key, meta, body)"
VALUES = "('book-9', 1, '', gen_random_uuid(), now(), '', '', '')"


async def refused(db: Connection, *statements: str) -> list[str]:
    """Each of them alone; gives the errors in full."""
    errors = []
    for sql in statements:
        try:
            async with db.transaction():
                await db.execute(sql)
        except asyncpg.InsufficientPrivilegeError as error:
            errors.append(str(error))
        else:
            pytest.fail(f"let through: {sql}")
    return errors


# Every role, every table, every verb


async def test_every_role_may_do_in_every_table_exactly_what_is_declared(
    log: Log, admin: Connection
) -> None:
    found: dict[str, dict[str, dict[str, str]]] = {role: {} for role in MAY}
    for row in await admin.fetch(GRANTED, f"{SERVICE}_", list(MAY), list(VERBS)):
        columns = ALL if row["whole"] else row["columns"]
        if columns:
            found[row["role"]].setdefault(row["table"], {})[row["verb"]] = columns
    assert found == MAY


async def test_every_table_of_the_log_is_declared_here(log: Log, admin: Connection) -> None:
    names = await admin.fetch(
        "select relname from pg_class where relkind in ('r', 'p', 'v', 'm')"
        " and relnamespace = 'chronicle'::regnamespace order by relname"
    )
    assert tuple(row["relname"] for row in names) == TABLES


async def test_no_role_owns_or_inherits_anything(log: Log, admin: Connection) -> None:
    names = [f"{SERVICE}_{role}" for role in MAY]
    assert not await admin.fetch(
        "select rolname from pg_roles where rolname = any($1) and (rolsuper or rolcreaterole"
        " or rolcreatedb or rolreplication or rolbypassrls)",
        names,
    )
    assert not await admin.fetch(
        "select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.member"
        " where r.rolname = any($1)",
        names,
    )
    for role in MAY:
        db = await log.connect(role)
        await refused(db, "create table chronicle.mine (n int)", "create schema mine")
        if role != "projector":
            await refused(db, "create table view.mine (n int)")


async def test_only_the_service_appends(log: Log) -> None:
    for role in MAY:
        if role != "service":
            db = await log.connect(role)
            await refused(db, f"insert into chronicle.event {EVENT} values {VALUES}")


# Tried as the service, each refused


async def test_the_service_appends_what_it_says_and_sees_its_ticket(log: Log) -> None:
    db = await log.connect()
    insert = f"insert into chronicle.event {EVENT} values {VALUES}"
    assert await db.fetchval(f"{insert} returning ticket") == 1
    again = await db.fetch(f"{insert} on conflict do nothing returning ticket")
    assert again == []


SERVICE_MAY_NOT = (
    f"insert into chronicle.event (ticket, {EVENT[1:]} overriding system value"
    f" values (7, {VALUES[1:]}",
    f"insert into chronicle.event (xid, {EVENT[1:]} values ('7', {VALUES[1:]}",
    "update chronicle.event set body = ''",
    "update chronicle.event set trace = null",
    "delete from chronicle.event",
    "truncate chronicle.event",
    "select nextval('chronicle.event_ticket_seq')",
    "select setval('chronicle.event_ticket_seq', 1)",
    "select * from chronicle.event_ticket_seq",
    "insert into chronicle.block values (1, 1, 1, 1, '{1}', 1, 1, '', '', '1:1:', now())",
    "insert into chronicle.seal values (1, 1, 1, '', '')",
    "insert into chronicle.anchor values (2, 0, 0, '1:1:', '', now())",
    "insert into chronicle.log values (gen_random_uuid(), '')",
    "update chronicle.command set result = '[]'",
    "delete from chronicle.inbox",
    "update chronicle.parked set value = null",
    "lock table chronicle.event in share row exclusive mode",
    "alter table chronicle.event disable trigger append_only",
    "alter table chronicle.event disable trigger all",
    "drop trigger append_only on chronicle.event",
    "alter table chronicle.event alter ticket restart",
    "drop table chronicle.event",
    "set session_replication_role = replica",
    "set role library_owner",
    "create or replace function chronicle.refuse_change() returns trigger language plpgsql as"
    " 'begin return null; end'",
)


async def test_the_service_is_refused_whatever_else_it_tries(log: Log) -> None:
    db = await log.connect()
    await append_within(db, lines("book-1", 1, 2))
    await refused(db, *SERVICE_MAY_NOT)
    assert await db.fetchval("select count(*) from chronicle.event") == 2


# The others


SEQUENCER_MAY_NOT = (
    "update chronicle.block set root = ''",
    "delete from chronicle.block",
    "update chronicle.seal set published = true",
    "delete from chronicle.seal",
    "insert into chronicle.cursor values ('relay', 0, 0)",
    "lock table chronicle.event in share row exclusive mode",
)


async def test_the_sequencer_is_refused_whatever_else_it_tries(log: Log) -> None:
    await refused(await log.connect("sequencer"), *SEQUENCER_MAY_NOT)


RELAY_MAY_NOT = (
    "select * from chronicle.command",
    "select * from chronicle.inbox",
    "select * from chronicle.parked",
    "select * from chronicle.anchor",
    "update chronicle.seal set body = ''",
    "insert into chronicle.seal values (1, 1, 1, '', '')",
    "update chronicle.cursor set name = 'mine'",
    "delete from chronicle.cursor",
    "select * from view.nothing",
)


async def test_the_relay_is_refused_whatever_else_it_tries(log: Log) -> None:
    await refused(await log.connect("relay"), *RELAY_MAY_NOT)


async def test_the_auditor_reads_the_log_and_neither_a_view_nor_the_vault(
    empty: Log, tmp_path: Path
) -> None:
    (tmp_path / "0001_read_models.sql").write_text("create table view.on_loan (book uuid)")
    (tmp_path / "0002_vault.sql").write_text(
        "create schema vault; create table vault.identity (reader uuid);"
        " grant usage on schema vault to library_service;"
        " grant select, insert, update on vault.identity to library_service"
    )
    await migrate(empty.url("owner"), SERVICE, tmp_path, NOW)
    auditor, service = await empty.connect("auditor"), await empty.connect()
    for table in TABLES:
        await auditor.fetch(f"select * from chronicle.{table}")
    for table in ("view.on_loan", "vault.identity"):
        await refused(auditor, f"select * from {table}")
        await service.fetch(f"select * from {table}")
    for other in ("sequencer", "relay", "projector"):
        await refused(await empty.connect(other), "select * from vault.identity")


# Append-only, even for the owner


async def test_the_owner_too_changes_nothing_by_an_ordinary_statement(log: Log) -> None:
    owner = await log.connect("owner")
    for table in APPEND_ONLY:
        column = await owner.fetchval(
            "select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0"
            " and attidentity = '' order by attnum limit 1",
            f"chronicle.{table}",
        )
        errors = await refused(
            owner,
            f"update chronicle.{table} set {column} = {column}",
            f"delete from chronicle.{table}",
            f"truncate chronicle.{table} cascade",
        )
        assert errors == [f"chronicle.{table} is append-only"] * 3


async def test_the_append_only_triggers_fire_for_replication_too(
    log: Log, admin: Connection
) -> None:
    rows = await admin.fetch(
        "select c.relname, t.tgenabled::text as fires from pg_trigger t"
        " join pg_class c on c.oid = t.tgrelid where t.tgname = 'append_only' order by c.relname"
    )
    assert [tuple(row.values()) for row in rows] == [(table, "A") for table in APPEND_ONLY]
    await admin.execute("set session_replication_role = replica")
    errors = await refused(admin, "delete from chronicle.event")
    assert errors == ["chronicle.event is append-only"]


async def test_the_service_reads_what_the_projector_makes_and_does_not_write_it(log: Log) -> None:
    projector, service = await log.connect("projector"), await log.connect()
    await projector.execute("create table view.on_loan (book uuid)")
    assert await service.fetch("select * from on_loan") == []
    await refused(service, "insert into on_loan values (gen_random_uuid())")
    for role in ("sequencer", "relay"):
        await refused(await log.connect(role), "select * from view.on_loan")


async def test_a_stranger_does_not_get_in(log: Log, admin: Connection) -> None:
    assert await admin.fetchval(
        "select not exists (select from pg_database d, aclexplode(d.datacl) a"
        " where d.datname = current_database() and a.grantee = 0)"
    )
