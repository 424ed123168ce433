"""Every key as people read it: one block a menu, numbered commands in one line, blocks in columns. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtGui import QKeySequence

from viewer.core.command import Command
from viewer.ui.plot.plot import KEYS

MOUSE = (
    ("Wheel", "Zoom about the cursor"),
    ("Drag", "Pan every picture"),
    ("Double click", "Fit"),
    ("Click", "Pin or unpin a patch"),
    ("Shift+click", "Pin a second patch"),
)
Block = tuple[str, list[tuple[str, str]]]
"""Title and lines of (key, text)."""


def columns_of(blocks: list[Block], count: int) -> list[list[Block]]:
    """Blocks shared out over columns of about the same height, in their order within each."""
    columns: list[list[int]] = [[] for _ in range(count)]
    heights = [0] * count
    for at in sorted(range(len(blocks)), key=lambda at: -len(blocks[at][1])):
        shortest = heights.index(min(heights))
        columns[shortest].append(at)
        heights[shortest] += len(blocks[at][1]) + 2
    return [[blocks[at] for at in sorted(column)] for column in sorted(columns, key=min) if column]


def key_text(keys: tuple[str, ...]) -> str:
    """Keys as this system writes them, the first two."""
    native = QKeySequence.SequenceFormat.NativeText
    arrows = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}
    shown = []
    for key in keys[:2]:
        *modifiers, last = QKeySequence(key).toString(native).rsplit("+", 1)
        shown.append("+".join([*modifiers, arrows.get(last, last)]))
    return ", ".join(shown)


def blocks_of(table: Sequence[Command]) -> list[Block]:
    """All keys, a block a menu, and what mouse and keys do in pictures and plots."""
    menus = dict.fromkeys(command.menu for command in table)
    blocks = [(menu, _lines([c for c in table if c.menu == menu and c.keys])) for menu in menus]
    return [block for block in (*blocks, ("Mouse", list(MOUSE)), ("Plots", list(KEYS))) if block[1]]


def _lines(commands: Sequence[Command]) -> list[tuple[str, str]]:
    """Keys and what they do; commands that differ in a number only share a line."""
    runs: list[list[Command]] = []
    for command in commands:
        if runs and _shape(runs[-1][-1]) == _shape(command) and len(command.keys) == 1:
            runs[-1].append(command)
        else:
            runs.append([command])
    return [_line(run) for run in runs]


def _shape(command: Command) -> tuple[str, str]:
    """What a command has in common with those that differ in a number only; else its own id."""
    text, key = (re.sub(r"\d+", "#", words) for words in (command.text, command.keys[0]))
    return (text, key) if "#" in text and "#" in key else (command.id, "")


def _line(run: Sequence[Command]) -> tuple[str, str]:
    first, last = run[0], run[-1]
    text = first.text.rstrip("…") + (" (hold)" if first.release is not None else "")
    if len(run) == 1:
        return key_text(first.keys), text
    numbers = [re.findall(r"\d+", command.text)[0] for command in (first, last)]
    name = re.sub(r"\d+", f"{numbers[0]} to {numbers[1]}", text, count=1)
    return f"{key_text(first.keys)} … {key_text(last.keys).rpartition('+')[2]}", name
