"""The zoom box at the cursor: the pixels around it, their values and their patch's statistics, pane by pane.

Painters passed in work in logical pixels of the widget.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from engine.types import PATCH, Pixels
from viewer.model.scene.palette import SELF
from viewer.model.scene.picture import PaneScene
from viewer.model.scene.view import BoxRow, BoxScene
from viewer.panes.canvas.turn import Turn
from viewer.ui.sampling import Excerpt, magnify
from viewer.ui.theme import current, font, scaled

REACH = 5
"""Pixels to each side of the cursor's."""
_SIDE = 2 * REACH + 1
_PICTURE, _ROW, _HEAD, _PAD, _WIDTH = 77, 85, 28, 8, 276
_AWAY = 20


def size_for(rows: int, room: QSizeF) -> QSizeF:
    """Size of the box for so many panes: one column, two where one is too high."""
    head, row, width = scaled(_HEAD), scaled(_ROW), scaled(_WIDTH)
    columns = 1 if head + rows * row + _PAD <= room.height() else 2
    return QSizeF(columns * width + (columns + 1) * _PAD, head + math.ceil(rows / columns) * row + _PAD)


def place(cursor: QPointF, size: QSizeF, room: QSizeF) -> QRectF:
    """Beside the cursor, on whichever side there is room; never over it while that can be had."""
    x = cursor.x() + _AWAY
    if x + size.width() > room.width():
        x = cursor.x() - _AWAY - size.width()
    y = cursor.y() + _AWAY
    if y + size.height() > room.height():
        y = cursor.y() - _AWAY - size.height()
    x = min(max(0.0, x), max(0.0, room.width() - size.width()))
    y = min(max(0.0, y), max(0.0, room.height() - size.height()))
    return QRectF(QPointF(round(x), round(y)), size)


def draw(
    painter: QPainter,
    area: QRectF,
    scene: BoxScene,
    panes: dict[str, PaneScene],
    ratio: float,
    turn: Turn | None = None,
) -> None:
    """The whole box. turn: how the panes' pictures are turned against the scene's places."""
    turn = turn or Turn()
    theme = current()
    painter.fillRect(area.adjusted(-1, -1, 1, 1), QColor(theme.line))
    painter.fillRect(area, QColor(theme.panel))
    (x, y), (row, column) = scene.pixel, scene.patch
    height, row_height, width = scaled(_HEAD), scaled(_ROW), scaled(_WIDTH)
    head = QRectF(area.left() + _PAD, area.top(), area.width() - 2 * _PAD, height)
    painter.setFont(font())
    painter.setPen(QColor(theme.muted))
    middle = int(Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(head, middle, f"x {x}, y {y} · patch {row}, {column}")
    lines = max(1, int((area.height() - height) // row_height))
    for number, each in enumerate(scene.rows):
        left = area.left() + _PAD + number // lines * (width + _PAD)
        top = area.top() + height + number % lines * row_height
        pane = panes.get(each.key)
        if pane is not None and pane.pixels is not None:
            _draw_pixels(painter, QPointF(left, top), pane.pixels, (x, y), ratio, turn)
        _draw_words(painter, QRectF(left + _PICTURE + 12, top, width - _PICTURE - 12, row_height - 8), each)


def _draw_pixels(
    painter: QPainter, corner: QPointF, pixels: Pixels, at: tuple[int, int], ratio: float, turn: Turn
) -> None:
    """The pixels around the cursor's, which has a frame; thin lines are the borders of patches."""
    if turn.orientation != 1:
        across, down = turn.to_shown(at[0] + 0.5, at[1] + 0.5)
        at = math.floor(across), math.floor(down)
    step = _PICTURE / _SIDE
    area = QRectF(corner, QSizeF(_PICTURE, _PICTURE))
    painter.fillRect(area, QColor(current().canvas))
    painter.drawImage(area, around(pixels, at, max(1, round(step * ratio))))
    border = QColor(SELF)
    border.setAlpha(190)
    for axis, (centre, lead) in enumerate(zip(at, turn.lead, strict=True)):
        for k in range(1, _SIDE):
            if (centre + lead - REACH + k) % PATCH == 0:
                place_ = k * step - 0.5
                line = QRectF(place_, 0, 1, _PICTURE) if axis == 0 else QRectF(0, place_, _PICTURE, 1)
                painter.fillRect(line.translated(corner), border)
    middle = QRectF(corner.x() + REACH * step, corner.y() + REACH * step, step, step)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for grow, colour in ((1.5, QColor(0, 0, 0)), (0.5, QColor(255, 255, 255))):
        painter.setPen(colour)
        painter.drawRect(middle.adjusted(-grow, -grow, grow - 1, grow - 1))


def around(pixels: Pixels, at: tuple[int, int], scale: int) -> QImage:
    """The square around a pixel, `scale` device pixels each; beyond the picture it is transparent."""
    height, width = pixels.shape[:2]
    x0, y0 = at[0] - REACH, at[1] - REACH
    packed = np.zeros((_SIDE, _SIDE, 4), np.uint8)
    left, top, right, bottom = max(0, x0), max(0, y0), min(width, x0 + _SIDE), min(height, y0 + _SIDE)
    part = packed[top - y0 : bottom - y0, left - x0 : right - x0]
    part[..., :3] = pixels[top:bottom, left:right, ::-1]
    part[..., 3] = 255
    view = Excerpt(scale, 0, 0, _SIDE * scale, _SIDE * scale)
    return magnify(packed.view("<u4")[..., 0], view, QImage.Format.Format_ARGB32_Premultiplied)


def _draw_words(painter: QPainter, area: QRectF, row: BoxRow) -> None:
    theme = current()
    bold, plain = font(weight=QFont.Weight.DemiBold), font()
    name = QFontMetricsF(bold).elidedText(row.name, Qt.TextElideMode.ElideRight, area.width())
    lines = (
        (bold, theme.text, name),
        (plain, theme.text, f"R {row.values[0]}   G {row.values[1]}   B {row.values[2]}"),
        (plain, theme.muted, f"patch: mean {row.mean}, sd {row.sd}"),
        (plain, theme.muted, f"patch PSNR, RGB: {row.psnr}"),
    )
    height = area.height() / len(lines)
    for number, (face, colour, text) in enumerate(lines):
        painter.setFont(face)
        painter.setPen(QColor(colour))
        line = QRectF(area.left(), area.top() + number * height, area.width(), height)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), text)
