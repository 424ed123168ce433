"""What is written in a plot but for the axes: title and legend above the data, values of a point."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QTextDocument

from viewer.model.scene.plots import Curve, PlotScene
from viewer.ui.line_keys import draw_key
from viewer.ui.numbers import labelled
from viewer.ui.theme import current, font, scaled


@dataclass(frozen=True, eq=False)
class Point:
    """A data point and its place in the plot. index: among those of its curve."""

    curve: Curve
    index: int
    x: float
    y: float
    place: QPointF


def heading(painter: QPainter, room: QRectF, scene: PlotScene, hint: str) -> float:
    """Title, what y is, and a legend in as many lines as it needs; returns the y below them."""
    muted = f'<span style="color: {current().muted}">'
    words = [f'<b style="font-size: {scaled(13)}px">{_whole(scene.title)}</b>']
    words += [f"{muted}{_whole(scene.y_label)}</span>"] if scene.curves else []
    named = [curve for curve in scene.curves if curve.name and scene.legend]
    words += [_KEY + _whole(curve.name) for curve in named]
    words += [f"{muted}{_whole(hint)}</span>"] if hint else []
    document = _laid_out(" &nbsp; ".join(words), room.width())
    _write(painter, document, named, room.left(), room.top())
    return room.top() + document.size().height()


def read_out(painter: QPainter, room: QRectF, scene: PlotScene, point: Point) -> None:
    """A point's values in a box that stays inside the plot and off the point."""
    named = next((words for at, _, words in scene.x_names if at == point.x), "")
    lines = [
        f'{_KEY}<span style="color: {current().muted}">{_whole(point.curve.name)}</span>',
        _whole(point.curve.labels[point.index]) if point.curve.labels else "",
        _whole(named or labelled(scene.x_label, point.x, scene.x_decimals)),
        _whole(labelled(scene.y_label, point.y, scene.y_decimals, bare_is_unit=True)),
    ]
    document = _laid_out("<br>".join(filter(None, lines)), room.width() - 20)
    box, at = QRectF(0, 0, document.idealWidth() + 16, document.size().height() + 8), point.place
    left, top = at.x() + 12, at.y() - 12 - box.height()
    box.moveTo(left if left + box.width() < room.right() - 4 else max(2.0, at.x() - 12 - box.width()),
               top if top > 2 else max(2.0, min(at.y() + 12, room.bottom() - box.height() - 2)))  # fmt: skip
    painter.setPen(QPen(QColor(current().line), 1))
    painter.setBrush(QColor(current().raised))
    painter.drawRoundedRect(box, 4, 4)
    _write(painter, document, [point.curve], box.left() + 8, box.top() + 4)


_KEY = "\u2060" + 7 * "&nbsp;"
"""Room for a curve's key in HTML: a joiner to find it by, and spaces that aren't broken."""


def _whole(words: str) -> str:
    """Text for HTML that isn't broken over lines."""
    return escape(words).translate({0x20: "\u00a0", 0x2009: "\u00a0", 0x202F: "\u00a0", 0x2D: "\u2011"})


def _laid_out(html: str, width: float) -> QTextDocument:
    document = QTextDocument()
    document.setDefaultFont(font(12))
    document.setDocumentMargin(0)
    document.setHtml(f'<div style="color: {current().text}">{html}</div>')
    document.setTextWidth(width)
    return document


def _write(painter: QPainter, document: QTextDocument, curves: list[Curve], x: float, y: float) -> None:
    """Paint the document, and the curves' keys where it leaves room for them."""
    painter.translate(x, y)
    document.drawContents(painter)
    layout, text = document.firstBlock().layout(), document.toPlainText()
    places = [at for at, letter in enumerate(text) if letter == "\u2060"]
    for curve, at in zip(curves, places, strict=True):
        line = layout.lineForTextPosition(at)
        left, right = (line.cursorToX(end)[0] for end in (at, at + 7))  # type: ignore[index]
        draw_key(painter, curve, QRectF(left, line.y(), right - left, line.height()))
    painter.translate(-x, -y)
