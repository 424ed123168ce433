"""What is marked on a picture: the patch with its context, outlines, the front of a scan, the divider.

Painters passed in work in device pixels, with (0, 0) at the corner of the pane's picture area.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter

from engine.types import PATCH
from viewer.model.scene.palette import CAUSAL, NONCAUSAL, PREVIOUS, SELF
from viewer.model.scene.picture import PatchScene
from viewer.panes.canvas.ground import Ground
from viewer.panes.canvas.turn import Turn

_HALO = QColor(0, 0, 0, 190)
_OUTLINE = QColor("#FDE725")
"""The high end of the map."""
BEHIND_OUTLINES = 0.25
"""Part of its opacity that a map keeps behind outlines."""
_TO_COME = QColor(0, 0, 0, 130)
"""Over patches whose turn in the scan has not come."""
_LEAST_TILE = 7
"""Logical pixels of a tile that stands for a patch."""


def can_outline(ground: Ground) -> bool:
    """Whether patches are large enough to be framed one by one."""
    return PATCH * ground.scale >= 20 * ground.ratio


def draw_outlines(painter: QPainter, ground: Ground, values: NDArray[np.float32], least: float) -> None:
    """Frame every patch in sight whose value is `least` or more, so that what is in it can be seen."""
    line, halo = max(2, round(2 * ground.ratio)), max(1, round(ground.ratio))
    for row, column in np.argwhere(np.nan_to_num(values, nan=-np.inf) >= least).tolist():
        rect = ground.patch_rect(row, column)
        if rect.intersects(ground.shown):
            inner = rect.adjusted(halo, halo, -halo, -halo)
            frame(painter, inner, line + halo, _HALO)
            frame(painter, inner, line, _OUTLINE)


def frame(painter: QPainter, rect: QRect, thickness: int, colour: QColor) -> None:
    """A sharp frame just inside `rect`."""
    fill(painter, _sides(rect, thickness), colour)


def _sides(rect: QRect, thickness: int) -> tuple[QRect, ...]:
    t = min(thickness, (rect.width() + 1) // 2, (rect.height() + 1) // 2)
    x, y, w, h = rect.x(), rect.y(), rect.width(), rect.height()
    return (
        QRect(x, y, w, t),
        QRect(x, y + h - t, w, t),
        QRect(x, y + t, t, h - 2 * t),
        QRect(x + w - t, y + t, t, h - 2 * t),
    )


def fill(painter: QPainter, parts: Sequence[QRect], colour: QColor) -> None:
    """Fill rectangles in one call: one by one they take a multiple of the time."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRects([part for part in parts if not part.isEmpty()])


def roles(patch: PatchScene) -> list[tuple[tuple[int, int], str]]:
    """Each neighbour of a patch with the colour of what is known of it: blue causal, orange non-causal, green
    all as the step before left them."""
    return [
        *((at, CAUSAL) for at in patch.causal),
        *((at, NONCAUSAL) for at in patch.noncausal),
        *((at, PREVIOUS) for at in patch.previous),
    ]


def is_small(rect: QRect, ratio: float) -> bool:
    """Whether a patch is too small for outlines."""
    return min(rect.width(), rect.height()) < 12 * ratio


def draw_patch(painter: QPainter, ground: Ground, patch: PatchScene) -> None:
    """The patch in the accent colour, its neighbours in those of `roles`.

    A dark halo sets everything off from the picture. Patches too small for outlines become tiles, which have
    a least size so that their colours can be told.
    """
    centre = ground.patch_rect(patch.row, patch.column)
    around = [(ground.patch_rect(*at), QColor(colour)) for at, colour in roles(patch)]
    if is_small(centre, ground.ratio):
        places = [(at, QColor(colour)) for at, colour in roles(patch)]
        _draw_tiles(painter, centre, [*places, ((patch.row, patch.column), QColor(SELF))],
                    (patch.row, patch.column), ground.ratio, ground.turn)  # fmt: skip
    else:
        _draw_outlines(painter, around, centre, ground.ratio)
    if patch.pinned and not is_small(centre, ground.ratio):
        _draw_pin(painter, centre, ground.ratio)


def draw_front(painter: QPainter, ground: Ground, position: int) -> None:
    """How far a scan in raster order has come: a stepped line between patches done and those to come, which
    are dimmed."""
    columns = math.ceil(ground.coded[0] / PATCH)
    if ground.turn.orientation != 1:
        _draw_turned_front(painter, ground, *divmod(position, columns))
        return
    here = ground.patch_rect(*divmod(position, columns))
    x, top, bottom = here.x() + here.width(), here.y(), here.y() + here.height()
    left, width = ground.origin[0], round(ground.image[0] * ground.scale)
    end = ground.origin[1] + round(ground.image[1] * ground.scale)
    painter.fillRect(QRect(x, top, left + width - x, bottom - top), _TO_COME)
    painter.fillRect(QRect(left, bottom, width, end - bottom), _TO_COME)
    line, halo = max(2, round(2 * ground.ratio)), max(1, round(ground.ratio))
    parts = (
        QRect(left, bottom, x - left, line),
        QRect(x, top, line, bottom - top + line),
        QRect(x, top, left + width - x, line),
    )
    for part in parts:
        painter.fillRect(part.adjusted(-halo, -halo, halo, halo), _HALO)
    for part in parts:
        painter.fillRect(part, QColor(SELF))


