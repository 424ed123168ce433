"""What the scripts that measure the window share."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication


def choose_platform() -> None:
    """Draw into memory where there is no display; call it before the application is made."""
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def platform() -> str:
    """Where the window was drawn."""
    name = QGuiApplication.platformName()
    return "drawn into memory, without a display" if name == "offscreen" else f"drawn on a display ({name})"


class PaintCounter(QObject):
    """Counts the paint events of a widget."""

    def __init__(self, watched: QObject) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint:
            self.count += 1
        return False
