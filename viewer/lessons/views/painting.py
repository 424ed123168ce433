"""What a block's view is painted with: colours of its numbers, the basis functions, fonts that fit a cell."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from engine.analysis.block_coding import basis_functions
from viewer.model.scene.palette import DIVERGING, DIVERGING_DARK, rgb
from viewer.ui.theme import current, font, scaled


def line_height() -> float:
    """Height of a line of words."""
    return float(scaled(18))


def arrow_room() -> float:
    """Between two grids, for an arrow and what stands over it."""
    return float(scaled(56))


def fitting(text: str, cell: float) -> QFont:
    """As large as a cell allows: long numbers are written smaller."""
    size = round(min(float(scaled(14)), max(9.0, 0.42 * cell)))
    width = _width(text, size)
    return _face(max(7, int(size * (cell - 1.5) / width)) if width > cell - 1.5 else size)


@lru_cache(maxsize=64)
def _face(pixels: int) -> QFont:
    """The font at a size that follows the cells rather than the text's."""
    face = font()
    face.setPixelSize(pixels)
    return face


@lru_cache(maxsize=4096)
def _width(text: str, pixels: int) -> float:
    return QFontMetricsF(_face(pixels)).horizontalAdvance(text)


def draw_arrow(painter: QPainter, start: QPointF, end: QPointF) -> None:
    """A thin arrow."""
    colour = QColor(current().muted)
    painter.setPen(QPen(colour, 1.5))
    painter.drawLine(start, end)
    along = end - start
    length = max(1e-6, float(np.hypot(along.x(), along.y())))
    back, aside = along * (6 / length), QPointF(-along.y(), along.x()) * (4 / length)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([end, end - back + aside, end - back - aside]))


def grey_picture(levels: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Levels (8, 8) as grey, uint8 (8, 8, 3)."""
    return np.repeat(np.clip(levels, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def signed_picture(values: NDArray[np.float64], limit: float) -> NDArray[np.uint8]:
    """uint8 (8, 8, 3) of values up to `limit` either way: blue below 0, orange above; the root makes
    small values visible beside large ones."""
    part = np.sign(values) * np.sqrt(np.minimum(np.abs(values) / limit, 1.0))
    table = DIVERGING_DARK if current().dark else DIVERGING
    coloured: NDArray[np.uint8] = table[np.rint(127.5 + 127.5 * part).astype(np.intp)]
    return coloured


def basis_picture(weights: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The basis functions in a square, uint8 (72, 72, 3): contrast grows with the root of the weight, turned
    over where it is negative; those without weight are faint. weights: (8, 8), levels."""
    strength = np.sqrt(np.abs(weights) / (np.abs(weights).max() or 1.0))
    contrast = np.where(weights == 0, 0.06, 0.2 + 0.8 * strength) * np.where(weights < 0, -1, 1)
    functions = basis_functions()
    peaks = np.abs(functions).max(axis=(2, 3), keepdims=True)
    tiles = 128 + 112 * contrast[..., None, None] * functions / peaks
    gap = np.array(rgb(current().panel), np.uint8)
    picture = np.empty((8, 9, 8, 9, 3), np.uint8)
    picture[:] = gap
    picture[:, :8, :, :8] = np.rint(tiles.transpose(0, 2, 1, 3))[..., None].astype(np.uint8)
    return picture.reshape(72, 72, 3)


def image_of(picture: NDArray[np.uint8]) -> QImage:
    """A picture, uint8 (height, width, 3), to be drawn; magnifying doesn't smooth it."""
    data = np.ascontiguousarray(picture)
    height, width = data.shape[:2]
    image = QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # which the painter draws much faster
