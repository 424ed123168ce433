"""Plots stacked in one column."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.model.scene.plots import PlotScene
from viewer.ui.controls import panel
from viewer.ui.plot.plot import Plot
from viewer.ui.theme import scaled

_TALLER = {"artefacts": 48}
"""Plots whose legend takes lines of its own need so many pixels more."""


class PlotsView(QWidget):
    """Draws `PlotScene`s, keeping one widget a key. Signals carry the plot's key and data x.

    A curve may hold NaN for points still to come: the x axis then reaches over them already.
    """

    clicked = Signal(str, float)
    hovered = Signal(str, float)
    left = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self._plots: dict[str, Plot] = {}
        self._larger = 1.0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(8)

    def plot(self, key: str) -> Plot:
        """The widget of a plot. Raises KeyError when there is none."""
        return self._plots[key]

    def shown(self) -> bool:
        """Whether there is any plot."""
        return bool(self._plots)

    def magnify(self, larger: float) -> None:
        """Write words and numbers so many times as large, and draw lines as much thicker."""
        self._larger = larger
        for plot in self._plots.values():
            plot.magnify(larger)

    def extra(self) -> int:
        """Pixels that these plots need beyond so many plain ones."""
        return sum(scaled(_TALLER.get(key, 0)) for key in self._plots)

    def set_scene(self, plots: tuple[PlotScene, ...]) -> None:
        """Show these, from top to bottom."""
        keys = [plot.key for plot in plots]
        for key in [key for key in self._plots if key not in keys]:
            gone = self._plots.pop(key)
            self._column.removeWidget(gone)
            gone.setParent(None)
            gone.deleteLater()
        for number, scene in enumerate(plots):
            if scene.key not in self._plots:
                self._plots[scene.key] = self._new(scene)
            plot = self._plots[scene.key]
            if self._column.indexOf(plot) != number:
                self._column.insertWidget(number, plot, 1)
            plot.set_scene(scene)

    def _new(self, scene: PlotScene) -> Plot:
        plot = Plot(scene, self)
        plot.magnify(self._larger)
        plot.setMinimumHeight(plot.minimumHeight() + scaled(_TALLER.get(scene.key, 0)))
        plot.clicked.connect(self.clicked)
        plot.hovered.connect(self.hovered)
        plot.left.connect(self.left)
        return plot
