"""`chronicle` against the log of reporting at work: rebuilt beside, compared, switched."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.parts import now
from tests.throughcare.cli.at_work import Ran, run
from throughcare.house import House
from throughcare.rebuilding import DIFFERS


def chronicle(*words: str) -> Ran:
    return run(*words, "--service", "reporting", program="chronicle")


@pytest.fixture
def tell(house: House, here: Path) -> Callable[[str], Any]:
    """Say something to the database of reporting as the owner of its read models."""

    async def said(statement: str) -> Any:
        db = await asyncpg.connect(house.url("reporting", "projector"))
        try:
            return await db.fetchval(statement)
        finally:
            await db.close()

    return lambda statement: now(said(statement))


def test_tables_built_beside_are_compared_and_switched_to(tell: Callable[[str], Any]) -> None:
    before = tell("select 'view.timeline'::regclass::oid")
    assert "events folded into the tables beside" in chronicle("rebuild").out
    ran = chronicle("compare", "--json")
    assert ran.code == 0, ran.talk
    by_name = {one["read_model"]: one for one in ran.json}
    assert by_name["timeline"]["rebuilt"] == by_name["timeline"]["live"] > 0
    assert [one["differ"] for one in ran.json] == [[]] * len(by_name)
    assert chronicle("switch").code == 0
    assert tell("select 'view.timeline'::regclass::oid") != before


def test_a_row_that_differs_is_exit_code_6_and_named(tell: Callable[[str], Any]) -> None:
    gone = tell(
        "delete from view.timeline where event = (select event from view.timeline limit 1)"
        " returning event"
    )
    chronicle("rebuild")
    for verb in ("compare", "switch"):
        ran = chronicle(verb)
        assert ran.code == DIFFERS
        assert f"differs: timeline {gone}" in ran.out
    assert "nothing was switched: 1 rows differ" in ran.talk
    assert chronicle("switch", "--explained", "somebody deleted a row").code == 0
    assert tell(f"select true from view.timeline where event = '{gone}'")


def test_without_anything_beside_it_says_what_to_run(here: Path) -> None:
    chronicle("rebuild")
    chronicle("switch")
    ran = chronicle("compare")
    assert (ran.code, ran.out) == (3, "")
    assert "run `chronicle rebuild`" in ran.talk


def test_a_database_that_is_there_has_nothing_to_apply(here: Path) -> None:
    assert chronicle("migrate").out == "nothing to apply\n"


def test_without_a_house_the_settings_are_taken_and_named_where_they_lack(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    ran = chronicle("migrate")
    assert ran.code == 5
    assert "DATABASE_URL and PROJECTOR_DATABASE_URL" in ran.talk
    for name, value in house.environment("reporting").items():
        monkeypatch.setenv(name, value)
    assert chronicle("migrate").code == 0


def test_a_service_that_is_none_is_wrong_usage(here: Path) -> None:
    ran = run("compare", "--service", "referals", program="chronicle")
    assert ran.code == 2
    assert "one of referrals, matching, reviews, reporting" in ran.talk


def test_what_is_published_again_is_counted_and_nobody_notices(tell: Callable[[str], Any]) -> None:
    kept = tell("select count(*) from chronicle.event")
    for further in ((), ("--from", "1", "--to", "1")):
        ran = run("republish", "--service", "referrals", *further, program="chronicle")
        assert ran.code == 0, ran.talk
        assert "positions of referrals published again" in ran.out
    assert tell("select count(*) from chronicle.event") == kept


def test_positions_that_a_log_does_not_have_are_refused(here: Path) -> None:
    ran = chronicle("republish", "--from", "99999")
    assert ran.code == 3
    assert "positions 99999 to 99999: the log has 1 to" in ran.talk


def test_a_log_that_is_where_it_was_has_nothing_to_be_resynced(here: Path) -> None:
    ran = chronicle("resync", "--why", "to be sure")
    assert ran.code == 3
    assert "there is nothing to re-sync" in ran.talk


def test_an_export_is_not_believed_without_keys(here: Path) -> None:
    ran = chronicle("resync", "--why", "lost", "--from", "throughcare.jsonl")
    assert ran.code == 2
    assert "send --keys" in ran.talk
