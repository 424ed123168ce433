"""Marks of the panel that explains a patch, drawn over every picture: a second patch, one that is pointed at.

Painters work in device pixels, as in `viewer.panes.canvas.marks`.
"""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter

from viewer.model.scene.palette import PURPLE
from viewer.model.scene.picture import PatchScene
from viewer.panes.canvas.ground import Ground
from viewer.panes.canvas.marks import frame

_HALO = QColor(0, 0, 0, 190)
_LEAST = 12
"""A patch that takes fewer logical pixels is drawn as large as this, so that its frame can be seen."""


def draw_explained(painter: QPainter, ground: Ground, patch: PatchScene) -> None:
    """Frame the second patch in its colour, and the one that is pointed at in white."""
    if patch.second is not None:
        _draw(painter, ground, patch.second, QColor(PURPLE))
    if patch.lit is not None:
        _draw(painter, ground, patch.lit, QColor(255, 255, 255))


def _draw(painter: QPainter, ground: Ground, place: tuple[int, int], colour: QColor) -> None:
    rect, ratio = ground.patch_rect(*place), ground.ratio
    line, halo = max(2, round(2 * ratio)), max(1, round(ratio))
    least = round(_LEAST * ratio)
    grow = max(0, (least - min(rect.width(), rect.height()) + 1) // 2)
    outer: QRect = rect.adjusted(-grow, -grow, grow, grow)
    frame(painter, outer.adjusted(-halo, -halo, halo, halo), line + 2 * halo, _HALO)
    frame(painter, outer, line, colour)
