"""Who gets the keyboard: pictures first, a control once it was reached by Tab."""

from __future__ import annotations

from weakref import WeakSet

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QLineEdit,
    QWidget,
)

_MOVES = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space,
)  # fmt: skip


_KINDS = (QAbstractSlider, QComboBox, QAbstractButton)
_BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class Keyboard(QObject):
    """Watches the controls of a window."""

    def __init__(self, window: QWidget, pictures: QWidget, field: QWidget) -> None:
        """pictures: whom the keyboard belongs to. field: a text field that Enter leaves."""
        super().__init__(window)
        self._window, self._pictures, self._field = window, pictures, field
        self.frame = QFrame(pictures)
        self.frame.setProperty("role", "focus")
        self.frame.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.frame.hide()
        self._tamed = WeakSet[QWidget]()
        self.tame()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        """A control that was made since, an answer of a lesson's question say, has its keys, too."""
        if isinstance(now, _KINDS) and now not in self._tamed and self._window.isAncestorOf(now):
            self._tame(now)

    def _tame(self, widget: QWidget) -> None:
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        widget.installEventFilter(self)
        self._tamed.add(widget)

    def tame(self) -> None:
        """The mouse leaves the keyboard's focus alone, so that arrows and Space go on meaning steps and
        play; a control reached by Tab gets them itself."""
        for kind in _KINDS:
            for widget in self._window.findChildren(kind):
                self._tame(widget)
        self._pictures.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Tab comes back to the pictures
        self._pictures.installEventFilter(self)
        for field in (*self._window.findChildren(QAbstractSpinBox), self._field):
            field.installEventFilter(self)

    def _show_frame(self, event: QEvent) -> None:
        """A frame around the pictures while they have the keyboard by Tab; a click needs none."""
        if isinstance(event, QFocusEvent) and event.reason() in _BY_TAB:
            self.frame.setGeometry(self._pictures.rect())
            self.frame.setVisible(event.gotFocus())
        elif event.type() in (QEvent.Type.FocusOut, QEvent.Type.MouseButtonPress):
            self.frame.hide()
        elif event.type() == QEvent.Type.Resize:
            self.frame.setGeometry(self._pictures.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's names
        if watched is self._pictures:
            self._show_frame(event)
            return False
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
                self._pictures.setFocus()
        return super().eventFilter(watched, event)
