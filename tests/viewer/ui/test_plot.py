"""Plots: data where it belongs, numbers a person can read, clicks in data units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support import scenes
from tests.support.looks import in_dark
from tests.support.plots import (
    LEFT,
    NONE,
    figure_of,
    near,
    plots,
    value,
    viewport,
    x_range,
)
from viewer.model.scene.plots import Curve, PlotScene
from viewer.ui import theme
from viewer.ui.plot.figure import Figure
from viewer.ui.plot.plot import Plot


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> None:
    in_dark(qapp)


# ---- drawing ---------------------------------------------------------------------------------------------


def test_points_are_drawn_where_the_axes_say(qtbot: QtBot) -> None:
    view = plots(qtbot)
    plot = view.plot("rate")
    image, where = plot.grab().toImage(), figure_of(plot)
    curve = scenes.rate_plot().curves[0]
    colour = theme.legible(curve.colour, theme.DARK.panel)
    for x, y in zip(curve.x, curve.y, strict=True):
        assert near(image, QPointF(*where.place(x, y)), colour)
    assert not near(image, QPointF(*where.place(0.9, 26.6)), colour)


def test_the_legend_has_the_colour_of_points_that_come_later(qtbot: QtBot) -> None:
    scene = scenes.rate_plot()
    waiting = replace(scene.curves[2], y=np.array([np.nan]), live=True)
    view = plots(qtbot, replace(scene, curves=(*scene.curves[:2], waiting)))
    plot = view.plot("rate")
    figure, colour = figure_of(plot), theme.legible(waiting.colour, theme.DARK.panel)
    for _ in range(2):
        image, sample = plot.grab().toImage(), figure._legend.items[2][0]
        assert near(image, sample.mapToScene(sample.boundingRect().center()), colour)
        view.set_scene((replace(scene, curves=(*scene.curves[:2], replace(scene.curves[2], live=True))),))


@pytest.mark.parametrize("size", [(240, 420), (380, 640), (600, 900)])
def test_the_legend_lies_outside_the_data(qtbot: QtBot, size: tuple[int, int]) -> None:
    """The words above the axes take rows of their own, however narrow the plot."""
    many = replace(
        scenes.rate_plot(),
        curves=tuple(replace(scenes.rate_plot().curves[0], name=f"curve number {k}") for k in range(7)),
    )
    view = plots(qtbot, many, size=size)
    plot = view.plot("rate")
    where, image = figure_of(plot), plot.grab().toImage()
    assert where.area().height() > 40
    text = QColor(theme.DARK.text)
    inside = where.area().adjusted(2, 2, -2, -2).toRect()
    assert not any(
        image.pixelColor(x, y) == text
        for x in range(inside.left(), inside.right())
        for y in range(inside.top(), inside.bottom())
    )
    above = range(int(where.area().top()))
    assert sum(image.pixelColor(x, y) == text for y in above for x in range(image.width())) > 50


def test_the_marker_moves_without_redrawing_the_plot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scenes.psnr_plot(marker=1)
    view = plots(qtbot, scene)
    plot = view.plot("psnr")
    before = plot.grab().toImage()
    redrawn: list[object] = []
    monkeypatch.setattr(Figure, "render", lambda *_: redrawn.append(1))
    view.set_scene((replace(scene, marker=2.5),))
    after = plot.grab().toImage()
    where = figure_of(plot)
    top = where.area().top() + 3
    assert near(before, QPointF(where.place(1, 28)[0], top), theme.DARK.accent, 1)
    assert near(after, QPointF(where.place(2.5, 28)[0], top), theme.DARK.accent, 1)
    assert not near(after, QPointF(where.place(1, 28)[0], top), theme.DARK.accent, 1)
    assert redrawn == []


def test_nothing_is_done_for_an_equal_scene(qtbot: QtBot) -> None:
    scene = scenes.psnr_plot(marker=1)
    view = plots(qtbot, scene)
    figure = view.plot("psnr").figure()
    view.set_scene((replace(scene),))
    assert figure.shown is scene
    view.set_scene((replace(scene, marker=2),))
    assert figure.shown.marker == 2


def test_new_data_is_drawn(qtbot: QtBot) -> None:
    view = plots(qtbot, scenes.psnr_plot(0, ready=1))
    plot = view.plot("psnr")
    assert x_range(plot)[1] > 4, "room for the steps still to come"
    before = plot.grab().toImage()
    view.set_scene((scenes.psnr_plot(0, ready=4),))
    assert view.plot("psnr") is plot
    assert plot.grab().toImage() != before


def test_without_data_a_note_says_why(qtbot: QtBot) -> None:
    view = plots(qtbot, scenes.empty_plot())
    plot = view.plot("bits")
    assert plot.figure().nearest(QPointF(100, 100)) is None
    muted, image = QColor(theme.DARK.muted), plot.grab().toImage()
    assert any(image.pixelColor(x, y) == muted for x in range(image.width()) for y in range(image.height()))
    assert "progressive" in plot.figure().plotItem.titleLabel.text
    QTest.mouseMove(viewport(plot), QPoint(100, 100))
    QTest.mouseClick(viewport(plot), LEFT, NONE, QPoint(100, 100))


def test_plots_come_and_go_by_key(qtbot: QtBot) -> None:
    view = plots(qtbot)
    kept = view.plot("bits")
    view.set_scene((scenes.bits_plot(), scenes.psnr_plot()))
    QApplication.processEvents()
    assert view.plot("bits") is kept
    assert kept.y() < view.plot("psnr").y()
    with pytest.raises(KeyError):
        view.plot("rate")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(view.findChildren(Plot)) == 2


def test_a_new_theme_redraws(qtbot: QtBot, qapp: QApplication) -> None:
    view = plots(qtbot)
    theme.apply(qapp, theme.LIGHT)
    assert view.plot("psnr").grab().toImage().pixelColor(2, 2) == QColor(theme.LIGHT.panel)


# ---- the mouse -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [0, 2, 4])
def test_a_click_says_which_plot_and_which_x(qtbot: QtBot, step: int) -> None:
    view = plots(qtbot)
    plot = view.plot("psnr")
    where = figure_of(plot)
    at = QPoint(round(where.place(step, 28)[0]), round(where.area().center().y()))
    with qtbot.waitSignal(view.clicked) as clicked:
        QTest.mouseClick(viewport(plot), LEFT, NONE, at)
    assert clicked.args is not None
    assert clicked.args[0] == "psnr"
    assert clicked.args[1] == pytest.approx(step, abs=0.02)


def test_clicks_beyond_the_data_are_kept_within_it(qtbot: QtBot) -> None:
    view = plots(qtbot)
    plot = view.plot("bits")
    area = figure_of(plot).area()
    with qtbot.waitSignal(view.clicked) as clicked:
        QTest.mouseClick(viewport(plot), LEFT, NONE, QPoint(int(area.right()) - 1, int(area.center().y())))
    assert clicked.args == ["bits", 6144.0]


def test_the_read_out_shows_the_nearest_point_and_goes_with_the_mouse(qtbot: QtBot) -> None:
    view = plots(qtbot)
    plot = view.plot("rate")
    where, curve = figure_of(plot), scenes.rate_plot().curves[0]
    target = QPointF(*where.place(curve.x[3], curve.y[3]))
    point = figure_of(plot).nearest(target + QPointF(3, -4))
    assert point is not None
    assert (point[0].name, point[1]) == ("JPEG", 3)
    plain = plot.grab().toImage()
    with qtbot.waitSignal(view.hovered) as hovered:
        QTest.mouseMove(viewport(plot), (target + QPointF(3, -4)).toPoint())
    assert hovered.args is not None
    assert hovered.args[1] == pytest.approx(curve.x[3], abs=0.02)
    assert plot.grab().toImage() != plain
    with qtbot.waitSignal(view.left) as left:
        QTest.mouseMove(viewport(plot), QPoint(3, 3))
    assert left.args == ["rate"]
    assert plot.grab().toImage() == plain


@pytest.mark.parametrize("corner", [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
def test_the_read_out_stays_inside_the_plot(qtbot: QtBot, corner: tuple[float, float]) -> None:
    """The box is drawn whole: its frame's line is found on all four sides."""
    curve = Curve("a curve with a name", np.array([corner[0]]), np.array([corner[1]]), "#009E73", "points")
    ends = Curve("ends", np.array([0.0, 1.0]), np.array([0.0, 1.0]), "#D55E00", "points")
    view = plots(qtbot, PlotScene("k", "Title", "x", "y (dB)", (ends, curve)), size=(300, 220))
    plot = view.plot("k")
    where = figure_of(plot)
    at = QPointF(*where.place(*corner))
    before = plot.grab().toImage()
    QTest.mouseMove(viewport(plot), at.toPoint())
    after = plot.grab().toImage()
    assert figure_of(plot).nearest(at) is not None
    changed = [
        (x, y)
        for x in range(after.width())
        for y in range(after.height())
        if after.pixelColor(x, y) != before.pixelColor(x, y)
    ]
    assert changed
    assert min(x for x, _ in changed) > 0
    assert max(x for x, _ in changed) < after.width() - 1
    assert min(y for _, y in changed) > 0
    assert max(y for _, y in changed) < after.height() - 1


