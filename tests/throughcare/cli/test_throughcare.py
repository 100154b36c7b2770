"""`throughcare` against referrals and reporting at work: what it answers, and its exit codes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from chronicle.verify.finding import Kind
from tests.parts import Server, now
from tests.throughcare.cli.at_work import EET, NAME, run
from throughcare.house import House


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
