"""The options that several commands share, and how their examples are shown."""

from typing import Annotated

import typer

Urls = Annotated[
    list[str] | None,
    typer.Option("--url", help="A door, [SERVICE=]URL; repeat it for several.", show_default=False),
]
Actor = Annotated[
    str, typer.Option("--actor", help='Who asks: "worker=<uuid>; role=<role>; team=<team>".')
]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]

AUDITOR = "role=auditor; team=governance"
ADVISER = "role=leaving_care_adviser; team=leaving_care"
OPERATIONS = "role=operations; team=technical"


def examples(*lines: str) -> str:
    """An epilog that the tests run line by line."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
