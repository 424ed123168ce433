"""All keys, over the window."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from viewer.core.command import Command
from viewer.shell.key_lists import Block, blocks_of, columns_of
from viewer.ui.controls import panel, title_label
from viewer.ui.modal_overlay import Veil
from viewer.ui.scrolled import Scrolled


class KeysOverlay(Veil):
    """Every key in columns, one block a menu."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("All keys")
        self._scroll = Scrolled(sideways=True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        around = QVBoxLayout(self.frame)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._scroll)
        self._blocks: list[Block] = []

    def set_table(self, table: tuple[Command, ...]) -> None:
        """List the keys of these commands."""
        self._blocks = blocks_of(table)

    def _place(self) -> None:
        """As many columns as fit beside each other; what is too high can be scrolled."""
        for count in (5, 4, 3, 2, 1):
            page = panel(QWidget())
            row = QHBoxLayout(page)
            row.setContentsMargins(16, 16, 24, 16)
            row.setSpacing(24)
            for column in columns_of(self._blocks, count):
                row.addLayout(self._column(column))
            if page.sizeHint().width() <= self.width() * 0.94:
                break
        self._scroll.setWidget(page)
        super()._place()

    def _wanted_size(self) -> QSize:
        page = self._scroll.widget()
        wanted = page.sizeHint() if page is not None else QSize()
        bar = 12 if wanted.height() > self.height() * 0.96 else 0
        return wanted + QSize(2 + bar, 2)

    def _column(self, blocks: list[tuple[str, list[tuple[str, str]]]]) -> QVBoxLayout:
        layout = QVBoxLayout()
        layout.setSpacing(16)
        for title, lines in blocks:
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(2)
            grid.addWidget(title_label(title), 0, 0, 1, 2)
            for number, (key, text) in enumerate(lines, 1):
                name = QLabel(text)
                name.setProperty("role", "muted")
                grid.addWidget(QLabel(key), number, 0)
                grid.addWidget(name, number, 1)
            grid.setColumnMinimumWidth(0, 96)
            grid.setColumnStretch(1, 1)
            layout.addLayout(grid)
        layout.addStretch(1)
        return layout

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.text() == "?" or event.key() in (Qt.Key.Key_F1, Qt.Key.Key_Escape):
            self.close_veil()
            return
        bar, event_key = self._scroll.verticalScrollBar(), event.key()
        page = bar.pageStep()
        by = {Qt.Key.Key_Down: 40, Qt.Key.Key_Up: -40, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
        bar.setValue(bar.value() + by.get(Qt.Key(event_key), 0))
        event.accept()
