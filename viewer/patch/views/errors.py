"""Small pictures of a patch: its errors before and after, and the basis function of a coefficient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viewer.model.scene.palette import DIVERGING, DIVERGING_DARK
from viewer.model.scene.patch import ErrorScene
from viewer.ui.theme import current, font, scaled

_HEAD, _GAP, _SAMPLES, _SCALE = 20, 12, 24, 20
_MOST = 6
"""Most pixels a sample takes."""


class ErrorsView(QWidget):
    """Draws up to two `ErrorScene`s on one scale, and the scale. Tooltips tell single errors."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._errors: tuple[ErrorScene, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Errors before and after")
        self.setAccessibleDescription("Differences of luma to the original, of the patch and its neighbours")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        return QSize(2 * _SAMPLES * _MOST + _GAP, self.height())

    def set_scene(self, errors: tuple[ErrorScene, ...]) -> None:
        """Show these."""
        if errors is not self._errors:
            self._errors = errors
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def _fit(self) -> None:
        height = scaled(_HEAD) + _SAMPLES * self._step() + scaled(_SCALE)
        if self.minimumHeight() != height:
            self.setFixedHeight(height)

    def _step(self) -> int:
        return max(2, min(scaled(_MOST), (self.width() - _GAP) // (2 * _SAMPLES)))

    def picture_rect(self, number: int) -> QRectF:
        """Where a picture lies."""
        step, (height, width) = self._step(), self._errors[number].values.shape
        return QRectF(number * (_SAMPLES * step + _GAP), scaled(_HEAD), width * step, height * step)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter, theme, step = QPainter(self), current(), self._step()
        painter.setFont(font(12))
        for number, error in enumerate(self._errors):
            box = self.picture_rect(number)
            painter.setPen(QColor(theme.muted))
            head = QRectF(box.left(), 0, _SAMPLES * step, scaled(_HEAD))
            painter.drawText(head, int(Qt.AlignmentFlag.AlignVCenter), error.title)
            painter.drawImage(box, signed_image(error.values, error.limit, theme.dark))
            left, top, width, height = error.frame
            frame = QRectF(box.left() + left * step, box.top() + top * step, width * step, height * step)
            for grow, colour in ((1.5, "#000000"), (0.5, "#FFFFFF")):
                painter.setPen(QPen(QColor(colour), 1))
                painter.drawRect(frame.adjusted(-grow, -grow, grow - 1, grow - 1))
        if self._errors:
            self._draw_scale(painter, scaled(_HEAD) + _SAMPLES * step + 4)

    def _draw_scale(self, painter: QPainter, y: float) -> None:
        theme, limit = current(), f"{self._errors[0].limit:g}"
        painter.setPen(QColor(theme.muted))
        wide = painter.fontMetrics().horizontalAdvance(f"−{limit}") + 6
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(0, y, wide, scaled(_SCALE) - 4), middle, f"−{limit}")
        ramp = np.linspace(-1, 1, 128, dtype=np.float32)[None]
        painter.drawImage(QRectF(wide, y + 4, 96, 8), signed_image(ramp, 1.0, theme.dark))
        rest = QRectF(wide + 102, y, self.width() - wide - 102, scaled(_SCALE) - 4)
        painter.drawText(rest, middle, f"+{limit} levels of luma")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tooltip_at(event.pos()), self)
            return True
        return super().event(event)

    def tooltip_at(self, position: QPoint) -> str:
        """The error of the sample under a point."""
        for number, error in enumerate(self._errors):
            box = self.picture_rect(number)
            if box.contains(QPointF(position)):
                x = int((position.x() - box.left()) // self._step())
                y = int((position.y() - box.top()) // self._step())
                return f"{error.title}: {error.values[y, x]:+.1f} levels of luma".replace("-", "−")
        return ""


class PatchBasis(QWidget):
    """The pattern of 8×8 samples that the lit coefficient weighs; empty while none is lit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._basis: NDArray[np.float32] | None = None
        self.setFixedSize(58, 58)
        self.setAccessibleName("Basis function")
        self.setToolTip("The basis function of the coefficient that is pointed at: what it adds to the block")

    def set_scene(self, basis: NDArray[np.float32] | None) -> None:
        """Show this pattern."""
        self._basis = basis
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter, theme = QPainter(self), current()
        box = QRectF(1, 1, 56, 56)
        if self._basis is None:
            painter.setPen(QPen(QColor(theme.line), 1, Qt.PenStyle.DashLine))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
            return
        painter.drawImage(box, grey_image(self._basis))
        painter.setPen(QColor(theme.line))
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))


def signed_image(values: NDArray[np.float32], limit: float, dark: bool) -> QImage:
    """Blue below 0, orange above, full at ±limit."""
    table = DIVERGING_DARK if dark else DIVERGING
    part = np.clip(values / limit, -1, 1)
    colours = np.ascontiguousarray(table[np.round(127.5 + 127.5 * part).astype(np.intp)])
    height, width = values.shape
    return QImage(colours.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def grey_image(values: NDArray[np.float32]) -> QImage:
    """Black to white around mid-grey."""
    reach = float(np.abs(values).max()) or 1.0
    levels = np.ascontiguousarray(np.round(127.5 + 110 * values / reach).astype(np.uint8))
    height, width = levels.shape
    return QImage(levels.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
