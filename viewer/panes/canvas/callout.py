"""A patch too small to be outlined, enlarged beside itself with its neighbours; and what the colours mean.

Painters work in device pixels, as in `viewer.panes.canvas.marks`.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from engine.io.orientation import upright
from engine.types import PATCH, Pixels
from viewer.model.scene.palette import CAUSAL, NONCAUSAL, PREVIOUS, SELF
from viewer.model.scene.picture import PatchScene
from viewer.panes.canvas.ground import Ground
from viewer.panes.canvas.marks import frame, is_small, roles
from viewer.ui.theme import exact_font, font

AROUND = 3 * PATCH
"""Image pixels that are shown across: the patch and one to each side."""
_WANTED, _LEAST = 120, 48
"""Logical pixels of the enlarged square: as large as there is room for, between these."""
_AWAY = 14
_HALO, _GROUND = QColor(0, 0, 0, 200), QColor(16, 18, 22, 225)
_WORDS = ((CAUSAL, "causal"), (NONCAUSAL, "non-causal"), (PREVIOUS, "all eight, previous step"))


def callout_place(patch: QRect, room: QRect, ratio: float) -> QRect:
    """Where the enlarged square goes: beside the patch on the side with more room; empty where none has
    enough. Whole device pixels for each image pixel."""
    away = round(_AWAY * ratio)
    right, left = room.right() - patch.right() - away, patch.left() - room.left() - away
    space = min(max(left, right), room.height() - 2)
    scale = int(min(space, round(_WANTED * ratio)) // AROUND)
    side = scale * AROUND
    if side < _LEAST * ratio:
        return QRect()
    x = patch.right() + away if right >= left else patch.left() - away - side
    y = min(max(patch.center().y() - side // 2, room.top() + 1), room.bottom() - side - 1)
    return QRect(QPoint(x, y), QSize(side, side))


def surroundings(pixels: Pixels, row: int, column: int) -> Pixels:
    """uint8 (24, 24, 3): a patch and its neighbours; black beyond the picture."""
    found = np.zeros((AROUND, AROUND, 3), np.uint8)
    top, left = PATCH * (row - 1), PATCH * (column - 1)
    y0, x0 = max(0, top), max(0, left)
    part = pixels[y0 : top + AROUND, x0 : left + AROUND]
    found[y0 - top : y0 - top + part.shape[0], x0 - left : x0 - left + part.shape[1]] = part
    return found


def draw_callout(painter: QPainter, ground: Ground, patch: PatchScene, pixels: Pixels, room: QRect) -> None:
    """Enlarge a patch that is too small to be outlined, in a pane of this room. pixels: as coded."""
    here = ground.patch_rect(patch.row, patch.column)
    if not is_small(here, ground.ratio) or not ground.shown.intersects(here):
        return
    place = callout_place(here, room, ground.ratio)
    if place.isEmpty():
        return
    _line(painter, here, place, ground.ratio)
    draw_enlarged(painter, ground, patch, pixels, place)


def draw_enlarged(painter: QPainter, ground: Ground, patch: PatchScene, pixels: Pixels, place: QRect) -> None:
    """A patch and its neighbours in a square of three patches a side, framed in the colours of `roles`."""
    thin = max(2, round(2 * ground.ratio), round(place.width() / 80))
    painter.fillRect(place.adjusted(-thin, -thin, thin, thin), QColor(0, 0, 0))
    turn = ground.turn
    data = np.ascontiguousarray(upright(surroundings(pixels, patch.row, patch.column), turn.orientation))
    image = QImage(data.data, AROUND, AROUND, 3 * AROUND, QImage.Format.Format_RGB888)
    painter.drawImage(place, image)
    step, halo = place.width() // 3, max(1, thin // 2)
    edge = 1 + halo
    for (row, column), colour in roles(patch):
        across, down = turn.step(column - patch.column, row - patch.row)
        at = QPoint((across + 1) * step, (down + 1) * step)
        cell = QRect(place.topLeft() + at, QSize(step, step))
        frame(painter, cell.adjusted(1, 1, -1, -1), thin + 2 * halo, _HALO)
        frame(painter, cell.adjusted(edge, edge, -edge, -edge), thin, QColor(colour))
    centre = QRect(place.topLeft() + QPoint(step, step), QSize(step, step))
    frame(painter, centre.adjusted(-thin, -thin, thin, thin), thin + 2, _HALO)
    frame(painter, centre.adjusted(1 - thin, 1 - thin, thin - 1, thin - 1), thin, QColor(SELF))


def _line(painter: QPainter, here: QRect, place: QRect, ratio: float) -> None:
    """From the patch to what enlarges it."""
    end = QPoint(place.left() if place.left() > here.right() else place.right(), here.center().y())
    start = QPoint(here.right() if place.left() > here.right() else here.left(), here.center().y())
    for colour, width in ((_HALO, 4 * ratio), (QColor(SELF), 2 * ratio)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(start, end)


def legend_words(patch: PatchScene) -> list[tuple[str, str]]:
    """(colour, what it stands for) of the neighbours that are marked."""
    there = {colour for _, colour in roles(patch)}
    return [(colour, words) for colour, words in _WORDS if colour in there]


def draw_roles(painter: QPainter, room: QRect, patch: PatchScene, ratio: float, size: float = 0.0) -> None:
    """What the colours of a patch's neighbours mean, in the lower left corner of a pane; nothing where there
    is no room for it. size: of the type in logical pixels, 0 for that of other small words."""
    entries = legend_words(patch)
    if not entries:
        return
    if size:
        face = exact_font(round(size * ratio))
        ratio *= size / 12
    else:
        face = font(max(1, round(12 * ratio)))
    metrics, pad = QFontMetricsF(face), 6 * ratio
    square = 10 * ratio
    widths = [square + pad + metrics.horizontalAdvance(words) for _, words in entries]
    width, height = sum(widths) + pad * (2 * len(entries) + 1), metrics.height() + pad
    box = QRectF(room.left() + pad, room.bottom() - height - pad, width, height)
    if width + 2 * pad > room.width() or height * 4 > room.height():
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GROUND)
    painter.drawRoundedRect(box, 3 * ratio, 3 * ratio)
    painter.setFont(face)
    x = box.left() + pad
    for (colour, words), wide in zip(entries, widths, strict=True):
        painter.fillRect(QRectF(x, box.center().y() - square / 2, square, square), QColor(colour))
        painter.setPen(QColor(255, 255, 255))
        place = QRectF(x + square + pad, box.top(), wide, box.height())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), words)
        x += wide + 2 * pad
