"""The window while somebody presents: what it was like before, and what gives way."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from viewer.shell.layout import WindowPlaces
from viewer.shell.parts import Parts


class WindowStage:
    """A `presentation.room.Stage`. Bars and the right column follow the session, see `Showing`."""

    def __init__(self, window: QMainWindow, parts: Parts, places: WindowPlaces) -> None:
        self._window, self._split = window, places.split
        self._parts = (parts.filmstrip, parts.status)
        self._hidden: list[QWidget] = []
        self._full = False
        self._docks: list[tuple[QDockWidget, int]] = []
        self._taken = False

    def take(self) -> None:
        window = self._window
        self._taken = True
        self._full = window.isFullScreen()
        self._docks = [(dock, dock.width()) for dock in window.findChildren(QDockWidget)]
        self._hidden = [part for part in (window.menuBar(), *self._parts) if not part.isHidden()]
        for part in self._hidden:
            part.hide()
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)

    def give_back(self) -> None:
        if not self._taken:
            return
        self._taken = False
        window, state = self._window, self._window.windowState()
        if not self._full:
            window.setWindowState(state & ~Qt.WindowState.WindowFullScreen)
        for part in self._hidden:
            part.show()
        self._split.give_all(False)
        docks, self._docks, self._hidden = self._docks, [], []
        for dock, width in docks:
            QTimer.singleShot(0, dock, partial(self._widen, dock, width))

    def _widen(self, dock: QDockWidget, width: int) -> None:
        """Once the layout knows the window's size again."""
        if not dock.isHidden() and not dock.isFloating():
            self._window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
