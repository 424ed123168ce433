"""The tour over the window: all but what it speaks of is dimmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer.tour.steps import TourStep, bubble_place
from viewer.ui.controls import title_label, wrapping_label
from viewer.ui.modal_overlay import Veil
from viewer.ui.theme import current, scaled

Find = Callable[[str], QRect | None]
"""Where a target lies in the window; None while it is hidden."""
_NEXT = (Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_PageDown, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_BACK = (Qt.Key.Key_Left, Qt.Key.Key_PageUp, Qt.Key.Key_Backspace)
_AROUND = 4


class TourVeil(Veil):
    """→, Space, Enter or a clicker: on; ←: back; Esc: skip the rest."""

    def __init__(self, parent: QWidget, steps: Sequence[TourStep], find: Find) -> None:
        super().__init__(parent)
        self._steps, self._find, self._at = tuple(steps), find, 0
        self.setAccessibleName("Tour")
        self.title, self.text, self.count = title_label(""), wrapping_label(), QLabel()
        self.count.setProperty("role", "muted")
        self.skip, self.back, self.next = QPushButton("Skip"), QPushButton("Back"), QPushButton("Next")
        self.next.setProperty("primary", True)
        for button, tip in (
            (self.skip, "End the tour; it stands in the menu Help  (Esc)"),
            (self.back, "The hint before  (←)"),
            (self.next, "The next hint  (→)"),
        ):
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.skip.clicked.connect(self.close_veil)
        self.back.clicked.connect(lambda: self.go(-1))
        self.next.clicked.connect(lambda: self.go(1))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.count, 1)
        for button in (self.skip, self.back, self.next):
            line.addWidget(button)
        rows = QVBoxLayout(self.frame)
        rows.setContentsMargins(16, 12, 16, 12)
        rows.setSpacing(8)
        rows.addWidget(self.title)
        rows.addWidget(self.text)
        rows.addLayout(line)

    def begin(self) -> None:
        """From the first hint."""
        self._at = 0
        self.open()
        self._show()

    def at(self) -> int:
        """The number of the hint, from 0."""
        return self._at

    def go(self, by: int) -> None:
        """So many hints on; behind the last one the tour ends."""
        if self._at + by >= len(self._steps):
            self.close_veil()
            return
        self._at = max(0, self._at + by)
        self._show()

    def _show(self) -> None:
        step, last = self._steps[self._at], self._at == len(self._steps) - 1
        self.title.setText(step.title)
        self.text.setText(step.text)
        self.count.setText(f"{self._at + 1} of {len(self._steps)}")
        self.next.setText("Done" if last else "Next")
        self.back.setEnabled(self._at > 0)
        self.setAccessibleDescription(f"{step.title}. {step.text}")
        self._place()
        self.update()

    def hole(self) -> QRect | None:
        """What the hint speaks of, in the window."""
        found = self._find(self._steps[self._at].target)
        if found is None:
            return None
        return found.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND).intersected(self.rect())

    def _place(self) -> None:
        width = min(scaled(400), self.width() - 24)
        rows = self.frame.layout()
        assert rows is not None
        height = min(max(rows.heightForWidth(width), 0) or self.frame.sizeHint().height(), self.height())
        hole = self.hole()
        rect = (hole.x(), hole.y(), hole.width(), hole.height()) if hole is not None else None
        x, y = bubble_place(rect, (width, height), (self.width(), self.height()))
        self.frame.setGeometry(x, y, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's names
        done = super().eventFilter(watched, event)
        if watched is self.parentWidget() and event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._place()
            self.update()
        return done

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter, hole = QPainter(self), self.hole()
        path = QPainterPath()
        path.addRect(self.rect())
        if hole is not None:
            inner = QPainterPath()
            inner.addRoundedRect(hole, 6, 6)
            path = path.subtracted(inner)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(path, QColor(0, 0, 0, 150))
        if hole is not None:
            painter.setPen(QPen(QColor(current().accent), 2))
            painter.drawRoundedRect(hole, 6, 6)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click beside the words goes on, too."""
        if not self.frame.geometry().contains(event.position().toPoint()):
            self.go(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in _NEXT:
            self.go(1)
        elif event.key() in _BACK:
            self.go(-1)
        else:
            super().keyPressEvent(event)
