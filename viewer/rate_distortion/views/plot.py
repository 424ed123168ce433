"""The plot of every codec over the rate: its points can be chosen, the wheel magnifies the axis of rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Signal

from viewer.ui.plot.plot import Plot

if TYPE_CHECKING:
    from viewer.ui.plot.figure import Figure, Point

_NEAR = 28.0
"""Logical pixels within which a click means a point."""


class RatesPlot(Plot):
    """Draws one `PlotScene` with a span.

    Points of curves with a key can be chosen: signals carry that key and the point's number in its curve.
    `zoomed` carries the rates that are looked at, `restored` comes with a double click beside every point.
    """

    chosen = Signal(str, int)
    opened = Signal(str, int)
    zoomed = Signal(float, float)
    restored = Signal()

    def made(self, figure: Figure) -> None:
        super().made(figure)
        figure.box.setMouseEnabled(y=False)
        figure.box.sigRangeChangedManually.connect(self._look)

    def _look(self) -> None:
        figure = self.figure()
        if not figure.logs[0].isChecked():
            self.zoomed.emit(*figure.box.viewRange()[0])
            figure.fit()

    def target(self, position: QPointF) -> Point | None:
        """The point that a click at a place means, if any."""
        figure = self.figure()
        point = figure.nearest(position)
        away = figure.place_of(point) - position if point is not None and point[0].key else None
        return point if away is not None and QPointF.dotProduct(away, away) <= _NEAR**2 else None

    def point_at(self, position: QPointF | None) -> None:
        super().point_at(position)
        if position is not None and self.target(position) is None:
            self.figure().viewport().setCursor(Qt.CursorShape.ArrowCursor)

    def choose(self, position: QPointF) -> None:
        point = self.target(position)
        if point is not None:
            self.chosen.emit(point[0].key, point[1])

    def open(self, position: QPointF) -> None:
        point = self.target(position)
        if point is not None:
            self.opened.emit(point[0].key, point[1])
        else:
            self.reset()

    def reset(self) -> None:
        super().reset()
        self.restored.emit()
