"""Large pixels: a grid between them from 10× on, their values in them where these can be read.

Painters passed in work in device pixels, with (0, 0) at the corner of the pane's picture area.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from engine.types import Pixels
from viewer.model.scene.picture import PaneScene
from viewer.panes.canvas.ground import Ground
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
    row = QImage(across.data, shown.width(), 1, across.nbytes, QImage.Format.Format_ARGB32_Premultiplied)
    painter.drawImage(shown, row)  # a fraction of the time that lines downwards take one by one
    for at in range(y0 + 1, y1):
        painter.fillRect(QRect(shown.x(), y + round(at * ground.scale), shown.width(), 1), _LINE)


def draw_values(painter: QPainter, ground: Ground, pane: PaneScene) -> None:
    """Red, green and blue of every pixel in sight, one below the other; of a difference with their signs."""
    if pane.pixels is None:
        return
    x0, y0, x1, y1 = _touched(ground)
    shown = pane.pixels[y0:y1, x0:x1]
    values = shown.astype(np.int16)
    if pane.between is not None:
        one, other = pane.between
        values = np.subtract(one[y0:y1, x0:x1], other[y0:y1, x0:x1], dtype=np.int16)
    signed = pane.between is not None
    room = ground.scale / ground.ratio
    leading = round(min(_LEADING, room / 3.1) * ground.ratio)
    size = round(min(_FONT, max(_SMALL, room / 4.5)) * ground.ratio)
    black = on_light(shown)
    for row in range(shown.shape[0]):
        middle = ground.origin[1] + (y0 + row + 0.5) * ground.scale
        for column in range(shown.shape[1]):
            centre = ground.origin[0] + (x0 + column + 0.5) * ground.scale
            for line, value in enumerate(values[row, column].tolist()):
                image = _number(value, signed, bool(black[row, column]), size)
                x = round(centre - image.width() / 2)
                painter.drawImage(x, round(middle + (line - 1) * leading - image.height() / 2), image)


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
def _number(value: int, signed: bool, black: bool, size: int) -> QImage:
    """A number as a picture: copying one takes a fraction of the time that writing it does."""
    text = f"{value:+d}".replace("-", "\u2212") if signed and value else str(value)
    face = font()
    face.setPixelSize(size)  # pixels grow by zooming, not with the window's text
    metrics = QFontMetricsF(face)
    width = int(metrics.horizontalAdvance(text)) + 2
    image = QImage(width, int(metrics.height()), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setFont(face)
    painter.setPen(QColor(0, 0, 0) if black else QColor(255, 255, 255))
    painter.drawText(image.rect(), int(Qt.AlignmentFlag.AlignCenter), text)
    painter.end()
    return image
