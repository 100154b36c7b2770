"""`chronicle`: the log of one service, at the command line of whoever operates it."""

import typer

from throughcare import rebuilding, restoring

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_show_locals=False,
    help="The log of one service: its read models, what it publishes, how it is restored.",
)  # fmt: skip
app.add_typer(rebuilding.app)
app.add_typer(restoring.app)


def main() -> None:
    app()
