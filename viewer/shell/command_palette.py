"""The command palette: a command is found by its name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from viewer.core.command import Command, find
from viewer.shell.key_lists import key_text
from viewer.ui.modal_overlay import Veil
from viewer.ui.theme import current

_RIGHT = Qt.ItemDataRole.UserRole + 1
_RIGHT_MIDDLE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class Palette(Veil):
    """Type a few letters, choose a command. Those that can't be used say why and stay."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._table: tuple[Command, ...] = ()
        self._why: Callable[[Command], str] = lambda _: ""
        self.setAccessibleName("Command palette")
        self.frame.setFixedWidth(560)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a command")
        self.search.setAccessibleName("Find a command")
        self.search.setToolTip("Words of a command's name or of what it does; ↑ ↓ choose, Enter runs it")
        self.list = QListWidget()
        self.list.setAccessibleName("Commands found")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMinimumHeight(340)
        self.list.setItemDelegate(_RightWords(self.list))
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.search)
        column.addWidget(self.list)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._run)

    def set_table(self, table: tuple[Command, ...]) -> None:
        """Find among these commands."""
        self._table = table

    def ask(self, why_not: Callable[[Command], str]) -> None:
        """Open empty. why_not: why a command can't be used now, or ""."""
        self._why = why_not
        self.search.clear()
        self._fill("")
        self.open()
        self.search.setFocus()

    def _place(self) -> None:
        super()._place()
        self.frame.move(self.frame.x(), max(8, self.height() // 8))

    def _fill(self, text: str) -> None:
        self.list.clear()
        for command in find(text, self._table):
            if command.id == "palette":
                continue
            reason = self._why(command)
            item = QListWidgetItem(f"{command.menu}: {command.text}")
            item.setData(Qt.ItemDataRole.UserRole, command.id)
            item.setData(_RIGHT, reason or key_text(command.keys))
            item.setToolTip(reason or command.tooltip)
            if reason:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setForeground(QColor(current().faint))
            self.list.addItem(item)
        self._move(0)

    def _move(self, delta: int) -> None:
        """To the next command that can be used, in a direction; 0: the first one."""
        usable = [
            at for at in range(self.list.count()) if self.list.item(at).flags() & Qt.ItemFlag.ItemIsEnabled
        ]
        if not usable:
            return
        current = self.list.currentRow()
        at = usable.index(current) + delta if delta and current in usable else 0
        self.list.setCurrentRow(usable[at % len(usable)])

    def _run(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.close_veil()
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.search and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._move(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)


class _RightWords(QStyledItemDelegate):
    """Writes the key, or the reason, at the right end of a line."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        state: QStyle.StateFlag = option.state
        theme = current()
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        usable = bool(state & QStyle.StateFlag.State_Enabled)
        painter.save()
        painter.setPen(QColor(theme.on_accent if chosen else theme.muted if usable else theme.faint))
        rect: QRect = option.rect
        words = str(index.data(_RIGHT) or "")
        painter.drawText(rect.adjusted(0, 0, -8, 0), _RIGHT_MIDDLE, words)
        painter.restore()
