"""Where the diagram's nodes, pictures and arrows lie. Pure geometry, no Qt; lengths in pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from viewer.model.scene.schematic import EVERY, CellScene, NodeScene, SchematicScene

Rect = tuple[float, float, float, float]
"""Left, top, width, height."""
Measure = Callable[[str], float]
"""Width of a text."""
_LINES_BELOW = 2
_TALL, _LOW = 9.0, 6.0
"""Lines of text that a picture is high where there is one lane, and where there are two."""
_LEAST = 4.0
_HEAT = 5.0
"""Lines of text that a picture of numbers is wide at least."""


@dataclass(frozen=True)
class Placed:
    """A node's places. pictures: of its cells, row by row; labels: likewise, None where there is no room."""

    title: Rect
    pictures: tuple[tuple[Rect, ...], ...]
    labels: tuple[tuple[Rect | None, ...], ...]
    formula: Rect
    detail: Rect


@dataclass(frozen=True)
class Layout:
    """size: of all; least: the smallest that it can have. arrows: x and y of both ends, in the order of
    the scene."""

    size: tuple[float, float]
    least: tuple[float, float]
    nodes: dict[str, Placed]
    arrows: tuple[tuple[float, float, float, float], ...]


def natural_height(lanes: int, line: float) -> float:
    """The height that shows everything well. line: height of a line of text."""
    each = (1 + _LINES_BELOW + (_TALL if lanes == 1 else _LOW)) * line
    return lanes * each + (lanes - 1) * line


def laid_out(scene: SchematicScene, room: tuple[float, float], line: float, measure: Measure) -> Layout:
    """Places in a room of this width and height; the size is larger where it doesn't fit."""
    lanes = max(1, scene.lanes)
    least = lanes * (1 + _LINES_BELOW + _LEAST) * line + (lanes - 1) * line
    height = max(room[1], least)
    columns = sorted({node.column for node in scene.nodes})
    lane_height = (height - (lanes - 1) * line) / lanes
    widths = {
        column: max(_least_width(each, line, measure, height if each.lane == EVERY else lane_height)
                    for each in scene.nodes if each.column == column)
        for column in columns
    }  # fmt: skip
    gaps = [_gap(scene, column, line, measure) for column in columns[1:]]
    least_width = sum(widths.values()) + sum(gaps)
    more = max(0.0, min(room[0] - least_width, 4 * line * len(columns))) / max(1, len(columns))
    lefts, x = {}, max(0.0, (room[0] - least_width - more * len(columns)) / 2)
    for at, column in enumerate(columns):
        lefts[column] = x
        widths[column] += more
        x += widths[column] + (gaps[at] if at < len(gaps) else 0)
    placed = {}
    for node in scene.nodes:
        top = 0.0 if node.lane == EVERY else node.lane * (lane_height + line)
        tall = height if node.lane == EVERY else lane_height
        box = lefts[node.column], top, widths[node.column], tall
        placed[node.key] = _placed(node, box, line, measure)
    arrows = tuple(_arrow(placed[each.start], placed[each.end]) for each in scene.arrows)
    return Layout((max(room[0], x), height), (least_width, least), placed, arrows)


def _beside(node: NodeScene) -> bool:
    """Whether labels stand left of the pictures: there is one in each row."""
    return all(len(row) == 1 and not row[0].square for row in node.rows)


def _least_width(node: NodeScene, line: float, measure: Measure, tall: float) -> float:
    texts = max(measure(text) for text in (node.title, node.formula, node.detail))
    widest = max(len(row) for row in node.rows)
    if _beside(node):
        pictures = _label_width(node, line, measure) + _HEAT * line
    elif all(cell.square for row in node.rows for cell in row):
        side = (tall - (1 + _LINES_BELOW) * line) / len(node.rows)
        pictures = widest * max(2 * line, min(side, (2.6 if widest > 1 else 4) * line))
    else:
        pictures = widest * _HEAT / 1.5 * line
    return max(texts, pictures)


