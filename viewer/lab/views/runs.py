"""The table of runs that were tried."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from viewer.lab.views.area import AreaView
from viewer.model.scene.lab import LabScene
from viewer.ui.data_table import DataTable
from viewer.ui.toolbar_parts import muted


class RunsArea(AreaView):
    """Settings, result and seconds of every lane of every run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = DataTable()
        self.table.setAccessibleName("Runs tried")
        self.table.sort_chosen.connect(lambda key: self.changed.emit("sort", key, ""))
        self.empty = muted("Runs that were tried since the window opened stand here.")
        self.empty.setWordWrap(True)
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy the table with tabs between the columns, for a spreadsheet")
        self.export = QPushButton("Export CSV…")
        self.export.setToolTip("Write the table as a CSV file")
        self.copy.clicked.connect(lambda: self.asked.emit("runs.copy"))
        self.export.clicked.connect(lambda: self.asked.emit("runs.save"))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.empty, 1)
        line.addStretch(0)
        line.addWidget(self.copy)
        line.addWidget(self.export)
        self.column.addWidget(self.table, 1)
        self.column.addLayout(line)

    def set_scene(self, scene: LabScene) -> None:
        self.table.set_scene(scene.runs)
        there = bool(scene.runs.rows)
        self.empty.setText("" if there else "Runs that were tried since the window opened stand here.")
        for button in (self.copy, self.export):
            button.setEnabled(there)
