"""The jobs before the services, and the addresses they and the services are given."""

import json
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from chronicle.migrate import migrate
from deploy.addresses import env_files, write
from deploy.prepare import make_keys
from tests.architecture.house import ROOT, SERVICES
from tests.parts import Server
from throughcare import databases
from throughcare.databases import url_of


def test_two_servers_share_no_password() -> None:
    one, other = env_files("one"), env_files("other")
    assert [name for name in one if set(one[name].values()) & set(other[name].values())] == []


def test_env_files_are_for_their_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    write(folder, "first")
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with pytest.raises(FileExistsError):
        write(folder, "second")
    assert (folder / "postgres.env").read_text() == "POSTGRES_PASSWORD=first\n"


@pytest.fixture
async def migrated(postgres: Server) -> AsyncIterator[str]:
    """The prefix of four databases as the jobs before `keys` leave them."""
    prefix = f"deploy_{uuid4().hex[:8]}_"
    await databases.make(postgres.url, prefix)
    try:
        for service in SERVICES:
            owner = url_of(postgres.url, prefix + service, f"{service}_owner")
            folder = ROOT / "services" / service / "migrations"
            await migrate(owner, service, folder, datetime.now(UTC))
        yield prefix
    finally:
        await databases.drop(postgres.url, prefix)


async def test_every_log_gets_a_key_that_a_second_run_keeps(
    postgres: Server, migrated: str, tmp_path: Path
) -> None:
    pinned = tmp_path / "pinned.json"
    await make_keys(postgres.url, tmp_path / "keys", pinned, migrated)
    first = json.loads(pinned.read_text())
    assert set(first) == {await log_of(postgres, migrated, service) for service in SERVICES}
    assert len({key for [key] in first.values()}) == len(SERVICES)
    for service in SERVICES:
        key = tmp_path / "keys" / service / "signing.pem"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600

    await make_keys(postgres.url, tmp_path / "keys", pinned, migrated)
    assert json.loads(pinned.read_text()) == first


async def log_of(postgres: Server, prefix: str, service: str) -> str:
    db = await asyncpg.connect(url_of(postgres.url, prefix + service, f"{service}_service"))
    try:
        return str(await db.fetchval("select id from chronicle.log"))
    finally:
        await db.close()
