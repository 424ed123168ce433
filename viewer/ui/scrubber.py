"""A slider that paints itself: ticks, a part not ready yet, a handle that jumps to the click."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from viewer.ui.theme import current

_RADIUS = 6.0


class ScrubBar(QSlider):
    """Horizontal slider. `chosen` tells only of moves by the user, never of `show_value`."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None, ticks: bool = False) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._ticks = ticks
        self._ready: int | None = None
        self._from: int | None = None
        self._telling = True
        self.wheel = True
        """Whether the wheel moves it; where what is around it scrolls, the wheel is for that."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._changed)

    def show_value(self, value: int) -> None:
        """Move the handle without telling anyone."""
        self._telling = False
        try:
            self.setValue(value)
        finally:
            self._telling = True

    def show_range(self, minimum: int, maximum: int) -> None:
        """Change the range without telling anyone."""
        self._telling = False
        try:
            self.setRange(minimum, maximum)
        finally:
            self._telling = True

    def set_ready(self, last: int | None, first: int | None = None) -> None:
        """Values above `last` and below `first` are to come and can't be chosen; None: all are there."""
        if (last, first) != (self._ready, self._from):
            self._ready, self._from = last, first
            self.update()

    def _changed(self, value: int) -> None:
        if not self._telling:
            return
        if self._ready is not None and value > self._ready:
            self.show_value(self._ready)
            return
        if self._from is not None and value < self._from:
            self.show_value(self._from)
            return
        self.chosen.emit(value)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(160, 24)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(64, 24)

    def _track(self) -> QRectF:
        return QRectF(_RADIUS + 2, self.height() / 2 - 1.5, self.width() - 2 * _RADIUS - 4, 3)

    def position_of(self, value: int) -> float:
        """x of a value's handle, in widget pixels."""
        track = self._track()
        span = max(1, self.maximum() - self.minimum())
        return track.left() + track.width() * (value - self.minimum()) / span

    def _value_at(self, x: float) -> int:
        track = self._track()
        part = (x - track.left()) / max(1.0, track.width())
        value = round(self.minimum() + min(1.0, max(0.0, part)) * (self.maximum() - self.minimum()))
        value = value if self._from is None else max(value, self._from)
        return value if self._ready is None else min(value, max(self._ready, self.minimum()))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if self.wheel:
            super().wheelEvent(event)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setSliderDown(True)
        self.setValue(self._value_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self.isSliderDown():
            self.setValue(self._value_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        self.update()
        super().changeEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track, enabled = self._track(), self.isEnabled()
        at = self.position_of(self.value())
        if enabled and self._ready is not None and self._ready < self.maximum():
            faint = QRectF(track)
            painter.setBrush(QColor(theme.line))
            painter.drawRoundedRect(faint, 1.5, 1.5)
            track.setRight(self.position_of(max(self._ready, self.minimum())))
        painter.setBrush(QColor(theme.muted if enabled else theme.line))
        painter.setOpacity(0.55 if enabled else 1)
        painter.drawRoundedRect(track, 1.5, 1.5)
        painter.setOpacity(1)
        if enabled:
            done = QRectF(self._track())
            done.setRight(at)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(done, 1.5, 1.5)
        self._paint_ticks(painter)
        painter.setBrush(QColor(theme.text if enabled else theme.line))
        painter.setPen(QPen(QColor(theme.panel), 2))
        painter.drawEllipse(QPointF(at, self.height() / 2), _RADIUS + 1, _RADIUS + 1)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawEllipse(QPointF(at, self.height() / 2), _RADIUS + 2, _RADIUS + 2)

    def _paint_ticks(self, painter: QPainter) -> None:
        count = self.maximum() - self.minimum()
        if not self._ticks or not 0 < count <= self.width() / 6:
            return
        painter.setPen(QPen(QColor(current().muted), 1))
        bottom = self.height() / 2 + 11
        for value in range(self.minimum(), self.maximum() + 1):
            x = round(self.position_of(value)) + 0.5
            long = value == 0 > self.minimum()  # where a range begins below it, 0 stands out
            painter.drawLine(QPointF(x, bottom - (9 if long else 3)), QPointF(x, bottom))
