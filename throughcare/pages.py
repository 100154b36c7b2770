"""Write the pages that say what the code says: service READMEs, events, rules, policies, states.

`python -m throughcare.pages` writes them; a test compares.
"""

import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from fastapi.routing import APIRoute

from chronicle.decider import Decider
from chronicle.fact import Envelope
from chronicle.rooms import Rooms
from contracts.event import Event
from contracts.policy import NATIONAL
from contracts.registry import registry
from contracts.rule_book import RULES
from throughcare.databases import SERVICES

ROOT: Final = Path(__file__).parents[1]
EXAMPLES: Final = ROOT / "contracts" / "examples"
LOOK_UP: Final = ROOT / "docs" / "look-up"
GENERATED: Final = "<!-- Written by `make docs`: change the code, not this page. -->"
ABOUT: Final = Envelope(id=UUID(int=0), time=datetime(2024, 5, 7, 9, tzinfo=UTC))


def pages() -> dict[Path, str]:
    """Every generated page, by where it belongs."""
    every = {ROOT / "services" / service / "README.md": readme(service) for service in SERVICES}
    return every | {
        LOOK_UP / "events.md": events_page(),
        LOOK_UP / "rules.md": rules_page(),
        LOOK_UP / "policies.md": policies_page(),
        LOOK_UP / "states.md": states_page(),
    }


def rooms(service: str) -> Rooms:
    found = import_module(f"services.{service}.main").ROOMS
    assert isinstance(found, Rooms)
    return found


def readme(service: str) -> str:
    here = rooms(service)
    purpose = (import_module(f"services.{service}").__doc__ or "").strip()
    said = [e.event.__name__ for e in registry.values() if e.producer == service]
    lines = [
        f"# {service.capitalize()}", "", GENERATED, "", purpose, "",
        "| It hears | and asks itself for |", "|---|---|", *heard_rows(service, here), "",
        f"**It says** {', '.join(said)}. **It answers** {', '.join(questions(here))}.", "",
        "| Command | What it says, or the rule that refuses it, by state |", "|---|---|",
        *(row for decider in here.deciders for row in state_rows(decider)), "",
        f"By itself: `python -m services.{service}.main all` (`settings` prints what it takes).",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def heard_rows(service: str, here: Rooms) -> Iterator[str]:
    if here.say_checked:
        yield "| every event of every other service, and the seals of their logs | CheckIntegrity |"
    elif here.hears:
        policies = import_module(f"services.{service}.policies")
        for event in here.hears:
            yield f"| {event.__name__} | {'; '.join(asked(policies, event))} |"


def asked(policies: Any, event: type[Event]) -> list[str]:
    """What each example of this event makes the service ask itself for."""
    found = {
        ", ".join(
            type(command).__name__
            for command in policies.react(example, ABOUT, policies.rules_on(ABOUT.on))
        )
        or "nothing"
        for example in examples(event)
    }
    return sorted(found, key=lambda names: (names == "nothing", names))


def examples(event: type[Event]) -> list[Event]:
    files = sorted(EXAMPLES.glob(f"{event.__name__}.*.json"))
    return [event.from_json(file.read_bytes()) for file in files]


def questions(here: Rooms) -> list[str]:
    return [
        f"`{route.path}`"
        for route in here.doors().routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    ]


def state_rows(decider: Decider[Any, Any, Any]) -> Iterator[str]:
    """One row a command: each outcome, and the states that lead to it."""
    table = decider.table()
    for command in decider.commands:
        outcomes: dict[str, list[str]] = {}
        for state, row in table.items():
            outcomes.setdefault(row[command.__name__], []).append(state)
        cells = (f"**{outcome}** {'; '.join(states)}" for outcome, states in outcomes.items())
        yield f"| {command.__name__} | {' · '.join(cells)} |"


def states_page() -> str:
    lines = ["# Every command in every state", "", GENERATED, ""]
    for service in SERVICES:
        lines += [f"## {service.capitalize()}", "", "| Command | Outcome, by state |", "|---|---|"]
        lines += [row for decider in rooms(service).deciders for row in state_rows(decider)]
        lines.append("")
    return "\n".join(lines)


def events_page() -> str:
    lines = [
        "# Every event", "", GENERATED, "",
        "Who says it, who acts on it, under which key it travels, and one example. Reporting hears"
        " whatever the others say.", "",
    ]  # fmt: skip
    for entry in registry.values():
        event = entry.event
        acting = [reader for reader in entry.readers if reader != "reporting"]
        doc = (event.__doc__ or "").strip()
        lines += [
            f"## {event.__name__}", "", doc, "",
            f"`{entry.type}` · topic `{entry.topic}` · stream `{event.stream}` · key: {entry.key}"
            f" · acted on by: {', '.join(acting) or 'nobody'}"
            + (" · accepted from outside" if entry.from_outside else ""), "",
            "```json", examples(event)[0].model_dump_json(exclude_none=True, indent=2), "```", "",
        ]  # fmt: skip
    return "\n".join(lines)


def rules_page() -> str:
    lines = [
        "# Every rule", "", GENERATED, "",
        "A refusal names its code, the state, the rule versions and the commands allowed now.", "",
        "| Code | Name | Answer | What holds |", "|---|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {c} | {r.name} | {r.status} | {r.says} |" for c, r in RULES.items()]
    return "\n".join(lines) + "\n"


def policies_page() -> str:
    lines = [
        "# Rules by date", "", GENERATED, "",
        "Every event names the entries that decided it, as `name@version`. A council lays its own"
        " values over these (`THROUGHCARE_COUNCIL_POLICIES`).", "",
        "| Setting | In force from | Source |", "|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| `{file.stem}` | {entry['from']} | {entry.get('source', '')} |"
        for file in sorted(NATIONAL.glob("*.toml"))
        for entry in tomllib.loads(file.read_text("utf-8"))["entry"]
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
