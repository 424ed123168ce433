"""The panel that asks what a figure for a page shows: pictures or a plot, how wide, how large its type."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from viewer.ui.controls import SegmentedButtons, inset, title_label, wrapping_label
from viewer.ui.modal_overlay import Veil
from viewer.ui.theme import scaled

PANES = "panes"
"""Stands for the pictures among the plots' keys."""
_WIDTHS = (
    ("8.5", "8.5 cm", "A column of a page with two"),
    ("17.8", "17.8 cm", "The whole width of a page"),
)
_POINTS = (("7", "7 pt", ""), ("8", "8 pt", ""), ("9", "9 pt", ""))


class FigurePanel(Veil):
    """`save_requested`: what is chosen is to be saved."""

    save_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Figure for a page")
        self.what = QComboBox()
        self.what.setAccessibleName("What the figure shows")
        self.width_of = SegmentedButtons(_WIDTHS)
        self.width_of.set_current("8.5")
        self.points = SegmentedButtons(_POINTS)
        self.points.set_current("8")
        self.columns = QSpinBox()
        self.columns.setAccessibleName("Pictures in a row")
        self.columns.setRange(1, 6)
        inset(self.columns)
        self.words = wrapping_label()
        self.words.setProperty("role", "muted")
        self.words.setText("SVG or PDF, on white. Pictures: the part that is seen, with their captions.")
        self.save = QPushButton("Save…")
        self.save.setProperty("primary", True)
        self.save.setToolTip("Choose a file; its ending says whether it is an SVG or a PDF")
        self.close_button = QPushButton("Close")
        self._lay_out()
        self.close_button.clicked.connect(self.close_veil)
        self.save.clicked.connect(self._save)
        self.what.currentIndexChanged.connect(lambda _: self._show())
        for field in (self.what, self.columns, self.save):
            field.installEventFilter(self)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        fields: tuple[tuple[str, QWidget], ...] = (
            ("Shows", self.what), ("Width", self.width_of), ("Type size", self.points),
            ("Pictures in a row", self.columns),
        )  # fmt: skip
        for row, (name, field) in enumerate(fields):
            label = QLabel(name)
            label.setProperty("role", "muted")
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addWidget(title_label("Figure for a page"))
        column.addLayout(grid)
        column.addWidget(self.words)
        column.addLayout(buttons)
        self._fit()

    def _fit(self) -> None:
        self.frame.setMinimumWidth(min(scaled(440), round(0.9 * self._host().width())))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    # ---- the choice ------------------------------------------------------------------------------

    def ask(self, entries: Sequence[tuple[str, str]], columns: int) -> None:
        """Open. entries: key and title of what can be shown. columns: the usual pictures in a row."""
        chosen = self.what.currentData()
        self.what.clear()
        for key, title in entries:
            self.what.addItem(title, key)
        self.what.setCurrentIndex(max(0, self.what.findData(chosen)))
        self.columns.setValue(columns)
        self._show()
        self._fit()
        self.open()
        self.save.setFocus()

    def _show(self) -> None:
        self.columns.setEnabled(self.what.currentData() == PANES)

    def chosen(self) -> str:
        """Key of what is shown."""
        return str(self.what.currentData())

    def width_cm(self) -> float:
        return float(self.width_of.current() or "8.5")

    def type_points(self) -> int:
        return int(self.points.current() or "8")

    def _save(self) -> None:
        self.close_veil()
        self.save_requested.emit()

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Esc closes, wherever the keyboard is."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.close_veil()
            return event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
        return super().eventFilter(watched, event)  # type: ignore[arg-type]
