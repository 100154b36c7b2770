"""The five figures that matter in one picture: how many times the peer, how long a row takes."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from bench.aims import Judged

SHOWN = (
    "append of one event", "the same, sealed and hashed", "command: load, decide, append",
    "read model, folded", "accepted to visible at 100/s, p99",
)  # fmt: skip
WIDTH, ROW, LEFT, BAR = 760, 46, 270, 380


def chart(results: Sequence[Judged], about: Mapping[str, str]) -> str:
    """An SVG: a bar for each figure, its aim as a mark; of milliseconds less is better."""
    shown = [one for name in SHOWN for one in results if one.aim.name == name and one.value]
    return "\n".join([*head(len(shown), about), *bars(shown), "</svg>", ""])


def head(rows: int, about: Mapping[str, str]) -> Iterator[str]:
    height = 70 + rows * ROW
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        ' aria-labelledby="title desc" font-family="sans-serif" font-size="14">'
    )
    yield '<title id="title">The log beside eventsourcing in its gap-safe mode</title>'
    yield (
        '<desc id="desc">Bars: how many times the peer in the same run, and the milliseconds from'
        " a command accepted to its row on a board. The upright line is the aim.</desc>"
    )
    yield f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    said = f"eventsourcing {about.get('eventsourcing', '')} = 1, {about.get('cores', '?')} cores"
    yield f'<text x="16" y="28" font-weight="bold">{escape(said)}</text>'


def bars(shown: Sequence[Judged]) -> Iterator[str]:
    for number, one in enumerate(shown):
        assert one.value
        top, aim = 50 + number * ROW, one.aim
        scale = BAR / max(one.value, aim.aim) / 1.05
        said = f"{one.value:.1f} times" if aim.unit == "x" else f"{one.value:.0f} {aim.unit}"
        wide, mark = one.value * scale, LEFT + aim.aim * scale
        yield f'<text x="16" y="{top + 19}">{escape(aim.name)}</text>'
        yield (
            f'<rect x="{LEFT}" y="{top}" width="{wide:.1f}" height="28" fill="#1d4f76"'
            ' stroke="#0b1f2e"/>'
        )
        yield (
            f'<line x1="{mark:.1f}" x2="{mark:.1f}" y1="{top - 4}" y2="{top + 32}"'
            ' stroke="#000000" stroke-width="2" stroke-dasharray="4 3"/>'
        )
        yield f'<text x="{LEFT + BAR + 12}" y="{top + 19}">{escape(said)}</text>'
