"""The panel that asks what a figure for a page shows: pictures or a plot, how wide, how large its type."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from viewer.export.form import FormVeil
from viewer.ui.controls import SegmentedButtons, inset

PANES = "panes"
"""Stands for the pictures among the plots' keys."""
_WIDTHS = (
    ("8.5", "8.5 cm", "A column of a page with two"),
    ("17.8", "17.8 cm", "The whole width of a page"),
)
_POINTS = (("7", "7 pt", ""), ("8", "8 pt", ""), ("9", "9 pt", ""))


class FigurePanel(FormVeil):
    """`save_requested`: what is chosen is to be saved."""

    save_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Figure for a page", 440)
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
        self.words.setText("SVG or PDF, on white. Pictures: the part that is seen, with their captions.")
        self.save.setToolTip("Choose a file; its ending says whether it is an SVG or a PDF")
        self.lay_out(
            "Figure for a page",
            [("Shows", self.what), ("Width", self.width_of), ("Type size", self.points),
             ("Pictures in a row", self.columns)],
        )  # fmt: skip
        self.save.clicked.connect(self._save)
        self.what.currentIndexChanged.connect(lambda _: self._show())

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
        self.fit()
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
