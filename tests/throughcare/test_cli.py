"""The command line against referrals and reporting at work: answers, exit codes, its examples."""

import asyncio
import json
import shlex
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup
from typer.testing import CliRunner

from chronicle.db import open_pool
from chronicle.parking import Heard, park
from chronicle.verify.finding import Kind
from tests.parts import Kafka, Server, folder, now, running
from throughcare import databases, topics
from throughcare.cli import app
from throughcare.house import House
from throughcare.mark import until
from throughcare.options import AUDITOR
from throughcare.parked import AN_EVENT
from throughcare.system import remember

WORKER = "worker=00000000-0000-4000-8000-000000000001"
NAME = "Ami Whitlock-Testcase"
PATIENCE = 60.0
EET = f"{WORKER}; role=eet_adviser; team=eet"
CODES = {"release": 3, "drop": 2}
"""Of the examples: this message fails again, and without --yes nothing is dropped."""


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    talk: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*words: str) -> Ran:
    ran = CliRunner().invoke(app, words, prog_name="throughcare", catch_exceptions=False)
    return Ran(ran.exit_code, ran.stdout, ran.stderr)


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
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
    now(asyncio.wait_for(until(lambda: sealed(house)), PATIENCE))
    return str(answer.json()["stream"]).partition("-")[2]


def sealed(house: House) -> bool:
    """Whether both logs are in an export, and reporting's own has said that it checked."""
    answer = httpx.get(f"{house.door('reporting')}/export", headers={"X-Actor": AUDITOR})
    said = [json.loads(line) for line in answer.text.splitlines()]
    return len([line for line in said if line.get("through", 0) > 0]) == 2


@pytest.fixture(scope="module")
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


def commands(group: TyperGroup, *above: str) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *above, name)
        elif isinstance(command, TyperCommand):
            yield (*above, name), command


def menu() -> dict[tuple[str, ...], TyperCommand]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return dict(commands(group))


PLAYED = {"demo", "up", "down"}
"""Whole systems of their own, which tests/throughcare/test_demo.py starts and stops."""

EXAMPLES = [
    line.strip()
    for name, command in menu().items()
    if name[0] not in PLAYED
    for line in (command.epilog or "").splitlines()
    if line.strip().startswith("throughcare ")
]


def test_every_command_has_examples_and_answers_as_json() -> None:
    for name, command in menu().items():
        assert f"throughcare {' '.join(name)}" in (command.epilog or ""), name
        assert "--json" in {word for p in command.params for word in p.opts}, name
        shown = run(*name, "--help").out
        assert "Examples:\n" in shown, name


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_help_work(
    example: str, here: Path, parked: Callable[[str], None], house: House
) -> None:
    parked(AN_EVENT)
    words = shlex.split(example.partition("|")[0])[1:]
    if "--servers" in words:
        words[words.index("--servers") + 1] = house.servers
    expected = 0 if "--yes" in words else CODES.get("".join(words[1:2]), 0)
    ran = run(*words)
    assert ran.code == expected, ran.talk
    if "--json" in words:
        assert ran.json is not None


def test_completeness_names_what_is_held(here: Path) -> None:
    (row,) = run("completeness", "--json").json
    assert (row["service"], row["complete"], row["holes"]) == ("referrals", True, [])
    assert "complete" in run("completeness").out


@pytest.fixture
def fourth_of_four(house: House, postgres: Server) -> Iterator[None]:
    """Reporting has heard the fourth event of a log, and none before it."""

    async def tell(statement: str) -> None:
        db = await asyncpg.connect(postgres.url, database=f"{house.prefix}reporting")
        await db.execute(statement)
        await db.close()

    now(tell("insert into chronicle.heard values (gen_random_uuid(), 'reviews', '{[4,5)}')"))
    yield
    now(tell("delete from chronicle.heard where service = 'reviews'"))


def test_a_hole_is_exit_code_11(here: Path, fourth_of_four: None) -> None:
    ran = run("completeness")
    assert ran.code == Kind.MISSING
    assert "1-3" in ran.out
    assert "NOT COMPLETE" in ran.out


def test_an_export_is_verified_by_the_keys_and_by_kept_seals(here: Path) -> None:
    for brought in (("--keys", "keys.json"), ("--seals", "kept.jsonl")):
        ran = run("verify", "throughcare.jsonl", *brought)
        assert ran.code == 0, ran.out
        assert "\nverified: " in ran.out


def test_a_file_alone_is_only_consistent(here: Path) -> None:
    ran = run("verify", "throughcare.jsonl")
    assert ran.code == Kind.NOTHING_OUTSIDE
    assert "all that a file can prove of itself" in ran.out


