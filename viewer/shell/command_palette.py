"""What lies over the window for a moment: all keys, and the command palette."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from viewer.core.command import Command, find
from viewer.shell.key_lists import blocks_of, columns_of, key_text
from viewer.ui.controls import panel, title_label
from viewer.ui.theme import current

_RIGHT = Qt.ItemDataRole.UserRole + 1
_RIGHT_MIDDLE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class Veil(QWidget):
    """Covers its parent and dims it; a click beside the panel, or Esc, closes it."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.frame = QFrame(self)
        panel(self.frame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        parent.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show over the whole parent."""
        self.setGeometry(self._host().rect())
        self._place()
        self.show()
        self.raise_()
        self.setFocus()

    def close_veil(self) -> None:
        """Hide again, and give the focus back."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def _host(self) -> QWidget:
        host = self.parentWidget()
        assert host is not None
        return host

    def _place(self) -> None:
        place = QRect(QPoint(), self._wanted_size().boundedTo(self.size() * 0.96))
        place.moveCenter(self.rect().center())
        self.frame.setGeometry(place)

    def _wanted_size(self) -> QSize:
        return self.frame.sizeHint().expandedTo(self.frame.minimumSize())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's names
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._host().rect())
            self._place()
        return False

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        QPainter(self).fillRect(self.rect(), QColor(0, 0, 0, 140))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self.frame.geometry().contains(event.position().toPoint()):
            self.close_veil()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no command runs behind the veil
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close_veil()
        else:
            super().keyPressEvent(event)


class KeysOverlay(Veil):
    """Every key in columns, one block a menu."""

    def __init__(self, table: tuple[Command, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("All keys")
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        around = QVBoxLayout(self.frame)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._scroll)
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


class Palette(Veil):
    """Type a few letters, choose a command. Those that can't be used say why and stay."""

    chosen = Signal(str)

    def __init__(self, table: tuple[Command, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._table = table
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
