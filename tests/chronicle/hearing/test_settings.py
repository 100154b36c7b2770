"""What a process reads from its environment, and what it will not run with."""

import pytest
from pydantic import ValidationError

from chronicle.settings import Settings

LEAST = {
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
    "DATABASE_URL": "postgresql://shed_service@127.0.0.1/shed",
}


def test_production_refuses_a_clock_that_a_story_moves() -> None:
    for profile in ({}, {"THROUGHCARE_PROFILE": "production"}):
        with pytest.raises(ValidationError, match="for the demo and test profiles"):
            Settings.read(LEAST | profile | {"THROUGHCARE_CLOCK_FILE": "clock"})


@pytest.mark.parametrize("profile", ["demo", "test"])
def test_a_story_may_move_the_clock(profile: str) -> None:
    told = {"THROUGHCARE_PROFILE": profile, "THROUGHCARE_CLOCK_FILE": "clock"}
    assert Settings.read(LEAST | told).throughcare_clock_file is not None


@pytest.mark.parametrize("name", sorted(LEAST))
def test_what_is_missing_is_named(name: str) -> None:
    given = {key: value for key, value in LEAST.items() if key != name}
    with pytest.raises(ValidationError, match=name.lower()):
        Settings.read(given)


def test_a_role_without_an_address_of_its_own_takes_the_service_s() -> None:
    settings = Settings.read(LEAST | {"RELAY_DATABASE_URL": "postgresql://shed_relay@host/shed"})
    assert settings.url("relay") == "postgresql://shed_relay@host/shed"
    assert settings.url("projector") == LEAST["DATABASE_URL"]


def test_what_is_no_setting_of_ours_is_passed_over() -> None:
    assert Settings.read(LEAST | {"PATH": "/somewhere"}) == Settings.read(LEAST)