def wheel(plot: Plot, at: QPointF, notches: int) -> None:
    under = viewport(plot)
    turn = QWheelEvent(at, under.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
                       NONE, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(under, turn)


def test_the_wheel_zooms_about_the_cursor_and_dragging_pans(qtbot: QtBot) -> None:
    view = plots(qtbot)
    plot = view.plot("rate")
    first, at = x_range(plot), figure_of(plot).area().center().toPoint().toPointF()
    under = value(plot, at.x())
    wheel(plot, at, 3)
    near = x_range(plot)
    assert near[1] - near[0] < 0.6 * (first[1] - first[0])
    assert value(plot, at.x()) == pytest.approx(under, abs=0.01)
    under = value(plot, at.x())
    clicks: list[object] = []
    view.clicked.connect(lambda *args: clicks.append(args))
    QTest.mousePress(viewport(plot), LEFT, NONE, at.toPoint())
    QTest.mouseMove(viewport(plot), at.toPoint() + QPoint(40, 10))
    QTest.mouseRelease(viewport(plot), LEFT, NONE, at.toPoint() + QPoint(40, 10))
    assert value(plot, at.x() + 40) == pytest.approx(under, abs=0.01)
    assert clicks == [], "dragging chooses nothing"
    view.set_scene((scenes.psnr_plot(), replace(scenes.rate_plot(), marker=0.5), scenes.bits_plot()))
    assert x_range(plot) != first, "what is looked at stays"
    plot.reset()
    assert x_range(plot) == pytest.approx(first)


def test_beside_the_axes_the_wheel_is_left_to_the_column(qtbot: QtBot) -> None:
    view = plots(qtbot)
    plot = view.plot("rate")
    first = x_range(plot)
    wheel(plot, QPointF(100, 5), 3)
    assert x_range(plot) == first


def test_axes_may_be_logarithmic(qtbot: QtBot) -> None:
    view = plots(qtbot)
    plot = view.plot("bits")
    figure_of(plot)
    before = plot.grab().toImage()
    figure_of(plot).logs[1].setChecked(True)
    figure = figure_of(plot)
    assert plot.grab().toImage() != before
    third = figure.place(1.0, np.array([100.0, 1000.0, 10_000.0]))[1]
    assert third[0] - third[1] == pytest.approx(third[1] - third[2])
    point = figure.nearest(figure.area().center())
    assert point is not None
    assert point[0].y[point[1]] > 100, "values are read as they are, not their logarithms"
    plot.reset()
    figure_of(plot)
    assert plot.grab().toImage() == before


def test_live_points_move_without_a_drawing(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scenes.rate_plot()

    def at(db: float) -> PlotScene:
        live = replace(scene.curves[2], y=np.array([db]), live=True)
        return replace(scene, curves=(*scene.curves[:2], live))

    view = plots(qtbot, at(29.0))
    plot = view.plot("rate")
    colour = theme.legible(scene.curves[2].colour, theme.DARK.panel)
    drawings: list[int] = []
    render = Figure.render
    monkeypatch.setattr(Figure, "render", lambda *args: (drawings.append(1), render(*args))[1])
    for db in (29.0, 30.5):
        view.set_scene((at(db),))
        image = plot.grab().toImage()
        assert near(image, QPointF(*figure_of(plot).place(0.256, db)), colour)
    assert drawings == []
    view.set_scene((at(55.0),))
    figure_of(plot)
    assert near(plot.grab().toImage(), QPointF(*figure_of(plot).place(0.256, 55.0)), colour)
    assert drawings, "the axes hold what is shown"
