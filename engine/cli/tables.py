"""Plain and Markdown tables of text cells, for the commands."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import combining, east_asian_width

from engine.errors import printable


def plain_table(header: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> str:
    """Aligned columns, two spaces apart, under a ruled header. `left`: columns aligned to the left."""
    lines = [[printable(cell) for cell in line] for line in (header, *rows)]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(header))]

    def text(line: Sequence[str]) -> str:
        cells = [
            cell + " " * (width - _width(cell)) if i in left else " " * (width - _width(cell)) + cell
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    rule = "  ".join("─" * width for width in widths)
    return "\n".join([text(lines[0]), rule, *(text(line) for line in lines[1:])])


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> str:
    """A GitHub-flavoured Markdown table, numbers aligned to the right."""

    def text(line: Sequence[str]) -> str:
        return "| " + " | ".join(printable(cell).replace("|", "\\|") for cell in line) + " |"

    rule = ["---" if i in left else "---:" for i in range(len(header))]
    return "\n".join([text(header), text(rule), *(text(row) for row in rows)])


def _width(text: str) -> int:
    """Columns that `text` takes in a terminal: wide characters two, combining ones none."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
