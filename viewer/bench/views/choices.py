"""A button that says what is ticked, and opens to tick other things. States intents only."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from viewer.model.scene.bench import Choice
from viewer.ui.stay_open_menu import StayMenu


class ChoicesButton(QPushButton):
    """Draws `Choice`s in a menu that stays open. `toggled_key` carries the key of what was ticked or not."""

    toggled_key = Signal(str)

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._menu = StayMenu(self)
        self._menu.setToolTipsVisible(True)
        self.setMenu(self._menu)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._keys: tuple[str, ...] = ()

    def set_choices(self, words: str, choices: tuple[Choice, ...]) -> None:
        """Show these without telling anyone. words: what is ticked."""
        self.setText(words)
        self.setAccessibleDescription(words)
        keys = tuple(choice.key for choice in choices)
        if keys != self._keys:
            self._keys = keys
            self._fill(choices)
        ticked = [action for action in self._menu.actions() if action.isCheckable()]
        for action, choice in zip(ticked, choices, strict=True):
            action.setChecked(choice.on)

    def _fill(self, choices: tuple[Choice, ...]) -> None:
        self._menu.clear()
        heading = ""
        for choice in choices:
            if choice.heading != heading:
                heading = choice.heading
                self._menu.addSection(heading).setEnabled(False)
            action = self._menu.addAction(choice.title.replace("&", "&&"))
            action.setCheckable(True)
            action.setToolTip(choice.tip)
            action.triggered.connect(partial(self._tell, choice.key))

    def _tell(self, key: str, _: bool = False) -> None:
        self.toggled_key.emit(key)
