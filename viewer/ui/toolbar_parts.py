"""What the bars above the pictures are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from viewer.ui.controls import IconButton, SegmentedButtons, show_if


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
    for widget in widgets:  # aligned, or the lowest one would keep the others, with larger text, as low
        row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
    box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return box


def keep_place(widget: QWidget) -> QWidget:
    """Let a widget keep its room while it is hidden, so that nothing beside it moves."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)
    return widget


class TakingTurns(QWidget):
    """Widgets in one place, as large as the largest of them, of which one is shown, or none."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._widgets, self._kept = widgets, True
        place = QGridLayout(self)
        place.setContentsMargins(0, 0, 0, 0)
        for widget in widgets:
            place.addWidget(keep_place(widget), 0, 0, Qt.AlignmentFlag.AlignLeft)
            widget.hide()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_one(self, wanted: QWidget | None) -> None:
        """Show this, and none of the others."""
        for widget in self._widgets:
            show_if(widget, widget is wanted)
        show_if(self, self._kept or wanted is not None)

    def keep(self, kept: bool) -> None:
        """Whether the place is kept while none is shown."""
        self._kept = kept
        show_if(self, kept or any(not widget.isHidden() for widget in self._widgets))


def muted(text: str) -> QLabel:
    """A label in the quiet colour."""
    label = QLabel(text)
    label.setProperty("role", "muted")
    return label


def choice_box(name: str, entries: Iterable[tuple[str, str, object]], tip: str = "") -> QComboBox:
    """A box to choose from (text, tooltip, value); `tip` is the box's own."""
    box = QComboBox()
    for at, (text, tooltip, value) in enumerate(entries):
        box.addItem(text, value)
        box.setItemData(at, tooltip or None, Qt.ItemDataRole.ToolTipRole)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box


def pair_boxes(names: tuple[str, str], tips: tuple[str, str]) -> tuple[QComboBox, QComboBox]:
    """Two boxes to choose two pictures from, as wide as what they list; `fill_pair` fills them."""
    first, second = QComboBox(), QComboBox()
    for box, name, tip in zip((first, second), names, tips, strict=True):
        box.setAccessibleName(name)
        box.setToolTip(tip)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return first, second


def fill_pair(boxes: tuple[QComboBox, QComboBox], entries: Iterable[tuple[object, str]]) -> None:
    """List (value, text) in both, without telling anyone."""
    entries = tuple(entries)
    for box in boxes:
        with QSignalBlocker(box):
            box.clear()
            for value, text in entries:
                box.addItem(text, value)


def tell_choice(box: QComboBox, chosen: Callable[[Any], None]) -> None:
    """Let `chosen` hear the value of what the user chooses in a box."""
    box.activated.connect(lambda at: chosen(box.itemData(at)))


def zoom_buttons() -> tuple[SegmentedButtons, IconButton]:
    """To see one pixel on one, and to see whole pictures."""
    full = SegmentedButtons(
        [("100", "1:1", "Zoom to 100 %: one image pixel on one pixel of the screen  (Ctrl+0)")]
    )
    full.button("100").setCheckable(False)
    return full, IconButton("fit", "Fit", "Show whole pictures  (F)")


def fill_menu(menu: QMenu, entries: list[tuple[str, str, object]], chosen: Callable[[Any], None]) -> None:
    """Replace a menu's entries by (text, tooltip, value); choosing one calls `chosen(value)`."""
    menu.clear()
    menu.setToolTipsVisible(True)
    for text, tooltip, value in entries:
        action = menu.addAction(text)
        action.setToolTip(tooltip)
        action.triggered.connect(lambda _=False, value=value: chosen(value))
