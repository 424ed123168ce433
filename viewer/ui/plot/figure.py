"""What pyqtgraph makes of a plot; loaded only after the pictures have been painted, see `plot`.

Axes, title, legend, ranges, zoom, pan, menu and files are the library's. What it draws is kept as a pixmap
until any of it changes, so that scrubbing costs a copy: marker, crosshair and what else moves lie over that.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from viewer.model.scene.plots import Curve, PlotScene
from viewer.ui.line_keys import curve_colour, draw_symbol, line_pen, symbol_look
from viewer.ui.numbers import labelled, written
from viewer.ui.plot.axis import Axis
from viewer.ui.theme import current, font, scaled

pg.setConfigOptions(exitCleanup=False, antialias=True, mouseRateLimit=0)
Point = tuple[Curve, int]
"""A data point: which of its curve's."""
_FEW = 12
"""Whole values of x that each have their number on the axis."""
_BAND = 0.2
"""Opacity of what is filled between curves."""
_UPRIGHT, _FAINT_AWAY = 0.05, 24.0
"""Weight of up and down where x says which point is meant; pixels by which faint curves count as further."""


class Figure(pg.PlotWidget):  # type: ignore[misc]
    """Draws one `PlotScene`, and over it what moves. `logs`: switches of logarithmic axes, x and y."""

    def __init__(self, scene: PlotScene, parent: QWidget) -> None:
        super().__init__(parent, axisItems={side: Axis(side) for side in ("left", "bottom")})
        self.shown, self.box, control = scene, self.plotItem.vb, self.plotItem.ctrl
        self.logs = control.logXCheck, control.logYCheck
        self.point: Point | None = None
        self.picture: QPixmap | None = None
        self._home, self._lines, self._bands = parent, list[Any](), dict[int, Any]()
        self._drawn_as: tuple[object, ...] = ()
        self._still = _still(scene)
        self._larger = 1.0
        for part in (self, self.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing below is painted, too
        for menu in (self.box.menu, self.plotItem.ctrlMenu):
            parent.destroyed.connect(menu.deleteLater)  # nobody's child
        self.plotItem.setMenuEnabled(False, None)  # only the menu of the axes
        self.plotItem.hideButtons()
        self.plotItem.setDownsampling(auto=True, mode="peak")
        self.plotItem.layout.removeItem(self.plotItem.titleLabel)  # it stands above the left axis, too
        self.plotItem.titleLabel.setMaximumHeight(1000)  # none unless it is shown
        self.plotItem.titleLabel.show()
        self._legend = pg.LegendItem(frame=False)
        self._legend.setParentItem(self.plotItem)
        self._legend.layout.setContentsMargins(0, 0, 0, 0)
        self._legend.setFlag(self._legend.GraphicsItemFlag.ItemIgnoresTransformations, False)  # in files, too
        self._readout = QLabel(self.viewport())
        self._readout.setProperty("role", "readout")
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.box.setAutoVisible(y=True)
        self.box.setLimits(minYRange=0.04)  # a constant's noise is no shape
        for check in self.logs:
            check.toggled.connect(self.fit)
        self.scene().contextMenu = []
        self.scene().changed.connect(self._renew)
        self.fit()

    def set_scene(self, scene: PlotScene) -> None:
        """Show this; if only the marker and live points moved, nothing else is drawn anew."""
        old, self.shown = self.shown, scene
        before, self._still = self._still, _still(scene)
        live = (place for c in scene.curves if c.live for place in zip(*self.place(c.x, c.y), strict=True))
        if before != self._still or not all(self.area().contains(QPointF(*place)) for place in live):
            self._drawn_as = ()
        if (old.x_label, old.y_label, old.x_span) != (scene.x_label, scene.y_label, scene.x_span):
            self.fit()
        self.viewport().update()

    def magnify(self, larger: float) -> None:
        """Write words and numbers so many times as large, and draw lines as much thicker."""
        self._larger = larger
        self.viewport().update()

    def fit(self) -> None:
        """The axes reach over all data, or over the span that is asked for and what lies within."""
        self.box.enableAutoRange()
        if self.shown.x_span is not None and not self.logs[0].isChecked():
            self.box.setXRange(*self.shown.x_span, padding=0)

    def look(self, across: float, up: float, zoom: float) -> None:
        """Go along by parts of what is shown, magnify about its middle: on axes that the mouse moves."""
        for number, (axis, part) in enumerate((("x", across), ("y", up))):
            if self.box.mouseEnabled()[number]:
                low, high = self.box.viewRange()[number]
                self.box.translateBy(**{axis: part * (high - low)})
                self.box.scaleBy(**{axis: 1 / zoom})
        self.box.sigRangeChangedManually.emit(self.box.mouseEnabled())

    def has_data(self) -> bool:
        """Whether there is anything to draw but a note."""
        return any(np.isfinite(curve.y).any() for curve in self.shown.curves)

    def draw(self) -> QPixmap:
        """Everything but what moves, drawn anew where something has changed."""
        ratio = self.devicePixelRatioF()
        drawn_as = (self.size().toTuple(), ratio, current(), scaled(100), self._larger,
                    self.parentWidget())  # fmt: skip
        if drawn_as != self._drawn_as:
            self._drawn_as, self.picture = drawn_as, None
            self._fill(ratio)
            self._dress()
            self.read(None)
        if self.picture is None:
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            painter = QPainter(picture)
            self.scene().prepareForPaint()
            self.plotItem.getAxis("left").generateDrawSpecs(painter)  # its numbers decide how wide it is
            self.plotItem.layout.activate()
            QCoreApplication.sendPostedEvents(self.scene(), QEvent.Type.MetaCall.value)  # it has changed: now
            self.render(painter)
            painter.end()
            self.picture = picture
        return self.picture

    def _renew(self) -> None:
        self.picture = None
        self.viewport().update()

    def _fill(self, ratio: float) -> None:
        curves = self.shown.curves
        banded = {at for at, curve in enumerate(curves[:-1]) if curve.banded}
        for at in set(self._bands) - banded:
            self.plotItem.removeItem(self._bands.pop(at))
        while len(self._lines) > len(curves):
            self.plotItem.removeItem(self._lines.pop())
        while len(self._lines) < len(curves):
            self._lines.append(pg.PlotDataItem(connect="finite", useCache=False))  # paths in files
            self.plotItem.addItem(self._lines[-1])
        for line, curve in zip(self._lines, curves, strict=True):
            pen = line_pen(
                curve_colour(curve), curve.style, ratio * self._larger * (1.0 if curve.faint else 2.0)
            )
            pen.setCosmetic(True)
            y, points = np.where(np.isfinite(curve.y), curve.y, np.nan), curve.style == "points"
            some = slice(None if np.isfinite(y).any() else 0)  # pyqtgraph warns of nothing but NaN
            look = symbol_look(curve, curve.size * self._larger)
            line.setData(np.asarray(curve.x, float)[some], y[some], pen=None if points else pen,
                         name=curve.name if curve.listed else None, **look)  # fmt: skip
            if some.stop == 0:  # the legend's sample would have pyqtgraph's own; its setters repaint
                for part in ("size", "pen", "brush"):
                    line.scatter.opts[part] = look[f"symbol{part.title()}"]
            line.setOpacity(0.0 if curve.live else 1.0)  # it has its place on the axes and in the legend
        for at in banded:
            self._fill_band(at, curve_colour(curves[at]))

    def _fill_band(self, at: int, colour: QColor) -> None:
        """Colour the room between a curve and the next one."""
        if at not in self._bands:
            self._bands[at] = pg.FillBetweenItem(self._lines[at], self._lines[at + 1])
            self._bands[at].setZValue(-1)
            self.plotItem.addItem(self._bands[at])
        colour.setAlphaF(_BAND)
        self._bands[at].setBrush(colour)

    def _dress(self) -> None:
        """Colours, numbers, words: title and what y is, the legend beside them or, if too wide, below."""
        larger = self._larger
        small = f"{round(scaled(12) * larger)}px"
        theme, scene, title = current(), self.shown, self.plotItem.titleLabel
        pg.setConfigOptions(foreground=theme.muted, background=theme.panel)
        self.setBackground("default")
        for axis in map(self.plotItem.getAxis, ("left", "bottom")):
            axis.setVisible(self.has_data())
            axis.setStyle(tickFont=font(round(12 * larger)), maxTickLevel=0, hideOverlappingLabels=24)
            axis.setPen(theme.muted)
            axis.setTextPen(theme.muted)
            axis.enableAutoSIPrefix(False)  # no "(x0.001)" behind the label
        known = np.unique(np.concatenate([np.zeros(0), *(curve.x for curve in scene.curves)]))
        names = {at: short for at, short, _ in scene.x_names}
        few = scene.x_decimals == 0 and known.size <= _FEW  # steps and the like have no halves
        axis.setTicks([[(at, names.get(at) or written(at, 0)) for at in known]] if few else None)
        axis.setLabel(  # switched off, prefixes come back with every change that finds a label
            scene.x_label, siPrefixEnableRanges=((-1.0, -1.0),), **{"font-size": small, "color": theme.muted}
        )
        axis.setHeight(round(scaled(32) * larger))
        self.plotItem.showGrid(y=True, alpha=0.25)
        about = scene.y_label if self.has_data() else scene.note
        about += "" if self.parentWidget() is self._home else " · Esc: back"
        title.setText(f'<b style="color: {theme.text}">{escape(scene.title)}</b> &nbsp; {escape(about)}',
                      color=theme.muted, size=small, justify="left")  # fmt: skip
        title.setPos(4, 0)
        room = self.width() - 16.0
        title.item.setTextWidth(min(room, title.item.boundingRect().width()))
        wide, high = title.item.boundingRect().size().toTuple()
        self._legend.clear()
        self._legend.setLabelTextSize(small)
        named = [line for line in self._lines if line.name() and scene.legend]
        for line in named:
            self._legend.addItem(line, escape(line.name()))
        for columns, left, top in [(len(named), wide, 0), *((n, 0, high) for n in range(len(named), 0, -1))]:
            self._legend.setColumnCount(max(1, columns))
            size = self._legend.layout.effectiveSizeHint(Qt.SizeHint.PreferredSize)
            self._legend.setGeometry(QRectF(QPointF(8 + left, top), size))
            if size.width() <= room - left:
                break
        self.plotItem.layout.setContentsMargins(4, max(high, self._legend.geometry().bottom()), 12, 4)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        picture, painter = self.draw(), QPainter(self.viewport())
        painter.drawPixmap(0, 0, picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marker, area, theme = self.shown.marker, self.area(), current()
        painter.setClipRect(area if self.has_data() else QRectF())
        if marker is not None and np.isfinite(marker):
            at = round(self.place(marker, 1.0)[0])
            painter.fillRect(QRectF(at - 1, area.top(), 2, area.height()), QColor(theme.accent))
        moving = [
            (curve, k)
            for curve in self._visible()
            for k in (range(len(curve.x)) if curve.live else np.flatnonzero(curve.x == marker))
        ]
        places = self.place([c.x[k] for c, k in moving], [c.y[k] for c, k in moving])  # at once: much quicker
        for (curve, __), at, up in zip(moving, *places, strict=True):
            if np.isfinite(up):
                draw_symbol(painter, curve, QPointF(at, up), curve.size + (0 if curve.live else 1.5))
        if self.point is not None:
            place = self.place_of(self.point)
            painter.setPen(QPen(QColor(theme.muted), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(area.left(), place.y()), QPointF(area.right(), place.y()))
            painter.drawLine(QPointF(place.x(), area.top()), QPointF(place.x(), area.bottom()))
            painter.setPen(QPen(QColor(theme.text), 1.5))
            painter.drawEllipse(place, 6.5, 6.5)

    def area(self) -> QRectF:
        """Where the data lie."""
        return QRectF(self.box.sceneBoundingRect())

    def place(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Pixels of data values, NaN for those without a place."""
        with np.errstate(divide="ignore", invalid="ignore"):
            u, v = (np.log10(data) if check.isChecked() else np.asarray(data, float)
                    for data, check in zip((x, y), self.logs, strict=True))  # fmt: skip
        ((left, right), (low, high)), area = self.box.viewRange(), self.area()
        across, up = (u - left) / (right - left), (v - low) / (high - low)
        return area.left() + across * area.width(), area.bottom() - up * area.height()

    def place_of(self, point: Point) -> QPointF:
        """Where a data point lies."""
        return QPointF(*self.place(point[0].x[point[1]], point[0].y[point[1]]))

    def _visible(self) -> list[Curve]:
        """Curves that a click on the legend hasn't hidden."""
        return [c for line, c in zip(self._lines, self.shown.curves, strict=False) if line.isVisible()]

    def points(self, about: QPointF) -> tuple[list[Point], np.ndarray[Any, Any]]:
        """What can be read, curve after curve, and how far from a place it is: x decides, unless the plot has
        a span of its own, as points of many curves lie above each other there."""
        upright, area = _UPRIGHT if self.shown.x_span is None else 1.0, self.area()
        points, away = list[Point](), [np.zeros(0)]
        for curve in self._visible():
            x, y = self.place(curve.x, curve.y)
            at = np.flatnonzero(np.isfinite(y) & (x >= area.left()) & (x <= area.right()))
            points += [(curve, int(k)) for k in at]
            far = np.hypot(x[at] - about.x(), upright * (y[at] - about.y()))
            away.append(np.hypot(far, _FAINT_AWAY * curve.faint))
        return points, np.concatenate(away)

    def nearest(self, position: QPointF) -> Point | None:
        """The data point nearest to a place on the axes; None without one."""
        points, away = self.points(position)
        there = points and self.area().adjusted(0, -4, 0, 16).contains(position)
        return points[int(away.argmin())] if there else None

    def read(self, point: Point | None) -> None:
        """Show a point's values, off the point and inside the plot; None shows none."""
        self.point = point
        self._readout.setVisible(point is not None)
        if point is not None:
            self._readout.setText(_words(self.shown, *point))
            self._readout.adjustSize()
            at, high = self.place_of(point).toPoint(), self._readout.height()
            left, top = min(at.x() + 12, self.width() - self._readout.width() - 2), at.y() - 12 - high
            self._readout.move(max(2, left), top if top > 2 else min(at.y() + 12, self.height() - high - 2))
        self.viewport().update()


def _words(scene: PlotScene, curve: Curve, index: int) -> str:
    """What the read-out says of a point."""
    x, y, colour = float(curve.x[index]), float(curve.y[index]), curve_colour(curve).name()
    named = next((words for at, _, words in scene.x_names if at == x), "")
    lines = [
        curve.labels[index] if curve.labels else "",
        named or labelled(scene.x_label, x, scene.x_decimals),
        labelled(scene.y_label, y, scene.y_decimals, bare_is_unit=True),
    ]
    first = f'<b style="color: {colour}">{escape(curve.name)}</b>'
    return "<br>".join([first, *(escape(line) for line in lines if line)])


def _still(scene: PlotScene) -> tuple[object, ...]:
    """What of a scene is drawn to the pixmap: all but the marker and where live points are."""
    moving = {"x": None, "y": None, "labels": ()}
    drawn = [vars(c) | (moving if c.live else {"x": id(c.x), "y": id(c.y)}) for c in scene.curves]
    return replace(scene, marker=None, curves=()), drawn
