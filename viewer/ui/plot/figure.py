"""What pyqtgraph draws of a plot. Loaded only after the pictures have been painted; see `plot`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from viewer.model.scene.plots import Curve, PlotScene
from viewer.ui.line_keys import curve_colour, line_pen, symbol_look
from viewer.ui.numbers import written
from viewer.ui.theme import current, font, scaled

pg.setConfigOptions(exitCleanup=False, antialias=True)
Floats = NDArray[np.float64]
Range = tuple[float, float]
_INSET = 9.0
"""Pixels between the outermost data and the axes' ends, so that symbols are whole."""


@dataclass(frozen=True)
class Frame:
    """Where the axes lie in the plot, logical pixels, and what they show: log10 where logarithmic."""

    area: QRectF
    shown: tuple[Range, Range]
    log: tuple[bool, bool]

    def place(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Pixels of data values, NaN for those without a place."""
        with np.errstate(divide="ignore", invalid="ignore"):
            u, v = (np.log10(data) if log else data for data, log in zip((x, y), self.log, strict=True))
        (left, right), (low, high), area = *self.shown, self.area
        return (
            area.left() + (u - left) / (right - left) * area.width(),
            area.bottom() - (v - low) / (high - low) * area.height(),
        )

    def value(self, pixel: float) -> float:
        """x at a pixel."""
        left, right = self.shown[0]
        u = left + (pixel - self.area.left()) / self.area.width() * (right - left)
        return float(10**u) if self.log[0] else u


class _Axis(pg.AxisItem):  # type: ignore[misc]
    """Numbers as everywhere in the window, names of values that have some, whole steps of what is counted."""

    names: dict[float, str] = {}  # noqa: RUF012 - replaced, never changed
    whole = False

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's names
        return QRectF(super().boundingRect()).adjusted(-24, -8, 24, 8)  # numbers at the ends stay

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:  # noqa: N802
        levels = super().tickSpacing(low, high, size)
        return [(max(1.0, step), at) for step, at in levels] if self.whole else levels

    def tickStrings(self, ticks: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        if self.logMode:
            return [f"{10**tick:g}" for tick in ticks]
        decimals = max(0, -math.floor(math.log10(spacing) + 1e-9))
        return [self.names.get(tick) or written(tick, decimals) for tick in ticks]


class Figure:
    """Axes and curves in a view that is never shown, only drawn from. `chosen`: the reader has zoomed or
    panned, so that new data don't move the axes. parent: keeps it."""

    def __init__(self, parent: QWidget) -> None:
        self.view = pg.GraphicsView(parent, background=None)
        for part in (self.view, self.view.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.hide()
        self.left, self.bottom = _Axis("left"), _Axis("bottom")
        self.item = pg.PlotItem(axisItems={"left": self.left, "bottom": self.bottom}, enableMenu=False)
        parent.destroyed.connect(self.item.ctrlMenu.deleteLater)  # nobody's child, and never shown
        self.item.hideButtons()
        self.item.disableAutoRange()
        self.item.setDownsampling(auto=True, mode="peak")
        self.view.setCentralItem(self.item)
        self.log, self.chosen = [False, False], False
        self._lines: list[Any] = []
        self._style: tuple[object, ...] = ()

    def zoom(self, factor: float, at: QPointF, frame: Frame) -> None:
        """Magnify about a place."""
        (left, right), (low, high), area = *frame.shown, frame.area
        x = left + (at.x() - area.left()) / area.width() * (right - left)
        y = low + (area.bottom() - at.y()) / area.height() * (high - low)
        self.chosen = True
        self.item.getViewBox().scaleBy((1 / factor, 1 / factor), center=(x, y))

    def pan(self, move: QPointF, frame: Frame) -> None:
        """Move the data by pixels."""
        (left, right), (low, high), area = *frame.shown, frame.area
        self.chosen = True
        across, up = -move.x() / area.width() * (right - left), move.y() / area.height() * (high - low)
        self.item.getViewBox().translateBy(x=across, y=up)

    def draw(self, painter: QPainter, room: QRectF, scene: PlotScene) -> Frame | None:
        """Draw a scene into a place; None without data."""
        data = [_values(curve, self.log) for curve in scene.curves]
        wanted = None if self.chosen else self._wanted(scene, data)
        if wanted is None and not (self.chosen and data):
            return None
        self._dress(scene)
        self._fill(scene, data, painter.device().devicePixelRatioF())
        self.view.resize(room.size().toSize())
        self.view.resizeEvent(None)  # a hidden widget hears of it only when shown
        box = self.item.getViewBox()
        for _ in range(2):  # numbers decide how much room the axes take, and the room which numbers
            self.item.layout.activate()
            if wanted is not None:
                room_inside = box.width(), box.height()
                margins = [(high - low) * _INSET / max(1.0, length - 2 * _INSET)
                           for (low, high), length in zip(wanted, room_inside, strict=True)]  # fmt: skip
                x, y = ((low - part, high + part) for (low, high), part in zip(wanted, margins, strict=True))
                box.setRange(xRange=x, yRange=y, padding=0)
            self.left.generateDrawSpecs(painter)
        self.view.render(painter, room, self.view.rect())
        shown = tuple((float(low), float(high)) for low, high in box.viewRange())
        area = box.mapRectToScene(box.boundingRect()).translated(room.topLeft())
        return Frame(area, (shown[0], shown[1]), (self.log[0], self.log[1]))

    def _wanted(self, scene: PlotScene, data: list[tuple[Floats, Floats]]) -> tuple[Range, Range] | None:
        """All data, or the span asked for and what lies within."""
        span = scene.x_span if not self.log[0] else None
        inside = [y[(x >= span[0]) & (x <= span[1])] if span else y for x, y in data]
        x = span or _reach([x for x, _ in data], 1.0 if scene.x_decimals == 0 else 10.0**-scene.x_decimals)
        y = _reach(inside, 4 * 10.0**-scene.y_decimals)
        return None if x is None or y is None else (x, y)

    def _dress(self, scene: PlotScene) -> None:
        self.bottom.names = {at: short for at, short, _ in scene.x_names}
        self.bottom.whole = scene.x_decimals == 0 and not self.log[0]
        theme, style = current(), (current(), scaled(100), scene.x_label, *self.log)
        if style == self._style:
            return
        self._style, line = style, QFontMetricsF(font(12)).height()
        for axis, length, pen in ((self.left, 0, theme.panel), (self.bottom, 3, theme.muted)):
            axis.setStyle(tickFont=font(12), tickLength=length, tickTextOffset=scaled(4), maxTickLevel=0)
            axis.setPen(pen)
            axis.setTextPen(theme.muted)
            axis.setTickPen(theme.line)
            axis.setZValue(-1)
            axis.enableAutoSIPrefix(False)  # no "(x0.001)" behind the label
        self.bottom.setLabel(scene.x_label, color=theme.muted, **{"font-size": f"{scaled(12)}px"})
        self.bottom.setHeight(2 * line + scaled(8))
        self.item.layout.setContentsMargins(0, line / 2, 12, 0)
        self.bottom.setLogMode(self.log[0])
        self.left.setLogMode(self.log[1])
        self.item.showGrid(y=True, alpha=1.0)

    def _fill(self, scene: PlotScene, data: list[tuple[Floats, Floats]], ratio: float) -> None:
        drawn = [(c, *known) for c, known in zip(scene.curves, data, strict=True) if not c.live]
        while len(self._lines) > len(drawn):
            self.item.removeItem(self._lines.pop())
        while len(self._lines) < len(drawn):
            self._lines.append(pg.PlotDataItem(connect="finite", useCache=False))  # paths in files
            self.item.addItem(self._lines[-1])
        for line, (curve, x, y) in zip(self._lines, drawn, strict=True):
            pen = line_pen(curve_colour(curve), curve.style, ratio * (1.0 if curve.faint else 2.0))
            pen.setCosmetic(True)
            line.setData(x, y, pen=None if curve.style == "points" else pen, **symbol_look(curve, curve.size))


def _values(curve: Curve, log: list[bool]) -> tuple[Floats, Floats]:
    """x and y as drawn, NaN for what has no place on the axes: an infinite PSNR, 0 on a logarithmic one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y = (np.log10(data) if logarithmic else np.array(data, dtype=np.float64)
                for data, logarithmic in zip((curve.x, curve.y), log, strict=True))  # fmt: skip
    return np.where(np.isfinite(x), x, np.nan), np.where(np.isfinite(y), y, np.nan)


def _reach(parts: list[Floats], least: float) -> Range | None:
    """Smallest and largest of all, `least` apart or more, from 0 if that is near; None for none."""
    data = np.concatenate([*parts, np.zeros(0)])
    if np.isnan(data).all():
        return None
    low, high = float(np.nanmin(data)), float(np.nanmax(data))
    if high - low < least:
        return (low + high - least) / 2, (low + high + least) / 2
    return (0.0 if 0 < low < 0.1 * high else low), high
