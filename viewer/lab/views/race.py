"""The race: what lanes measure while they learn."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QTimer
from PySide6.QtWidgets import QWidget

from viewer.lab.views.area import AreaView
from viewer.model.scene.lab import LabScene
from viewer.model.scene.plots import PlotScene
from viewer.model.session.lab import MOST_SMOOTHING, Lab, LabAxis
from viewer.ui.controls import SegmentedButtons
from viewer.ui.flow_layout import FlowPanel, joined_flow
from viewer.ui.labelled_slider import LabelledSlider
from viewer.ui.plot.plot import Plot

_AXES = (
    (LabAxis.UPDATES.value, "Updates", "Equal numbers of updates stand above each other"),
    (LabAxis.PATCHES.value, "Patches", "Equal numbers of patches that were learned from"),
    (LabAxis.SECONDS.value, "CPU s", "Equal CPU time of gradients and updates"),
    (LabAxis.MEMORY.value, "Memory", "Where lanes stand, over what their learners need"),
)


class LivePlot(Plot):
    """A plot whose read-out stays at the mouse, and stays true, while data come in."""

    _at: QPointF | None = None

    def point_at(self, position: QPointF | None) -> None:
        self._at = position
        super().point_at(position)

    def set_scene(self, scene: PlotScene) -> None:
        super().set_scene(scene)
        if self._at is not None:
            QTimer.singleShot(0, self, self._read_again)  # once the axes are those of the new data

    def _read_again(self) -> None:
        if self._at is not None:
            super().point_at(self._at)


class RaceArea(AreaView):
    """Curves, over what they are drawn, and how much they are smoothed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = SegmentedButtons(_AXES)
        self.smoothing = LabelledSlider("Smooth", 0, MOST_SMOOTHING)
        self.smoothing.setToolTip(
            "Points on either side over which curves are averaged; raw ones stay behind"
        )
        self.smoothing.slider().setMinimumWidth(72)
        self.plot = LivePlot(PlotScene("lab-race", "Race", "", "", ()))
        bar = FlowPanel()
        bar.flow.setContentsMargins(0, 0, 0, 0)
        bar.flow.addWidget(joined_flow(self.axis, [key for key, _, _ in _AXES]))
        bar.flow.addWidget(self.smoothing)
        self.column.addWidget(bar)
        self.column.addWidget(self.plot, 1)
        self.axis.chosen.connect(lambda key: self.changed.emit("axis", LabAxis(key), ""))
        self.smoothing.value_changed.connect(lambda n: self.changed.emit("smoothing", n, ""))
        self.plot.clicked.connect(lambda _, x: self.pointed.emit(x))

    def set_scene(self, scene: LabScene) -> None:
        self.plot.set_scene(scene.race)

    def show_choice(self, lab: Lab, picture: bool) -> None:
        """What is chosen here, without telling anyone."""
        self.axis.set_current(lab.axis.value)
        self.smoothing.set_value(lab.smoothing)
