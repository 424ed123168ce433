"""A named slider with its number."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QWidget,
)

from viewer.ui.scrubber import ScrubBar
from viewer.ui.theme import font


class LabelledSlider(QWidget):
    """A name, a slider and its value, which is typed in digits that don't jitter.

    `value_changed` follows every move by the user, `settled` comes once the hand has rested.
    """

    value_changed = Signal(int)
    settled = Signal(int)

    def __init__(
        self,
        label: str,
        minimum: int,
        maximum: int,
        text: Callable[[int], str] = str,
        parent: QWidget | None = None,
        settle_ms: int = 120,
        stacks: bool = False,
    ) -> None:
        """stacks: the name stands above the slider where both don't fit on a line."""
        super().__init__(parent)
        self._text = text
        self._prefix = ""
        self._name = QLabel(label, self)
        self._name.setProperty("role", "muted")
        self._slider = ScrubBar(self)
        self._slider.setRange(minimum, maximum)
        self._slider.setAccessibleName(label)
        self._slider.setMinimumWidth(96)
        self._number = QLabel(self)
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._name.setBuddy(self._slider)
        self._stacks = stacks
        self._slider.wheel = not stacks  # those that stack stand in what scrolls
        whole = self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self._name)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._slider, 1)
        row.addWidget(self._number)
        whole.addLayout(row, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(settle_ms)
        self._timer.timeout.connect(self._settle)
        self._slider.chosen.connect(self._moved)
        self._slider.valueChanged.connect(self._show)
        self._fit_number()
        self._show(self._slider.value())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        """Where it stacks, what its wider line needs."""
        known = super().minimumSizeHint()
        if not self._stacks:
            return known
        line = self._slider.minimumWidth() + 8 + self._number.minimumWidth()
        edges = self.contentsMargins()
        return QSize(max(line, self._name.sizeHint().width()) + edges.left() + edges.right(), known.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if self._stacks:
            line = self._name.sizeHint().width() + self._slider.minimumWidth() + self._number.minimumWidth()
            narrow = self.contentsRect().width() < line + 16
            way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
            if way != self._whole.direction():
                self._whole.setDirection(way)

    def slider(self) -> QSlider:
        """The slider itself, for ranges, focus and shortcuts."""
        return self._slider

    def value(self) -> int:
        return self._slider.value()

    def set_value(self, value: int) -> None:
        """Show a value without telling anyone; a pending `settled` is dropped."""
        self._timer.stop()
        self._slider.show_value(value)

    def set_name(self, name: str) -> None:
        """Call it otherwise."""
        if name != self._name.text():
            self._name.setText(name)
            self._slider.setAccessibleName(name)

    def set_range(self, minimum: int, maximum: int) -> None:
        """Change the range without telling anyone."""
        if (minimum, maximum) != (self._slider.minimum(), self._slider.maximum()):
            self._slider.show_range(minimum, maximum)
            self._fit_number()

    def set_prefix(self, prefix: str) -> None:
        """What stands before the number, e.g. "≈"."""
        if prefix != self._prefix:
            self._prefix = prefix
            self._fit_number()
            self._show(self.value())

    def setToolTip(self, text: str) -> None:  # noqa: N802
        for widget in (self._name, self._slider, self._number):
            widget.setToolTip(text)

    def _settle(self) -> None:
        self.settled.emit(self.value())

    def _moved(self, value: int) -> None:
        self._timer.start()
        self.value_changed.emit(value)

    def _show(self, value: int) -> None:
        self._number.setText(self._prefix + self._text(value))

    def _fit_number(self) -> None:
        ends = (self._slider.minimum(), self._slider.maximum())
        metrics = QFontMetrics(font())  # the label may not have heard of another size of text yet
        widths = [metrics.horizontalAdvance(self._prefix + self._text(end)) for end in ends]
        self._number.setMinimumWidth(max(widths) + 2)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.FontChange:
            self._fit_number()
        super().changeEvent(event)
