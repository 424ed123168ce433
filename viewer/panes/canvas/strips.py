"""The words around pictures: title strips and the colour bar. Painters work in logical pixels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPolygonF

from viewer.model.scene.picture import OverlayScene, PaneScene
from viewer.model.scene.view import LegendScene
from viewer.model.session.choices import Overlay
from viewer.panes.canvas.layers import colour_map, limits
from viewer.ui.line_keys import draw_line_key
from viewer.ui.theme import FONT_PIXELS, current, font, scaled

STRIP = 28
"""Height of a title strip."""
BAR = 32
"""Height of the colour bar's strip."""
LEGEND = 40
"""Height of the strip that says what the colours of differences mean."""

_PAD = 8.0
_GAP = 12.0
_KEY = 22.0
_MARK = 16.0
_LEAST_PIXELS = 7
"""Of a message's type at 100 % text."""


@dataclass(frozen=True)
class Fitted:
    """A title and a detail shortened to a width, and whether either lost something."""

    title: str
    detail: str
    cut: bool
    pixels: int = FONT_PIXELS


def _fonts(pixels: int = FONT_PIXELS) -> tuple[QFont, QFont]:
    return font(pixels, QFont.Weight.DemiBold), font(pixels)


def _shorter(detail: str) -> tuple[str, ...]:
    """All of it; without what stands in brackets; only the last of its parts, which is the PSNR; that without
    saying of what."""
    plain = detail.split(" (")[0]
    last = plain.split(" · ")[-1]
    return detail, plain, last, last.removeprefix("RGB ")


def lead(pane: PaneScene) -> float:
    """Width of what stands before a title: the line that the pane has in plots, and its mark."""
    return (_KEY + 8 if pane.colour else 0.0) + (_MARK + 6 if pane.mark else 0.0)


def tall_strip() -> int:
    """Height of a strip whose numbers stand below its name, at the size of text of the moment."""
    return scaled(STRIP + 18)


def is_tall(height: float) -> bool:
    """Whether a strip of this height has two lines."""
    return height > (scaled(STRIP) + tall_strip()) / 2


def fit_words(pane: PaneScene, width: float, two: bool = False) -> Fitted:
    """Share out a strip: everything if it fits, else each keeps what the other can spare. two: each has a
    line of its own. Rather than a name is cut, large type is smaller, though never below its usual size."""
    pixels = FONT_PIXELS
    while scaled(pixels - 1) >= FONT_PIXELS and not _has_room(pane, width, two, pixels):
        pixels -= 1
    return _fitted(pane, width, two, pixels)


def _has_room(pane: PaneScene, width: float, two: bool, pixels: int) -> bool:
    """Whether the name fits whole beside, or over, the shortest form of its numbers."""
    bold, plain = (QFontMetricsF(face) for face in _fonts(pixels))
    title, room = bold.horizontalAdvance(pane.title), width - 2 * _PAD
    detail = plain.horizontalAdvance(_shorter(pane.detail)[-1])
    if two:
        return title <= room and detail <= room - lead(pane)
    return title + detail + (_GAP if pane.detail else 0.0) <= room - lead(pane)


def _fitted(pane: PaneScene, width: float, two: bool, pixels: int) -> Fitted:
    """The same in type of so many pixels at 100 % text."""
    bold, plain = (QFontMetricsF(face) for face in _fonts(pixels))
    if two:
        room, elide = max(0.0, width - 2 * _PAD), Qt.TextElideMode.ElideRight
        rest = room - lead(pane)  # the line's key stands before the numbers, the name has a line to itself
        fitting = (each for each in _shorter(pane.detail) if plain.horizontalAdvance(each) <= rest)
        detail = next(fitting, "") or plain.elidedText(_shorter(pane.detail)[-1], elide, rest)
        title = bold.elidedText(pane.title, elide, room)
        return Fitted(title, detail, (title, detail) != (pane.title, pane.detail), pixels)
    width -= lead(pane)
    wants = bold.horizontalAdvance(pane.title), plain.horizontalAdvance(pane.detail)
    room = max(0.0, width - 2 * _PAD - (_GAP if pane.detail else 0.0))
    for detail in _shorter(pane.detail):
        if wants[0] + plain.horizontalAdvance(detail) <= room:
            return Fitted(pane.title, detail, detail != pane.detail, pixels)
    last = _shorter(pane.detail)[-1]
    most = min(plain.horizontalAdvance(last), max(room * 0.55, room - wants[0]))
    if last.endswith(" dB"):
        most = min(plain.horizontalAdvance(last), room)  # rather the name is cut short
    elide = Qt.TextElideMode.ElideRight
    short = plain.elidedText(last, elide, most) if most >= 40 else ""
    left = room - (plain.horizontalAdvance(short) if short else -_GAP)
    return Fitted(bold.elidedText(pane.title, elide, max(0.0, left)), short, True, pixels)


