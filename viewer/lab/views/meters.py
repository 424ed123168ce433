"""Meters: what every lane costs, and what its learner needs as spans grow."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from viewer.lab.views.area import AreaView
from viewer.model.scene.lab import LabScene
from viewer.model.scene.plots import PlotScene
from viewer.ui.data_table import DataTable
from viewer.ui.plot.plot import Plot


class MetersArea(AreaView):
    """A table of lanes over a plot of memory."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = DataTable()
        self.table.setAccessibleName("What lanes cost")
        self.measure = QPushButton("Measure memory")
        self.measure.setToolTip(
            "What every learner needs as rows grow from 2 to 32 patches; the run waits for it"
        )
        self.measure.clicked.connect(lambda: self.asked.emit("weigh"))
        self.plot = Plot(PlotScene("lab-memory", "Memory", "", "", ()))
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.measure)
        self.column.addWidget(self.table, 2)
        self.column.addLayout(line)
        self.column.addWidget(self.plot, 3)

    def set_scene(self, scene: LabScene) -> None:
        self.table.set_scene(scene.meters)
        self.measure.setEnabled(bool(scene.meters.rows))
        self.plot.set_scene(scene.growth)
