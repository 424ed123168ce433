"""The race: what lanes measure while they learn."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from viewer.lab.views.area import AreaView
from viewer.model.scene.lab import LabScene
from viewer.model.scene.plots import PlotScene
from viewer.model.session.lab import MOST_SMOOTHING, Lab, LabAxis
from viewer.ui.controls import LabelledSlider, SegmentedButtons
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.plot.plot import Plot
from viewer.ui.toolbar_parts import group, muted

_AXES = (
    (LabAxis.UPDATES.value, "Updates", "Equal numbers of updates stand above each other"),
    (LabAxis.PATCHES.value, "Patches", "Equal numbers of patches that were learned from"),
    (LabAxis.SECONDS.value, "CPU s", "Equal CPU time of gradients and updates"),
    (LabAxis.MEMORY.value, "Memory", "Where lanes stand, over what their learners need"),
)


class LivePlot(Plot):
    """A plot whose read-out stays at the mouse while data come in."""

    def __init__(self, scene: PlotScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._at: QPointF | None = None

    def set_scene(self, scene: PlotScene) -> None:
        reading = self._point is not None
        super().set_scene(scene)
        if reading and self._point is None and self._at is not None and self.underMouse():
            self.read(self.nearest(self._at))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's names
        self._at = event.position()
        super().mouseMoveEvent(event)


class RaceArea(AreaView):
    """Curves, over what they are drawn, and how much they are smoothed. pointed: x of a click."""

    pointed = Signal(float)

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
        bar.flow.addWidget(group(muted("Over"), self.axis))
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