def _draw_turned_front(painter: QPainter, ground: Ground, row: int, column: int) -> None:
    x, top, bottom, width = (column + 1) * PATCH, row * PATCH, (row + 1) * PATCH, ground.coded[0]
    height = ground.coded[1]
    painter.fillRect(ground.coded_rect(x, top, width, bottom), _TO_COME)
    painter.fillRect(ground.coded_rect(0, bottom, width, height), _TO_COME)
    line, halo = max(2, round(2 * ground.ratio)), max(1, round(ground.ratio))
    thin = line / ground.scale
    parts = [
        ground.coded_rect(0, bottom, x, bottom + thin),
        ground.coded_rect(x, top, x + thin, bottom + thin),
        ground.coded_rect(x, top, width, top + thin),
    ]
    for part in parts:
        painter.fillRect(part.adjusted(-halo, -halo, halo, halo), _HALO)
    for part in parts:
        painter.fillRect(part, QColor(SELF))


def _draw_tiles(
    painter: QPainter, centre: QRect, tiles: list[tuple[tuple[int, int], QColor]],
    patch: tuple[int, int], ratio: float, turn: Turn,
) -> None:  # fmt: skip
    """Tiles about the middle of a patch, in place of it and its neighbours, set off by one dark edge."""
    side, halo = max(round(_LEAST_TILE * ratio), centre.width()), max(1, round(ratio))
    corner = centre.center() - QPoint(side // 2, side // 2)
    rects = [
        (
            QRect(corner + QPoint(*turn.step(at[1] - patch[1], at[0] - patch[0])) * side, QSize(side, side)),
            colour,
        )
        for at, colour in tiles
    ]
    for rect, _ in rects:
        painter.fillRect(rect.adjusted(-halo, -halo, halo, halo), QColor(0, 0, 0))
    for rect, colour in rects:
        painter.fillRect(rect.adjusted(0, 0, -halo, -halo), colour)


def _draw_outlines(
    painter: QPainter, around: list[tuple[QRect, QColor]], centre: QRect, ratio: float
) -> None:
    thin, thick, halo = max(2, round(2 * ratio)), max(3, round(3 * ratio)), max(1, round(ratio))
    dark = [_sides(rect.adjusted(-halo, -halo, halo, halo), thin + 3 * halo) for rect, _ in around]
    fill(painter, list(chain.from_iterable(dark)), _HALO)
    for colour in {colour.rgba(): colour for _, colour in around}.values():
        inner = [rect.adjusted(halo, halo, -halo, -halo) for rect, own in around if own == colour]
        fill(painter, list(chain.from_iterable(_sides(rect, thin) for rect in inner)), colour)
    frame(painter, centre.adjusted(-thick, -thick, thick, thick), thick + 2 * halo, _HALO)
    outline = thick - halo
    frame(painter, centre.adjusted(-outline, -outline, outline, outline), thick, QColor(SELF))


def _draw_pin(painter: QPainter, rect: QRect, ratio: float) -> None:
    """A pinned patch has solid corners."""
    size = max(5, round(5 * ratio))
    for x in (rect.left(), rect.right() + 1):
        for y in (rect.top(), rect.bottom() + 1):
            corner = QRect(x - size // 2, y - size // 2, size, size)
            painter.fillRect(corner.adjusted(-1, -1, 1, 1), QColor(0, 0, 0))
            painter.fillRect(corner, QColor(255, 255, 255))


def draw_divider(painter: QPainter, x: int, height: int, ratio: float) -> None:
    """The wipe's edge with its handle, visible on light and dark."""
    half = max(1, round(ratio))
    painter.fillRect(QRect(x - half - 1, 0, 2 * half + 2, height), QColor(0, 0, 0, 140))
    painter.fillRect(QRect(x - half, 0, 2 * half, height), QColor(255, 255, 255, 235))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(0, 0, 0, 140))
    painter.setBrush(QColor(255, 255, 255, 235))
    radius, middle = round(11 * ratio), height // 2
    painter.drawEllipse(QPoint(x, middle), radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(40, 44, 52))
    tip, base, rise = round(7 * ratio), round(2.5 * ratio), round(4 * ratio)
    for side in (-1, 1):
        painter.drawPolygon(
            [
                QPoint(x + side * tip, middle),
                QPoint(x + side * base, middle - rise),
                QPoint(x + side * base, middle + rise),
            ]
        )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