class Side(Enum):
    """How a strip's words lie: spread over it, or together at one end (the halves of a wipe)."""

    SPREAD = "spread"
    LEFT = "left"
    RIGHT = "right"


def draw_strip(painter: QPainter, rect: QRectF, pane: PaneScene, side: Side = Side.SPREAD) -> None:
    """Name and numbers of a pane."""
    theme = current()
    two = is_tall(rect.height())
    words = fit_words(pane, rect.width(), two)
    bold, plain = _fonts(words.pixels)
    inner = rect.adjusted(_PAD, 0, -_PAD, 0)
    if two:
        _draw_two_lines(painter, inner, pane, words, side)
        return
    _draw_lead(painter, inner, pane)
    inner.setLeft(inner.left() + lead(pane))
    title = QFontMetricsF(bold).horizontalAdvance(words.title)
    detail = QFontMetricsF(plain).horizontalAdvance(words.detail)
    left, middle = inner.left(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    if side is Side.RIGHT:
        left = inner.right() - title
    beside = {
        Side.SPREAD: inner.right() - detail,
        Side.LEFT: left + title + _GAP,
        Side.RIGHT: left - _GAP - detail,
    }[side]
    painter.setFont(bold)
    painter.setPen(QColor(theme.text))
    painter.drawText(QRectF(left, inner.top(), title + 2, inner.height()), middle, words.title)
    painter.setFont(plain)
    painter.setPen(QColor(theme.muted))
    painter.drawText(QRectF(beside, inner.top(), detail + 2, inner.height()), middle, words.detail)


def _draw_two_lines(painter: QPainter, inner: QRectF, pane: PaneScene, words: Fitted, side: Side) -> None:
    """The name, and the numbers below it."""
    theme = current()
    line = (inner.height() - scaled(6)) / 2
    first = QRectF(inner.left(), inner.top() + scaled(3), inner.width(), line)
    flush = Qt.AlignmentFlag.AlignRight if side is Side.RIGHT else Qt.AlignmentFlag.AlignLeft
    flags = int(flush | Qt.AlignmentFlag.AlignVCenter)
    second = first.translated(0, line)
    if side is not Side.RIGHT:
        _draw_lead(painter, second, pane)
    bold, plain = _fonts(words.pixels)
    for face, colour, text, place in (
        (bold, theme.text, words.title, first),
        (plain, theme.muted, words.detail, second.adjusted(lead(pane), 0, 0, 0)),
    ):
        painter.setFont(face)
        painter.setPen(QColor(colour))
        painter.drawText(place.adjusted(0, 0, 1, 0), flags, text)


def _draw_lead(painter: QPainter, inner: QRectF, pane: PaneScene) -> None:
    theme, x = current(), inner.left()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if pane.colour:
        key = QRectF(x, inner.top(), _KEY, inner.height())
        draw_line_key(painter, pane.colour, pane.style, key)
        x += _KEY + 8
    if pane.mark:
        box = QRectF(x, inner.center().y() - _MARK / 2, _MARK, _MARK)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(font(11, QFont.Weight.DemiBold))
        painter.setPen(QColor(theme.muted))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), pane.mark)
    painter.restore()


