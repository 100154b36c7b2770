"""Change the verifier in one place at a time: a change that no test sees is named.

`python -m bench.mutate [SAMPLE] [SEED]`: all mutants, or so many drawn at random. Each is tried in
a child of this process, so that what the tests need from elsewhere is loaded once.
"""

import ast
import copy
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, NamedTuple

MODULES = (
    "chronicle.merkle", "chronicle.signature",
    *(f"chronicle.verify.{name}" for name in (
        "chain", "check", "compare", "ed25519", "finding", "hands", "lines", "meta", "proof",
        "ranges", "reading", "seals", "section", "spool", "streams", "stretch",
    )),
)  # fmt: skip
TESTS = [
    f"tests/chronicle/verify/test_{name}.py"
    for name in ("findings", "ed25519", "attacks", "against_pymerkle", "proof", "at_once")
]
LOADED_ONCE = ("aiokafka", "asyncpg", "cryptography", "fastapi", "faststream.kafka", "httpx",
               "hypothesis", "pydantic", "pymerkle", "pytest", "structlog")  # fmt: skip
PATIENCE = 40
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.BitXor: ast.BitOr, ast.BitAnd: ast.BitOr,
}  # fmt: skip


class Mutant(NamedTuple):
    module: str
    line: int
    what: str
    tree: ast.Module


def unchanged() -> Mutant:
    """The control: a run that kills this one kills all."""
    tree = ast.parse(source(MODULES[0]))
    return Mutant(MODULES[0], 0, "nothing", tree)


def source(module: str) -> str:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text("utf-8")


def mutants(module: str) -> Iterator[Mutant]:
    tree = ast.parse(source(module))
    passed_over = {id(below) for node in ast.walk(tree) for below in unmeant(node)}
    for place, node in enumerate(ast.walk(tree)):
        if id(node) in passed_over:
            continue
        for what, change in changes(node):
            other = copy.deepcopy(tree)
            change(list(ast.walk(other))[place])
            yield Mutant(module, getattr(node, "lineno", 0), what, ast.fix_missing_locations(other))


def unmeant(node: ast.AST) -> Iterator[ast.AST]:
    """Words for people, how a dataclass is made, and limits of memory and speed."""
    tops: list[ast.AST] = []
    match node:
        case ast.JoinedStr():
            tops = [node]
        case ast.ClassDef():
            tops = [*node.decorator_list]
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant() | ast.BinOp() as value):
            tops = [value] if name.isupper() and numbers_alone(value) else []
    for top in tops:
        yield from ast.walk(top)


def numbers_alone(value: ast.AST) -> bool:
    return all(
        isinstance(node, ast.Constant | ast.BinOp | ast.operator) for node in ast.walk(value)
    )


def changes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], None]]]:
    """What may be done to a node: operators exchanged, numbers moved, conditions turned, steps
    left out. Words are left alone: what a finding says is for people."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in SWAPS:
            yield f"{ast.unparse(node)}: other operator", swap_first
        case ast.BoolOp() | ast.BinOp() if type(node.op) in SWAPS:
            yield f"{ast.unparse(node)}: other operator", swap
        case ast.UnaryOp(op=ast.Not()):
            yield f"{ast.unparse(node)}: without not", unwrap
        case ast.Constant(value=bool()):
            yield f"{ast.unparse(node)}: turned", turn
        case ast.Constant(value=int()):
            yield f"{ast.unparse(node)}: one more", more
        case ast.If() | ast.IfExp() | ast.While():
            yield f"if {ast.unparse(node.test)}: turned", negate
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Continue():
            yield f"{ast.unparse(node)}: left out", leave_out


def swap_first(node: Any) -> None:
    node.ops[0] = SWAPS[type(node.ops[0])]()


def swap(node: Any) -> None:
    node.op = SWAPS[type(node.op)]()


def unwrap(node: Any) -> None:
    node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)


def turn(node: Any) -> None:
    node.value = not node.value


def more(node: Any) -> None:
    node.value += 1


def negate(node: Any) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)


def leave_out(node: Any) -> None:
    node.__class__ = ast.Pass
    node._fields = ()


class Instead(MetaPathFinder, Loader):
    """Loads the mutant where its module is asked for."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name == self._mutant.module else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._mutant.tree, self._mutant.module, "exec"), module.__dict__)


def killed(mutant: Mutant) -> bool:
    child = os.fork()
    if child == 0:
        signal.alarm(PATIENCE)
        sys.meta_path.insert(0, Instead(mutant))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        import pytest

        quietly = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", "--hypothesis-seed=7"]
        quietly += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        os._exit(int(pytest.main([*quietly, *TESTS])))
    _, status = os.waitpid(child, 0)
    return status != 0


def main() -> int:
    for name in LOADED_ONCE:
        importlib.import_module(name)
    every = [mutant for module in MODULES for mutant in mutants(module)]
    sample = int(sys.argv[1]) if len(sys.argv) > 1 else len(every)
    seed = sys.argv[2] if len(sys.argv) > 2 else "1"
    chosen = Random(seed).sample(every, min(sample, len(every)))
    control = unchanged()
    for name in [name for name in sys.modules if name.partition(".")[0] == "chronicle"]:
        del sys.modules[name]
    if killed(control):
        sys.stdout.write("the tests fail as it is\n")
        return 1
    begun, left = time.monotonic(), 0
    for number, mutant in enumerate(chosen, 1):
        if not killed(mutant):
            left += 1
            said = f"{mutant.module}:{mutant.line} {mutant.what}"
            sys.stdout.write(f"survived: {said} ({number}, {time.monotonic() - begun:.0f} s)\n")
            sys.stdout.flush()
    dead = len(chosen) - left
    sys.stdout.write(
        f"killed {dead} of {len(chosen)} ({dead / len(chosen):.1%}), of {len(every)} in all,"
        f" in {time.monotonic() - begun:.0f} s\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
