"""The scrubber through the training."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from viewer.model.scene.lab import LabTransport
from viewer.ui.controls import ElidedLabel, IconButton, panel, show_if
from viewer.ui.scrubber import ScrubBar
from viewer.ui.theme import current

STEPS = 1000


class ForkBar(ScrubBar):
    """A slider with ticks where lanes were forked. marks: 0 to 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.marks: tuple[float, ...] = ()
        self.setRange(0, STEPS)
        self.setAccessibleName("Moment of the training")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if self.marks:
            painter = QPainter(self)
            for mark in self.marks:
                x = self.position_of(round(mark * STEPS))
                painter.fillRect(QRectF(x - 1, 2, 2, self.height() - 4), QColor(current().muted))


class ScrubStrip(QWidget):
    """Drawn from a `LabTransport`. moved: 0 to 1; newest_asked, back_asked: buttons."""

    moved = Signal(float)
    newest_asked = Signal()
    back_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self.bar = ForkBar()
        self.bar.setToolTip("Drag through the training: pictures, curves and views show that moment")
        self.words = ElidedLabel()
        self.words.setProperty("role", "muted")
        self.words.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.newest = IconButton("last", "Newest moment", "Follow the newest moment again  (End)")
        self.back = QPushButton("Go on from here")
        self.back.setToolTip("Bring every lane back to this moment; what it learned later is forgotten")
        self.back.setProperty("compact", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.bar, 1)
        row.addWidget(self.words)
        row.addWidget(self.newest)
        row.addWidget(self.back)
        self.bar.chosen.connect(lambda value: self.moved.emit(value / STEPS))
        self.newest.clicked.connect(self.newest_asked)
        self.back.clicked.connect(self.back_asked)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit_words()

    def _fit_words(self) -> None:
        """Room that stays as it is while numbers run, of a narrow strip a quarter."""
        wide = self.words.fontMetrics().horizontalAdvance("0 000.0 CPU s")
        self.words.setFixedWidth(min(wide, self.width() // 4))

    def show_transport(self, scene: LabTransport) -> None:
        self.bar.setEnabled(scene.there)
        self.bar.show_value(round(scene.at * STEPS))
        if self.bar.marks != scene.marks:
            self.bar.marks = scene.marks
            self.bar.update()
        self.words.setText(scene.words)
        self._fit_words()
        self.newest.setEnabled(not scene.followed)
        self.back.setEnabled(not scene.followed)
        show_if(self.back, scene.there)
