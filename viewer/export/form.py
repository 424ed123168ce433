"""What the panels for files share: a veil with rows of fields, and buttons that save or close."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viewer.ui.controls import title_label, wrapping_label
from viewer.ui.modal_overlay import Veil
from viewer.ui.theme import scaled


class FormVeil(Veil):
    """Esc closes it wherever the keyboard is. `words` stand below the fields, beside its buttons."""

    def __init__(self, parent: QWidget, name: str, least: int) -> None:
        """least: pixels that the panel is wide at least, at 100 % text."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._least = least
        self.words = wrapping_label()
        self.words.setProperty("role", "muted")
        self.save = QPushButton("Save…")
        self.save.setProperty("primary", True)
        self.close_button = QPushButton("Close")
        self.close_button.clicked.connect(self.close_veil)

    def lay_out(self, title: str, fields: Sequence[tuple[str, QWidget]]) -> None:
        """Put the fields, each behind its name, below a title."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        for row, (name, field) in enumerate(fields):
            label = QLabel(name)
            label.setProperty("role", "muted")
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.words, 1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addWidget(title_label(title))
        column.addLayout(grid)
        column.addLayout(buttons)
        for field in (*(each for _, each in fields), self.save):
            field.installEventFilter(self)
        self.fit()

    def fit(self) -> None:
        """Be as wide as the fields want, and no wider than the window."""
        self.frame.setMinimumWidth(min(scaled(self._least), round(0.9 * self._host().width())))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's names
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit()

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.close_veil()
            return event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
        return super().eventFilter(watched, event)  # type: ignore[arg-type]
