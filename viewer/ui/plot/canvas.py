"""A plot as it is drawn: pyqtgraph's axes and curves as a pixmap; marker and read-out are painted over it.

The pixmap is drawn when data, size, view or theme change, so that scrubbing costs a copy. pyqtgraph itself is
loaded after the first paint of the window, which would otherwise come a third of a second later.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.model.scene.plots import Curve, PlotScene
from viewer.ui.line_keys import draw_symbol
from viewer.ui.plot.words import Point, heading, read_out
from viewer.ui.theme import current, font, scaled

if TYPE_CHECKING:
    from viewer.ui.plot.figure import Figure, Frame

Floats = NDArray[np.float64]
_LIBRARY = "viewer.ui.plot.figure"
_PATIENCE_MS = 40
"""From the first paint until pyqtgraph is loaded: what waits for that paint comes first."""
_FAINT_AWAY = 24.0
"""Pixels by which faint curves count as further away than they are."""


class Canvas(QWidget):
    """Draws one `PlotScene`, and the values of the point that is read."""

    hint = ""
    """A word beside the legend."""

    def __init__(self, scene: PlotScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = scene
        self._figure: Figure | None = None
        self._picture: QPixmap | None = None
        self._drawn: tuple[object, ...] = ()
        self._frame: Frame | None = None
        self._point: Point | None = None
        self.setMinimumSize(200, 128)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        return QSize(360, 200)

    def set_scene(self, scene: PlotScene) -> None:
        """Show this; if only the marker and live points moved, nothing else is drawn anew."""
        old, self.scene = self.scene, scene
        if (old.x_label, old.y_label, old.x_span) != (scene.x_label, scene.y_label, scene.x_span):
            self.show_all()
        elif not _same_picture(old, scene) or not self._holds(scene):
            self.renew()
        elif old is not scene:
            self.update()

    def _holds(self, scene: PlotScene) -> bool:
        """Whether the axes as drawn hold the points that move."""
        frame, live = self._frame, [curve for curve in scene.curves if curve.live]
        places = [place for c in live for place in zip(*frame.place(c.x, c.y), strict=True)] if frame else []
        return all(frame.area.contains(QPointF(*place)) for place in places) if frame else not live

    def renew(self) -> None:
        """Draw everything anew when it is next shown."""
        self._picture = self._point = None
        self.update()

    def show_all(self) -> None:
        """The axes reach over all data again."""
        if self._figure is not None:
            self._figure.chosen = False
        self.renew()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Magnify about a place, the middle without one."""
        frame = self.frame()
        if frame is not None and self._figure is not None:
            self._figure.zoom(factor, at or frame.area.center(), frame)
            self.renew()

    def pan(self, move: QPointF) -> None:
        """Move the data by pixels."""
        frame = self.frame()
        if frame is not None and self._figure is not None:
            self._figure.pan(move, frame)
            self.renew()

    def log(self, axis: int) -> bool:
        """Whether an axis (0: x, 1: y) is logarithmic."""
        return self._figure is not None and self._figure.log[axis]

    def set_log(self, axis: int, on: bool) -> None:
        """Make an axis logarithmic, or linear."""
        if self.frame() is not None and self._figure is not None:
            self._figure.log[axis] = on
            self.show_all()

    def reset(self) -> None:
        """All data on linear axes."""
        self.set_log(0, False)
        self.set_log(1, False)

    def drawn(self) -> bool:
        """Whether axes and curves stand."""
        return self._picture is not None

    def frame(self) -> Frame | None:
        """Where the axes lie; None without data. Loads pyqtgraph if need be."""
        ratio = self.devicePixelRatioF()
        key = (self.size().toTuple(), ratio, current(), scaled(100))
        if self._picture is None or key != self._drawn:
            if self._figure is None:
                self._figure = importlib.import_module(_LIBRARY).Figure(self)
            self._drawn, self._picture = key, QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._frame = self.draw(QPainter(self._picture))
        return self._frame

    def draw(self, painter: QPainter) -> Frame | None:
        """Everything but what moves, as large as the widget: into the pixmap, or into a file."""
        assert self._figure is not None
        room = QRectF(self.rect()).adjusted(8, 4, 0, -2)
        painter.fillRect(self.rect(), QColor(current().panel))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room.setTop(heading(painter, room.adjusted(0, 0, -8, 0), self.scene, self.hint))
        frame = self._figure.draw(painter, room, self.scene)
        if frame is None:
            painter.setFont(font())
            painter.setPen(QColor(current().muted))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(room.adjusted(8, 0, -16, -8), flags, self.scene.note)
        painter.end()
        return frame

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        if _LIBRARY in sys.modules:
            self.frame()
        elif not self._drawn:
            self._drawn = ("waits",)
            QTimer.singleShot(_PATIENCE_MS, self, self._begin)
        if self._picture is None:
            painter.fillRect(self.rect(), QColor(current().panel))
            return
        painter.drawPixmap(0, 0, self._picture)
        if self._frame is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_over(painter, self._frame)

    def _begin(self) -> None:
        importlib.import_module(_LIBRARY)
        self.update()

    def _paint_over(self, painter: QPainter, frame: Frame) -> None:
        """Marker and points on it, points that move with it, crosshair and read-out."""
        marker, area = self.scene.marker, frame.area
        painter.setClipRect(area)
        if marker is not None and np.isfinite(marker):
            at = round(frame.place(marker, 1.0)[0])
            painter.fillRect(QRectF(at - 1, area.top(), 2, area.height()), QColor(current().accent))
        for curve in self.scene.curves:
            for k in range(len(curve.x)) if curve.live else np.flatnonzero(np.asarray(curve.x) == marker):
                place = QPointF(*frame.place(curve.x[k], curve.y[k]))
                if np.isfinite(place.y()):
                    draw_symbol(painter, curve, place, curve.size + (0 if curve.live else 1.5))
        if self._point is not None:
            place = self._point.place
            painter.setPen(QPen(QColor(current().muted), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(area.left(), place.y()), QPointF(area.right(), place.y()))
            painter.drawLine(QPointF(place.x(), area.top()), QPointF(place.x(), area.bottom()))
            painter.setClipping(False)
            painter.setPen(QPen(QColor(current().text), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place, 6.5, 6.5)
            read_out(painter, QRectF(self.rect()), self.scene, self._point)

    def read(self, point: Point | None) -> None:
        """Show a point's values; None shows none."""
        if point is not self._point:
            self._point = point
            self.update()

    def points(self) -> list[Point]:
        """Every point that can be read, curve after curve."""
        return [
            _point(curve, int(at), x, y)
            for curve, x, y in self._places()
            for at in np.flatnonzero(np.isfinite(y))
        ]

    def nearest(self, position: QPointF) -> Point | None:
        """The data point nearest to a place in the plot; across counts more than up and down, unless the
        plot has a span of its own: there points of many curves lie above each other."""
        upright, best, least = 0.4 if self.scene.x_span is None else 1.0, None, np.inf
        for curve, x, y in self._places():
            away = np.square(x - position.x()) + np.square(upright * (y - position.y()))
            away = np.where(np.isfinite(away), away + _FAINT_AWAY**2 * curve.faint, np.inf)
            if away.size and away.min() < least:
                least = away.min()
                best = _point(curve, int(away.argmin()), x, y)
        return best

    def _places(self) -> Iterator[tuple[Curve, Floats, Floats]]:
        """Pixels of the curves' points, NaN for y of those that aren't shown."""
        frame = self.frame()
        for curve in self.scene.curves if frame is not None else ():
            assert frame is not None
            x, y = frame.place(np.asarray(curve.x, float), np.asarray(curve.y, float))
            yield curve, x, np.where((x >= frame.area.left()) & (x <= frame.area.right()), y, np.nan)


def _point(curve: Curve, at: int, x: Floats, y: Floats) -> Point:
    return Point(curve, at, float(curve.x[at]), float(curve.y[at]), QPointF(x[at], y[at]))


def _same_picture(old: PlotScene, new: PlotScene) -> bool:
    """Whether two scenes differ in no more than the marker and in where live points are."""
    curves = [[c for c in scene.curves if scene.legend or not c.live] for scene in (old, new)]
    pairs: list[tuple[object, object, set[str]]] = [(old, new, {"marker", "curves"})]
    moves = {"x", "y", "labels"}
    pairs += [(a, b, moves if a.live else set()) for a, b in zip(*curves, strict=False)]
    return len(curves[0]) == len(curves[1]) and all(
        value is vars(b)[name] or (not isinstance(value, np.ndarray) and value == vars(b)[name])
        for a, b, left_out in pairs
        for name, value in vars(a).items()
        if name not in left_out
    )
