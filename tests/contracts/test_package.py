"""Another team can depend on the contracts alone: pydantic and the standard library suffice."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import contracts

HOUSE = Path(contracts.__file__).parent
MODULES = sorted(HOUSE.glob("*.py"))

IMPORT_IT = """
import sys
from datetime import date
from dataclasses import dataclass
sys.path.insert(0, sys.argv[1])
import contracts.registry, contracts.schema, contracts.cloudevents, contracts.seals
from contracts.policy import in_force
assert contracts.registry.__file__.startswith(sys.argv[1]), contracts.registry.__file__
@dataclass(frozen=True)
class Interval:
    rule: str
    months: int
assert in_force("review.interval", date(2024, 4, 1), Interval).months == 6
assert len(contracts.registry.topics()) == 9
for event in contracts.registry.EVENTS:
    assert contracts.schema.refusal(event) is None
    assert contracts.schema.file_of(event).exists()
"""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_contracts_import_only_the_standard_library_and_pydantic(module: Path) -> None:
    allowed = sys.stdlib_module_names | {"contracts", "pydantic"}
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "say where it is from"
            names = [node.module or ""]
        assert {name.partition(".")[0] for name in names} <= allowed


def test_contracts_install_on_their_own_and_bring_their_data(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    shutil.copytree(HOUSE, source, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-build-isolation",
           "--no-index", "--quiet", "--target", str(target), str(source)]  # fmt: skip
    subprocess.run(pip, check=True, capture_output=True, cwd=tmp_path)
    subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", IMPORT_IT, str(target)],
        check=True, capture_output=True, cwd=tmp_path,
    )  # fmt: skip