def _label_width(node: NodeScene, line: float, measure: Measure) -> float:
    widest = max(measure(cell.label) for row in node.rows for cell in row)
    return widest + line / 2 if widest else 0.0


def _gap(scene: SchematicScene, column: int, line: float, measure: Measure) -> float:
    """Before a column: room for the arrows and their words."""
    ends = {node.key for node in scene.nodes if node.column == column}
    words = [measure(arrow.label) for arrow in scene.arrows if arrow.end in ends and arrow.label]
    return max([1.4 * line, *(width + 0.8 * line for width in words)])


def _placed(node: NodeScene, box: Rect, line: float, measure: Measure) -> Placed:
    left, top, width, height = box
    inner = height - (1 + _LINES_BELOW) * line
    weights = node.weights or (1.0,) * len(node.rows)
    space = line / 4
    free = inner - space * (len(node.rows) + 1)
    y = top + line + space
    pictures, labels = [], []
    for row, weight in zip(node.rows, weights, strict=True):
        tall = free * weight / sum(weights)
        rects, words = _row(node, row, (left, y, width, tall), line, measure)
        pictures.append(rects)
        labels.append(words)
        y += tall + space
    below = top + height - _LINES_BELOW * line
    return Placed(
        (left, top, width, line), tuple(pictures), tuple(labels),
        (left, below, width, line), (left, below + line, width, line),
    )  # fmt: skip


def _row(
    node: NodeScene, row: Sequence[CellScene], box: Rect, line: float, measure: Measure
) -> tuple[tuple[Rect, ...], tuple[Rect | None, ...]]:
    left, top, width, height = box
    if _beside(node):
        words = _label_width(node, line, measure)
        label: Rect | None = (left, top, words, height) if row[0].label else None
        return ((left + words, top, width - words, height),), (label,)
    labelled = any(cell.label for cell in row) and height >= 2.5 * line
    head = line if labelled else 0.0
    space = line / 4
    each = (width - space * (len(row) - 1)) / len(row)
    square = all(cell.square for cell in row)
    side = min(each, height - head)
    wide, tall = (side, side) if square else (each, height - head)
    start = left + (width - len(row) * wide - space * (len(row) - 1)) / 2
    rects = tuple((start + at * (wide + space), top + head, wide, tall) for at in range(len(row)))
    shown = tuple(
        (x - space / 2, top, w + space, line) if labelled and cell.label else None
        for cell, (x, _, w, _) in zip(row, rects, strict=True)
    )
    return rects, tuple(
        each if each is not None and measure(cell.label) <= each[2] else _widened(each, cell, row, box, line)
        for each, cell in zip(shown, row, strict=True)
    )


def _widened(
    label: Rect | None, cell: CellScene, row: Sequence[CellScene], box: Rect, line: float
) -> Rect | None:
    """A label wider than its picture may take the whole width, if it stands alone."""
    if label is None or len(row) > 1:
        return None
    return box[0], label[1], box[2], line


def _arrow(start: Placed, end: Placed) -> tuple[float, float, float, float]:
    """From the middle of a node's right side to the middle of another's left side."""
    one, two = _hull(start.pictures), _hull(end.pictures)
    left, right = start.title[0] + start.title[2], end.title[0]
    return max(one[0] + one[2], left - 4), one[1] + one[3] / 2, right, _meet(one, two)


def _meet(one: Rect, two: Rect) -> float:
    """Height at which an arrow from `one` reaches `two`: its own where that is within, else the nearest."""
    middle = one[1] + one[3] / 2
    if two[3] >= one[3]:
        return min(max(middle, two[1]), two[1] + two[3])
    return two[1] + two[3] / 2


def _hull(rows: tuple[tuple[Rect, ...], ...]) -> Rect:
    every = [rect for row in rows for rect in row]
    left, top = min(rect[0] for rect in every), min(rect[1] for rect in every)
    right = max(rect[0] + rect[2] for rect in every)
    return left, top, right - left, max(rect[1] + rect[3] for rect in every) - top
