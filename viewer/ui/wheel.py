"""The wheel over boxes in what is scrolled: it scrolls, rather than change a value that it passes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QWidget

_GUARDED = "leaves the wheel"


def leave_wheel(area: QWidget) -> None:
    """Have lists and numbers in `area` leave the wheel to what is around them, unless they have the
    keyboard. Boxes that come later need another call."""
    for kind in (QComboBox, QAbstractSpinBox):
        for box in area.findChildren(kind):
            if not box.property(_GUARDED):
                box.setProperty(_GUARDED, True)
                box.installEventFilter(_guard())


class _Guard(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()  # Qt goes on with the parent
            return True
        return False


def _guard() -> _Guard:
    """One for all boxes; it lives as long as the application."""
    app = QApplication.instance()
    assert app is not None
    found = app.findChild(_Guard)
    return found if found is not None else _Guard(app)
