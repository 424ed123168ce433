"""Title, legend, note and read-out of a plot."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from viewer.model.scene.plots import Curve, PlotScene
from viewer.ui.plot.axes import labelled
from viewer.ui.plot.symbols import draw_key, draw_symbol
from viewer.ui.theme import current, font

_KEY = 22.0
_GAP = 14.0
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def draw_title(painter: QPainter, room: QRectF, scene: PlotScene, legend: bool) -> float:
    """Title, what y is, and the legend; returns the y where the plot may begin.

    All on one line where that fits, so that the data get the height.
    """
    theme, bold, plain = current(), font(weight=QFont.Weight.DemiBold), font(12)
    line = QFontMetricsF(bold).height() + 2
    painter.setFont(bold)
    painter.setPen(QColor(theme.text))
    metrics = QFontMetricsF(bold)
    title = metrics.elidedText(scene.title, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(QRectF(room.left(), room.top(), room.width(), line), _LEFT, title)
    x, y = room.left() + metrics.horizontalAdvance(title) + _GAP, room.top()
    painter.setFont(plain)
    if not scene.curves:
        return y + line
    metrics = QFontMetricsF(plain)
    width = metrics.horizontalAdvance(scene.y_label)
    if x + width > room.right():
        x, y = room.left(), y + line
    painter.setPen(QColor(theme.muted))
    painter.drawText(QRectF(x, y, room.right() - x, line), _LEFT, scene.y_label)
    if not legend:
        return y + line
    beside = QRectF(x + width + 2 * _GAP, y, max(0.0, room.right() - x - width - 2 * _GAP), line)
    return _draw_legend(painter, room, beside, scene, metrics)


def _draw_legend(
    painter: QPainter, room: QRectF, beside: QRectF, scene: PlotScene, metrics: QFontMetricsF
) -> float:
    """Flush right in the place beside the words where that fits, else in rows of its own below."""
    row = metrics.height() + 2
    entries = [(curve, _KEY + 6 + metrics.horizontalAdvance(curve.name)) for curve in scene.curves]
    total = sum(width for _, width in entries) + _GAP * (len(entries) - 1)
    x, y = room.left(), beside.bottom()
    if total <= beside.width():
        x, y, row = beside.right() - total, beside.top(), beside.height()
    for curve, width in entries:
        if x > room.left() and x + width > room.right() + 1:
            x, y = room.left(), y + row
        draw_key(painter, curve, QRectF(x, y, _KEY, row))
        painter.setPen(QColor(current().text))
        words = QRectF(x + _KEY + 6, y, max(0.0, room.right() - x - _KEY - 6), row)
        name = metrics.elidedText(curve.name, Qt.TextElideMode.ElideRight, words.width() + 1)
        painter.drawText(words, _LEFT, name)
        x += width + _GAP
    return y + row


def draw_note(painter: QPainter, room: QRectF, scene: PlotScene) -> None:
    """Why there is no data."""
    painter.setFont(font())
    painter.setPen(QColor(current().muted))
    flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
    painter.drawText(room.adjusted(8, 24, -8, -8), flags, scene.note)


def draw_readout(
    painter: QPainter,
    area: QRectF,
    scene: PlotScene,
    curve: Curve,
    values: tuple[float, float],
    place: QPointF,
    label: str = "",
) -> None:
    """The nearest point ringed, its values in a box that stays inside the plot and off the point."""
    theme = current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_symbol(painter, curve, "o", place, 5.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.text), 1.5))
    painter.drawEllipse(place, 6.5, 6.5)
    lines = [
        curve.name,
        *([label] if label else []),
        next((words for at, _, words in scene.x_names if at == values[0]), "")
        or labelled(scene.x_label, values[0], scene.x_decimals),
        labelled(scene.y_label, values[1], scene.y_decimals, bare_is_unit=True),
    ]
    painter.setFont(font(12))
    metrics = QFontMetricsF(painter.font())
    row = metrics.height()
    widths = [metrics.horizontalAdvance(line) for line in lines]
    width = max(widths[0] + _KEY + 6, *widths[1:]) + 16
    height = row * len(lines) + 8
    x = place.x() + 12 if place.x() + 12 + width <= area.right() else place.x() - 12 - width
    y = place.y() - 12 - height if place.y() - 12 - height >= area.top() - 20 else place.y() + 12
    box = QRectF(max(2.0, x), min(y, area.bottom() - height + 24), width, height)
    face = QColor(theme.raised)
    face.setAlpha(240)
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.setBrush(face)
    painter.drawRoundedRect(box, 4, 4)
    for number, line in enumerate(lines):
        text = QRectF(box.left() + 8, box.top() + 4 + number * row, width, row)
        if number == 0:
            draw_key(painter, curve, QRectF(text.left(), text.top(), _KEY, row))
            text.setLeft(text.left() + _KEY + 6)
        painter.setPen(QColor(theme.text if number else theme.muted))
        painter.drawText(text, _LEFT, line)
