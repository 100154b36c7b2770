"""The OpenAPI document as one readable page: no script, nothing loaded from elsewhere."""

from html import escape
from typing import Any

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #0b0c0c; background: #fff }
h2 { border-bottom: 2px solid #0b0c0c; margin-top: 2.5rem }
section { border-left: 4px solid #1d70b8; padding-left: 1rem; margin: 1.5rem 0 }
code { font-size: .95em } table { border-collapse: collapse; width: 100% }
td, th { text-align: left; border-bottom: 1px solid #b1b4b6; padding: .3rem .6rem .3rem 0;
         vertical-align: top }
"""


def page(document: dict[str, Any]) -> str:
    """HTML of every door: what it takes, what it answers, by tag."""
    by_tag: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, door in methods.items():
            tag = (door.get("tags") or ["doors"])[0]
            by_tag.setdefault(tag, []).append(_door(document, path, method, door))
    title = escape(document["info"]["title"])
    body = "".join(f"<h2>{escape(tag)}</h2>{''.join(doors)}" for tag, doors in by_tag.items())
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f'<body><main><h1>{title}</h1><p>The same as <a href="/openapi.json">OpenAPI</a>, to read.'
        f"</p>{body}</main></body></html>"
    )


def _door(document: dict[str, Any], path: str, method: str, door: dict[str, Any]) -> str:
    said = escape(door.get("description") or door.get("summary", ""))
    rows = [
        (p["name"], p["in"], _kind(p.get("schema", {})), bool(p.get("required")))
        for p in door.get("parameters", [])
    ]
    rows += _body(document, door)
    table = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(where)}</td>"
        f"<td>{escape(kind)}</td><td>{'required' if must else ''}</td></tr>"
        for name, where, kind, must in rows
    )
    answers = ", ".join(
        f"{status} {escape(answer.get('description', ''))}"
        for status, answer in door["responses"].items()
    )
    head = "<tr><th>name</th><th>in</th><th>type</th><th></th></tr>"
    return (
        f"<section><h3><code>{method.upper()} {escape(path)}</code></h3><p>{said}</p>"
        + (f"<table>{head}{table}</table>" if table else "")
        + f"<p>Answers: {answers}.</p></section>"
    )


def _body(document: dict[str, Any], door: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    content = door.get("requestBody", {}).get("content", {}).get("application/json", {})
    reference = content.get("schema", {}).get("$ref", "")
    model = document.get("components", {}).get("schemas", {}).get(reference.rpartition("/")[2], {})
    required = model.get("required", [])
    return [
        (name, "body", _kind(schema), name in required)
        for name, schema in model.get("properties", {}).items()
    ]


def _kind(schema: dict[str, Any]) -> str:
    """A type in words: codes spelt out, lists and options named."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if options := schema.get("anyOf"):
        return " or ".join(_kind(option) for option in options)
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if reference := schema.get("$ref"):
        return str(reference.rpartition("/")[2])
    return str(schema.get("format") or schema.get("const") or schema.get("type", "anything"))
