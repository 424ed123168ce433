"""A heat table: a number in a coloured cell for each model and condition; a cell can be picked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viewer.model.scene.compare import HeatCell, HeatScene
from viewer.model.scene.palette import DIVERGING, DIVERGING_DARK, legible, luminance
from viewer.ui.numbers import written
from viewer.ui.theme import current, font, scaled

_PAD = 8.0
_ROW, _HEAD, _LEGEND = 34, 54, 20
"""Heights at 100 % text, as are the widths below."""
_BRIGHT = 0.27
"""Luminance from which a cell's words are dark; both colours are legible near it."""
_NARROW, _WIDE = 68, 132
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)
_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class HeatTable(QWidget):
    """Draws a `HeatScene`'s table. `cell_chosen` carries the titles of a row and a column."""

    cell_chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = HeatScene((), "", (), (), (), 1.0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Robustness")
        self.setAccessibleDescription("Gain in dB of each model under each condition; arrows select a cell")

    def set_scene(self, scene: HeatScene) -> None:
        """Show this."""
        if scene is not self._scene:
            self._scene = scene
            self.setMinimumHeight(int(self._height()))
            self.updateGeometry()
            self.update()

    def _height(self) -> float:
        return scaled(_HEAD) + scaled(_ROW) * max(2, len(self._scene.rows)) + 16 + 3 * scaled(_LEGEND)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.FontChange:
            self.setMinimumHeight(int(self._height()))
            self.updateGeometry()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        return QSize(720, int(self._height()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        width = self._names() + self._narrow() * len(self._scene.columns) + 2 * _PAD
        return QSize(int(width), int(self._height()))

    def _names(self) -> float:
        metrics = QFontMetricsF(font())
        return max((metrics.horizontalAdvance(title) for title, _ in self._scene.rows), default=80.0) + 32

    def _narrow(self) -> float:
        """The least width of a column: its numbers, and the longest word of its title."""
        small, plain = QFontMetricsF(font(12)), QFontMetricsF(font())
        words = [word for title in self._scene.columns for word in title.split()]
        texts = [cell.text for row in self._scene.cells for cell in row]
        return max(
            [float(scaled(_NARROW))]
            + [small.horizontalAdvance(word) + 8 for word in words]
            + [plain.horizontalAdvance(text) + 8 for text in texts]
        )

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell lies."""
        left = _PAD + self._names()
        room = self.width() - left - _PAD
        width = min(max(float(scaled(_WIDE)), self._narrow()), room / max(1, len(self._scene.columns)))
        tall = scaled(_ROW)
        return QRectF(left + column * width, scaled(_HEAD) + row * tall, width, tall)

    def _cell_at(self, position: QPointF) -> tuple[int, int] | None:
        for row in range(len(self._scene.rows)):
            for column in range(len(self._scene.columns)):
                if self.cell_rect(row, column).contains(position):
                    return row, column
        return None

    # ---- painting -------------------------------------------------------------------------------

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        theme, scene = current(), self._scene
        painter.fillRect(self.rect(), QColor(theme.panel))
        painter.setFont(font())
        if not scene.rows:
            painter.setPen(QColor(theme.muted))
            painter.drawText(self.rect(), _CENTRE | int(Qt.TextFlag.TextWordWrap), scene.note)
            return
        painter.setFont(font(12))
        painter.setPen(QColor(theme.muted))
        for column, title in enumerate(scene.columns):
            head = self.cell_rect(0, column)
            box = QRectF(head.left() + 2, 2, head.width() - 4, scaled(_HEAD) - 4)
            painter.drawText(box, _CENTRE | int(Qt.TextFlag.TextWordWrap), title)
        for row, (title, colour) in enumerate(scene.rows):
            line = self.cell_rect(row, 0)
            painter.fillRect(
                QRectF(_PAD, line.center().y() - 5, 10, 10), QColor(legible(colour, theme.panel))
            )
            painter.setFont(font())
            painter.setPen(QColor(theme.text))
            name = QRectF(_PAD + 18, line.top(), line.left() - _PAD - 22, line.height())
            painter.drawText(name, _MIDDLE, title)
            for column, cell in enumerate(scene.cells[row]):
                self._draw_cell(painter, self.cell_rect(row, column), cell)
        if scene.chosen is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.text), 2))
            painter.drawRect(self.cell_rect(*scene.chosen).adjusted(1, 1, -1, -1))
        self._draw_legend(painter)

    def _draw_cell(self, painter: QPainter, rect: QRectF, cell: HeatCell) -> None:
        theme = current()
        inner = rect.adjusted(1, 1, -1, -1)
        if cell.value is None:
            painter.fillRect(inner, QColor(theme.raised))
            painter.setPen(QColor(theme.faint))
            painter.drawText(inner, _CENTRE, cell.text)
            return
        part = min(1.0, max(0.0, cell.value / (2 * self._scene.limit) + 0.5))
        red, green, blue = (int(c) for c in _map()[round(255 * part)])
        ground = f"#{red:02X}{green:02X}{blue:02X}"
        painter.fillRect(inner, QColor(ground))
        painter.setPen(QColor("#101216" if luminance(ground) > _BRIGHT else "#FFFFFF"))
        if cell.spread is None:
            painter.setFont(font())
            painter.drawText(inner, _CENTRE, cell.text)
            return
        painter.setFont(font())
        painter.drawText(inner.adjusted(0, 0, 0, -inner.height() * 0.46), _CENTRE, cell.text)
        painter.setFont(font(11))
        below = inner.adjusted(0, inner.height() * 0.54, 0, 0)
        painter.drawText(below, _CENTRE, f"± {written(cell.spread, 2)}")

    def _draw_legend(self, painter: QPainter) -> None:
        theme = current()
        y = self.cell_rect(len(self._scene.rows), 0).top() + 12
        left, tall = _PAD, float(scaled(_LEGEND))
        metrics = QFontMetricsF(font(12))
        painter.setFont(font(12))
        limit = self._scene.limit
        decimals = 0 if limit >= 1 else 1
        low, high = written(-limit, decimals), "+" + written(limit, decimals)
        painter.setPen(QColor(theme.muted))
        width = metrics.horizontalAdvance(low)
        painter.drawText(QRectF(left, y, width + 2, tall), _MIDDLE, low)
        bar = QRectF(left + width + 6, y + tall / 2 - 5, 140, 10)
        table = np.ascontiguousarray(_map()[None])
        painter.drawImage(bar, QImage(table.data, 256, 1, 768, QImage.Format.Format_RGB888))
        high_wide = metrics.horizontalAdvance(high)
        painter.drawText(QRectF(bar.right() + 6, y, high_wide + 2, tall), _MIDDLE, high)
        words = "dB over the standard decode, mean over seeds ± their deviation"
        x = bar.right() + high_wide + 14
        if x + metrics.horizontalAdvance(words) > self.width() - _PAD:
            x, y = left, y + tall
        wrapped = x + metrics.horizontalAdvance(words) > self.width() - _PAD
        room = QRectF(x, y, self.width() - x - (_PAD if wrapped else 0), 2 * tall if wrapped else tall)
        painter.drawText(room, _MIDDLE | int(Qt.TextFlag.TextWordWrap), words)

    # ---- choosing -------------------------------------------------------------------------------

    def _choose(self, row: int, column: int) -> None:
        rows, columns = self._scene.rows, self._scene.columns
        if rows and columns:
            row, column = min(max(0, row), len(rows) - 1), min(max(0, column), len(columns) - 1)
            self.cell_chosen.emit(rows[row][0], columns[column])

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        cell = self._cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._choose(*cell)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        move = _MOVES.get(Qt.Key(event.key()))
        if move is None:
            super().keyPressEvent(event)
            return
        at = self._scene.chosen
        self._choose(*((at[0] + move[0], at[1] + move[1]) if at is not None else (0, 0)))

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and Qt.Key(event.key()) in _MOVES
        ):
            event.accept()  # arrows move in the table while it has the keyboard
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._cell_at(QPointF(event.pos()))
            QToolTip.showText(
                event.globalPos(), self._scene.cells[cell[0]][cell[1]].tip if cell else "", self
            )
            return True
        return super().event(event)


def _map() -> NDArray[np.uint8]:
    """Nothing gained looks like the panel."""
    return DIVERGING_DARK if current().dark else DIVERGING