def draw_progress(painter: QPainter, rect: QRectF, part: float) -> None:
    """How far the picture below a strip is: a line along the strip's lower edge."""
    theme = current()
    line = QRectF(rect.left(), rect.bottom() - 3, rect.width(), 3)
    painter.fillRect(line, QColor(theme.line))
    line.setWidth(rect.width() * min(1.0, max(0.0, part)))
    painter.fillRect(line, QColor(theme.accent))


def draw_message(painter: QPainter, rect: QRectF, text: str) -> None:
    """Stands where a picture can't; large type is smaller where there is little room, and where there is none
    three dots stand for the words, which the strip's tip tells."""
    flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
    room = rect.adjusted(16, 8, -16, -8) if rect.width() > 160 else rect.adjusted(4, 2, -4, -2)
    painter.setPen(QColor(current().muted))
    for pixels in range(FONT_PIXELS, _LEAST_PIXELS - 1, -1):
        painter.setFont(font(pixels))
        needed = painter.fontMetrics().boundingRect(room.toRect(), flags, text)
        if needed.width() <= room.width() and needed.height() <= room.height():
            painter.drawText(room, flags, text)
            return
    painter.drawText(rect.adjusted(4, 0, -4, 0), int(Qt.AlignmentFlag.AlignCenter), "…")


def number(value: float, span: float, whole: bool = False) -> str:
    """A value of the colour bar, with as many decimals as its range deserves and a real minus sign."""
    decimals = 0 if whole or span >= 100 else 1 if span >= 10 else 2
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def draw_bar(
    painter: QPainter, rect: QRectF, scene: OverlayScene, note: str, marked: float | None = None
) -> None:
    """Colour bar with its numbers and unit, or the note that stands in its place.

    marked: the hovered patch's value, shown as a notch with its number.
    """
    theme = current()
    painter.setFont(font())
    inner = rect.adjusted(_PAD, 0, -_PAD, 0)
    middle = int(Qt.AlignmentFlag.AlignVCenter)
    painter.setPen(QColor(theme.muted))
    if scene.classes and not note:
        _draw_classes(painter, inner, scene)
        return
    if scene.values is None or note:
        text = painter.fontMetrics().elidedText(
            note or scene.note, Qt.TextElideMode.ElideRight, int(inner.width())
        )
        painter.drawText(inner, middle | int(Qt.AlignmentFlag.AlignLeft), text)
        return
    low, high = limits(scene)
    whole = scene.kind is Overlay.SETTLED
    ends = [number(end, high - low, whole) for end in (low, high)]
    if scene.diverging:
        ends[1] = "+" + ends[1]
    metrics = QFontMetricsF(painter.font())
    ends_width = [metrics.horizontalAdvance(end) for end in ends]
    legend = scene.legend or scene.kind.value
    space = inner.width() - sum(ends_width) - 4 * _PAD
    bar_width = min(200.0, max(64.0, space - metrics.horizontalAdvance(legend)))
    legend = metrics.elidedText(legend, Qt.TextElideMode.ElideRight, max(0.0, space - bar_width))
    x = inner.left()
    painter.setPen(QColor(theme.text))
    painter.drawText(QRectF(x, inner.top(), inner.width(), inner.height()), middle, legend)
    x += metrics.horizontalAdvance(legend) + 2 * _PAD
    painter.setPen(QColor(theme.muted))
    painter.drawText(QRectF(x, inner.top(), ends_width[0] + 1, inner.height()), middle, ends[0])
    bar = QRectF(x + ends_width[0] + _PAD, inner.center().y() - 5, bar_width, 10)
    _draw_gradient(painter, bar, scene)
    end = QRectF(bar.right() + _PAD, inner.top(), ends_width[1] + 2, inner.height())
    painter.drawText(end, middle, ends[1])
    if marked is not None and np.isfinite(marked):
        _draw_notch(painter, bar, (marked - low) / (high - low))


