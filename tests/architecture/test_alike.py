"""The four services are boringly alike: the same rooms, the same shapes, other words."""

import ast
from pathlib import Path
from typing import Any, get_args

import pytest

from chronicle.fact import wire_type
from contracts.registry import HEARD_BY, registry
from contracts.rule_book import RULES
from tests.architecture.house import SERVICES, files, module, named, rooms, tree

REACTING = ("referrals", "matching", "reviews")
ROOMS = {"__init__.py", "api", "domain", "main.py", "messaging", "migrations", "policies.py",
         "read_models", "settings.py", "README.md"}  # fmt: skip
DECIDING = [p for p in files("services/*/domain/*.py") if "\ndecider: Decider" in p.read_text()]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_rooms_and_no_others(service: str) -> None:
    here = {p.name for p in files(f"services/{service}/*") if p.name != "__pycache__"}
    assert here - ROOMS == ({"vault.py"} if service == "referrals" else set())
    assert ROOMS - here == (set() if service in REACTING else {"policies.py"})


def blanked(node: ast.AST, service: str) -> str:
    return ast.unparse(node).replace(service, "<service>")


def test_every_main_fills_the_same_rooms_and_ends_the_same_way() -> None:
    mains = [tree(files(f"services/{service}/main.py")[0]) for service in SERVICES]
    assert len({ast.unparse(main.body[-1]) for main in mains}) == 1
    first = {keyword.arg for keyword in rooms_call(mains[0]).keywords}
    for main in mains[1:]:
        own = {keyword.arg for keyword in rooms_call(main).keywords}
        assert own - first <= {"timers", "say_checked"}
        assert first - own <= {"hears"}


def rooms_call(main: ast.Module) -> ast.Call:
    return next(
        node
        for node in ast.walk(main)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Rooms"
    )


def test_every_settings_file_is_the_same() -> None:
    assert len({blanked(tree(p), p.parent.name) for p in files("services/*/settings.py")}) == 1


@pytest.mark.parametrize("service", REACTING)
def test_a_handler_is_react_and_execute_and_nothing_else(service: str) -> None:
    consume = tree(files(f"services/{service}/messaging/consume.py")[0])
    bodies = {
        "\n".join(ast.unparse(line) for line in node.body)
        for node in consume.body
        if isinstance(node, ast.AsyncFunctionDef) and node.name != "not_for_us"
    }
    assert bodies == {
        "for command in react(event, about, rules_on(about.on)):\n"
        "    await chronicle.execute(command, because=about)"
    }


def members(alias: Any) -> tuple[Any, ...]:
    """Of a union its classes; of a single class itself."""
    return get_args(alias) or (alias,)


@pytest.mark.parametrize("service", REACTING)
def test_what_is_heard_is_what_policies_react_to_and_the_registry_says(service: str) -> None:
    heard = set(rooms(service).hears)
    policies = module(files(f"services/{service}/policies.py")[0])
    assert heard == set(members(policies.Heard))
    assert heard == {event for event, readers in HEARD_BY.items() if service in readers}


@pytest.mark.parametrize("service", REACTING)
def test_a_service_listens_to_the_topics_of_what_it_hears_and_no_others(service: str) -> None:
    consume = module(files(f"services/{service}/messaging/consume.py")[0])
    assert set(consume.TOPICS) == {
        registry[wire_type(event)].topic for event in rooms(service).hears
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_command_has_its_roles_and_every_role_row_a_command(service: str) -> None:
    commands = {c for decider in rooms(service).deciders for c in decider.commands}
    missing = commands - set(rooms(service).roles)
    assert set(rooms(service).roles) <= commands
    assert all(only_by_itself(command) for command in missing), missing


def only_by_itself(command: type[Any]) -> bool:
    """Whether no person may give it: then it stands in no table of roles."""
    return command.__name__ in {"CheckIntegrity"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_of_a_service_is_said_by_one_of_its_deciders(service: str) -> None:
    said = {e for decider in rooms(service).deciders for e in decider.events}
    own = {entry.event for entry in registry.values() if entry.producer == service}
    assert own <= said


@pytest.mark.parametrize("path", DECIDING, ids=named)
def test_a_domain_file_has_one_order(path: Path) -> None:
    order = ("Command", "decide", "samples", "decider")
    lines = {}
    for node in tree(path).body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.FunctionDef(name=name):
                lines[name] = node.lineno
            case _:
                pass
    places = [lines[name] for name in order if name in lines]
    assert places == sorted(places)
    assert lines["decider"] == max(lines.values())


@pytest.mark.parametrize("path", DECIDING, ids=named)
def test_samples_hold_one_command_of_each_kind(path: Path) -> None:
    rules = module(path)
    wanted = members(rules.Command) if hasattr(rules, "Command") else rules.decider.commands
    assert sorted(c.__name__ for c in rules.decider.commands) == sorted(c.__name__ for c in wanted)
    names = [rules.decider.named(state) for state in rules.decider.samples.states]
    assert len(names) == len(set(names)), "two sample states of one name"


def refused_codes() -> set[str]:
    codes = set()
    for path in files("services/**/*.py", "chronicle/doors.py", "chronicle/problems.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                if len(text) == 6 and text[3] == "-" and text[:3].isupper() and text[4:].isdigit():
                    codes.add(text)
    return codes


def test_every_refusal_has_its_rule_and_every_rule_is_used() -> None:
    used = refused_codes()
    assert used <= set(RULES)
    at_the_border = {"ALL-03", "ALL-04", "ALL-05"}
    assert set(RULES) - used <= at_the_border
