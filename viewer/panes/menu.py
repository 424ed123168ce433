"""The button that says how many panes there are, and its menu of pictures and differences to tick."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from viewer.model.session.panes import MOST_PANES
from viewer.panes.names import Choice, Choices
from viewer.ui.stay_open_menu import StayMenu
from viewer.ui.toolbar_parts import MenuButton


class PaneButton(MenuButton):
    """`toggled_pane` carries a pane's key. What there is to choose is asked for when the menu opens."""

    toggled_pane = Signal(str)
    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        tip = f"Which pictures and differences stand beside each other, 1 to {MOST_PANES}  (J)"
        super().__init__("side", "Panes", tip, parent)
        self._choices: Callable[[], tuple[Choices, ...]] = tuple
        self._actions: dict[str, QAction] = {}
        self._menu = StayMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)

    def set_source(self, choices: Callable[[], tuple[Choices, ...]]) -> None:
        """Where to ask for what there is."""
        self._choices = choices

    def show_count(self, count: int) -> None:
        """Say how many panes there are."""
        text = f"Panes: {count}"
        if text != self.text():
            self.setText(text)

    def open_menu(self) -> None:
        """Open the menu below the button, for the keyboard: its first entry is chosen."""
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        if self._menu.actions():
            self._menu.setActiveAction(self._menu.actions()[0])

    def menu_actions(self) -> dict[str, QAction]:
        """What can be ticked, by the panes' keys, once the menu has been opened."""
        return dict(self._actions)

    def _fill(self) -> None:
        self._menu.clear()
        self._actions = {}
        for each in self._menu.findChildren(QMenu):
            each.deleteLater()
        for group in self._choices():
            if group.folded:
                inner = StayMenu(group.title, self._menu)
                inner.setToolTipsVisible(True)
                self._menu.addMenu(inner)
                self._add(inner, group.choices)
                continue
            if self._actions:
                self._menu.addSeparator()
            self._add(self._menu, group.choices)
        self._menu.addSeparator()
        self._menu.addAction("Only original, received, refined").triggered.connect(
            lambda: self.reset_requested.emit()
        )

    def _add(self, menu: QMenu, choices: tuple[Choice, ...]) -> None:
        for choice in choices:
            action = menu.addAction(choice.title)
            action.setCheckable(True)
            self._show(action, choice)
            action.triggered.connect(lambda _=False, key=choice.key: self._toggle(key))
            self._actions[choice.key] = action

    def _toggle(self, key: str) -> None:
        self.toggled_pane.emit(key)
        for group in self._choices():
            for choice in group.choices:
                if choice.key in self._actions:
                    self._show(self._actions[choice.key], choice)

    def _show(self, action: QAction, choice: Choice) -> None:
        action.setChecked(choice.shown)
        action.setEnabled(not choice.why)
        action.setToolTip(f"Not now: {choice.why}" if choice.why else choice.title)
