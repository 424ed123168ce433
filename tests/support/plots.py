"""Plots of the window as they are shown, and what a hand does in them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support import scenes
from viewer.model.scene.plots import PlotScene
from viewer.ui.plot.column import PlotsView
from viewer.ui.plot.figure import Figure
from viewer.ui.plot.plot import Plot

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def plots(qtbot: QtBot, *shown: PlotScene, size: tuple[int, int] = (380, 640)) -> PlotsView:
    """A column of plots as it is shown: these, or three."""
    view = PlotsView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.set_scene(shown or (scenes.psnr_plot(), scenes.rate_plot(), scenes.bits_plot()))
    view.show()
    for plot in view.findChildren(Plot):
        figure_of(plot)
    return view


def figure_of(plot: Plot) -> Figure:
    """A plot's figure, once it is drawn as it stays."""
    for _ in range(3):
        QApplication.processEvents()
        plot.figure().draw()
    return plot.figure()


def viewport(plot: Plot) -> QWidget:
    """What the mouse is over in a plot."""
    return figure_of(plot).viewport()


def x_range(plot: Plot) -> tuple[float, float]:
    """What the axis shows."""
    low, high = figure_of(plot).box.viewRange()[0]
    return low, high


def y_range(plot: Plot) -> tuple[float, float]:
    """What the axis shows."""
    low, high = figure_of(plot).box.viewRange()[1]
    return low, high


def value(plot: Plot, x: float) -> float:
    """Data x at a pixel."""
    return float(figure_of(plot).box.mapSceneToView(QPointF(x, 0)).x())


def near(image: QImage, at: QPointF, colour: str, reach: int = 3) -> bool:
    """Whether a pixel near a place has this colour."""
    wanted = QColor(colour)
    return any(
        image.pixelColor(round(at.x()) + dx, round(at.y()) + dy) == wanted
        for dx in range(-reach, reach + 1)
        for dy in range(-reach, reach + 1)
    )


def double_click(widget: QWidget, at: QPoint) -> None:
    """Press, release, double click, release; `QTest` presses once more in between."""
    QTest.mouseClick(widget, LEFT, NONE, at)
    place = QPointF(at)
    event = QMouseEvent(QEvent.Type.MouseButtonDblClick, place, widget.mapToGlobal(place), LEFT, LEFT, NONE)
    QApplication.sendEvent(widget, event)
    QTest.mouseRelease(widget, LEFT, NONE, at)
