"""A table that is sorted by a click on a header; sorting itself is left to whoever gives the rows."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from viewer.model.scene.compare import Column, TableScene
from viewer.ui.line_keys import draw_line_key
from viewer.ui.theme import font, scaled

Index = QModelIndex | QPersistentModelIndex
_ROW = 28
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_TOP = QModelIndex()
_MOVES = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


class DataTable(QTableView):
    """Draws a `TableScene`. `sort_chosen` carries the key of the column whose header was clicked."""

    sort_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self.setModel(self._model)
        self.setAccessibleName("Decoders compared")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setIconSize(QSize(26, 16))
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setSortIndicatorShown(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumHeight(_ROW)
        header.sectionClicked.connect(self._clicked)
        self._fit_rows()

    def _fit_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(scaled(_ROW))
        self.horizontalHeader().setMinimumHeight(scaled(_ROW))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_rows()
            for at, column in enumerate(self._model.scene.columns):
                self.setColumnWidth(at, self._wanted_width(at, column))

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _MOVES
        ):
            event.accept()  # arrows move in the table while it has the keyboard
            return True
        return super().event(event)

    def _clicked(self, section: int) -> None:
        self.sort_chosen.emit(self._model.scene.columns[section].key)

    def set_scene(self, scene: TableScene) -> None:
        """Show this."""
        if scene is self._model.scene:
            return
        cell = self.currentIndex()
        widths = [self.columnWidth(at) for at in range(self._model.columnCount())]
        same = scene.columns == self._model.scene.columns
        self._model.show(scene)
        for at, column in enumerate(scene.columns):
            wanted = self._wanted_width(at, column)
            self.setColumnWidth(at, max(widths[at], wanted) if same else wanted)
        self.setCurrentIndex(self._model.index(max(0, cell.row()), max(0, cell.column())))
        keys = [column.key for column in scene.columns]
        at = keys.index(scene.sort[0]) if scene.sort[0] in keys else -1
        order = Qt.SortOrder.DescendingOrder if scene.sort[1] else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(at, order)

    def _wanted_width(self, at: int, column: Column) -> int:
        """Room for the title, the arrow that tells the order, and every cell."""
        metrics = QFontMetrics(font())  # the table may not have heard of another size of text yet
        cells = max((metrics.horizontalAdvance(row.cells[at]) for row in self._model.scene.rows), default=0)
        key = 0 if at else self.iconSize().width() + 6
        arrow = metrics.height()
        head = self.horizontalHeader().sectionSizeFromContents(at).width()
        return max(head, metrics.horizontalAdvance(column.title) + arrow + 18, cells + key + 18)

    def needed_width(self) -> int:
        """Pixels across that show all columns."""
        columns = sum(self.columnWidth(at) for at in range(self._model.columnCount()))
        return columns + self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth()

    def chosen_column(self) -> str:
        """Key of the column that holds the keyboard's cell, "" for none."""
        index = self.currentIndex()
        return self._model.scene.columns[index.column()].key if index.isValid() else ""

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        return str(self._model.index(row, column).data())


class _Model(QAbstractTableModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.scene = TableScene((), ())

    def show(self, scene: TableScene) -> None:
        self.beginResetModel()
        self.scene = scene
        self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:  # noqa: N802 - Qt's names
        return 0 if parent.isValid() else len(self.scene.rows)

    def columnCount(self, parent: Index = _TOP) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self.scene.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.scene.rows[index.row()], self.scene.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.numeric else _LEFT
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return _key(row.colour, row.style)
        if role == Qt.ItemDataRole.ToolTipRole:
            value, cell = row.values[index.column()], row.cells[index.column()]
            file = f"\nFile: {value}" if isinstance(value, str) and value and value != cell else ""
            return f"{row.cells[0]}: {column.tip or column.title} {cell}{file}"
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.scene.columns):
            return None
        column = self.scene.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{column.tip or column.title}\nClick to sort"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.numeric else _LEFT
        return None


def _key(colour: str, style: str) -> QPixmap:
    """The entry's line, as the plots have it; drawn at four times the size for sharp screens."""
    picture = QPixmap(26 * 4, 16 * 4)
    picture.setDevicePixelRatio(4)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_line_key(painter, colour, style, QRectF(1, 0, 22, 16))
    painter.end()
    return picture
