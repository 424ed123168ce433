"""A heat map of pyqtgraph's, with its scale of colours, axes and the value under the mouse.

pyqtgraph is loaded when the first map is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from viewer.model.scene.lab import HeatScene
from viewer.ui.controls import panel
from viewer.ui.theme import VIRIDIS, current, font

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

_MOST_VEIL = 0.85


class HeatMap(QWidget):
    """Draws one `HeatScene`; row 0 is at the top."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self.scene: HeatScene | None = None
        self._view: Any = None
        self.words = QLabel(" ")
        self.words.setProperty("role", "muted")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self._note = QLabel()
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setWordWrap(True)
        self._note.setProperty("role", "muted")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._note, 1)
        self._column.addWidget(self.words)
        self.setMinimumSize(240, 200)

    def set_scene(self, scene: HeatScene) -> None:
        """Show this."""
        if scene is self.scene and self._view is not None:
            return
        self.scene = scene
        there = bool(scene.values.size)
        self._note.setText(scene.note)
        self._note.setVisible(not there)
        self.words.setText(" ")
        self.setAccessibleName(scene.title or scene.note)
        if there and self._view is None:
            self._make()
        if self._view is not None:
            self._view.setVisible(there)
            if there:
                self._fill(scene)

    def _make(self) -> None:
        import pyqtgraph as pg

        self._view = pg.GraphicsLayoutWidget()
        self._view.setAccessibleName("Heat map")
        self._plot = self._view.addPlot()
        self._plot.setMouseEnabled(False, False)
        self._plot.hideButtons()
        self._plot.invertY(True)
        self._image = pg.ImageItem(axisOrder="row-major")
        self._veil = pg.ImageItem(axisOrder="row-major")
        self._plot.addItem(self._image)
        self._plot.addItem(self._veil)
        stops = np.linspace(0, 1, len(VIRIDIS))
        self._colours = pg.ColorMap(stops, [pg.mkColor(each) for each in VIRIDIS])
        self._bar = pg.ColorBarItem(colorMap=self._colours, interactive=False, width=12)
        self._bar.setImageItem(self._image, insert_in=self._plot)
        for item in (self._plot, self._bar):  # their menus, which nobody opens, are windows without a parent
            item.setMenuEnabled(False)
            item.ctrlMenu.setParent(self, item.ctrlMenu.windowFlags())
        self._view.scene().sigMouseMoved.connect(self._moved)
        self._column.insertWidget(0, self._view, 1)

    def _fill(self, scene: HeatScene) -> None:
        import pyqtgraph as pg

        theme = current()
        self._view.setBackground(theme.panel)
        rows, columns = scene.values.shape
        known = scene.values[np.isfinite(scene.values)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        self._image.setImage(scene.values, autoLevels=False)
        self._bar.setLevels((low, max(high, low + 1e-6)))
        grey = pg.mkColor(theme.panel)
        veil = np.zeros((rows, columns, 4), np.uint8)
        veil[..., :3] = grey.red(), grey.green(), grey.blue()
        veil[..., 3] = np.where(np.isfinite(scene.values), 255 * _MOST_VEIL * scene.veil, 0).round()
        self._veil.setImage(veil, levels=(0, 255))
        y, x = scene.first
        for item in (self._image, self._veil):
            item.setRect(x - 0.5, y - 0.5, columns, rows)
        self._plot.setRange(xRange=(x - 0.5, x + columns - 0.5), yRange=(y - 0.5, y + rows - 0.5), padding=0)
        self._plot.setTitle(scene.title, color=theme.text, size=f"{font().pixelSize()}px")
        look = {"color": theme.muted, "font-size": f"{font().pixelSize()}px"}
        for side, text in (("bottom", scene.x_label), ("left", scene.y_label)):
            axis = self._plot.getAxis(side)
            axis.setLabel(text, **look)
            axis.setPen(theme.line)
            axis.setTextPen(theme.muted)
            axis.setStyle(tickFont=font())
        metrics = QFontMetrics(font())  # room for numbers and label at any size of text
        axis.setWidth(metrics.horizontalAdvance("000") + metrics.height() + 8)
        self._plot.getAxis("bottom").setHeight(2 * metrics.height() + 8)
        self._bar.setLabel("left", scene.bar_label, **look)
        for axis in (self._bar.getAxis("left"), self._bar.getAxis("right")):
            axis.setPen(theme.line)
            axis.setTextPen(theme.muted)
            axis.setStyle(tickFont=font())

    def _moved(self, position: QPointF) -> None:
        scene = self.scene
        if scene is None or not scene.values.size:
            return
        self.words.setText(self.told(self._plot.vb.mapSceneToView(position)) or " ")

    def told(self, place: QPointF) -> str:
        """What is at a place of the map, "" beyond it and where there is nothing."""
        scene = self.scene
        if scene is None:
            return ""
        row, column = (round(v - first) for v, first in zip((place.y(), place.x()), scene.first, strict=True))
        rows, columns = scene.values.shape
        if not (0 <= row < rows and 0 <= column < columns) or not np.isfinite(scene.values[row, column]):
            return ""
        at = row + scene.first[0], column + scene.first[1]
        return scene.read.format(*at, float(scene.values[row, column]), 100 * float(scene.veil[row, column]))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's names
        super().changeEvent(event)
        kinds = (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange)
        there = self._view is not None and self.scene is not None and self.scene.values.size
        if event.type() in kinds and there and self.scene is not None:
            self._fill(self.scene)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.words.setMaximumWidth(self.width())
