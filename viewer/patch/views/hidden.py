"""Heat strips of hidden states: steps as rows, units as columns, blue below and orange above 0."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viewer.model.scene.compare import InsideScene, StripScene
from viewer.model.scene.palette import DIVERGING, DIVERGING_DARK, legible
from viewer.ui.numbers import written
from viewer.ui.theme import current, font

_PAD = 8.0
_TITLE = 20.0
_NAME = 16.0
_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)
_TALLEST = 12.0
"""Most pixels a step's row takes."""


class HiddenView(QWidget):
    """Draws an `InsideScene`; a bar marks the row of the shown step. Tooltips tell single values.

    `step_pointed` carries the step whose row the mouse is over, or None.
    """

    step_pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = InsideScene(())
        self._images: list[QImage] = []
        self._dark = True
        self._rects: list[QRectF] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(96)
        self.setMouseTracking(True)
        self.setAccessibleName("Hidden state")
        self.setAccessibleDescription("Activations of the units after each step, for the patch pointed at")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(240, 120)

    def set_scene(self, scene: InsideScene) -> None:
        """Show this."""
        if scene is self._scene:
            return
        self._scene = scene
        self._make_images()
        self.update()

    def _make_images(self) -> None:
        self._dark = current().dark
        self._images = [_image(strip) for strip in self._scene.strips]

    def strip_rects(self) -> list[QRectF]:
        """Where the strips lie, in their order."""
        return self._rects

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        theme = current()
        painter.fillRect(self.rect(), QColor(theme.panel))
        inner = QRectF(self.rect()).adjusted(_PAD, 4, -_PAD, -6)
        bold = font(weight=QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(QColor(theme.text))
        painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), _TITLE), _MIDDLE, "Hidden state")
        self._rects = []
        if self._dark != theme.dark:
            self._make_images()
        if not self._scene.strips:
            painter.setFont(font())
            painter.setPen(QColor(theme.muted))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(inner.adjusted(0, _TITLE, 0, 0), flags, self._scene.note)
            return
        left = QFontMetricsF(bold).horizontalAdvance("Hidden state") + 16
        self._draw_legend(painter, QRectF(inner.left() + left, inner.top(), inner.width() - left, _TITLE))
        self._draw_strips(painter, inner.adjusted(0, _TITLE + 2, 0, 0))

    def _draw_strips(self, painter: QPainter, room: QRectF) -> None:
        theme, plain = current(), font(12)
        several = len(self._scene.strips) > 1
        head = _NAME if several else 0.0
        each = room.height() / len(self._scene.strips)
        metrics = QFontMetricsF(plain)
        names = metrics.horizontalAdvance("12") + 9
        y = room.top()
        for strip, image in zip(self._scene.strips, self._images, strict=True):
            steps = strip.values.shape[0]
            tall = min(_TALLEST if len(self._images) > 2 else 2 * _TALLEST, (each - head - 4) / max(1, steps))
            painter.setFont(plain)
            if several:
                painter.fillRect(
                    QRectF(room.left(), y + 4, 10, 8), QColor(legible(strip.colour, theme.panel))
                )
                painter.setPen(QColor(theme.muted))
                text = f"{strip.name} · {strip.values.shape[1]} units · ±{strip.limit:g}"
                painter.drawText(QRectF(room.left() + 16, y, room.width() - 16, _NAME), _MIDDLE, text)
            box = QRectF(room.left() + names, y + head, room.width() - names, max(2.0, tall * steps))
            self._rects.append(box)
            painter.drawImage(box, image)
            self._draw_step(painter, box, strip, metrics)
            y += each

    def _draw_step(self, painter: QPainter, box: QRectF, strip: StripScene, metrics: QFontMetricsF) -> None:
        """Numbers of the first and last step, and a bar beside the one that is shown."""
        theme = current()
        steps = strip.values.shape[0]
        tall = box.height() / steps
        ends = [step for step in (1, steps) if abs(step - strip.step) * tall >= metrics.height()]
        numbered = {strip.step or steps, *(ends if tall * steps >= 2 * metrics.height() else [])}
        for step in numbered:
            painter.setPen(QColor(theme.text if step == strip.step else theme.muted))
            y = box.top() + (step - 0.5) * tall - metrics.height() / 2
            rect = QRectF(0, y, box.left() - 7, metrics.height())
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignRight) | _MIDDLE, str(step))
        if 1 <= strip.step <= steps:
            top = box.top() + (strip.step - 1) * tall
            painter.fillRect(QRectF(box.left() - 4, top, 3, tall), QColor(theme.accent))

    def _draw_legend(self, painter: QPainter, room: QRectF) -> None:
        """The map between its ends, flush right; several strips name their own ends."""
        theme, metrics = current(), QFontMetricsF(font(12))
        painter.setFont(font(12))
        one = self._scene.strips[0] if len(self._scene.strips) == 1 else None
        low, high = (f"−{one.limit:g}", f"+{one.limit:g}") if one is not None else ("−", "+")
        widths = metrics.horizontalAdvance(low), metrics.horizontalAdvance(high)
        bar = min(96.0, room.width() - sum(widths) - 12)
        if bar < 24:
            return
        x = room.right() - widths[1]
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRectF(x, room.top(), widths[1] + 1, room.height()), _MIDDLE, high)
        x -= bar + 6
        table = np.ascontiguousarray(_map()[None])
        image = QImage(table.data, 256, 1, 768, QImage.Format.Format_RGB888)
        painter.drawImage(QRectF(x, room.center().y() - 4, bar, 8), image)
        x -= widths[0] + 6
        painter.drawText(QRectF(x, room.top(), widths[0] + 1, room.height()), _MIDDLE, low)

    def tooltip_at(self, position: QPointF) -> str:
        """Step, unit and activation under a point; "" beside the strips."""
        for strip, box in zip(self._scene.strips, self._rects, strict=False):
            if not box.contains(position):
                continue
            steps, units = strip.values.shape
            row = min(steps - 1, int((position.y() - box.top()) / box.height() * steps))
            unit = min(units - 1, int((position.x() - box.left()) / box.width() * units))
            value = written(float(strip.values[row, unit]), 3)
            return f"{strip.name}, step {row + 1}, unit {unit + 1} of {units}: {value}"
        return ""

    def step_at(self, position: QPointF) -> int | None:
        """The step whose row lies under a point."""
        for strip, box in zip(self._scene.strips, self._rects, strict=False):
            if box.contains(position):
                steps = int(strip.values.shape[0])
                return 1 + min(steps - 1, int((position.y() - box.top()) / box.height() * steps))
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.step_pointed.emit(self.step_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.step_pointed.emit(None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tooltip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)


def _map() -> NDArray[np.uint8]:
    """Zero looks like the panel, so that what stands out is what is active."""
    return DIVERGING_DARK if current().dark else DIVERGING


def _image(strip: StripScene) -> QImage:
    """One pixel a unit and step; drawing magnifies it without smoothing."""
    part = np.clip(np.nan_to_num(strip.values) / (2 * strip.limit) + 0.5, 0, 1)
    colours = np.ascontiguousarray(_map()[np.round(255 * part).astype(np.intp)])
    steps, units = strip.values.shape
    return QImage(colours.data, units, steps, 3 * units, QImage.Format.Format_RGB888).copy()
