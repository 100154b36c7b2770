"""Every command of both programs: it has examples, they work, and it answers as JSON."""

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from tests.throughcare.cli.at_work import PROGRAMS, run
from throughcare.house import House
from throughcare.parked import AN_EVENT

CODES = {"release": 3, "drop": 2, "resync": 3}
"""Of the examples: this message fails again, without --yes nothing is dropped, and a log that lost
nothing has nothing to be re-synced."""
PLAYED = {"demo", "up", "down"}
"""Whole systems of their own, which tests/throughcare/test_demo.py starts and stops."""
BEFORE = {"compare": "rebuild", "switch": "rebuild"}
"""What has to be done before an example can be."""


def commands(group: TyperGroup, *above: str) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *above, name)
        elif isinstance(command, TyperCommand):
            yield (*above, name), command


def menu(program: str) -> dict[tuple[str, ...], TyperCommand]:
    group = typer.main.get_command(PROGRAMS[program])
    assert isinstance(group, TyperGroup)
    return dict(commands(group))


EXAMPLES = [
    line.strip()
    for program in PROGRAMS
    for name, command in menu(program).items()
    if name[0] not in PLAYED
    for line in (command.epilog or "").splitlines()
    if line.strip().startswith(f"{program} ")
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_has_examples_and_answers_as_json(program: str) -> None:
    for name, command in menu(program).items():
        assert f"{program} {' '.join(name)}" in (command.epilog or ""), name
        assert "--json" in {word for p in command.params for word in p.opts}, name
        shown = run(*name, "--help", program=program).out
        assert "Examples:\n" in shown, name


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_help_work(
    example: str, here: Path, ami: str, parked: Callable[[str], None], house: House
) -> None:
    parked(AN_EVENT)
    program, *words = shlex.split(example.partition("|")[0])
    if words[0] == "prove":
        (registered, *_) = run("story", ami, "--json").json
        words[1] = registered["event"]
    if "--servers" in words:
        words[words.index("--servers") + 1] = house.servers
    if first := BEFORE.get(words[0]):
        run(first, *words[1:3], program=program)
    expected = max(CODES.get(word, 0) for word in words[:2]) if "--yes" not in words else 0
    ran = run(*words, program=program)
    assert ran.code == expected, ran.talk
    if "--json" in words:
        assert ran.json is not None
