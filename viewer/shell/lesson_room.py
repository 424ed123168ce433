"""Where the lessons' panel lies in the window, and what gives way to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from viewer.shell.side_split import SideSplit
from viewer.ui.theme import scaled

_NARROWEST, _WIDEST = 400, 520
_MOST = 0.4
"""Part of the window that the panel takes at most."""
_ROOMY = 1500
"""Pixels of a window beside whose panes the panel and the plots' column both have room."""


class LessonRoom:
    """A `lessons.room.Room`. side: the plots' column, right of the splitter."""

    def __init__(self, window: QMainWindow, split: SideSplit, side: QWidget) -> None:
        self._window, self._split, self._side = window, split, side

    def add(self, panel: QDockWidget) -> None:
        self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, panel)

    def widen(self, panel: QDockWidget) -> None:
        width = min(scaled(_WIDEST), max(scaled(_NARROWEST), round(0.3 * self._window.width())))
        width = min(width, round(_MOST * self._window.width()))
        self._window.resizeDocks([panel], [width], Qt.Orientation.Horizontal)

    def take(self) -> None:
        self._split.lent = self._window.width() < scaled(_ROOMY) and not self._side.isHidden()
        if self._split.lent:
            self._side.hide()

    def give_back(self) -> Callable[[], None]:
        if self._split.lent:
            self._side.show()
        self._split.lent = False
        return self._split.fit
