"""The plot of every codec over the rate: its points can be chosen, the wheel magnifies the axis of rates."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QMouseEvent, Qt

from viewer.ui.plot.plot import Plot
from viewer.ui.plot.words import Point

_NEAR = 28.0
"""Logical pixels within which a click means a point."""


class RatesPlot(Plot):
    """Draws one `PlotScene` with a span.

    Points of curves with a key can be chosen: signals carry that key and the point's number in its curve.
    `zoomed` carries a rate and a factor, `restored` comes with a double click beside every point.
    """

    chosen = Signal(str, int)
    opened = Signal(str, int)
    zoomed = Signal(float, float)
    restored = Signal()

    def target(self, position: QPointF) -> Point | None:
        """The point that a click at a place means, if any."""
        point = self.nearest(position)
        if point is None or not point.curve.key:
            return None
        away = point.place - position
        return point if QPointF.dotProduct(away, away) <= _NEAR**2 else None

    def choose(self, position: QPointF) -> None:
        point = self.target(position)
        if point is not None:
            self.chosen.emit(point.curve.key, point.index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's names
        super().mouseMoveEvent(event)
        if self.target(event.position()) is None:
            self.setCursor(Qt.CursorShape.ArrowCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        point = self.target(event.position())
        if event.button() == Qt.MouseButton.LeftButton and point is not None:
            self.opened.emit(point.curve.key, point.index)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.reset()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Magnify the rates about a place, here and in the plots beside."""
        frame = self.frame()
        if frame is not None:
            self.zoomed.emit(frame.value((at or frame.area.center()).x()), factor)

    def reset(self) -> None:
        super().reset()
        self.restored.emit()
