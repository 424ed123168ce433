"""Plots: data where it belongs, numbers a person can read, clicks in data units."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support import scenes
from viewer.model.scene.plots import Curve, PlotScene
from viewer.ui import theme
from viewer.ui.plot import axes
from viewer.ui.plot.column import PlotsView
from viewer.ui.plot.plot import Frame, Plot

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)


def plots(qtbot: QtBot, *shown: PlotScene, size: tuple[int, int] = (380, 640)) -> PlotsView:
    view = PlotsView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.set_scene(shown or (scenes.psnr_plot(), scenes.rate_plot(), scenes.bits_plot()))
    view.show()
    QApplication.processEvents()
    return view


def frame(plot: Plot) -> Frame:
    result = plot.frame()
    assert result is not None
    return result


def near(image: QImage, at: QPointF, colour: str, reach: int = 3) -> bool:
    wanted = QColor(colour)
    return any(
        image.pixelColor(round(at.x()) + dx, round(at.y()) + dy) == wanted
        for dx in range(-reach, reach + 1)
        for dy in range(-reach, reach + 1)
    )


# ---- numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "most", "whole", "wanted"),
    [
        (0, 4, 5, True, [0, 1, 2, 3, 4]),
        (0, 2, 9, True, [0, 1, 2]),
        (27.41, 29.9, 3, False, [28, 29]),
        (0.18, 1.2, 6, False, [0.2, 0.4, 0.6, 0.8, 1.0, 1.2]),
        (0, 400000, 4, False, [0, 100000, 200000, 300000, 400000]),
        (-2.5, 2.5, 5, False, [-2, -1, 0, 1, 2]),
    ],
)
def test_ticks_are_round(low: float, high: float, most: int, whole: bool, wanted: list[float]) -> None:
    assert axes.ticks(low, high, most, whole)[0] == pytest.approx(wanted)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e6), most=st.integers(2, 12))
def test_ticks_lie_inside_are_evenly_spaced_and_can_be_told_apart(low: float, span: float, most: int) -> None:
    values, decimals = axes.ticks(low, low + span, most)
    assert 2 <= len(values) <= 4 * most + 1
    slack = 1e-5 * span + 1e-9 * abs(low)
    assert min(values) >= low - slack
    assert max(values) <= low + span + slack
    words = [axes.written(value, decimals) for value in values]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    ("length", "wanted"), [(200, [28, 29, 30]), (30, [28, 30]), (12, [28]), (60, [28, 29, 30])]
)
def test_numbers_that_would_overlap_are_left_out(length: float, wanted: list[float]) -> None:
    axis = axes.Span(28, 30, length, 0)
    assert axes.spaced([28, 29, 30], axis, 16) == wanted


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234567, 0, "1\u2009234\u2009567"),
        (0.5, 3, "0.500"),
        (-1.25, 2, "−1.25"),
        (-0.0004, 2, "0.00"),
        (1e7, 0, "10\u2009000\u2009000"),
    ],
)
def test_numbers_have_no_exponents_and_no_prefixes(value: float, decimals: int, text: str) -> None:
    assert axes.written(value, decimals) == text


@pytest.mark.parametrize(
    ("label", "bare", "text"),
    [
        ("PSNR, dB", False, "PSNR 31.20 dB"),
        ("RGB PSNR (dB)", True, "RGB PSNR 31.20 dB"),
        ("rate [bpp]", False, "rate 31.20 bpp"),
        ("step", False, "step 31.20"),
        ("kbit", True, "31.20 kbit"),
        ("patch, in raster order", False, "patch 31.20"),
    ],
)
def test_a_read_out_puts_the_unit_behind_the_number(label: str, bare: bool, text: str) -> None:
    assert axes.labelled(label, 31.2, 2, bare) == text


def test_infinite_values_have_no_place_but_do_not_hide_the_others() -> None:
    curve = Curve("c", np.array([0, 1, 2]), np.array([30, math.inf, math.nan]), "#009E73")
    x, y = axes.finite(curve)
    assert axes.data_range([y], 0.04) == pytest.approx((29.98, 30.02))
    assert axes.data_range([x], 1) == (0, 2)
    assert axes.data_range([np.array([math.nan])], 1) is None


def test_long_lines_keep_their_ends_and_extremes() -> None:
    x = np.arange(100_000.0)
    y = np.sin(x / 900)
    y[54_321] = 9
    y[77_777] = -9
    tx, ty = axes.thinned(x, y, 300)
    assert tx.size <= 900
    assert (tx[0], tx[-1]) == (0, 99_999)
    assert (ty.min(), ty.max()) == (-9, 9)
    assert (np.diff(tx) > 0).all()


# ---- drawing ---------------------------------------------------------------------------------------------


def test_points_are_drawn_where_the_axes_say(qtbot: QtBot) -> None:
    view = plots(qtbot)
    plot = view.plot("rate")
    image, where = plot.grab().toImage(), frame(plot)
    curve = scenes.rate_plot().curves[0]
    colour = theme.legible(curve.colour, theme.DARK.panel)
    for x, y in zip(curve.x, curve.y, strict=True):
        assert near(image, QPointF(where.x.at(x), where.y.at(y)), colour)
    assert not near(image, QPointF(where.x.at(0.9), where.y.at(26.6)), colour)


def test_all_data_and_symbols_lie_inside_the_axes(qtbot: QtBot) -> None:
    view = plots(qtbot)
    for key, scene in (("psnr", scenes.psnr_plot()), ("rate", scenes.rate_plot())):
        where = frame(view.plot(key))
        inner = where.area.adjusted(4, 4, -4, -4)
        for curve in scene.curves:
            for x, y in zip(curve.x, curve.y, strict=True):
                assert inner.contains(QPointF(where.x.at(x), where.y.at(y)))


@pytest.mark.parametrize("size", [(240, 420), (380, 640), (600, 900)])
def test_the_legend_lies_outside_the_data(qtbot: QtBot, size: tuple[int, int]) -> None:
    """The words above the axes take rows of their own, however narrow the plot."""
    many = replace(
        scenes.rate_plot(),
        curves=tuple(replace(scenes.rate_plot().curves[0], name=f"curve number {k}") for k in range(7)),
    )
    view = plots(qtbot, many, size=size)
    plot = view.plot("rate")
    where, image = frame(plot), plot.grab().toImage()
    assert where.area.height() > 40
    text = QColor(theme.DARK.text)
    inside = where.area.adjusted(2, 2, -2, -2).toRect()
    assert not any(
        image.pixelColor(x, y) == text
        for x in range(inside.left(), inside.right())
        for y in range(inside.top(), inside.bottom())
    )
    above = range(int(where.area.top()))
    assert sum(image.pixelColor(x, y) == text for y in above for x in range(image.width())) > 50


def test_the_marker_moves_without_redrawing_the_plot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scenes.psnr_plot(marker=1)
    view = plots(qtbot, scene)
    plot = view.plot("psnr")
    before = plot.grab().toImage()
    redrawn: list[object] = []
    monkeypatch.setattr(Plot, "_draw", lambda *_: redrawn.append(1))
    view.set_scene((replace(scene, marker=2.5),))
    after = plot.grab().toImage()
    where = frame(plot)
    top = where.area.top() + 3
    assert near(before, QPointF(where.x.at(1), top), theme.DARK.accent, 1)
    assert near(after, QPointF(where.x.at(2.5), top), theme.DARK.accent, 1)
    assert not near(after, QPointF(where.x.at(1), top), theme.DARK.accent, 1)
    assert redrawn == []


def test_new_data_is_drawn(qtbot: QtBot) -> None:
    view = plots(qtbot, scenes.psnr_plot(0, ready=1))
    plot = view.plot("psnr")
    assert frame(plot).x.high == 4, "room for the steps still to come"
    before = plot.grab().toImage()
    view.set_scene((scenes.psnr_plot(0, ready=4),))
    assert view.plot("psnr") is plot
    assert plot.grab().toImage() != before


def test_without_data_a_note_says_why(qtbot: QtBot) -> None:
    view = plots(qtbot, scenes.empty_plot())
    plot = view.plot("bits")
    assert plot.frame() is None
    muted, image = QColor(theme.DARK.muted), plot.grab().toImage()
    middle = range(image.height() // 3, 2 * image.height() // 3)
    assert any(image.pixelColor(x, y) == muted for x in range(image.width()) for y in middle)
    QTest.mouseMove(plot, QPoint(100, 100))
    QTest.mouseClick(plot, LEFT, NONE, QPoint(100, 100))


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
    where = frame(plot)
    at = QPoint(round(where.x.at(step)), round(where.area.center().y()))
    with qtbot.waitSignal(view.clicked) as clicked:
        QTest.mouseClick(plot, LEFT, NONE, at)
    assert clicked.args is not None
    assert clicked.args[0] == "psnr"
    assert clicked.args[1] == pytest.approx(step, abs=0.02)


def test_clicks_beyond_the_data_are_kept_within_it(qtbot: QtBot) -> None:
    view = plots(qtbot)
    plot = view.plot("bits")
    area = frame(plot).area
    with qtbot.waitSignal(view.clicked) as clicked:
        QTest.mouseClick(plot, LEFT, NONE, QPoint(int(area.right()) - 1, int(area.center().y())))
    assert clicked.args == ["bits", 6144.0]


def test_the_read_out_shows_the_nearest_point_and_goes_with_the_mouse(qtbot: QtBot) -> None:
    view = plots(qtbot)
    plot = view.plot("rate")
    where, curve = frame(plot), scenes.rate_plot().curves[0]
    target = QPointF(where.x.at(curve.x[3]), where.y.at(curve.y[3]))
    point = plot.nearest(target + QPointF(3, -4))
    assert point is not None
    assert (point.x, point.y) == pytest.approx((curve.x[3], curve.y[3]))
    assert point.curve.name == "JPEG"
    plain = plot.grab().toImage()
    with qtbot.waitSignal(view.hovered) as hovered:
        QTest.mouseMove(plot, (target + QPointF(3, -4)).toPoint())
    assert hovered.args is not None
    assert hovered.args[1] == pytest.approx(curve.x[3], abs=0.02)
    assert plot.grab().toImage() != plain
    with qtbot.waitSignal(view.left) as left:
        QTest.mouseMove(plot, QPoint(3, 3))
    assert left.args == ["rate"]
    assert plot.grab().toImage() == plain


@pytest.mark.parametrize("corner", [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
def test_the_read_out_stays_inside_the_plot(qtbot: QtBot, corner: tuple[float, float]) -> None:
    """The box is drawn whole: its frame's line is found on all four sides."""
    curve = Curve("a curve with a name", np.array([corner[0]]), np.array([corner[1]]), "#009E73", "points")
    ends = Curve("ends", np.array([0.0, 1.0]), np.array([0.0, 1.0]), "#D55E00", "points")
    view = plots(qtbot, PlotScene("k", "Title", "x", "y (dB)", (ends, curve)), size=(300, 220))
    plot = view.plot("k")
    where = frame(plot)
    at = QPointF(where.x.at(corner[0]), where.y.at(corner[1]))
    before = plot.grab().toImage()
    QTest.mouseMove(plot, at.toPoint())
    after = plot.grab().toImage()
    assert plot.nearest(at) is not None
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
