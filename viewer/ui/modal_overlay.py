"""A veil over the window that holds one panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from viewer.ui.controls import panel, press_focused


class Veil(QWidget):
    """Covers its parent and dims it; a click beside the panel, or Esc, closes it."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.frame = QFrame(self)
        panel(self.frame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    def open(self) -> None:
        """Show over the whole parent."""
        self._host().installEventFilter(self)
        self.setGeometry(self._host().rect())
        self._place()
        self.show()
        self.raise_()
        self.setFocus()

    def close_veil(self) -> None:
        """Hide again, and give the focus back."""
        if self.isVisible():
            self._host().removeEventFilter(self)
            self.hide()
            self.closed.emit()

    def _host(self) -> QWidget:
        host = self.parentWidget()
        assert host is not None
        return host

    def _place(self) -> None:
        place = QRect(QPoint(), self._wanted_size().boundedTo(self.size() * 0.96))
        place.moveCenter(self.rect().center())
        self.frame.setGeometry(place)

    def _wanted_size(self) -> QSize:
        return self.frame.sizeHint().expandedTo(self.frame.minimumSize())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's names
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._host().rect())
            self._place()
        return False

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        QPainter(self).fillRect(self.rect(), QColor(0, 0, 0, 140))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self.frame.geometry().contains(event.position().toPoint()):
            self.close_veil()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no command runs behind the veil
            return True
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._place()  # what the panel needs is another size
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close_veil()
        elif press_focused(self, event):
            pass
        else:
            super().keyPressEvent(event)
