"""A house with referrals and reporting at work, one young person in it, and what an auditor has."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from chronicle.db import open_pool
from chronicle.parking import Heard, park
from tests.chronicle.log import until
from tests.parts import Kafka, Server, folder, now, running
from tests.throughcare.cli.at_work import EET, NAME, run, sealed
from throughcare import databases, topics
from throughcare.house import House
from throughcare.system import remember


@pytest.fixture(scope="package")
def house(kafka: Kafka, postgres: Server) -> Iterator[House]:
    """Four processes; matching and reviews have nothing but their doors, and said nothing."""
    with folder() as below, ExitStack() as stack:
        built = House(
            folder=below, admin_url=postgres.url, servers=kafka.servers, kafka_kind=kafka.kind,
            profile="test", prefix=f"test_{uuid4().hex}_",
        )  # fmt: skip
        now(topics.forget(kafka.servers))
        now(built.prepare())
        stack.callback(lambda: now(databases.drop(postgres.url, built.prefix)))
        stack.callback(lambda: now(topics.forget(kafka.servers)))
        for service in databases.SERVICES:
            verb = "all" if service in ("referrals", "reporting") else "api"
            stack.enter_context(running(built.process(service, verb)))
        yield built


@pytest.fixture(scope="package")
def ami(house: House) -> str:
    """A young person, registered and heard of by reporting."""
    answer = httpx.post(
        f"{house.door('referrals')}/register-young-person",
        headers={"X-Actor": EET, "Idempotency-Key": str(uuid4())},
        json={
            "name": NAME, "date_of_birth": "2006-05-04", "contact": "", "category": "relevant",
            "population": "care_leaver", "registered_from": "stage1",
        },
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    now(until(lambda: sealed(house)))
    return str(answer.json()["stream"]).partition("-")[2]


@pytest.fixture(scope="package")
def exported(house: House, ami: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("export") / "throughcare.jsonl"
    assert run("export", str(file), "--url", f"reporting={house.door('reporting')}").code == 0
    return file


@pytest.fixture
def here(house: House, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the house is known, with an export and what an auditor holds."""
    monkeypatch.chdir(tmp_path)
    remember(house)
    shutil.copy(house.pinned_keys, "keys.json")
    assert run("export", "throughcare.jsonl").code == 0
    seals = [
        line for line in Path("throughcare.jsonl").read_text().splitlines() if "seal_no" in line
    ]
    Path("kept.jsonl").write_text("\n".join(seals) + "\n")
    Path("mended.json").write_text("{}")
    return tmp_path


@pytest.fixture
def parked(house: House) -> Callable[[str], None]:
    """Sets a message aside at referrals under this id, of a type that nobody knows."""

    async def aside(event: str) -> None:
        headers = (
            ("ce_id", event.encode()), ("ce_source", b"/throughcare/matching"),
            ("ce_type", b"throughcare.matching.NobodyKnows.v1"), ("ce_subject", b"x-1"),
            ("ce_time", b"2024-04-09T12:00:00.000000Z"), ("ce_partitionkey", b"x-1"),
        )  # fmt: skip
        heard = Heard("throughcare.matching", 0, 7, event.encode(), headers, b"{}")
        async with await open_pool(house.url("referrals", "service")) as pool:
            await park(pool, "referrals", heard, "unreadable", None, 1, datetime.now(UTC))

    return lambda event: now(aside(event))
