"""The speaker's window: notes of the open lesson, what the back row sees, the time."""

from __future__ import annotations

import time

from PySide6.QtCore import QDateTime, QLocale, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from viewer.model.scene.presentation import NotesScene
from viewer.ui.scrolled import Scrolled
from viewer.ui.theme import font

_BEAT_MS = 500
_FRAME = QSize(16, 48)
"""Pixels for a window's frame, which isn't known before it is shown."""


def duration(seconds: float) -> str:
    """Minutes and seconds, with hours once there are any."""
    whole = max(0, int(seconds))
    hours, minutes, left = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


class NotesWindow(QWidget):
    """Draws a `NotesScene`. Commands of the main window work here by the same keys."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self.setWindowTitle("Speaker notes – nrc-viewer")
        self.addActions(window.actions())
        self._since = time.monotonic()
        self._beat = QTimer(self)
        self._beat.setInterval(_BEAT_MS)
        self._beat.timeout.connect(self.show_time)
        self.clock, self.elapsed = QLabel(), QLabel()
        self.title, self.now, self.notes, self.after = QLabel(), QLabel(), QLabel(), QLabel()
        for label, size, weight, name in (
            (self.clock, 28, QFont.Weight.DemiBold, "Time"),
            (self.elapsed, 28, QFont.Weight.Normal, "Time since the beginning"),
            (self.title, 18, QFont.Weight.DemiBold, "Title"),
            (self.now, 15, QFont.Weight.Normal, "What is shown"),
            (self.notes, 18, QFont.Weight.Normal, "Notes"),
            (self.after, 15, QFont.Weight.Normal, "What comes next"),
        ):
            label.setFont(font(size, weight))
            label.setAccessibleName(name)
            label.setWordWrap(label not in (self.clock, self.elapsed))
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.notes.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        self.resize(640, 520)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.clock)
        head.addStretch(1)
        head.addWidget(self.elapsed)
        scroll = Scrolled(self.notes, sideways=True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(8)
        rows.addLayout(head)
        rows.addWidget(self.title)
        rows.addWidget(self.now)
        rows.addWidget(scroll, 1)
        rows.addWidget(self.after)

    def begin(self) -> None:
        """The talk begins now."""
        self._since = time.monotonic()
        self.show_time()

    def set_scene(self, scene: NotesScene) -> None:
        """Show this."""
        for label, text in (
            (self.title, scene.title),
            (self.now, scene.now),
            (self.notes, "\n\n".join(scene.notes)),
            (self.after, scene.after),
        ):
            if label.text() != text:
                label.setText(text)

    def show_time(self) -> None:
        """The time of the day, and how long the talk has lasted."""
        now = QLocale().toString(QDateTime.currentDateTime().time(), QLocale.FormatType.ShortFormat)
        self.clock.setText(now)
        self.elapsed.setText(duration(time.monotonic() - self._since))

    def appear(self) -> None:
        """On another screen than the pictures, which keep the keyboard, where there is one; else before them,
        in a corner: it would lie behind a window that is as large as the screen."""
        host = self.parentWidget()
        others = [each for each in QGuiApplication.screens() if host is None or each is not host.screen()]
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, bool(others))
        if others:
            self.move(others[0].availableGeometry().topLeft())
        elif host is not None:
            room = host.screen().availableGeometry()
            self.resize(self.size().boundedTo(room.size() - _FRAME))
            corner = room.bottomRight() - self.rect().bottomRight()
            self.move(corner - QPoint(_FRAME.width(), _FRAME.height()))
        self.show()
        if not others:
            self.raise_()
            self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's names
        super().showEvent(event)
        self.show_time()
        self._beat.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._beat.stop()
