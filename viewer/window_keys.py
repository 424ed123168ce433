"""Who gets the keyboard: pictures first, a control once it was reached by Tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit

if TYPE_CHECKING:
    from viewer.window import MainWindow

_MOVES = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space,
)  # fmt: skip


class Keyboard(QObject):
    """Watches the controls of a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.tame()

    def tame(self) -> None:
        """The mouse leaves the keyboard's focus alone, so that arrows and Space go on meaning steps and
        play; a control reached by Tab gets them itself."""
        for kind in (QAbstractSlider, QComboBox, QAbstractButton):
            for widget in self._window.findChildren(kind):
                if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                    widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                widget.installEventFilter(self)
        for field in (*self._window.findChildren(QAbstractSpinBox), self._window.toolbar.bpp):
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's names
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _MOVES
            and event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        ):
            event.accept()
            return True
        if isinstance(watched, QAbstractSpinBox | QLineEdit) and isinstance(event, QKeyEvent):
            done = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
            if event.type() == QEvent.Type.KeyRelease and event.key() in done:
                self._window.panes.setFocus()
        return super().eventFilter(watched, event)
