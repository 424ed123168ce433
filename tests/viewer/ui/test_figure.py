"""What pyqtgraph is asked for: ranges, numbers on the axes, curves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support import scenes
from viewer.model.scene.plots import Curve, PlotScene
from viewer.ui import theme
from viewer.ui.plot.figure import Figure, Frame, _Axis

ROOM = QRectF(10, 20, 380, 180)


@pytest.fixture
def figure(qtbot: QtBot, qapp: QApplication) -> Iterator[Figure]:
    theme.apply(qapp, theme.DARK)
    parent = QWidget()
    qtbot.addWidget(parent)
    yield Figure(parent)
    parent.close()


def drawn(figure: Figure, scene: PlotScene, room: QRectF = ROOM) -> Frame | None:
    image = QImage(400, 220, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    try:
        return figure.draw(painter, room, scene)
    finally:
        painter.end()


def scene_of(x: object, y: object, **more: object) -> PlotScene:
    curve = Curve("c", np.asarray(x, float), np.asarray(y, float), "#009E73", symbol="o")
    return replace(PlotScene("k", "Title", "x", "y (dB)", (curve,)), **more)  # type: ignore[arg-type]


def words(axis: _Axis, size: float, low: float, high: float) -> list[str]:
    spacing, values = axis.tickValues(low, high, size)[0]
    return list(axis.tickStrings(values, 1.0, spacing))


@pytest.mark.parametrize(
    ("low", "high", "whole", "wanted"),
    [
        (0, 4, True, ["0", "1", "2", "3", "4"]),
        (0, 2, True, ["0", "1", "2"]),
        (27.41, 29.9, False, ["28", "29"]),
        (0.18, 1.2, False, ["0.2", "0.4", "0.6", "0.8", "1.0", "1.2"]),
        (-2.5, 2.5, False, ["−2", "0", "2"]),
    ],
)
def test_numbers_on_an_axis_are_round(
    figure: Figure, low: float, high: float, whole: bool, wanted: list[str]
) -> None:
    figure.bottom.whole = whole
    assert words(figure.bottom, 300, low, high) == wanted


@settings(
    deadline=None, suppress_health_check=list(HealthCheck), max_examples=60
)  # a busy machine is no fault
@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e6), size=st.floats(60, 900))
def test_numbers_lie_inside_and_can_be_told_apart(
    qapp: QApplication, low: float, span: float, size: float
) -> None:
    axis = _Axis("bottom")
    spacing, values = axis.tickValues(low, low + span, size)[0]
    assert len(values) >= 1
    slack = 1e-5 * span + 1e-9 * abs(low)
    assert min(values) >= low - slack
    assert max(values) <= low + span + slack
    text = axis.tickStrings(values, 1.0, spacing)
    assert len(set(text)) == len(text)


def test_what_is_counted_has_no_halves(figure: Figure) -> None:
    drawn(figure, scene_of([0, 1], [1, 2], x_decimals=0))
    assert figure.bottom.whole
    assert words(figure.bottom, 800, 0, 1) == ["0", "1"]


def test_values_may_have_names(figure: Figure) -> None:
    drawn(figure, scene_of([-1, 0, 1], [1, 2, 3], x_decimals=0, x_names=((-1.0, "i1", "iteration 1"),)))
    assert words(figure.bottom, 200, -1, 1) == ["i1", "0", "1"]


def test_all_data_lie_inside_the_axes_with_room_for_symbols(figure: Figure) -> None:
    for scene in (scenes.psnr_plot(), scenes.rate_plot()):
        frame = drawn(figure, scene)
        assert frame is not None
        assert ROOM.contains(frame.area)
        inner = frame.area.adjusted(4, 4, -4, -4)
        for curve in scene.curves:
            for place in zip(*frame.place(curve.x, curve.y), strict=True):
                assert inner.contains(QPointF(*place))


def test_points_to_come_have_room_already(figure: Figure) -> None:
    frame = drawn(figure, scenes.psnr_plot(ready=1))
    assert frame is not None
    assert frame.place(4.0, 28.0)[0] < frame.area.right()
    assert frame.value(frame.place(4.0, 28.0)[0]) == pytest.approx(4)


def test_infinite_values_have_no_place_but_do_not_hide_the_others(figure: Figure) -> None:
    frame = drawn(figure, scene_of([0, 1, 2], [30, math.inf, math.nan]))
    assert frame is not None
    low, high = frame.shown[1]
    assert low < 30 < high
    assert high - low < 0.2
    assert drawn(figure, scene_of([0, 1], [math.nan, math.inf])) is None
    assert drawn(figure, scene_of([], [])) is None


def test_a_span_shows_what_lies_within_it(figure: Figure) -> None:
    frame = drawn(figure, scene_of([0, 1, 2, 9], [10, 20, 30, 900], x_span=(0.0, 2.0)))
    assert frame is not None
    assert frame.shown[0][1] < 3
    assert frame.shown[1][1] < 40


def test_axes_near_nothing_begin_there(figure: Figure) -> None:
    frame = drawn(figure, scene_of([1, 100], [3, 300]))
    assert frame is not None
    assert frame.shown[0][0] <= 0
    assert frame.shown[1][0] <= 0


def test_logarithmic_axes_leave_out_what_has_no_logarithm(figure: Figure) -> None:
    figure.log[:] = [False, True]
    frame = drawn(figure, scene_of([0, 1, 2], [0.0, 1.0, 1000.0]))
    assert frame is not None
    assert frame.log == (False, True)
    assert -1 < frame.shown[1][0] < 0
    assert 3 < frame.shown[1][1] < 4
    third = frame.place(1.0, np.array([1.0, 10.0, 100.0]))[1]
    assert third[0] - third[1] == pytest.approx(third[1] - third[2])
    assert words(figure.left, 200, 0, 3) == ["1", "10", "100", "1000"]


def test_curves_come_change_and_go_without_new_items(figure: Figure) -> None:
    one, many = scene_of([0, 1], [1, 2]), scenes.rate_plot()
    drawn(figure, many)
    assert len(figure.item.listDataItems()) == 3
    kept = figure.item.listDataItems()[0]
    drawn(figure, one)
    assert figure.item.listDataItems() == [kept]
    assert list(kept.getData()[1]) == [1, 2]


def test_points_that_move_are_not_pyqtgraphs(figure: Figure) -> None:
    scene = scenes.rate_plot()
    live = replace(
        scene, curves=tuple(replace(curve, live=curve.style == "points") for curve in scene.curves)
    )
    drawn(figure, live)
    assert len(figure.item.listDataItems()) == 1


def test_long_lines_keep_their_extremes(figure: Figure) -> None:
    x = np.arange(100_000.0)
    y = np.sin(x / 900)
    y[54_321], y[77_777] = 9, -9
    drawn(figure, scene_of(x, y, curves=(Curve("c", x, y, "#009E73"),)))
    drawn_x, drawn_y = figure.item.listDataItems()[0].getData()
    assert drawn_x.size < 20_000
    assert (drawn_y.min(), drawn_y.max()) == (-9, 9)


def test_zooming_and_panning_hold_until_all_is_shown_again(figure: Figure) -> None:
    scene = scene_of([0, 10], [0, 10])
    first = drawn(figure, scene)
    assert first is not None
    at = first.area.center()
    figure.zoom(2.0, at, first)
    near = drawn(figure, scene)
    assert near is not None
    assert near.value(at.x()) == pytest.approx(first.value(at.x()))
    width = [high - low for low, high in (first.shown[0], near.shown[0])]
    assert width[1] == pytest.approx(width[0] / 2)
    figure.pan(QPointF(30, -20), near)
    moved = drawn(figure, scene_of([0, 100], [0, 100]))
    assert moved is not None
    assert moved.value(at.x() + 30) == pytest.approx(near.value(at.x()))
    figure.chosen = False
    again = drawn(figure, scene)
    assert again is not None
    assert again.shown == first.shown
