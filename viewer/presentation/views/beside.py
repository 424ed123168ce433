"""One plot beside the pictures: below several, at the right of a single one."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QBoxLayout, QWidget

from viewer.model.scene.plots import PlotScene
from viewer.ui.plot.column import PlotsView
from viewer.ui.theme import FONT_PIXELS, back_row, scaled

_LEAST = 120
"""Pixels that pictures need at 100 % text, captions included; in a smaller window the page is scrolled."""


class PicturesAndPlot(QWidget):
    """Holds the pictures, and the plot while there is one."""

    def __init__(self, pictures: QWidget) -> None:
        super().__init__()
        self._lines = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self._lines.addWidget(pictures, 8)
        self.plot = PlotsView()
        self.plot.hide()
        self._lines.addWidget(self.plot, 5)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return super().minimumSizeHint().expandedTo(QSize(0, scaled(_LEAST)))

    def set_scene(self, plot: PlotScene | None, count: int) -> None:
        """Show this plot beside so many pictures; None: the pictures alone."""
        if self.plot.isHidden() == (plot is not None):
            self.plot.setVisible(plot is not None)
        direction = QBoxLayout.Direction.LeftToRight if count == 1 else QBoxLayout.Direction.TopToBottom
        if self._lines.direction() != direction:
            self._lines.setDirection(direction)
        if plot is None:
            if self.plot.shown():
                self.plot.set_scene(())
            return
        self.plot.magnify(max(1.0, 0.8 * back_row(self.window().height()) / scaled(FONT_PIXELS)))
        self.plot.set_scene((plot,))
