"""The menu under the right button over a picture: copy or save just that one, or the view."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from viewer.shell.window import MainWindow


class PaneMenu(QObject):
    """Watches the panes for the right button and the menu key."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.panes.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._window.panes and isinstance(event, QContextMenuEvent):
            menu = self.menu(QPointF(event.pos()))
            if menu is not None:
                menu.popup(event.globalPos())
                return True
        return False

    def menu(self, position: QPointF) -> QMenu | None:
        """For the picture at a place of the panes; None where there is none."""
        window = self._window
        pane = window.panes.pane_at(position)
        if pane is None or pane.pixels is None:
            return None
        menu = QMenu(window.panes)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(f"Copy: {pane.title}", partial(window.exports.copy_pixels, pane.pixels))
        menu.addAction(f"Save: {pane.title}…", partial(window.exports.ask_save_pane, pane.key))
        menu.addSeparator()
        for name in ("copy.view", "save.view", "export.animation", "export.report"):
            menu.addAction(window.menus.by_id[name])
        return menu
