"""The committed schema of every event: `python -m contracts.schema` writes what may be written.

A schema is frozen the day it is released (style.md 6.1): whoever reads an event of last year needs
it to mean what it meant.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias, get_args

from pydantic.json_schema import GenerateJsonSchema

from contracts import codes
from contracts.event import Event
from contracts.registry import wire_type, words

Schema: TypeAlias = dict[str, Any]

SCHEMAS: Final = Path(__file__).with_name("schemas")
ADVICE: Final = "add a field, or write version 2"
WORDS_ONLY: Final = {"description", "title"}
CLOSED_LISTS: Final = {get_args(getattr(codes, name)) for name in codes.CLOSED}


class Written(GenerateJsonSchema):
    """JSON Schema without invented titles, in which a list of codes says whether it may grow."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def literal_schema(self, schema: Any) -> Schema:
        is_open = tuple(schema["expected"]) not in CLOSED_LISTS
        return super().literal_schema(schema) | ({"x-open": True} if is_open else {})


def schema_of(event: type[Event]) -> Schema:
    """What a producer emits. A reader lets unknown fields through all the same."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:throughcare:schema:{wire_type(event)}",
        "x-stream": event.stream,
        **event.model_json_schema(mode="serialization", schema_generator=Written),
    }


def text_of(event: type[Event]) -> str:
    return json.dumps(schema_of(event), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def file_of(event: type[Event]) -> Path:
    return SCHEMAS / f"{wire_type(event)}.json"


def forbidden(old: Schema, new: Schema) -> list[str]:
    """Every change that would break somebody who relies on the old schema; none means go on.

    Allowed are a new optional field, a new value of an open list, a wider number, other words.
    """
    return list(compared(inlined(old, old), inlined(new, new), ""))


def compared(old: Schema, new: Schema, at: str) -> Iterator[str]:
    where = at or "the event"
    for keyword in sorted((old.keys() | new.keys()) - WORDS_ONLY):
        match keyword, old.get(keyword), new.get(keyword):
            case _, before, after if before == after:
                pass
            case "properties", dict(before), dict(after):
                yield from (f"{at}{name} was removed" for name in before if name not in after)
                for name in before.keys() & after.keys():
                    yield from compared(before[name], after[name], f"{at}{name}.")
            case "required", before, after:
                for name in sorted(set(before or ()) ^ set(after or ())):
                    if name in new["properties"]:
                        word = "required" if name in (after or ()) else "optional"
                        yield f"{at}{name} was made {word}"
            case "enum", list(before), list(after):
                gone = [value for value in before if value not in after]
                more = [value for value in after if value not in before]
                if gone:
                    yield f"{where} lost the codes {gone}"
                if more and not old.get("x-open"):
                    yield f"{where} is a closed list and gained {more}"
            case "anyOf", list(before), list(after) if len(before) == len(after):
                for one, other in zip(before, after, strict=True):
                    yield from compared(one, other, at)
            case "items", dict(before), dict(after):
                yield from compared(before, after, at)
            case "type", "integer", "number":
                pass
            case "minimum", int(before), after if after is None or after < before:
                pass
            case "maximum", int(before), after if after is None or after > before:
                pass
            case _, before, after:
                yield f"{where} changed its {keyword} from {before!r} to {after!r}"


def inlined(node: Any, root: Schema) -> Any:
    """The schema with every `$ref` replaced by what it points to."""
    if isinstance(node, list):
        return [inlined(each, root) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]] | {
            key: value for key, value in node.items() if key != "$ref"
        }
    return {key: inlined(value, root) for key, value in node.items() if key != "$defs"}


def refusal(event: type[Event]) -> str | None:
    """Why the schema of this event may not be written over the committed one."""
    if not file_of(event).exists():
        return None
    committed = json.loads(file_of(event).read_text("utf-8"))
    if changes := forbidden(committed, schema_of(event)):
        return f"{wire_type(event)} is frozen ({'; '.join(changes)}): {ADVICE}"
    return None


def main() -> str | None:
    refusals = [why for event in words.values() if (why := refusal(event))]
    if not refusals:
        SCHEMAS.mkdir(exist_ok=True)
        for event in words.values():
            file_of(event).write_text(text_of(event), "utf-8")
    return "\n".join(refusals) or None


if __name__ == "__main__":
    sys.exit(main())
