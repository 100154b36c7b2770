"""What a linter of imports cannot see."""

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.architecture.house import files, imported, named, tree

DOMAIN = files("services/*/domain/*.py")
PURE = [*DOMAIN, *files("services/*/policies.py"), *files("services/*/read_models/*.py")]
ASKS_THE_WORLD = {"datetime.now", "date.today", "datetime.utcnow", "uuid4", "uuid7", "random",
                  "environ", "time.time", "perf_counter", "monotonic", "system"}  # fmt: skip
SQL = re.compile(r"^\s*(select|insert into|update|delete from|copy|create|alter|truncate)\s", re.I)
MAY_SPEAK_SQL = ("chronicle/", "throughcare/", "services/referrals/vault.py")


@pytest.mark.parametrize("path", DOMAIN, ids=named)
def test_rules_import_the_standard_library_contracts_and_the_decider_alone(path: Path) -> None:
    for name in imported(path):
        top = name.partition(".")[0]
        service = ".".join(named(path).split("/")[:3])
        allowed = (
            top in sys.stdlib_module_names
            or top == "contracts"
            or name == "chronicle.decider"
            or name.startswith(service)
        )
        assert allowed, f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", PURE, ids=named)
def test_rules_policies_and_folds_ask_nobody(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            for asked in ASKS_THE_WORLD:
                assert not re.search(rf"(^|\.){re.escape(asked)}(\.|$)", called), called


@pytest.mark.parametrize(
    "path", files("services/**/*.py", "contracts/*.py", "chronicle/*.py"), ids=named
)
def test_sql_lives_in_its_rooms(path: Path) -> None:
    where = named(path)
    if where.startswith(MAY_SPEAK_SQL) or "/read_models/" in where:
        return
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not SQL.match(node.value), f"{where} speaks SQL: {node.value[:60]}"


@pytest.mark.parametrize("path", files("services/*/messaging/consume.py"), ids=named)
def test_every_subscription_takes_the_kernels_terms(path: Path) -> None:
    calls = [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".subscriber")
    ]
    assert calls
    for call in calls:
        assert "terms" in [ast.unparse(k.value) for k in call.keywords if k.arg is None]


@pytest.mark.parametrize("path", files("services/*/settings.py"), ids=named)
def test_the_environment_is_read_in_one_place(path: Path) -> None:
    readers = [
        named(other)
        for other in files(f"{named(path.parent)}/**/*.py", "chronicle/*.py")
        if "os.environ" in other.read_text("utf-8")
    ]
    assert readers == [named(path)]


@pytest.mark.parametrize("path", files("services/*/messaging/consume.py"), ids=named)
def test_nothing_is_registered_at_import(path: Path) -> None:
    for node in tree(path).body:
        assert not (isinstance(node, ast.AsyncFunctionDef) and node.decorator_list), node.name
