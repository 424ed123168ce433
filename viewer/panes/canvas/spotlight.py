"""Spotlight and magnifier of a pinned patch, the same place in every pane whatever step is shown.

Painters work in device pixels, as in `viewer.panes.canvas.marks`.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QRegion

from engine.types import PATCH, Pixels
from viewer.model.scene.palette import SELF
from viewer.model.scene.picture import PatchScene
from viewer.panes.canvas.callout import AROUND, draw_enlarged
from viewer.panes.canvas.ground import Ground
from viewer.panes.canvas.marks import frame

_DIM, _EDGE = QColor(0, 0, 0, 165), QColor(255, 255, 255, 210)
_HALO = QColor(0, 0, 0, 190)
_LIT, _MOST_LIT = 0.17, 0.46
"""Radius of the spotlight in shorter sides of a pane: at least, and at most."""
_SHARE = 0.52
"""Of a pane's shorter side that the magnifier may take."""
_SMALLER, _LEFT = 0.6, 0.8
"""Part of that down to which it leaves the spotlight alone; how far a corner at the left counts."""
_LEAST = 72
"""Logical pixels of a magnifier below which it shows too little."""
_MARGIN, _LEAST_FRAME = 8, 18


def surroundings_rect(ground: Ground, patch: PatchScene) -> QRect:
    """A patch with its eight neighbours, at least so large that its frame can be seen."""
    here = ground.patch_rect(patch.row, patch.column)
    side = max(round(AROUND * ground.scale), round(_LEAST_FRAME * ground.ratio))
    middle = _middle(ground, patch)
    corner = QPoint(round(middle.x() - side / 2), round(middle.y() - side / 2))
    return QRect(corner, QSize(side, side)).united(here)


def _middle(ground: Ground, patch: PatchScene) -> QPointF:
    """Of a patch, also of one that the picture's edge cuts."""
    x, y = ground.turn.to_shown(PATCH * (patch.column + 0.5), PATCH * (patch.row + 0.5))
    return QPointF(ground.origin[0] + x * ground.scale, ground.origin[1] + y * ground.scale)


def spot_radius(ground: Ground, room: QRect) -> float:
    """Round the patch and its neighbours, and no smaller than can be seen from the back."""
    shorter = min(room.width(), room.height())
    around = 0.5 * math.sqrt(2) * AROUND * ground.scale + 4 * ground.ratio
    return min(max(around, _LIT * shorter), _MOST_LIT * shorter)


def draw_spotlight(painter: QPainter, ground: Ground, patch: PatchScene, room: QRect) -> None:
    """Dim a pane's picture but for a circle round the patch; nothing where the patch is out of sight."""
    if not ground.shown.intersects(ground.patch_rect(patch.row, patch.column)):
        return
    middle, radius = _middle(ground, patch), spot_radius(ground, room)
    path = QPainterPath()
    path.addRect(QRectF(ground.shown))
    lit = QPainterPath()
    lit.addEllipse(middle, radius, radius)
    painter.save()
    painter.setClipRect(ground.shown, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(path.subtracted(lit), _DIM)
    painter.setPen(QPen(_EDGE, max(2.0, 2 * ground.ratio)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(middle, radius, radius)
    painter.restore()


def magnifier_place(ground: Ground, patch: PatchScene, room: QRect) -> QRect:
    """Where the enlarged patches go: in the corner of the room furthest from the patch, off its spotlight if
    need be somewhat smaller. Whole device pixels for each image pixel. Empty where there is no room, or where
    the picture itself shows them as large."""
    most = int(_SHARE * min(room.width(), room.height()) // AROUND)
    if most * AROUND < _LEAST * ground.ratio or most <= ground.scale:
        return QRect()
    least = max(math.ceil(_SMALLER * most), math.ceil(_LEAST * ground.ratio / AROUND), int(ground.scale) + 1)
    radius = spot_radius(ground, room)
    middle = _middle(ground, patch)
    spot = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)

    def away(corner: QRect) -> float:
        off = QPointF(corner.center()) - middle
        left = corner.center().x() < room.center().x()  # where words stand
        return math.hypot(off.x(), off.y()) * (_LEFT if left else 1.0)

    for zoom in range(most, least - 1, -1):
        free = [each for each in _corners(ground, room, zoom) if not spot.intersects(QRectF(each))]
        if free:
            return max(free, key=away)
    around = surroundings_rect(ground, patch)
    corners = _corners(ground, room, most)
    return max((each for each in corners if not each.intersects(around)), key=away, default=QRect())


def _corners(ground: Ground, room: QRect, zoom: int) -> list[QRect]:
    """Squares of this magnification in the four corners of a room."""
    side, margin = zoom * AROUND, round(_MARGIN * ground.ratio)
    x = room.right() + 1 - side - margin, room.left() + margin
    y = room.bottom() + 1 - side - margin, room.top() + margin
    return [QRect(QPoint(left, top), QSize(side, side)) for top in y for left in x]


def draw_place(painter: QPainter, ground: Ground, patch: PatchScene) -> None:
    """Frame a patch and its neighbours together, where they are too small to be marked one by one."""
    rect, ratio = surroundings_rect(ground, patch), ground.ratio
    line, halo = max(2, round(2 * ratio)), max(1, round(ratio))
    for grow, thickness, colour in (
        (line + 2 * halo, line + 2 * halo, _HALO),
        (line + halo, line, QColor(SELF)),
    ):
        frame(painter, rect.adjusted(-grow, -grow, grow, grow), thickness, colour)


def draw_magnifier(
    painter: QPainter, ground: Ground, patch: PatchScene, pixels: Pixels, place: QRect, room: QRect
) -> None:
    """The patch and its neighbours, enlarged and marked, with a line to where they are. pixels: as coded;
    place: of `magnifier_place`."""
    around = surroundings_rect(ground, patch)
    if ground.shown.intersected(room).contains(around.center()):  # a wipe has a magnifier without it
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRegion(QRegion(room) - QRegion(around))
        for colour, width in ((_HALO, 4 * ground.ratio), (QColor(SELF), 2 * ground.ratio)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(around.center(), place.center())
        painter.restore()
    draw_enlarged(painter, ground, patch, pixels, place)
