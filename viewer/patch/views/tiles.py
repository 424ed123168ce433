"""The 3×3 patches around one: what the decoder knew of each, framed in the colour of its role."""

from __future__ import annotations

import numpy as np
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
from PySide6.QtWidgets import QToolTip, QWidget

from engine.types import Pixels
from viewer.model.scene.palette import CAUSAL, NONCAUSAL, PREVIOUS, SELF, legible
from viewer.model.scene.patch import TileScene
from viewer.patch.views.grids import ARROWS, Place, takes_arrows
from viewer.ui.theme import current, font, scaled

_SIDE, _FRAME, _CAPTION, _GAP = 48, 3, 14, 4
_ROLES = {"causal": CAUSAL, "non-causal": NONCAUSAL, "previous": PREVIOUS, "self": SELF}


class TilesView(QWidget):
    """Draws nine `TileScene`s. `pointed` carries the (row, column) of a patch or None; `chosen` one that was
    clicked, or chosen by Enter after arrows."""

    pointed = Signal(object)
    chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: tuple[TileScene, ...] = ()
        self._images: list[QImage | None] = []
        self._lit: Place | None = None
        self._at = 4
        self._fit()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Neighbourhood")
        self.setAccessibleDescription(
            "The nine patches as the decoder knew them; blue are causal, orange non-causal, green as the "
            "previous step left them. Arrow keys point at one, Enter pins it"
        )

    def _fit(self) -> None:
        across = 3 * (scaled(_SIDE) + 2 * _FRAME) + 2 * _GAP
        self.setFixedSize(across, across + 3 * scaled(_CAPTION))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's names
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        return self.size()

    def set_scene(self, tiles: tuple[TileScene, ...], lit: Place | None) -> None:
        """Show these, one lit up if it is among them."""
        if tiles is not self._tiles:
            self._tiles = tiles
            self._images = [_image(tile.pixels) for tile in tiles]
            self.update()
        if lit != self._lit:
            self._lit = lit
            self.update()

    def tile_rect(self, number: int) -> QRectF:
        """Where a tile lies, its frame included."""
        row, column = divmod(number, 3)
        side = scaled(_SIDE) + 2 * _FRAME
        return QRectF(column * (side + _GAP), row * (side + scaled(_CAPTION) + _GAP), side, side)

    def number_at(self, position: QPointF) -> int | None:
        """The tile under a point, its caption included."""
        for number in range(len(self._tiles)):
            if self.tile_rect(number).adjusted(0, 0, 0, scaled(_CAPTION)).contains(position):
                return number
        return None

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        for number, (tile, image) in enumerate(zip(self._tiles, self._images, strict=True)):
            self._draw(painter, self.tile_rect(number), tile, image)
        if self.hasFocus():
            painter.setPen(QColor(current().accent))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _draw(self, painter: QPainter, box: QRectF, tile: TileScene, image: QImage | None) -> None:
        theme = current()
        inner = box.adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME)
        if image is None:
            painter.setPen(QPen(QColor(theme.line), 1, Qt.PenStyle.DashLine))
            painter.drawRect(inner.adjusted(0.5, 0.5, -0.5, -0.5))
        else:
            painter.fillRect(box, QColor(_ROLES.get(tile.role, theme.line)))
            painter.fillRect(inner, QColor(theme.canvas))
            step = scaled(_SIDE) / 8
            painter.drawImage(QRectF(inner.topLeft(), QSize(0, 0)).adjusted(
                0, 0, step * image.width(), step * image.height()), image)  # fmt: skip
        if self._lit == (tile.row, tile.column) and (tile.caption or image is not None):
            for inset, colour in ((0.5, "#FFFFFF"), (1.5, "#FFFFFF"), (2.5, "#000000")):
                painter.setPen(QColor(colour if image is not None else theme.text))
                painter.drawRect(box.adjusted(inset, inset, -inset, -inset))
        face = font(11)
        painter.setFont(face)
        colour = _ROLES.get(tile.role, "")
        painter.setPen(QColor(legible(colour, theme.panel, 4.5) if colour else theme.muted))
        caption = QRectF(box.left() - _GAP / 2, box.bottom(), box.width() + _GAP, scaled(_CAPTION))
        text = QFontMetricsF(face).elidedText(tile.caption, Qt.TextElideMode.ElideRight, caption.width())
        painter.drawText(caption, int(Qt.AlignmentFlag.AlignCenter), text)

    # ---- mouse and keys -------------------------------------------------------------------------

    def _place(self, number: int | None) -> Place | None:
        if number is None or not self._tiles[number].caption:
            return None  # beside the tiles, or outside the picture
        return self._tiles[number].row, self._tiles[number].column

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.pointed.emit(self._place(self.number_at(event.position())))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.pointed.emit(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        place = self._place(self.number_at(event.position()))
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.chosen.emit(*place)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        move = ARROWS.get(Qt.Key(event.key()))
        if move is not None:
            row, column = divmod(self._at, 3)
            self._at = 3 * min(2, max(0, row + move[0])) + min(2, max(0, column + move[1]))
            self.pointed.emit(self._place(self._at) if self._tiles else None)
            return
        place = self._place(self._at) if self._tiles else None
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place is not None:
            self._at = 4
            self.chosen.emit(*place)
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if takes_arrows(event):
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self.number_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._tiles[number].tip if number is not None else "", self)
            return True
        return super().event(event)


def _image(pixels: Pixels | None) -> QImage | None:
    if pixels is None:
        return None
    own = np.ascontiguousarray(pixels)
    height, width, _ = own.shape
    return QImage(own.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
