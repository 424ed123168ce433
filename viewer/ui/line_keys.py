"""Lines and point symbols, the same in plots, legends, tables and on buttons. Only symbols need pyqtgraph."""

from __future__ import annotations

import sys
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from viewer.model.scene.palette import legible
from viewer.model.scene.plots import Curve
from viewer.ui.theme import current

_DASHES = {"dash": [4.0, 2.5], "dot": [0.1, 2.2], "dash-dot": [4.0, 2.2, 0.1, 2.2]}
_NAMES = {"t": "t1", "*": "star"}
"""pyqtgraph's names of symbols where they differ: its triangle t stands on its tip."""
_WIDTHS = {"star": 3.4, "*": 3.4, "d": 2.6, "t": 2.6, "x": 2.6, "+": 2.6}


def curve_colour(curve: Curve) -> QColor:
    """The curve's colour, darkened or lightened only where it would vanish on the panel."""
    colour = QColor(legible(curve.colour, current().panel))
    colour.setAlphaF(0.6 if curve.faint else 1.0)
    return colour


def line_pen(colour: QColor, style: str, width: float = 2.0) -> QPen:
    """Pen of a line. style: solid, dash, dot or dash-dot."""
    cap = Qt.PenCapStyle.RoundCap if style == "dot" else Qt.PenCapStyle.FlatCap
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin)
    if style in _DASHES:
        pen.setDashPattern(_DASHES[style])
    return pen


def draw_line_key(painter: QPainter, colour: str, style: str, box: QRectF) -> None:
    """A short piece of a line across the middle of `box`."""
    painter.setPen(line_pen(QColor(legible(colour, current().panel)), style))
    y = round(box.center().y())
    painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))


def symbol_look(curve: Curve, size: float) -> dict[str, Any]:
    """What pyqtgraph is told of a curve's points. size: half their width, pixels."""
    name = curve.symbol or ("o" if curve.style == "points" else "")
    width = size * _WIDTHS.get(name, 2.0)
    edge = QPen(curve_colour(curve) if name in ("x", "+") else QColor(current().panel), 1.2)
    edge.setCosmetic(True)  # pyqtgraph scales its symbols
    return {"symbol": _NAMES.get(name, name) or None, "symbolSize": width, "symbolPen": edge,
            "symbolBrush": curve_colour(curve)}  # fmt: skip


def draw_symbol(painter: QPainter, curve: Curve, at: QPointF, size: float) -> None:
    """One point: nothing for a curve that has none, nor before pyqtgraph is loaded."""
    if "pyqtgraph" in sys.modules:
        from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol

        painter.save()
        painter.translate(at)
        drawSymbol(painter, *symbol_look(curve, size).values())
        painter.restore()


def draw_key(painter: QPainter, curve: Curve, box: QRectF) -> None:
    """A short piece of the curve, for legends."""
    if curve.style != "points":
        draw_line_key(painter, curve.colour, curve.style, box)
    draw_symbol(painter, curve, box.center(), 4.0)
