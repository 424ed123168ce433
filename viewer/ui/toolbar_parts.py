"""What the bars above the pictures are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from viewer.ui.controls import IconButton


class MenuButton(IconButton):
    """An icon with a word, and a menu below it."""

    def __init__(self, name: str, text: str, tooltip: str, parent: QWidget | None = None) -> None:
        super().__init__(name, text, tooltip, parent)
        self.setProperty("flat", False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)


def group(*widgets: QWidget, parent: QWidget | None = None) -> QWidget:
    """Widgets that stay together when the line breaks."""
    box = QWidget(parent)
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return box


def muted(text: str) -> QLabel:
    """A label in the quiet colour."""
    label = QLabel(text)
    label.setProperty("role", "muted")
    return label


def fill_menu(menu: QMenu, entries: list[tuple[str, str, object]], chosen: Callable[[Any], None]) -> None:
    """Replace a menu's entries by (text, tooltip, value); choosing one calls `chosen(value)`."""
    menu.clear()
    menu.setToolTipsVisible(True)
    for text, tooltip, value in entries:
        action = menu.addAction(text)
        action.setToolTip(tooltip)
        action.triggered.connect(lambda _=False, value=value: chosen(value))
