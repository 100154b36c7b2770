"""What is in an image, who runs in it, and whether it starts with nothing else."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.architecture.house import SERVICES
from tests.deploy.containers import DOCKERFILE, built, copied, said, stages
from tests.deploy.lock import RUNTIME, installed

IMAGES = [*(("service", service) for service in SERVICES), ("prepare", "")]


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    ran = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, "")


@pytest.mark.parametrize("service", SERVICES)
def test_the_image_of_one_service_holds_no_other(service: str) -> None:
    assert [there for _, there in copied("service", service)] == [
        "chronicle", "contracts", "services/__init__.py", f"services/{service}",
    ]  # fmt: skip


def test_an_image_without_a_service_is_not_built() -> None:
    before = [rest for word, rest in said("service") if "${SERVICE" in rest]
    assert before[0].startswith(': "${SERVICE:?')


@pytest.mark.parametrize(("target", "service"), IMAGES)
def test_an_image_starts_from_what_it_holds(target: str, service: str, tmp_path: Path) -> None:
    """-I and -S: neither this checkout nor its environment can be imported."""
    app, packages = built(tmp_path / "app", target, service), installed(tmp_path / "venv", RUNTIME)
    module = f"services.{service}.main" if service else "deploy.prepare"
    code = f"import sys; sys.path[:0] = [{str(app)!r}, {str(packages)!r}]; import {module}"
    ran = subprocess.run([sys.executable, "-ISc", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("target", ["service", "prepare"])
def test_nobody_in_an_image_is_root(target: str) -> None:
    users = [rest for word, rest in said(target) if word == "USER"]
    assert users == ["10001:10001"]


@pytest.mark.parametrize("target", ["packages", "ground"])
def test_every_image_stands_on_the_base_that_was_asked_for(target: str) -> None:
    assert stages()[target].base == "${BASE}"


def test_packages_come_from_the_hashed_lock_alone() -> None:
    [install] = [rest for word, rest in said("packages") if word == "RUN"]
    assert "--require-hashes" in install
    assert [rest for word, rest in said("packages") if word == "COPY"] == [
        "deploy/requirements.txt /requirements.txt"
    ]
    everywhere = " ".join(rest for stage in stages().values() for _, rest in stage.said)
    assert everywhere.count("pip install") == 1


def test_the_process_takes_the_signals_itself() -> None:
    [entry] = [json.loads(rest) for word, rest in said("service") if word == "ENTRYPOINT"]
    assert entry[:2] == ["sh", "-c"]
    assert entry[2] == 'exec python -m "services.${SERVICE}.main" "$@"'


@pytest.fixture
def door() -> Iterator[ThreadingHTTPServer]:
    """Answers what `door.status` says, to /health/live alone."""

    class Live(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path == "/health/live"
            self.send_response(getattr(self.server, "status", 200) if known else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Live) as server:
        Thread(target=server.serve_forever, args=(0.05,)).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_believes_the_door(
    door: ThreadingHTTPServer, status: int, healthy: bool
) -> None:
    [check] = [rest for word, rest in said("service") if word == "HEALTHCHECK"]
    python, *arguments = json.loads(check.partition("CMD ")[2])
    assert python == "python"
    vars(door)["status"] = status
    ran = subprocess.run(
        [sys.executable, *arguments], env={"HTTP_PORT": str(door.server_port)}, capture_output=True
    )
    assert (ran.returncode == 0) is healthy
