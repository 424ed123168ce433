"""Enlarged patches with their surroundings, each with its name and a figure."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from engine.types import PATCH
from viewer.lessons.views.drawn import DrawnFigure
from viewer.lessons.views.painting import line_height
from viewer.model.scene.lessons import CellScene, CellsScene
from viewer.model.scene.palette import legible
from viewer.ui.theme import current, font, scaled

_PAD, _GAP = 8.0, 8.0
_WIDEST = 132
_WHOLE = 3 * PATCH
"""Pixels of a cell's side: a patch and as much around it on each side."""


class CellsView(DrawnFigure):
    """Draws a `CellsScene` in rows. `clicked` carries the key of a cell that means something."""

    clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "The patch in every picture")
        self._cells: tuple[CellScene, ...] = ()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip("One patch (framed) and what surrounds it, enlarged; a click shows it in the panes")

    def set_scene(self, scene: CellsScene) -> None:
        """Show this."""
        if scene.cells is self._cells:
            return
        self._cells = scene.cells
        told = (f"{cell.title} {cell.detail}".strip() for cell in scene.cells)
        self.setAccessibleDescription("; ".join(told))
        self.fit()
        self.update()

    # ---- geometry -------------------------------------------------------------------------------

    def _columns(self) -> int:
        room = self.width() - 2 * _PAD
        least = max(2, int(np.ceil((room + _GAP) / (scaled(_WIDEST) + _GAP))))
        count = max(1, len(self._cells))
        rows = -(-count // least)
        return max(2, -(-count // rows)) if rows > 1 else least

    def _cell_side(self) -> float:
        columns = self._columns()
        return max(24.0, float(np.floor((self.width() - 2 * _PAD - (columns - 1) * _GAP) / columns)))

    def cell_rects(self) -> list[QRectF]:
        """Where the cells lie, words included, in their order."""
        columns, side = self._columns(), self._cell_side()
        tall = side + (1 + self._title_lines()) * line_height() + 4
        return [
            QRectF(
                _PAD + (number % columns) * (side + _GAP),
                4 + (number // columns) * (tall + _GAP),
                side,
                tall,
            )
            for number in range(len(self._cells))
        ]

    def _title_lines(self) -> int:
        """As many as the longest title is wrapped to."""
        metrics = QFontMetricsF(font(12, QFont.Weight.DemiBold))
        room = self._cell_side() - (12 if any(cell.colour for cell in self._cells) else 0)
        place, wrap = QRectF(0, 0, room - 1, 1), int(Qt.TextFlag.TextWordWrap)  # Qt wraps a pixel early
        heights = [metrics.boundingRect(place, wrap, cell.title).height() for cell in self._cells]
        return max(1, round(max(heights, default=0.0) / metrics.lineSpacing()))

    def height_of(self) -> float:
        rects = self.cell_rects()
        return rects[-1].bottom() + 6 if rects else 1

    # ---- painting -------------------------------------------------------------------------------

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        theme = current()
        painter.fillRect(self.rect(), QColor(theme.panel))
        for cell, rect in zip(self._cells, self.cell_rects(), strict=True):
            self._draw_words(painter, cell, rect)
            box = QRectF(
                rect.left(), rect.top() + self._title_lines() * line_height() + 1, rect.width(), rect.width()
            )
            if cell.pixels is None:
                painter.fillRect(box, QColor(theme.canvas))
            else:
                _draw_crop(painter, cell, box)
            if cell.chosen:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.accent), 2))
                painter.drawRect(box.adjusted(-1, -1, 1, 1))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -2, -2))

    def _draw_words(self, painter: QPainter, cell: CellScene, rect: QRectF) -> None:
        theme = current()
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        bold, left = font(12, QFont.Weight.DemiBold), rect.left()
        first = rect.top() + (line_height() - QFontMetricsF(bold).height()) / 2
        if cell.colour:
            middle = first + QFontMetricsF(bold).height() / 2
            painter.fillRect(QRectF(left, middle - 4, 8, 8), QColor(legible(cell.colour, theme.panel)))
            left += 12
        line = QRectF(
            left, first, rect.right() - left, rect.top() + self._title_lines() * line_height() - first
        )
        painter.setFont(bold)
        painter.setPen(QColor(theme.text))
        top = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        painter.drawText(line, top | int(Qt.TextFlag.TextWordWrap), cell.title)
        painter.setFont(font(12))
        painter.setPen(QColor(theme.muted))
        painter.drawText(
            QRectF(rect.left(), rect.bottom() - line_height(), rect.width(), line_height()),
            flags,
            cell.detail,
        )

    # ---- choosing -------------------------------------------------------------------------------

    def cell_at(self, position: QPointF) -> CellScene | None:
        """The cell under a point, if a click on it means something."""
        for cell, rect in zip(self._cells, self.cell_rects(), strict=True):
            if rect.contains(position):
                return cell if cell.key else None
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        hand = self.cell_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        cell = self.cell_at(event.position())
        if cell is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
        else:
            self.clicked.emit(cell.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Left and right choose the next cell that means something."""
        steps = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}
        keys = [cell.key for cell in self._cells if cell.key]
        delta = steps.get(int(event.key()))
        if delta is None or not keys:
            super().keyPressEvent(event)
            return
        chosen = next((cell.key for cell in self._cells if cell.chosen and cell.key), "")
        at = keys.index(chosen) + delta if chosen in keys else 0
        self.clicked.emit(keys[min(max(0, at), len(keys) - 1)])


def _draw_crop(painter: QPainter, cell: CellScene, box: QRectF) -> None:
    """Squares for pixels; at the picture's edge the place of what isn't there stays empty."""
    assert cell.pixels is not None
    scale = box.width() / _WHOLE
    top, left, height, width = cell.inner
    data = np.ascontiguousarray(cell.pixels)
    tall, wide = data.shape[:2]
    plain = QImage(data.data, wide, tall, 3 * wide, QImage.Format.Format_RGB888)
    picture = plain.convertToFormat(QImage.Format.Format_RGB32)  # which the painter draws much faster
    x, y = box.left() + (PATCH - left) * scale, box.top() + (PATCH - top) * scale
    painter.fillRect(box, QColor(current().canvas))
    painter.drawImage(QRectF(x, y, wide * scale, tall * scale), picture)
    frame = QRectF(x + left * scale, y + top * scale, width * scale, height * scale)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, thick in ((QColor(0, 0, 0, 150), 3), (QColor(255, 255, 255), 1)):
        painter.setPen(QPen(colour, thick))
        painter.drawRect(frame)
