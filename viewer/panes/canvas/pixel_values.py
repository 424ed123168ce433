"""Large pixels: a grid between them from 10× on, their values in them where these can be read.

Painters passed in work in device pixels, with (0, 0) at the corner of the pane's picture area.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from engine.types import Pixels
from viewer.model.scene.picture import PaneScene
from viewer.panes.canvas.ground import Ground
from viewer.panes.canvas.marks import fill
from viewer.ui.theme import font

GRID_FROM = 10.0
"""Device pixels per image pixel from which on pixels are set apart."""
VALUES_FROM = 28.0
"""Logical pixels per image pixel from which on three numbers fit into one."""
_LINE, _PREMULTIPLIED = QColor(128, 128, 128, 110), 0x6E373737
_FONT, _SMALL, _LEADING = 11, 8, 14
"""Logical pixels: of the numbers, of the smallest ones, and from line to line at most."""
_BLACK_FROM = 0.179
"""Relative luminance from which on black is further away than white (WCAG 2.2, contrast ratio)."""


def has_grid(ground: Ground) -> bool:
    """Whether pixels are large enough to be set apart."""
    return ground.scale >= GRID_FROM


def has_values(ground: Ground) -> bool:
    """Whether pixels are large enough for their values."""
    return ground.scale >= VALUES_FROM * ground.ratio


def draw_grid(painter: QPainter, ground: Ground) -> None:
    """Lines between pixels, one device pixel wide, seen on light and on dark."""
    shown, (x, y), (x0, y0, x1, y1) = ground.shown, ground.origin, _touched(ground)
    across = np.zeros(shown.width() + 1, np.uint32)  # the last line may lie just beyond
    across[[x + round(at * ground.scale) - shown.x() for at in range(x0 + 1, x1)]] = _PREMULTIPLIED
    painter.drawImage(shown, _image(across[None, :-1]))  # lines one by one take a multiple of the time
    rows = [y + round(at * ground.scale) for at in range(y0 + 1, y1)]
    fill(painter, [QRect(shown.x(), row, shown.width(), 1) for row in rows], _LINE)


def draw_values(painter: QPainter, ground: Ground, pane: PaneScene) -> None:
    """Red, green and blue of every pixel in sight, one below the other; of a difference with their signs."""
    if pane.pixels is None:
        return
    x0, y0, x1, y1 = _touched(ground)
    shown = pane.pixels[y0:y1, x0:x1]
    if not shown.size:
        return
    values = shown.astype(np.int16)
    if pane.between is not None:
        one, other = pane.between
        values = np.subtract(one[y0:y1, x0:x1], other[y0:y1, x0:x1], dtype=np.int16)
    room = ground.scale / ground.ratio
    leading = round(min(_LEADING, room / 3.1) * ground.ratio)
    size = round(min(_FONT, max(_SMALL, room / 4.5)) * ground.ratio)
    codes, which = np.unique(2 * values + on_light(shown)[..., None], return_inverse=True)
    which = which.reshape(values.shape)
    numbers = [_number(code >> 1, pane.between is not None, bool(code & 1), size) for code in codes.tolist()]
    widths = np.array([number.shape[1] for number in numbers])
    high, wide = numbers[0].shape[0], int(widths.max())
    glyphs = np.zeros((len(numbers), high, wide), np.uint32)
    for glyph, number in zip(glyphs, numbers, strict=True):
        glyph[:, : number.shape[1]] = number
    beyond = math.ceil(ground.scale) + wide  # numbers of pixels that are seen in part
    area = ground.shown.adjusted(-beyond, -beyond, beyond, beyond)
    layer = np.zeros((area.height(), area.width()), np.uint32)
    windows = np.lib.stride_tricks.sliding_window_view(layer, (high, wide), writeable=True)
    across = ground.origin[0] + (x0 + np.arange(x1 - x0) + 0.5) * ground.scale
    down = ground.origin[1] + (y0 + np.arange(y1 - y0) + 0.5) * ground.scale
    for line in range(3):
        left = np.rint(across - widths[which[..., line]] / 2).astype(np.intp) - area.x()
        top = np.rint(down + (line - 1) * leading - high / 2).astype(np.intp) - area.y()
        windows[top[:, None], left] |= glyphs[which[..., line]]
    painter.drawImage(area.topLeft(), _image(layer))


def _image(layer: NDArray[np.uint32]) -> QImage:
    """Premultiplied words as an image that shares their memory."""
    high, wide = layer.shape
    return QImage(layer.data, wide, high, 4 * wide, QImage.Format.Format_ARGB32_Premultiplied)


def on_light(pixels: Pixels) -> NDArray[np.bool_]:
    """Whether black can be read better than white on each pixel of uint8 (height, width, 3)."""
    linear = _linear()
    luminance = (
        0.2126 * linear[pixels[..., 0]] + 0.7152 * linear[pixels[..., 1]] + 0.0722 * linear[pixels[..., 2]]
    )
    result: NDArray[np.bool_] = luminance > _BLACK_FROM
    return result


def _touched(ground: Ground) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the image pixels in sight."""
    left, top = ground.shown.x() - ground.origin[0], ground.shown.y() - ground.origin[1]
    right, bottom = left + ground.shown.width(), top + ground.shown.height()
    scale = ground.scale
    return (
        int(left / scale),
        int(top / scale),
        min(ground.image[0], int(np.ceil(right / scale))),
        min(ground.image[1], int(np.ceil(bottom / scale))),
    )


@cache
def _linear() -> NDArray[np.float64]:
    """Linear light of sRGB levels (IEC 61966-2-1)."""
    levels = np.arange(256) / 255
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


@lru_cache(2048)
def _number(value: int, signed: bool, black: bool, size: int) -> NDArray[np.uint32]:
    """A number as premultiplied words: copying them takes a fraction of the time that writing it does."""
    text = f"{value:+d}".replace("-", "\u2212") if signed and value else str(value)
    face = font()
    face.setPixelSize(size)  # pixels grow by zooming, not with the window's text
    metrics = QFontMetricsF(face)
    words = np.zeros((int(metrics.height()), int(metrics.horizontalAdvance(text)) + 2), np.uint32)
    image = _image(words)
    painter = QPainter(image)
    painter.setFont(face)
    painter.setPen(QColor(0, 0, 0) if black else QColor(255, 255, 255))
    painter.drawText(image.rect(), int(Qt.AlignmentFlag.AlignCenter), text)
    painter.end()
    return words
