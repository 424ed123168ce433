"""Lines and point symbols of plots, the same in the plot, the legend and the read-out."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from viewer.model.scene.palette import legible
from viewer.model.scene.plots import Curve
from viewer.ui.theme import current

_FAINT = 0.6
_DASHES = {"dash": [4.0, 2.5], "dot": [0.1, 2.2]}


def curve_colour(curve: Curve) -> QColor:
    """The curve's colour, darkened or lightened only where it would vanish on the panel."""
    colour = QColor(legible(curve.colour, current().panel))
    colour.setAlphaF(_FAINT if curve.faint else 1.0)
    return colour


def line_pen(curve: Curve, width: float = 2.0) -> QPen:
    """Pen of the curve's line. style: solid, dash or dot."""
    return _pen(curve_colour(curve), curve.style, width)


def _pen(colour: QColor, style: str, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap if style == "dot" else Qt.PenCapStyle.FlatCap)
    if style in _DASHES:
        pen.setDashPattern(_DASHES[style])
    return pen


def draw_line_key(painter: QPainter, colour: str, style: str, box: QRectF) -> None:
    """A short piece of a line across the middle of `box`."""
    painter.setPen(_pen(QColor(legible(colour, current().panel)), style, 2.0))
    y = round(box.center().y())
    painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))


def draw_symbol(painter: QPainter, curve: Curve, symbol: str, at: QPointF, size: float = 4.0) -> None:
    """One point. symbol: o circle, s square, d diamond, t triangle, x and + crosses, star."""
    painter.setPen(QPen(QColor(current().panel), 1.2))
    painter.setBrush(curve_colour(curve))
    x, y = at.x(), at.y()
    if symbol == "s":
        painter.drawRect(QRectF(x - size + 0.5, y - size + 0.5, 2 * size - 1, 2 * size - 1))
    elif symbol == "d":
        _polygon(painter, at, [(0, -size - 1), (size + 1, 0), (0, size + 1), (-size - 1, 0)])
    elif symbol == "t":
        _polygon(painter, at, [(0, -size - 0.5), (size + 0.5, size - 0.5), (-size - 0.5, size - 0.5)])
    elif symbol in ("star", "*"):
        spikes = [(size + 4 if k % 2 == 0 else size * 0.85, math.pi * k / 5) for k in range(10)]
        _polygon(painter, at, [(r * math.sin(a), -r * math.cos(a)) for r, a in spikes])
    elif symbol in ("x", "+"):
        painter.setPen(QPen(curve_colour(curve), 2))
        for a, b in ((1, 1), (1, -1)) if symbol == "x" else ((1, 0), (0, 1)):
            painter.drawLine(QPointF(x - a * size, y - b * size), QPointF(x + a * size, y + b * size))
    else:
        painter.drawEllipse(at, size, size)


def _polygon(painter: QPainter, at: QPointF, corners: list[tuple[float, float]]) -> None:
    painter.drawPolygon(QPolygonF([at + QPointF(dx, dy) for dx, dy in corners]))


def draw_key(painter: QPainter, curve: Curve, box: QRectF) -> None:
    """A short piece of the curve, for legends."""
    middle = box.center()
    if curve.style != "points":
        painter.setPen(line_pen(curve))
        painter.drawLine(QPointF(box.left(), middle.y()), QPointF(box.right(), middle.y()))
    symbol = curve.symbol or ("o" if curve.style == "points" else "")
    if symbol:
        draw_symbol(painter, curve, symbol, middle)
