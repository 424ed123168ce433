"""What a hand does with a mouse and `QTest` doesn't do as a window system would."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def double_click(widget: QWidget, at: QPoint) -> None:
    """Press, release, double click, release; `QTest` presses once more in between."""
    QTest.mouseClick(widget, _LEFT, _NONE, at)
    place = QPointF(at)
    event = QMouseEvent(
        QEvent.Type.MouseButtonDblClick, place, widget.mapToGlobal(place), _LEFT, _LEFT, _NONE
    )
    QApplication.sendEvent(widget, event)
    QTest.mouseRelease(widget, _LEFT, _NONE, at)
