"""The menu under the right button over a picture: copy or save just that one, or the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QMenu

from engine.types import Pixels
from viewer.panes.canvas.view import PanesView


class PaneMenu(QObject):
    """Watches the panes for the right button and the menu key. actions: those of all commands by id; copy and
    save: what to do with the pixels, and with the key, of the picture pointed at."""

    def __init__(
        self,
        panes: PanesView,
        actions: Mapping[str, QAction],
        copy: Callable[[Pixels], None],
        save: Callable[[str], None],
    ) -> None:
        super().__init__(panes)
        self._panes, self._actions, self._copy, self._save = panes, actions, copy, save
        panes.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._panes and isinstance(event, QContextMenuEvent):
            menu = self.menu(QPointF(event.pos()))
            if menu is not None:
                menu.popup(event.globalPos())
                return True
        return False

    def menu(self, position: QPointF) -> QMenu | None:
        """For the picture at a place of the panes; None where there is none."""
        pane = self._panes.pane_at(position)
        if pane is None or pane.pixels is None:
            return None
        menu = QMenu(self._panes)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(f"Copy: {pane.title}", partial(self._copy, pane.pixels))
        menu.addAction(f"Save: {pane.title}…", partial(self._save, pane.key))
        menu.addSeparator()
        for name in ("copy.view", "save.view", "export.animation", "export.report"):
            menu.addAction(self._actions[name])
        return menu
