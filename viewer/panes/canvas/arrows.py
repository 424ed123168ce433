"""Weighted arrows from a patch to the earlier patches of its row that its network recalls."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from viewer.model.scene.palette import PURPLE
from viewer.model.scene.picture import RecallScene
from viewer.panes.canvas.ground import Ground
from viewer.panes.canvas.turn import Turn
from viewer.ui.theme import font

_HALO = QColor(0, 0, 0, 200)
_LEAST = 0.02
"""Weights below this are not worth an arrow."""


def draw_recalls(
    painter: QPainter, ground: Ground, patch: tuple[int, int], recalls: tuple[RecallScene, ...]
) -> None:
    """Arcs above the row, the thicker the more the recalled state counts, with the weight beside the head.

    The state of 0 at the row's start is an arrow to the left edge of its first patch.
    """
    painter.save()
    plain = ground.turn.orientation == 1
    if not plain:  # in coded directions, turned with the picture; numbers would lie on their side
        across, down = ground.turn.to_shown(0, 0)
        at = ground.origin[0] + across * ground.scale, ground.origin[1] + down * ground.scale
        painter.setTransform(ground.turn.transform() * QTransform.fromTranslate(*at), True)
        ground = replace(ground, image=ground.coded, origin=(0, 0), turn=Turn(1, ground.coded))
    here = ground.patch_rect(*patch)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    arcs = [
        _Arc(here, ground.patch_rect(patch[0], recall.column), recall, ground)
        for recall in sorted(recalls, key=lambda each: each.weight)
        if recall.weight >= _LEAST
    ]
    for arc in arcs:
        arc.draw(painter, _HALO, 2.0)
    for arc in arcs:
        arc.draw(painter, QColor(PURPLE), 0.0)
    taken: list[QRectF] = []
    for arc in reversed(arcs if plain else []):  # the heaviest first: it is the one whose number must be read
        arc.label(painter, taken)
    painter.restore()


class _Arc:
    """One arrow, in the pane's device pixels."""

    def __init__(self, here: QRect, there: QRect, recall: RecallScene, ground: Ground) -> None:
        self.recall = recall
        self.ratio = ground.ratio
        self.width = (1.5 + 5 * min(1.0, recall.weight)) * ground.ratio
        self.there = QRectF(there)
        start = QPointF(here.center().x() + 0.5, here.top())
        x = float(there.left()) if recall.start else there.center().x() + 0.5
        self.head = QPointF(x, there.top())
        across = abs(start.x() - self.head.x())
        self.own = across < 1
        if self.own:  # a state of the same patch: a loop above it
            across = max(here.width(), 16 * ground.ratio)
            self.start, self.head = start + QPointF(across / 3, 0), start - QPointF(across / 3, 0)
        else:
            self.start = start
        self.rise = min(0.35 * across + 10 * ground.ratio, 90 * ground.ratio)
        # Near the upper edge there is no room above the row: the arc runs below it instead.
        self.down = start.y() - 0.75 * self.rise < 4 * ground.ratio
        if self.down:
            bottom = float(here.top() + here.height())
            self.start.setY(bottom)
            self.head.setY(bottom)
        lift = self.rise if self.down else -self.rise
        third = (self.head.x() - self.start.x()) / 3
        self.bends = (
            QPointF(self.start.x() + third * 0.6, self.start.y() + lift),
            QPointF(self.head.x() - third * 0.6, self.head.y() + lift),
        )

    def draw(self, painter: QPainter, colour: QColor, halo: float) -> None:
        """The line and its head, wider by `halo` logical pixels on each side."""
        extra = 2 * halo * self.ratio
        size = max(7 * self.ratio, 2.2 * self.width)
        angle = math.atan2(self.head.y() - self.bends[1].y(), self.head.x() - self.bends[1].x())
        base = self.head - QPointF(math.cos(angle), math.sin(angle)) * size * 0.8
        path = QPainterPath(self.start)
        path.cubicTo(self.bends[0], self.bends[1], base)
        pen = QPen(colour, self.width + extra)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.strokePath(path, pen)
        tip = QPolygonF([self.head])
        for side in (-1, 1):
            turn = angle + side * 0.45
            tip.append(self.head - QPointF(math.cos(turn), math.sin(turn)) * size)
        painter.setPen(QPen(colour, extra) if extra else Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(tip)
        if self.recall.start:
            bar = QRectF(
                self.there.left() - self.ratio, self.there.top(), 3 * self.ratio, self.there.height()
            )
            painter.fillRect(bar.adjusted(-extra / 2, -extra / 2, extra / 2, extra / 2), colour)

    def label(self, painter: QPainter, taken: list[QRectF]) -> None:
        """The weight at the arc's summit, unless another number stands there."""
        face = font(max(1, round(11 * self.ratio)))
        painter.setFont(face)
        metrics = QFontMetricsF(face)
        text = f"{self.recall.weight:.2f}" + (" start" if self.recall.start else "")
        width, height = metrics.horizontalAdvance(text) + 8 * self.ratio, metrics.height()
        lift = 0.75 * self.rise
        y = self.start.y() + (lift if self.down else -lift)
        x = (self.start.x() + self.head.x()) / 2
        box = QRectF(x - width / 2, y - height / 2, width, height)
        room = painter.clipBoundingRect()
        if any(box.intersects(other) for other in taken) or not room.contains(box):
            return
        taken.append(box)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 205))
        painter.drawRoundedRect(box, 3 * self.ratio, 3 * self.ratio)
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
