"""The compose file: valid, hardened, without a secret, and every setting one that exists."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from chronicle.settings import Settings
from tests.architecture.house import ROOT, SERVICES
from tests.deploy.containers import COMPOSE, JOBS, OURS, VARIABLE, compose, environment

CONTAINERS = compose()
NOT_IN_PRODUCTION = {"THROUGHCARE_CLOCK_FILE"}
OF_ONE_COUNCIL = {"THROUGHCARE_COUNCIL_POLICIES"}


def test_it_is_what_the_compose_specification_allows() -> None:
    check = Path(sys.executable).with_name("check-jsonschema")
    ran = subprocess.run(
        [check, "--builtin-schema", "vendor.compose-spec", COMPOSE], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout


def test_it_holds_every_service_its_parts_and_their_jobs() -> None:
    assert set(CONTAINERS) == {"postgres", "kafka", *SERVICES, *JOBS}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_can_change_nothing_it_need_not(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["mem_limit"]
    assert container["pids_limit"]
    assert not container.keys() & {"privileged", "cap_add", "network_mode", "pid", "ipc"}


@pytest.mark.parametrize("name", CONTAINERS)
def test_whether_it_is_well_is_asked_of_what_stays_up(name: str) -> None:
    health = CONTAINERS[name].get("healthcheck", {})
    if name in JOBS:
        assert health == {"disable": True}
    elif name in SERVICES:
        assert not health, "the image asks"
    else:
        assert health["test"][0] == "CMD"


def test_what_is_open_is_open_to_this_machine_alone() -> None:
    ports = {name: c["ports"] for name, c in CONTAINERS.items() if "ports" in c}
    assert set(ports) == set(SERVICES)
    assert [port for [port] in ports.values() if not port.startswith("127.0.0.1:")] == []
    assert len({port for [port] in ports.values()}) == len(SERVICES)


def test_every_variable_says_what_is_missing_or_has_a_value() -> None:
    bare = [name for name, how, text in VARIABLE.findall(COMPOSE.read_text()) if not (how and text)]
    assert bare == []


def test_no_secret_stands_in_the_file() -> None:
    assert re.findall(r"(?i)password|\w+://\S+@|_URL", COMPOSE.read_text()) == []


@pytest.mark.parametrize("name", OURS)
def test_every_setting_exists_and_those_needed_are_there(name: str) -> None:
    given = environment(CONTAINERS[name])
    assert set(given) - {field.upper() for field in Settings.model_fields} == set()
    settings = Settings.read(given)
    assert (settings.throughcare_profile, settings.kafka_kind) == ("production", "apache")
    assert settings.throughcare_authority == "westmere"


def test_every_setting_is_set_somewhere() -> None:
    given = {setting for name in OURS for setting in environment(CONTAINERS[name])}
    fields = {field.upper() for field in Settings.model_fields}
    assert fields - given == NOT_IN_PRODUCTION | OF_ONE_COUNCIL


@pytest.mark.parametrize("name", OURS)
def test_every_address_is_that_of_its_own_role_in_its_own_database(name: str) -> None:
    service = name.removesuffix("-migrate")
    addresses = {
        setting.partition("DATABASE_URL")[0].strip("_").lower() or "service": urlsplit(value)
        for setting, value in environment(CONTAINERS[name]).items()
        if setting.endswith("DATABASE_URL")
    }
    assert {"service", "sequencer", "relay", "projector"} <= set(addresses)
    for role, address in addresses.items():
        assert (address.username, address.hostname) == (f"{service}_{role}", "postgres")
        assert address.path == f"/throughcare_{service}"


def test_only_a_migration_owns_a_database() -> None:
    owners = [name for name in OURS if "OWNER_DATABASE_URL" in environment(CONTAINERS[name])]
    assert owners == [f"{service}-migrate" for service in SERVICES]


def mounts(container: dict[str, Any]) -> dict[str, str]:
    """What is mounted where, `:ro` kept."""
    return dict(volume.split(":", 1) for volume in container.get("volumes", ()))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_its_own_signing_key_and_no_other(service: str) -> None:
    pinned = {"pinned-keys": "/pinned:ro"} if service == "reporting" else {}
    assert mounts(CONTAINERS[service]) == {f"{service}-key": "/keys:ro", **pinned}
    settings = Settings.read(environment(CONTAINERS[service]))
    assert settings.signing_key_file == Path("/keys/signing.pem")
    assert settings.pinned_keys_file == (Path("/pinned/keys.json") if pinned else None)


def test_the_job_that_makes_the_keys_writes_where_the_services_read() -> None:
    own = {f"{service}-key": f"/keys/{service}" for service in SERVICES}
    assert mounts(CONTAINERS["keys"]) == {**own, "pinned-keys": "/pinned"}


def after(name: str) -> set[str]:
    """Everything that is done or well before this container starts."""
    first: dict[str, Any] = CONTAINERS[name].get("depends_on", {})
    for other, how in first.items():
        done = "service_completed_successfully" if other in JOBS else "service_healthy"
        assert how["condition"] == done
    return set(first).union(*(after(other) for other in first))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_when_everything_is_prepared(service: str) -> None:
    assert after(service) == {"postgres", "kafka", *JOBS}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_built_from_its_own_rooms(service: str) -> None:
    for name in (service, f"{service}-migrate"):
        assert CONTAINERS[name]["build"]["args"] == {"SERVICE": service}
        assert CONTAINERS[name]["image"] == f"throughcare-{service}"


def test_it_runs_the_kafka_the_tests_run_on() -> None:
    tested = re.findall(r"<version>(4[\d.]+)<", (ROOT / "tests/apache_kafka/pom.xml").read_text())
    assert CONTAINERS["kafka"]["image"] == f"apache/kafka:{tested[0]}"
