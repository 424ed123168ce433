"""A patch on its way through transform and quantisation and back, and the basis functions it is made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from engine.analysis.block_coding import basis_functions
from viewer.lessons.views.drawn import DrawnFigure
from viewer.lessons.views.painting import (
    arrow_room,
    basis_picture,
    draw_arrow,
    fitting,
    grey_picture,
    image_of,
    line_height,
    signed_picture,
)
from viewer.model.scene.lessons import BlockScene
from viewer.ui.numbers import written
from viewer.ui.theme import current, font, scaled

_PAD = 8.0
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_LEAST_CELL = 19.0
"""Pixels of a cell below which its number is left to the read-out."""
_TITLES = ("Pixels", "Coefficients", "Decoded", "Symbols")
_UNITS = ("luma, 0 to 255", "levels", "luma, 0 to 255", "integers, sent")
Cell = tuple[int, int]


class BlockView(DrawnFigure):
    """Draws a `BlockScene`: pixels, coefficients, symbols and the way back in a circle, and below them the 64
    basis functions with their weights. A coefficient under the mouse is marked in all of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "One patch through transform and quantisation", 240)
        self._scene: BlockScene | None = None
        self._cell: Cell = (0, 1)
        self._pointed = False
        self.setMouseTracking(True)
        self.fit()

    def set_scene(self, scene: BlockScene) -> None:
        """Show this."""
        if scene is self._scene:
            return
        self._scene = scene
        self.setAccessibleDescription(self.readout())
        self.update()

    def readout(self) -> str:
        """What becomes of the coefficient that is marked."""
        if self._scene is None:
            return ""
        block, (v, h) = self._scene.block, self._cell
        step, symbol = block.steps[v, h], int(block.symbols[v, h])
        name = "DC, mean level" if (v, h) == (0, 0) else f"Vertical {v}, horizontal {h}"
        value, back = written(float(block.coefficients[v, h]), 1), written(float(symbol * step), 0)
        text = f"{name}: {value} ÷ {step:.0f} → {written(symbol, 0)}, decoded as {back} levels"
        return text + ("" if self._scene.used[v, h] else ", left out")

    # ---- geometry -------------------------------------------------------------------------------

    def _side(self) -> float:
        """Of one of the four grids: whole pixels a cell."""
        return 8 * max(8.0, float(np.floor((self.width() - 2 * _PAD - arrow_room()) / 16)))

    def grids(self) -> tuple[QRectF, QRectF, QRectF, QRectF]:
        """Where pixels, coefficients, decoded pixels and symbols lie."""
        side = self._side()
        left = (self.width() - 2 * side - arrow_room()) / 2
        right, top = left + side + arrow_room(), 2 * line_height() + 2
        below = top + side + 3 * line_height() + 8
        return (
            QRectF(left, top, side, side),
            QRectF(right, top, side, side),
            QRectF(left, below, side, side),
            QRectF(right, below, side, side),
        )

    def basis(self) -> QRectF:
        """Where the basis functions lie."""
        low = self.grids()[2]
        side = 8 * np.floor((self.width() - 2 * _PAD) * 0.66 / 8)
        return QRectF(low.left(), low.bottom() + 2 * line_height() + 6, side, side)

    def height_of(self) -> float:
        return self.basis().bottom() + 2 * line_height() + 14

    # ---- painting -------------------------------------------------------------------------------

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        theme = current()
        painter.fillRect(self.rect(), QColor(theme.panel))
        if self._scene is None:
            return
        block = self._scene.block
        used = self._scene.used
        limit = float(np.abs(block.coefficients.ravel()[1:]).max()) or 1.0
        grids = self.grids()
        signed = [signed_picture(values, limit) for values in (block.coefficients, block.dequantised)]
        pictures = (grey_picture(block.levels), signed[0], grey_picture(block.decoded), signed[1])
        numbers = (block.levels, block.coefficients, block.decoded, block.symbols.astype(np.float64))
        for at, (box, picture, values) in enumerate(zip(grids, pictures, numbers, strict=True)):
            self._draw_titles(painter, box, _TITLES[at], _UNITS[at])
            self._draw_grid(painter, box, picture, values, faint=used if at == 3 else None)
            if at in (1, 3):
                self._mark(painter, self._cell_rect(box, self._cell))
        self._draw_arrows(painter, grids)
        self._draw_basis(painter, used)

    def _draw_titles(self, painter: QPainter, box: QRectF, title: str, unit: str) -> None:
        theme = current()
        painter.setFont(font(weight=QFont.Weight.DemiBold))
        painter.setPen(QColor(theme.text))
        painter.drawText(
            QRectF(box.left(), box.top() - 2 * line_height(), box.width() + arrow_room(), line_height()),
            _LEFT,
            title,
        )
        painter.setFont(font(12))
        painter.setPen(QColor(theme.muted))
        painter.drawText(
            QRectF(box.left(), box.top() - line_height(), box.width() + arrow_room(), line_height()),
            _LEFT,
            unit,
        )

    def _draw_grid(
        self,
        painter: QPainter,
        box: QRectF,
        picture: NDArray[np.uint8],
        values: NDArray[np.float64],
        faint: NDArray[np.bool_] | None,
    ) -> None:
        """Colours, and the numbers where they fit. faint: what is decoded; the rest is written faintly, as
        zeros are."""
        painter.drawImage(box, image_of(picture))
        cell = box.width() / 8
        if cell < _LEAST_CELL:
            return
        light = picture.astype(np.float64) @ (0.299, 0.587, 0.114) > 128
        for v, h in np.ndindex(8, 8):
            ink = QColor(0, 0, 0) if light[v, h] else QColor(255, 255, 255)
            if faint is not None and (values[v, h] == 0 or not faint[v, h]):
                ink.setAlphaF(0.45)
            painter.setPen(ink)
            text = written(float(values[v, h]), 0)
            painter.setFont(fitting(text, cell))
            painter.drawText(self._cell_rect(box, (v, h)), _CENTRE, text)

    def _cell_rect(self, box: QRectF, cell: Cell) -> QRectF:
        side = box.width() / 8
        return QRectF(box.left() + cell[1] * side, box.top() + cell[0] * side, side, side)

    def _mark(self, painter: QPainter, rect: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(current().canvas), 4))
        painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.setPen(QPen(QColor(current().accent), 2))
        painter.drawRect(rect.adjusted(1, 1, -1, -1))

    def _draw_arrows(self, painter: QPainter, grids: tuple[QRectF, ...]) -> None:
        """From grid to grid, with what happens on the way."""
        pixels, coefficients, decoded, symbols = grids
        assert self._scene is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gap, line = (pixels.right() + 5, coefficients.left() - 5), line_height()
        for y, ends, above, below in (
            (pixels.center().y(), gap, "DCT", ""),
            (decoded.center().y(), gap[::-1], "× step,", "inverse"),
        ):
            draw_arrow(painter, QPointF(ends[0], y), QPointF(ends[1], y))
            self._word(painter, QRectF(gap[0] - 5, y - line - 8, gap[1] - gap[0] + 10, line), above)
            self._word(painter, QRectF(gap[0] - 5, y + 8, gap[1] - gap[0] + 10, line), below)
        x, top, bottom = (
            coefficients.center().x(),
            coefficients.bottom() + 2,
            symbols.top() - 2 * line,
        )
        draw_arrow(painter, QPointF(symbols.right() - 10, top), QPointF(symbols.right() - 10, bottom))
        self._word(painter, QRectF(x - scaled(80), top, scaled(150), line), "÷ step, rounded")
        error = f"RMS error {written(self._scene.block.error_rms, 2)}"
        self._word(painter, QRectF(pixels.left(), top, pixels.width(), line), error)

    def _word(self, painter: QPainter, box: QRectF, text: str) -> None:
        painter.setFont(font(12))
        painter.setPen(QColor(current().text))
        painter.drawText(box, _CENTRE, text)

    def _draw_basis(self, painter: QPainter, used: NDArray[np.bool_]) -> None:
        assert self._scene is not None
        box = self.basis()
        words = "the patch is their weighted sum"
        self._draw_titles(painter, QRectF(box.left(), box.top(), self.width(), 0), "Basis functions", words)
        weights = self._scene.block.dequantised
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawImage(box, image_of(basis_picture(weights)))
        self._mark(painter, self._cell_rect(box, self._cell))
        side = min(float(scaled(104)), self.width() - box.right() - _PAD - 12)
        if side >= 48:
            v, h = self._cell
            own = np.clip(128 + 255 * basis_functions()[v, h] * 1.6, 0, 255).astype(np.uint8)
            single = QRectF(box.right() + 12, box.top(), side, side)
            painter.drawImage(single, image_of(np.repeat(own[..., None], 3, axis=2)))
            self._draw_facts(painter, QRectF(single.left(), single.bottom() + 4, side + 16, box.bottom()))
        painter.setFont(font(12))
        painter.setPen(QColor(current().text))
        lines = QRectF(box.left(), box.bottom() + 6, self.width() - box.left() - 4, 2 * line_height())
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(lines, flags, self.readout())

    def _draw_facts(self, painter: QPainter, box: QRectF) -> None:
        """What the single function beside them is."""
        v, h = self._cell
        painter.setFont(font(12))
        painter.setPen(QColor(current().muted))
        waves = [f"↕ {_cycles(v)}", f"↔ {_cycles(h)}"] if (v, h) != (0, 0) else ["DC:", "mean level"]
        for number, text in enumerate(waves):
            painter.drawText(
                QRectF(box.left(), box.top() + number * line_height(), box.width(), line_height()),
                _LEFT,
                text,
            )

    # ---- mouse ----------------------------------------------------------------------------------

    def cell_at(self, position: QPointF) -> Cell | None:
        """The coefficient under a point: in coefficients, symbols and basis functions."""
        _, coefficients, _, symbols = self.grids()
        for box in (coefficients, symbols, self.basis()):
            if box.contains(position):
                side = box.width() / 8
                v, h = (position.y() - box.top()) // side, (position.x() - box.left()) // side
                return min(7, int(v)), min(7, int(h))
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        cell = self.cell_at(event.position())
        if cell is not None and cell != self._cell:
            self._cell = cell
            self.setAccessibleDescription(self.readout())
            self.update()


def _cycles(frequency: int) -> str:
    """How often a basis function swings across the block: "0", "½ cycle", "1½ cycles"."""
    whole, half = divmod(frequency, 2)
    number = f"{whole or ''}{'½' if half else ''}" or "0"
    return number if frequency == 0 else f"{number} cycle{'s' if frequency > 2 else ''}"
