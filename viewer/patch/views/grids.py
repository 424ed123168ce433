"""8×8 grids of numbers side by side: symbols, quantisation steps, bits, coefficients."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viewer.model.scene.palette import CIVIDIS, DIVERGING, DIVERGING_DARK, rgb
from viewer.model.scene.patch import GridScene
from viewer.ui.theme import current, font, scaled

_GAP, _HEAD, _PLACES = 12, 20, 3
_MOST, _LEAST, _READABLE = 26, 8, 16
"""Sides of a cell, in pixels: at most, at least, and below which fewer grids stand beside each other."""
_FINE_PRINT, _STRETCHES = 8, (100, 85, 72, 62)
"""Pixels and widths, in per cent, of the smallest faces."""
_LEFT = "#D55E00"
_INK, _CHALK = QColor("#101216"), QColor("#F4F5F7")
ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
Place = tuple[int, int]


class GridsView(QWidget):
    """Draws up to three `GridScene`s; arrows move the lit cell once it has the keyboard.

    `pointed` carries (vertical, horizontal frequency), or None when the mouse leaves.
    """

    pointed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grids: tuple[GridScene, ...] = ()
        self._lit: Place | None = None
        self._picture: QPixmap | None = None
        self._key: tuple[object, ...] = ()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(8 * scaled(_READABLE))
        self.setAccessibleName(name)
        self.setAccessibleDescription("8×8 numbers by frequency: arrow keys move from one to the next")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        return QSize(_PLACES * 8 * 17 + 2 * _GAP, self.height())

    def set_scene(self, grids: tuple[GridScene, ...], lit: Place | None) -> None:
        """Show these, one cell of each lit up."""
        if grids is not self._grids:
            alike, self._grids = _alike(grids, self._grids), grids
            if not alike:
                self._picture = None
                self._fit()
                self.update()
        if lit != self._lit:
            self._lit = lit
            self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        height = self._rows() * (scaled(_HEAD) + 8 * self.side() + 2)
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)

    def side(self) -> int:
        """Of a cell."""
        return self._side(self._across())

    def _side(self, across: int) -> int:
        return max(_LEAST, min(scaled(_MOST), (self.width() - (across - 1) * _GAP) // (8 * across)))

    def _across(self) -> int:
        """Grids beside each other: all, or so many that numbers can be read."""
        return next((each for each in (_PLACES, 2) if self._side(each) >= scaled(_READABLE)), 1)

    def _rows(self) -> int:
        return max(1, -(-max(1, len(self._grids)) // self._across()))

    def corner(self, grid: int) -> QPointF:
        """Where a grid's words begin; its cells lie below them."""
        row, column = divmod(grid, self._across())
        side = self.side()
        return QPointF(column * (8 * side + _GAP), row * (scaled(_HEAD) + 8 * side + 2))

    def cell(self, grid: int, place: Place) -> QRectF:
        """Where a cell lies."""
        side, corner = self.side(), self.corner(grid)
        return QRectF(corner.x() + place[1] * side, corner.y() + scaled(_HEAD) + place[0] * side, side, side)

    def place_at(self, position: QPointF) -> tuple[int, Place] | None:
        """Grid and cell under a point."""
        side, grid = self.side(), self._grid_at(position)
        if grid is None:
            return None
        at = position - self.corner(grid)
        v, u = int((at.y() - scaled(_HEAD)) // side), int(at.x() // side)
        return (grid, (v, u)) if 0 <= v < 8 and 0 <= u < 8 else None

    def _grid_at(self, position: QPointF) -> int | None:
        """The grid under a point, with its words and the gap beside it."""
        side, across = self.side(), self._across()
        column = int(position.x() // (8 * side + _GAP))
        row = int(position.y() // (scaled(_HEAD) + 8 * side + 2))
        grid = row * across + column
        inside = 0 <= column < across and row >= 0 and grid < len(self._grids)
        return grid if inside else None

    # ---- painting -------------------------------------------------------------------------------

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        ratio, theme = self.devicePixelRatioF(), current()
        key = (self.size().toTuple(), ratio, theme.name, font().pixelSize())
        if self._picture is None or key != self._key:
            self._key = key
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(theme.panel))
            painter = QPainter(self._picture)
            for number, grid in enumerate(self._grids):
                self._draw(painter, number, grid)
            painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._lit is not None:
            for number in range(len(self._grids)):
                frame_cell(painter, self.cell(number, self._lit))
        if self.hasFocus():
            painter.setPen(QColor(theme.accent))
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))

    def _draw(self, painter: QPainter, number: int, grid: GridScene) -> None:
        theme, side = current(), self.side()
        left, top = self.corner(number).x(), self.corner(number).y()
        painter.setFont(font(12))
        painter.setPen(QColor(theme.muted))
        head = QRectF(left, top, 8 * side + _GAP - 2, scaled(_HEAD))
        title = QFontMetricsF(font(12)).elidedText(grid.title, Qt.TextElideMode.ElideRight, head.width())
        painter.drawText(head, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), title)
        colours = np.ascontiguousarray(cell_colours(grid, theme.dark))
        image = QImage(colours.data, 8, 8, 24, QImage.Format.Format_RGB888)
        box = QRectF(left, top + scaled(_HEAD), 8 * side, 8 * side)
        painter.drawImage(box, image)
        self._draw_numbers(painter, number, grid, colours)
        if grid.left is not None:
            for v, u in np.argwhere(grid.left).tolist():
                _draw_left(painter, self.cell(number, (v, u)))
        painter.setPen(QColor(theme.line))
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _draw_numbers(
        self, painter: QPainter, number: int, grid: GridScene, colours: NDArray[np.uint8]
    ) -> None:
        """Each in the largest of a few faces that fits; those that fit in none are told by the tooltip."""
        side, muted = self.side(), QColor(current().muted)
        faces = [(face, QFontMetricsF(face)) for face in _faces(side)]
        fitting = {text: _largest(faces, text, side) for text in set(grid.texts)}
        bright = colours.reshape(64, 3) @ np.array([0.299, 0.587, 0.114]) > 140
        for at, text in enumerate(grid.texts):
            face = fitting[text]
            if face is None:
                continue
            painter.setFont(face)
            painter.setPen(muted if text in ("0", "·") else _INK if bright[at] else _CHALK)
            box = self.cell(number, divmod(at, 8))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)

    # ---- mouse and keys -------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        found = self.place_at(event.position())
        self.pointed.emit(found[1] if found is not None else None)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.pointed.emit(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        move = ARROWS.get(Qt.Key(event.key()))
        if move is None:
            super().keyPressEvent(event)
            return
        v, u = self._lit if self._lit is not None else (0, 0)
        if self._lit is not None:
            v, u = min(7, max(0, v + move[0])), min(7, max(0, u + move[1]))
        self.pointed.emit((v, u))

    def event(self, event: QEvent) -> bool:
        if takes_arrows(event):
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tooltip_at(event.pos()), self)
            return True
        return super().event(event)

    def tooltip_at(self, position: QPoint) -> str:
        """What the cell or the grid under a point is."""
        found = self.place_at(QPointF(position))
        number = found[0] if found is not None else self._grid_at(QPointF(position))
        if number is None:
            return ""
        grid = self._grids[number]
        if found is None:
            return grid.tip
        v, u = found[1]
        text = f"{grid.title}, v {v}, u {u}: {grid.values[v, u]:.4g}".replace("-", "−")
        if grid.left is not None and grid.left[v, u]:
            text += ", outside its interval"
        return f"{text}\n{grid.tip}"


