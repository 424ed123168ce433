"""Plots and pictures as figures for a page: SVG and PDF as wide as a column, their type in points.

A plot is drawn by the painter that draws it on screen, on white, 12 pixels of its type being the points that
were asked for. PDF is made of the SVG, so that both are the same drawing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import QWidget

from engine.types import Pixels
from viewer.model.scene.plots import PlotScene
from viewer.ui import theme
from viewer.ui.clipboard import image_from_pixels
from viewer.ui.theme import exact_font

WIDTHS = (8.5, 17.8)
"""A column and a page, in centimetres."""
POINTS = (7, 8, 9)
"""Sizes of type."""
TYPE = 12
"""Pixels of a plot's type, and of captions, as they are drawn."""
_POINT_CM = 2.54 / 72
_DPI = 96
_PDF_DPI = 1200
_INCH = 300
"""Pixels to an inch that magnified pictures have at least, as squares."""
_GAP = 10


@dataclass(frozen=True, eq=False)
class Pane:
    """A picture with its caption: a name, and what there is to say."""

    title: str
    detail: str
    pixels: Pixels


@dataclass(frozen=True)
class Drawing:
    """An SVG of this size in centimetres."""

    svg: bytes
    width: float
    height: float


def across(width: float, points: float) -> int:
    """Pixels that a figure of `width` centimetres is drawn in, so that `TYPE` of them are `points`."""
    return round(width / (points * _POINT_CM) * TYPE)


def draw_plot(scene: PlotScene, width: float, points: float, aspect: float = 0.66) -> Drawing:
    """A plot. width: centimetres; points: of its type; aspect: of height to width."""
    from viewer.ui.plot.figure import Figure

    wide = across(width, points)
    high = round(min(wide * aspect, 0.5 * wide + 120))
    with theme.for_a_while(theme.PAPER):
        holder = QWidget()
        holder.resize(wide, high)
        figure = Figure(scene, holder)
        figure.resize(wide, high)
        figure.draw()

        def paint(painter: QPainter) -> None:
            figure.render(painter)

        drawing = _svg(wide, high, width, paint)
        figure.setParent(None)
        figure.deleteLater()
        holder.deleteLater()
    return drawing


def draw_panes(panes: Sequence[Pane], width: float, points: float, columns: int) -> Drawing:
    """Pictures in rows of `columns`, each with a letter and its caption below."""
    wide = across(width, points)
    columns = max(1, min(columns, len(panes)))
    of = (wide - (columns - 1) * _GAP) / columns
    with theme.for_a_while(theme.PAPER):
        places, high = _places(panes, of, columns)

        def paint(painter: QPainter) -> None:
            for number, (pane, (picture, words)) in enumerate(zip(panes, places, strict=True)):
                _paint_pane(painter, pane, picture, words, _letter(number), width / wide)

        return _svg(wide, high, width, paint)


def _places(panes: Sequence[Pane], of: float, columns: int) -> tuple[list[tuple[QRectF, QRectF]], int]:
    """Where each picture and its caption lie, a row as high as its highest; and how high all of it is."""
    places, top = list[tuple[QRectF, QRectF]](), 0.0
    for first in range(0, len(panes), columns):
        row = panes[first : first + columns]
        pictures = [of * pane.pixels.shape[0] / pane.pixels.shape[1] for pane in row]
        high = max(pictures)
        words = [_words_height(pane, _letter(first + at), of) for at, pane in enumerate(row)]
        for at, picture in enumerate(pictures):
            left = at * (of + _GAP)
            places.append((QRectF(left, top, of, picture), QRectF(left, top + high + 4, of, words[at])))
        top += high + 4 + max(words) + _GAP
    return places, round(top - _GAP)


def _letter(number: int) -> str:
    return f"({chr(ord('a') + number)}) "


def _words_height(pane: Pane, letter: str, wide: float) -> float:
    return sum(
        QFontMetricsF(face).boundingRect(QRectF(0, 0, wide, 1e4), _WRAP, words).height()
        for face, words in _lines(pane, letter)
    )


_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


def _lines(pane: Pane, letter: str) -> list[tuple[QFont, str]]:
    lines = [(exact_font(TYPE, QFont.Weight.DemiBold), letter + pane.title)]
    return [*lines, (exact_font(TYPE), pane.detail)] if pane.detail else lines


def _paint_pane(
    painter: QPainter, pane: Pane, picture: QRectF, words: QRectF, letter: str, cm: float
) -> None:
    """cm: centimetres to a pixel of the drawing."""
    wanted = picture.width() * cm / 2.54 * _INCH
    times = max(1, min(16, round(wanted / pane.pixels.shape[1])))
    squares = np.ascontiguousarray(pane.pixels.repeat(times, 0).repeat(times, 1))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(picture, image_from_pixels(squares))
    painter.setPen(QColor(theme.current().text))
    top = words.top()
    for face, text in _lines(pane, letter):
        painter.setFont(face)
        room = QRectF(words.left(), top, words.width(), 1e4)
        painter.drawText(room, _WRAP, text)
        top += QFontMetricsF(face).boundingRect(room, _WRAP, text).height()


def _svg(wide: int, high: int, width: float, paint: Callable[[QPainter], None]) -> Drawing:
    from PySide6.QtSvg import QSvgGenerator

    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(_DPI)  # of widgets: else axes, which plots keep, would be scaled
    generator.setSize(QSize(wide, high))
    generator.setViewBox(QRect(0, 0, wide, high))
    painter = QPainter(generator)
    paint(painter)
    painter.end()
    buffer.close()
    height = width * high / wide
    size = f'<svg width="{10 * width:.2f}mm" height="{10 * height:.2f}mm"'.encode()
    svg = re.sub(rb'<svg width="[^"]*" height="[^"]*"', size, bytes(held.data()), count=1)
    return Drawing(svg, width, height)


def pdf_of(drawing: Drawing) -> bytes:
    """The drawing as a PDF of one page of its size."""
    from PySide6.QtSvg import QSvgRenderer

    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    page = QSizeF(10 * drawing.width, 10 * drawing.height)
    writer.setPageSize(QPageSize(page, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF())
    writer.setResolution(_PDF_DPI)
    writer.setCreator("nrc-viewer")
    painter = QPainter(writer)
    QSvgRenderer(QByteArray(drawing.svg)).render(painter, QRectF(0, 0, writer.width(), writer.height()))
    painter.end()
    buffer.close()
    return bytes(held.data())
