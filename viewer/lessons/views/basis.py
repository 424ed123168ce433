"""Two bases of eight samples held against each other, and a grid of coefficients to choose from."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from viewer.lessons.views.drawn import DrawnFigure
from viewer.lessons.views.painting import line_height
from viewer.model.scene.lessons import BasisScene, ChoiceScene
from viewer.model.scene.palette import CIVIDIS, legible
from viewer.ui.theme import current, font, scaled

_PAD = 8.0
_TALL, _SIDE = 82, 144
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_ARROWS = {
    int(Qt.Key.Key_Up): (-1, 0),
    int(Qt.Key.Key_Down): (1, 0),
    int(Qt.Key.Key_Left): (0, -1),
    int(Qt.Key.Key_Right): (0, 1),
}


class BasisView(DrawnFigure):
    """Draws a `BasisScene`: function by function, both bases in one small plot of samples over place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Basis functions")
        self._scene: BasisScene | None = None
        self.fit()

    def height_of(self) -> float:
        return 2 * line_height() + 2 * scaled(_TALL) + 8

    def set_scene(self, scene: BasisScene) -> None:
        """Show this."""
        if scene is self._scene:
            return
        self._scene = scene
        likeness = np.abs(np.einsum("ki,ki->k", scene.first, scene.second)).min()
        self.setAccessibleName(scene.title)
        self.setAccessibleDescription(
            f"{scene.names[0]} against {scene.names[1]}; the least alike pair has a product of {likeness:.3f}"
        )
        self.setToolTip(self.accessibleDescription())
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        theme = current()
        painter.fillRect(self.rect(), QColor(theme.panel))
        scene = self._scene
        if scene is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(weight=QFont.Weight.DemiBold))
        painter.setPen(QColor(theme.text))
        painter.drawText(QRectF(_PAD, 0, self.width(), line_height()), _LEFT, scene.title)
        self._draw_legend(painter, scene)
        wide, tall = (self.width() - 2 * _PAD) / 4, float(scaled(_TALL))
        reach = float(max(np.abs(scene.first).max(), np.abs(scene.second).max())) * 1.08
        for k in range(8):
            box = QRectF(_PAD + (k % 4) * wide, 2 * line_height() + 4 + (k // 4) * tall, wide - 6, tall - 6)
            self._draw_pair(painter, scene, k, box, reach)

    def _draw_legend(self, painter: QPainter, scene: BasisScene) -> None:
        metrics, x = QFontMetricsF(font(12)), _PAD
        painter.setFont(font(12))
        for name, colour, dashed in zip(scene.names, scene.colours, (False, True), strict=True):
            painter.setPen(_pen(colour, dashed))
            painter.drawLine(QPointF(x, 1.5 * line_height()), QPointF(x + 22, 1.5 * line_height()))
            painter.setPen(QColor(current().text))
            width = metrics.horizontalAdvance(name)
            painter.drawText(QRectF(x + 28, line_height(), width + 2, line_height()), _LEFT, name)
            x += 28 + width + 16

    def _draw_pair(self, painter: QPainter, scene: BasisScene, k: int, box: QRectF, reach: float) -> None:
        theme = current()
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))
        x = box.left() + (np.arange(8) + 0.5) * box.width() / 8
        for values, colour, dashed in (
            (scene.first[k], scene.colours[0], False),
            (scene.second[k], scene.colours[1], True),
        ):
            y = box.center().y() - values / reach * box.height() / 2
            painter.setPen(_pen(colour, dashed))
            painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(x, y, strict=True)]))
        painter.setFont(font(12))
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRectF(box.left() + 4, box.top() + 1, 20, line_height()), _LEFT, str(k))


def _pen(colour: str, dashed: bool) -> QPen:
    pen = QPen(QColor(legible(colour, current().panel)), 2)
    if dashed:
        pen.setDashPattern([3.0, 2.0])
    return pen


class ChoiceView(DrawnFigure):
    """Draws a `ChoiceScene`; a click or the arrow keys choose. `chosen` carries row and column."""

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Coefficient to look at")
        self._scene: ChoiceScene | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.fit()

    def height_of(self) -> float:
        return scaled(_SIDE) + line_height() + 12

    def set_scene(self, scene: ChoiceScene) -> None:
        """Show this."""
        if scene is self._scene:
            return
        self._scene = scene
        self.setAccessibleDescription(f"Vertical {scene.chosen[0]}, horizontal {scene.chosen[1]}")
        self.setToolTip(scene.words)
        self.update()

    def grid(self) -> QRectF:
        """Where the 8×8 cells lie."""
        return QRectF(_PAD, line_height() + 4, scaled(_SIDE), scaled(_SIDE))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        theme = current()
        painter.fillRect(self.rect(), QColor(theme.panel))
        scene, box = self._scene, self.grid()
        if scene is None:
            return
        side = box.width() / 8
        painter.setFont(font(weight=QFont.Weight.DemiBold))
        painter.setPen(QColor(theme.text))
        painter.drawText(QRectF(_PAD, 0, self.width(), line_height()), _LEFT, "Coefficients over all blocks")
        for v, h in np.ndindex(8, 8):
            colour = CIVIDIS[int(np.clip(round(255 * float(scene.shades[v, h])), 0, 255))]
            painter.fillRect(
                QRectF(box.left() + h * side, box.top() + v * side, side - 1, side - 1),
                QColor(*(int(c) for c in colour)),
            )
        v, h = scene.chosen
        rect = QRectF(box.left() + h * side - 1, box.top() + v * side - 1, side + 1, side + 1)
        for ink, thick in ((theme.canvas, 4), (theme.accent if not self.hasFocus() else theme.text, 2)):
            painter.setPen(QPen(QColor(ink), thick))
            painter.drawRect(rect)
        painter.setFont(font(12))
        painter.setPen(QColor(theme.muted))
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
        place = QRectF(box.right() + 12, box.top(), self.width() - box.right() - 12 - _PAD, box.height())
        where = f"Vertical frequency {v}, horizontal {h}" if (v, h) != (0, 0) else "DC, mean level"
        painter.drawText(place, flags, f"{where}\n\n{scene.words}")

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        box = self.grid()
        if event.button() != Qt.MouseButton.LeftButton or not box.contains(event.position()):
            event.ignore()
            return
        side = box.width() / 8
        v, h = (event.position().y() - box.top()) // side, (event.position().x() - box.left()) // side
        self.chosen.emit(min(7, int(v)), min(7, int(h)))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        move = _ARROWS.get(int(event.key()))
        if move is None or self._scene is None:
            super().keyPressEvent(event)
            return
        v, h = (min(7, max(0, at + by)) for at, by in zip(self._scene.chosen, move, strict=True))
        self.chosen.emit(v, h)
