"""The class playlist over the window: entries with small pictures; choose, move, add, remove."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QImage, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from engine.types import Pixels
from viewer.classroom.file import Item
from viewer.classroom.jobs import HEIGHT, WIDTH
from viewer.ui.controls import title_label, wrapping_label
from viewer.ui.modal_overlay import Veil
from viewer.ui.theme import current, font, scaled

_SIGNS = {"session": "session", "picture": "picture", "sample": "sample"}


class ClassVeil(Veil):
    """↑ ↓ choose, Enter opens, Alt+↑ ↓ move, Del removes, A adds what is shown, Ctrl+O and Ctrl+S open and
    save the playlist. Signals carry the number of an entry, from 0."""

    chosen = Signal(int)
    moved = Signal(int, int)
    removed = Signal(int)
    add_asked = Signal()
    open_asked = Signal()
    save_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Class playlist")
        self.title, self.hint = title_label("Class playlist"), wrapping_label()
        self.hint.setProperty("role", "muted")
        self.list = QListWidget()
        self.list.setAccessibleName("Entries")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemActivated.connect(lambda _: self._choose())
        self.open_file, self.save_file = QPushButton("Open…"), QPushButton("Save…")
        self.add, self.remove = QPushButton("Add what is shown"), QPushButton("Remove")
        self.go = QPushButton("Show")
        self.go.setProperty("primary", True)
        for button, tip, act in (
            (self.open_file, "Open a class playlist  (Ctrl+O)", self.open_asked.emit),
            (self.save_file, "Save the class playlist  (Ctrl+S)", self.save_asked.emit),
            (self.add, "The open lesson, else the session or picture that is open  (A)", self.add_asked.emit),
            (self.remove, "Take the entry out of the list  (Del)", self._remove),
            (self.go, "Show the entry  (Enter)", self._choose),
        ):
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, act=act: act())
        self._lay_out()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for button in (self.open_file, self.save_file):
            foot.addWidget(button)
        foot.addStretch(1)
        for button in (self.remove, self.go):
            foot.addWidget(button)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.add)
        rows = QVBoxLayout(self.frame)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(8)
        rows.addLayout(head)
        rows.addWidget(self.list, 1)
        rows.addWidget(self.hint)
        rows.addLayout(foot)

    def _wanted_size(self) -> QSize:
        return QSize(scaled(560), scaled(520))

    def show_list(self, title: str, items: Sequence[Item], at: int, pictures: dict[Item, Pixels]) -> None:
        """Show these; `at`: the one that is shown in the window, −1 for none."""
        row = self.list.currentRow()
        self.title.setText(f"Class playlist: {title}" if items else "Class playlist")
        self.list.clear()
        self.list.setIconSize(QSize(WIDTH, HEIGHT))
        for number, item in enumerate(items):
            line = QListWidgetItem(_icon(item, pictures.get(item)), f"{number + 1}  {item.title}")
            line.setToolTip(str(item.path) if item.path is not None else item.title)
            if number == at:
                line.setFont(font(weight=QFont.Weight.DemiBold))
            self.list.addItem(line)
        self.list.setCurrentRow(min(max(row if row >= 0 else at, 0), len(items) - 1))
        for button in (self.remove, self.go, self.save_file):
            button.setEnabled(bool(items))
        self.hint.setText(
            "Alt+Page Down and Alt+Page Up go through the list; presenting, a clicker does so at the end of "
            "an entry's steps."
            if items
            else "Nothing is in the list yet: A adds what is shown, Ctrl+O opens a saved one."
        )

    def select(self, row: int) -> None:
        """Choose an entry of the list."""
        self.list.setCurrentRow(row)

    def _choose(self) -> None:
        if self.list.currentRow() >= 0:
            self.chosen.emit(self.list.currentRow())

    def _remove(self) -> None:
        if self.list.currentRow() >= 0:
            self.removed.emit(self.list.currentRow())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's names
        key, row, count = Qt.Key(event.key()), self.list.currentRow(), self.list.count()
        by = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(key, 0)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if by and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if 0 <= row + by < count:
                self.moved.emit(row, row + by)
        elif by and count:
            self.list.setCurrentRow((row + by) % count)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        elif key == Qt.Key.Key_Delete:
            self._remove()
        elif control and key == Qt.Key.Key_O:
            self.open_asked.emit()
        elif control and key == Qt.Key.Key_S:
            if self.save_file.isEnabled():
                self.save_asked.emit()
        elif key == Qt.Key.Key_A and not control:
            self.add_asked.emit()
        else:
            super().keyPressEvent(event)


def _icon(item: Item, pixels: Pixels | None) -> QIcon:
    """Its small picture, or a card with a word."""
    card = QPixmap(2 * WIDTH, 2 * HEIGHT)
    theme = current()
    card.fill(QColor(theme.raised))
    painter = QPainter(card)
    if pixels is not None:
        own = np.ascontiguousarray(pixels)
        height, width, _ = own.shape
        image = QImage(own.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        painter.drawImage((2 * WIDTH - width) // 2, (2 * HEIGHT - height) // 2, image)
    else:
        painter.setPen(QColor(theme.text))
        painter.setFont(font(24, QFont.Weight.DemiBold))
        words = f"Lesson {item.number}" if item.kind == "lesson" else _SIGNS[item.kind]
        painter.drawText(card.rect(), int(Qt.AlignmentFlag.AlignCenter), words)
    painter.end()
    return QIcon(card)
