"""The plot of every codec over the rate: its points can be chosen, the wheel magnifies the axis of rates."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from viewer.model.scene.plots import PlotScene
from viewer.ui.plot.plot import Plot, Point

_NEAR = 28.0
"""Logical pixels within which a click means a point."""
_NOTCH = 1.25
"""By which one notch of the wheel magnifies."""


class RatesPlot(Plot):
    """Draws one `PlotScene` with a span.

    Points of curves with a key can be chosen: signals carry that key and the point's number in its curve.
    `zoomed` carries a rate and a factor, `reset` comes with a double click beside every point.
    """

    chosen = Signal(str, int)
    opened = Signal(str, int)
    zoomed = Signal(float, float)
    reset = Signal()

    def __init__(self, scene: PlotScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleDescription(
            "Quality of every codec over the rate: a click on a point sends the picture there, a double "
            "click also shows it; the wheel magnifies"
        )

    def target(self, position: QPointF) -> Point | None:
        """The point that a click at a place means, if any."""
        point = self.nearest(position)
        if point is None or not point.curve.key:
            return None
        away = point.place - position
        return point if QPointF.dotProduct(away, away) <= _NEAR**2 else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's names
        super().mouseMoveEvent(event)
        if self._cursor is not None:
            clickable = self.target(event.position()) is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        point = self.target(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if point is None:
            event.ignore()
        else:
            self.chosen.emit(point.curve.key, point.index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        point = self.target(event.position())
        if point is None:
            self.reset.emit()
        else:
            self.opened.emit(point.curve.key, point.index)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        frame, turn = self.frame(), event.angleDelta().y()
        if frame is None or turn == 0 or not self._inside(event.position()):
            event.ignore()
            return
        self.zoomed.emit(frame.x.value(event.position().x()), _NOTCH ** (turn / 120))
        event.accept()