def test_one_byte_changed_names_block_and_event(here: Path) -> None:
    file = Path("throughcare.jsonl")
    raw = bytearray(file.read_bytes())
    at = raw.index(b'{"body":"') + 12
    raw[at] = raw[at] ^ 1
    file.write_bytes(raw)
    ran = run("verify", str(file), "--keys", "keys.json")
    assert ran.code == Kind.EDITED
    assert "edited: referrals block 1 position 1" in ran.out
    (finding,) = run("verify", str(file), "--keys", "keys.json", "--json").json["findings"]
    assert (finding["kind"], finding["block"], finding["position"]) == ("edited", 1, 1)


def test_what_was_brought_must_be_what_it_should_be(here: Path) -> None:
    Path("keys.json").write_text("[]")
    assert run("verify", "throughcare.jsonl", "--keys", "keys.json").code == 2
    assert run("verify", "throughcare.jsonl", "--seals", "keys.json").code == 2
    assert run("verify", "nowhere.jsonl").code == 2


def test_a_story_has_the_name_for_those_who_may_have_it(here: Path, ami: str) -> None:
    told = run("story", ami)
    assert told.code == 0
    assert told.out.startswith(f"{NAME} (")
    assert "[referrals 1]" in told.out
    other = run("story", ami, "--actor", "role=auditor; team=governance")
    assert other.code == 0
    assert "Ami" not in other.out + other.talk
    assert {row["name"] for row in run("story", ami, "--json").json} == {NAME}


def test_parked_messages_are_listed_with_the_service_that_holds_them(
    here: Path, parked: Callable[[str], None]
) -> None:
    event = str(uuid4())
    parked(event)
    rows = run("parked", "list", "--json").json
    assert [row["service"] for row in rows if row["event_id"] == event] == ["referrals"]
    assert event in run("parked", "list", "--service", "referrals").out


def test_nothing_is_dropped_without_yes(here: Path, parked: Callable[[str], None]) -> None:
    event = str(uuid4())
    parked(event)
    asked = run("parked", "drop", event, "--why", "sent twice")
    assert (asked.code, asked.out) == (2, "")
    assert "Nothing was done" in asked.talk
    assert state_of(event) == "held"
    assert run("parked", "drop", event, "--why", "sent twice", "--yes").code == 0
    assert state_of(event) == "dropped"


def state_of(event: str) -> str:
    rows = run("parked", "list", "--every", "--json").json
    return next(str(row["state"]) for row in rows if row["event_id"] == event)


def test_who_may_not_is_told_so_with_exit_code_4(here: Path) -> None:
    ran = run("parked", "list", "--actor", EET)
    assert (ran.code, ran.out) == (4, "")
    assert "may not" in ran.talk
    assert run("export", "x.jsonl", "--actor", EET).code == 4
    assert not Path("x.jsonl").exists()


def test_what_is_not_held_is_refused_with_exit_code_3(here: Path) -> None:
    assert run("parked", "show", str(uuid4())).code == 3


def test_a_door_that_does_not_answer_is_exit_code_5(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    unknown = run("completeness")
    assert unknown.code == 5
    assert "THROUGHCARE_REPORTING_URL" in unknown.talk
    assert run("completeness", "--url", "reporting=http://127.0.0.1:9").code == 5
    monkeypatch.setenv("THROUGHCARE_REPORTING_URL", "http://127.0.0.1:9")
    assert run("completeness").code == 5


def test_a_service_that_is_away_does_not_hide_the_others(here: Path, house: House) -> None:
    doors = ("--url", house.door("referrals"), "--url", "reviews=http://127.0.0.1:9")
    ran = run("lag", *doors, "--json")
    assert (ran.code, [row["service"] for row in ran.json]) == (5, ["referrals"])
    assert "reviews does not answer" in ran.talk
    assert run("parked", "list", *doors, "--json").code == 5
    assert run("parked", "show", str(uuid4()), *doors).code == 5


def test_a_bare_address_is_asked_whose_door_it_is(here: Path, house: House) -> None:
    ran = run("lag", "--url", house.door("referrals"), "--json")
    assert [row["service"] for row in ran.json] == ["referrals"]


def test_a_topic_that_differs_is_left_and_refused(here: Path) -> None:
    again = run("topics", "apply", "--json")
    assert (again.code, {topic["state"] for topic in again.json}) == (0, {"there"})


def test_no_colour_reaches_a_pipe(here: Path) -> None:
    for words in (("completeness",), ("lag",), ("parked", "list"), ("--help",)):
        assert "\x1b" not in run(*words).out