def draw_legend(painter: QPainter, rect: QRectF, scene: LegendScene) -> None:
    """What the colours of differences mean: in words, and with numbers below a ramp of them."""
    theme = current()
    inner = rect.adjusted(_PAD, 0, -_PAD, 0)
    width = min(260.0, max(96.0, inner.width() * 0.45))
    bar = QRectF(inner.right() - width - 14, inner.top() + scaled(7), width, 10)
    room = max(0.0, bar.left() - inner.left() - 2 * _GAP)
    for top, face, colour, text in (
        (scaled(3), font(), theme.text, scene.title),
        (scaled(20), font(12), theme.muted, scene.note),
    ):
        painter.setFont(face)
        painter.setPen(QColor(colour))
        short = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, room)
        line = QRectF(inner.left(), inner.top() + top, room + 2, scaled(17))
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), short)
    painter.setPen(QColor(theme.muted))
    _draw_ramp(painter, bar, scene.colours)
    painter.setFont(font(11))
    for at, text in scene.stops:
        x = bar.left() + at * bar.width()
        painter.fillRect(QRectF(round(x) - 0.5, bar.bottom(), 1, 3), QColor(theme.muted))
        painter.drawText(
            QRectF(x - scaled(40), bar.bottom() + 2, scaled(80), scaled(16)),
            int(Qt.AlignmentFlag.AlignCenter),
            text,
        )


def _draw_classes(painter: QPainter, inner: QRectF, scene: OverlayScene) -> None:
    """A square of its colour beside the name of each class; the legend takes what is left."""
    theme, metrics = current(), QFontMetricsF(painter.font())
    middle = int(Qt.AlignmentFlag.AlignVCenter)
    widths = [metrics.horizontalAdvance(name) + 18 for name, _ in scene.classes]
    total = sum(widths) + _GAP * (len(widths) - 1)
    x = max(inner.left(), inner.right() - total)
    room = max(0.0, x - inner.left() - 2 * _GAP)
    painter.setPen(QColor(theme.muted))
    legend = metrics.elidedText(scene.legend, Qt.TextElideMode.ElideRight, room) if room > 80 else ""
    painter.drawText(QRectF(inner.left(), inner.top(), room, inner.height()), middle, legend)
    if total > inner.width():  # smaller type; else each keeps its square, the names share what there is
        wide = sum(metrics.horizontalAdvance(name) for name, _ in scene.classes)
        pixels, room = FONT_PIXELS, inner.width() - (total - wide)
        while scaled(pixels - 1) >= FONT_PIXELS and wide * pixels / FONT_PIXELS > room:
            pixels -= 1
        painter.setFont(font(pixels))
        metrics = QFontMetricsF(painter.font())
        widths = [metrics.horizontalAdvance(name) + 18 for name, _ in scene.classes]
        total = sum(widths) + _GAP * (len(widths) - 1)
        x = max(inner.left(), inner.right() - total)
    if total > inner.width():
        share = (inner.width() - _GAP * (len(widths) - 1)) / len(widths)
        widths = [min(width, share) for width in widths]
        x = inner.left()
    painter.setPen(QColor(theme.text))
    for (name, colour), width in zip(scene.classes, widths, strict=True):
        painter.fillRect(QRectF(x, inner.center().y() - 6, 12, 12), QColor(colour))
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width - 17)
        painter.drawText(QRectF(x + 18, inner.top(), width, inner.height()), middle, text)
        x += width + _GAP


def _draw_gradient(painter: QPainter, bar: QRectF, scene: OverlayScene) -> None:
    _draw_ramp(painter, bar, colour_map(scene))


def _draw_ramp(painter: QPainter, bar: QRectF, colours: NDArray[np.uint8]) -> None:
    """uint8 (256, 3), from left to right, in a frame of the pen's colour."""
    table = np.empty((1, 256, 4), np.uint8)
    table[0, :, :3] = colours[:, ::-1]
    table[..., 3] = 255
    image = QImage(table.data, 256, 1, 1024, QImage.Format.Format_RGB32).copy()
    painter.drawImage(bar, image)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)


def _draw_notch(painter: QPainter, bar: QRectF, part: float) -> None:
    x = bar.left() + bar.width() * min(1.0, max(0.0, part))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(current().text))
    for y, rise in ((bar.top() - 1, -5), (bar.bottom() + 1, 5)):
        notch = QPolygonF()
        for dx, dy in ((0, 0), (-4, rise), (4, rise)):
            notch.append(bar.topLeft().__class__(x + dx, y + dy))
        painter.drawPolygon(notch)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
