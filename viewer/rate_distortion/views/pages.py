"""The codecs view's page of curves: one large plot, what there is to say about it. States intents only."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from viewer.model.scene.plots import PlotScene
from viewer.model.scene.rate_distortion import RatesScene
from viewer.rate_distortion.views.plot import RatesPlot
from viewer.ui.controls import panel, wrapping_label
from viewer.ui.scrolled import Scrolled
from viewer.ui.theme import scaled

_NOTE = 66
"""Pixels that four lines of words take, at 100 % text."""


class CurvesPage(QWidget):
    """Draws the plot of a `RatesScene`."""

    export_requested = Signal()
    copy_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self.plot = RatesPlot(PlotScene("rates", "Rate–distortion curves", "", "", (), legend=False))
        self.note = wrapping_label()
        self.note.setProperty("role", "muted")
        self.export = QPushButton("Export CSV…")
        self.export.setToolTip("Write the points that are measured as a CSV file")
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy the points with tabs between the columns, for a spreadsheet")
        self.export.clicked.connect(self.export_requested)
        self.copy.clicked.connect(self.copy_requested)
        below = QHBoxLayout()
        below.setSpacing(8)
        self._noted = Scrolled(self.note, "About these curves")
        self.note.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        below.addWidget(self._noted, 1)
        below.addWidget(self.copy)
        below.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.plot, 1)
        column.addLayout(below)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The plot comes first: what is said of it takes a quarter at most, and can be scrolled."""
        super().resizeEvent(event)
        self._noted.setFixedHeight(min(scaled(_NOTE), max(scaled(24), self.height() // 4)))

    def set_scene(self, scene: RatesScene) -> None:
        """Show this."""
        self.plot.set_scene(scene.plot)
        self.note.setText(scene.note)
        for button in (self.export, self.copy):
            button.setEnabled(bool(scene.table.rows))
