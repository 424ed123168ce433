"""The list of files to repair: a thumbnail, the name, and how far each is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from viewer.model.scene.repair import RepairItem
from viewer.ui import theme
from viewer.ui.clipboard import image_from_pixels

THUMB = QSize(72, 48)
_MARKS = {"done": "✓ ", "failed": "✗ ", "working": "▸ "}


class FileList(QListWidget):
    """Draws `RepairItem`s, each changed line alone. `chosen` tells which one is looked at."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Files to repair")
        self.setIconSize(THUMB)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setUniformItemSizes(True)
        self._items: tuple[RepairItem, ...] = ()
        self._telling = True
        self.currentRowChanged.connect(self._tell)

    def _tell(self, row: int) -> None:
        if self._telling and row >= 0:
            self.chosen.emit(row)

    def set_items(self, items: tuple[RepairItem, ...], selected: int) -> None:
        """Show these files, this one looked at, without telling anyone."""
        self._telling = False
        if tuple(item.key for item in items) != tuple(item.key for item in self._items):
            self.clear()
            self.addItems([""] * len(items))
            self._items = ()
        old = self._items or (None,) * len(items)
        for row, (item, before) in enumerate(zip(items, old, strict=True)):
            if before is None or _differ(item, before):
                self._show(self.item(row), item, before)
        self._items = items
        chosen = self.item(selected) if selected >= 0 else None
        if self.currentRow() != selected or (chosen is not None and not chosen.isSelected()):
            self.setCurrentRow(selected)  # Qt makes a line the current one at focus, without selecting it
        self._telling = True

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            for row, item in enumerate(getattr(self, "_items", ())):  # Qt asks before there are any
                self._show(self.item(row), item, item)

    def _show(self, line: QListWidgetItem, item: RepairItem, before: RepairItem | None) -> None:
        if before is None or before.thumb is not item.thumb:
            line.setIcon(_icon(item))
        line.setSizeHint(QSize(0, max(THUMB.height() + 8, 3 * self.fontMetrics().height() + 12)))
        line.setText(f"{item.name}\n{_MARKS.get(item.state, '')}{item.detail}")
        line.setToolTip(item.tip)
        look = theme.current()
        line.setForeground(QColor(look.error if item.state == "failed" else look.text))


def _differ(item: RepairItem, other: RepairItem) -> bool:
    words = (item.name, item.detail, item.state, item.tip) != (
        other.name,
        other.detail,
        other.state,
        other.tip,
    )
    return words or item.thumb is not other.thumb


def _icon(item: RepairItem) -> QIcon:
    """The thumbnail in the middle of its place, so that names stand below each other."""
    place = QPixmap(THUMB)
    place.fill(Qt.GlobalColor.transparent)
    if item.thumb is not None:
        from PySide6.QtGui import QPainter

        small = image_from_pixels(item.thumb).scaled(
            THUMB, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        painter = QPainter(place)
        painter.drawImage((THUMB.width() - small.width()) // 2, (THUMB.height() - small.height()) // 2, small)
        painter.end()
    icon = QIcon(place)
    icon.addPixmap(place, QIcon.Mode.Selected)
    return icon
