"""The whole picture in a corner, with a frame around the part in sight: where one is while zoomed.

Rectangles are device pixels of the widget; painters passed in work in these.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QPainter

from engine.types import Pixels
from viewer.model.scene.palette import SELF
from viewer.panes.canvas.marks import frame
from viewer.panes.canvas.viewport import PaneCell, Viewport
from viewer.ui.sampling import Excerpt, Sampler

_WIDTH, _HEIGHT, _MARGIN = 176, 132, 8
"""Logical pixels at most, and from the corner."""
_SHARE = 0.4
"""Of a pane that it may take, each way."""
_LEAST = 40


def place(view: Viewport, cell: PaneCell, ratio: float) -> QRect:
    """Where the minimap lies in a pane's corner; empty while the whole picture is in sight."""
    if view.whole():
        return QRect()
    room = min(_WIDTH * ratio, _SHARE * cell.width), min(_HEIGHT * ratio, _SHARE * cell.depth)
    scale = min(room[0] / view.image[0], room[1] / view.image[1])
    size = max(1, round(view.image[0] * scale)), max(1, round(view.image[1] * scale))
    if max(size) < _LEAST * ratio:
        return QRect()
    margin = round(_MARGIN * ratio)
    return QRect(
        cell.x + cell.width - margin - size[0], cell.top + cell.depth - margin - size[1], size[0], size[1]
    )


def in_sight(view: Viewport, area: QRect) -> QRect:
    """The part in sight, as a rectangle in the minimap."""
    left, top, width, height = view.visible()
    scale = area.width() / (view.image[0] * view.scale), area.height() / (view.image[1] * view.scale)
    x, y = area.x() + left * scale[0], area.y() + top * scale[1]
    return QRect(round(x), round(y), max(3, round(width * scale[0])), max(3, round(height * scale[1])))


def to_image(view: Viewport, area: QRect, x: float, y: float) -> tuple[float, float]:
    """Image pixels at a place in the minimap; places beside it count as its nearest edge."""
    across = min(1.0, max(0.0, (x - area.x()) / area.width()))
    down = min(1.0, max(0.0, (y - area.y()) / area.height()))
    return across * view.image[0], down * view.image[1]


def draw(
    painter: QPainter, view: Viewport, area: QRect, pixels: Pixels, sampler: Sampler, ratio: float
) -> None:
    """The picture, small, and the frame around what is in sight."""
    line = max(1, round(ratio))
    painter.fillRect(area.adjusted(-2 * line, -2 * line, 2 * line, 2 * line), QColor(0, 0, 0, 200))
    painter.fillRect(area.adjusted(-line, -line, line, line), QColor(255, 255, 255, 150))
    small = Excerpt(area.width() / view.image[0], 0, 0, area.width(), area.height())
    painter.save()
    painter.setClipRect(area)
    for sampled in sampler.sample(pixels, small):
        painter.drawImage(area.topLeft() + QPoint(sampled.x, sampled.y), sampled.image)
    seen = in_sight(view, area)
    painter.restore()
    for part in (
        QRect(area.x(), area.y(), area.width(), seen.y() - area.y()),
        QRect(area.x(), seen.bottom() + 1, area.width(), area.bottom() - seen.bottom()),
        QRect(area.x(), seen.y(), seen.x() - area.x(), seen.height()),
        QRect(seen.right() + 1, seen.y(), area.right() - seen.right(), seen.height()),
    ):
        if part.width() > 0 and part.height() > 0:
            painter.fillRect(part, QColor(0, 0, 0, 110))
    frame(painter, seen.adjusted(-line, -line, line, line), 3 * line, QColor(0, 0, 0, 190))
    frame(painter, seen, 2 * line, QColor(SELF))