def _faces(side: int) -> list[QFont]:
    """Faces for numbers in cells of this side, the largest first. The last ones don't grow with the text and
    are ever narrower: for three digits with a sign, as the mean of a block has, a small number is better
    than none."""
    faces = [font(pixels) for pixels in (11, 9, 8)]
    for stretch in _STRETCHES:
        face = QFont(faces[0])
        face.setPixelSize(_FINE_PRINT)
        face.setStretch(stretch)
        faces.append(face)
    return faces


def _largest(faces: list[tuple[QFont, QFontMetricsF]], text: str, side: int) -> QFont | None:
    """The first face in which a text fits a cell."""
    for face, metrics in faces:
        if metrics.horizontalAdvance(text) <= side - 1 and metrics.ascent() <= side - 2:
            return face
    return None


def _alike(one: tuple[GridScene, ...], other: tuple[GridScene, ...]) -> bool:
    """Whether two sets of grids look the same: symbols are, whatever the step."""
    return len(one) == len(other) and all(
        (a.title, a.texts, a.colours, a.limit) == (b.title, b.texts, b.colours, b.limit)
        and np.array_equal(a.values, b.values)
        and (a.left is None) == (b.left is None)
        and (a.left is None or b.left is None or np.array_equal(a.left, b.left))
        for a, b in zip(one, other, strict=True)
    )


def takes_arrows(event: QEvent) -> bool:
    """Whether this asks for a plain arrow key, which is then the widget's and no command's."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.key() not in ARROWS or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False
    event.accept()
    return True


def cell_colours(grid: GridScene, dark: bool) -> NDArray[np.uint8]:
    """Colours of the cells, uint8 (8, 8, 3)."""
    part = np.clip(grid.values / max(1e-9, grid.limit), -1, 1)
    if grid.colours == "diverging":
        signed = np.sign(part) * np.sqrt(np.abs(part))
        table = DIVERGING_DARK if dark else DIVERGING
        shades: NDArray[np.uint8] = table.take(np.round(127.5 * (signed + 1)).astype(np.intp), axis=0)
        return shades
    colours: NDArray[np.uint8] = _sequential(dark).take(np.round(255 * np.abs(part)).astype(np.intp), axis=0)
    colours[part == 0] = rgb(current().panel)
    return colours


@cache
def _sequential(dark: bool) -> NDArray[np.uint8]:
    """Nothing is as the panel, much stands out from it."""
    return CIVIDIS if dark else CIVIDIS[::-1]


def frame_cell(painter: QPainter, box: QRectF) -> None:
    """Light up a cell: a bright frame between two dark ones, seen on any colour."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for grow, colour in ((2.5, "#000000"), (1.5, "#FFFFFF"), (0.5, "#FFFFFF"), (-0.5, "#000000")):
        painter.setPen(QColor(colour))
        painter.drawRect(box.adjusted(-grow, -grow, grow - 1, grow - 1))


def _draw_left(painter: QPainter, box: QRectF) -> None:
    """A corner says that a coefficient left its cell."""
    size = max(4.0, box.width() * 0.38)
    corner = box.topRight()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor("#FFFFFF"))
    painter.setBrush(QColor(_LEFT))
    painter.drawPolygon(QPolygonF([corner, corner + QPointF(-size, 0), corner + QPointF(0, size)]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
