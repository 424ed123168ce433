"""What pyqtgraph is asked for: ranges, numbers on the axes, curves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support import scenes
from tests.support.looks import in_dark
from viewer.model.scene.plots import Curve, PlotScene
from viewer.ui import theme
from viewer.ui.line_keys import curve_colour
from viewer.ui.plot.figure import Figure


@pytest.fixture
def figure(qtbot: QtBot, qapp: QApplication) -> Iterator[Figure]:
    in_dark(qapp)
    parent = QWidget()
    qtbot.addWidget(parent)
    figure = Figure(scenes.empty_plot(), parent)
    figure.resize(400, 220)
    parent.resize(400, 220)
    parent.show()
    yield figure
    parent.close()


def drawn(figure: Figure, scene: PlotScene) -> Figure:
    """The figure, once it has drawn this as it stays."""
    figure.set_scene(scene)
    for _ in range(3):
        QApplication.processEvents()
        figure.draw()
    return figure


def x_range(figure: Figure) -> tuple[float, float]:
    low, high = figure.box.viewRange()[0]
    return low, high


def y_range(figure: Figure) -> tuple[float, float]:
    low, high = figure.box.viewRange()[1]
    return low, high


def scene_of(x: object, y: object, **more: object) -> PlotScene:
    curve = Curve("c", np.asarray(x, float), np.asarray(y, float), "#009E73", symbol="o")
    return replace(PlotScene("k", "Title", "x", "y (dB)", (curve,)), **more)  # type: ignore[arg-type]


def words(figure: Figure) -> list[str]:
    """The numbers along x."""
    bottom, (low, high) = figure.plotItem.getAxis("bottom"), x_range(figure)
    if bottom._tickLevels is not None:
        return [text for at, text in bottom._tickLevels[0] if low <= at <= high]
    spacing, values = bottom.tickValues(low, high, bottom.width())[0]
    return list(bottom.tickStrings(values, 1.0, spacing))


@pytest.mark.parametrize(
    ("x", "decimals", "wanted"),
    [
        (range(5), 0, ["0", "1", "2", "3", "4"]),
        ((0, 1), 0, ["0", "1"]),
        ((0.18, 1.2), 3, ["0.2", "0.4", "0.6", "0.8", "1.0", "1.2"]),
        ((0, 6144), 0, ["0", "6\u2009144"]),
        (range(0, 6001, 10), 0, ["0", "2\u2009000", "4\u2009000", "6\u2009000"]),
    ],
)
def test_numbers_on_an_axis_are_round(figure: Figure, x: object, decimals: int, wanted: list[str]) -> None:
    """And what is counted has no halves."""
    x = np.asarray(x, float)
    assert words(drawn(figure, scene_of(x, x, x_decimals=decimals))) == wanted


@pytest.mark.parametrize("width", [200, 900])
@pytest.mark.parametrize(("low", "span"), [(0, 1e-3), (27.41, 2.49), (-1e6, 7e5), (0.18, 1.02), (1e6, 1e-3)])
def test_numbers_lie_inside_and_can_be_told_apart(
    figure: Figure, low: float, span: float, width: int
) -> None:
    """On both axes, as pyqtgraph paints them."""
    figure.resize(width, 220)
    ends = np.array([low, low + span])
    drawn(figure, scene_of(ends, ends, x_decimals=3))
    for name in ("bottom", "left"):
        axis = figure.plotItem.getAxis(name)
        paper = QPixmap(figure.size())
        painter = QPainter(paper)
        painted = axis.generateDrawSpecs(painter)[2]
        painter.end()
        texts = [text for _, _, text in painted]
        assert len(texts) >= (2 if span > 1e-3 and width > 200 else 1), (name, texts)
        assert len(set(texts)) == len(texts), (name, texts)
        boxes = [axis.mapRectToScene(box) for box, _, _ in painted]
        assert all(figure.rect().toRectF().adjusted(-1, -1, 1, 1).contains(box) for box in boxes), name
        assert not any(one.intersects(other) for one, other in combinations(boxes, 2)), (name, texts)


def test_values_may_have_names(figure: Figure) -> None:
    scene = scene_of([-1, 0, 1], [1, 2, 3], x_decimals=0, x_names=((-1.0, "i1", "iteration 1"),))
    assert words(drawn(figure, scene)) == ["i1", "0", "1"]


def test_all_data_lie_inside_the_axes_with_room_for_symbols(figure: Figure) -> None:
    for scene in (scenes.psnr_plot(), scenes.rate_plot()):
        drawn(figure, scene)
        assert figure.rect().toRectF().contains(figure.area())
        inner = figure.area().adjusted(4, 4, -4, -4)
        for curve in scene.curves:
            for place in zip(*figure.place(curve.x, curve.y), strict=True):
                assert inner.contains(QPointF(*place))


def test_points_to_come_have_room_already(figure: Figure) -> None:
    drawn(figure, scenes.psnr_plot(ready=1))
    assert figure.place(4.0, 28.0)[0] < figure.area().right()


def test_infinite_values_have_no_place_but_do_not_hide_the_others(figure: Figure) -> None:
    low, high = y_range(drawn(figure, scene_of([0, 1, 2], [30, math.inf, math.nan])))
    assert low < 30 < high
    assert high - low < 1.1
    assert not drawn(figure, scene_of([0, 1], [math.nan, math.inf])).has_data()
    assert not drawn(figure, scene_of([], [])).has_data()
    assert not figure.plotItem.getAxis("left").isVisible()
    assert drawn(figure, scene_of([0, 1], [1, 2])).has_data()
    assert figure.plotItem.getAxis("left").isVisible()


def test_noise_is_not_magnified_to_a_shape(figure: Figure) -> None:
    low, high = y_range(drawn(figure, scene_of([0, 1, 2], [30.0, 30.00001, 30.0])))
    assert high - low > 0.03


def test_a_span_shows_what_lies_within_it(figure: Figure) -> None:
    drawn(figure, scene_of([0, 1, 2, 9], [10, 20, 30, 900], x_span=(0.0, 2.0)))
    assert x_range(figure) == (0, 2)
    assert y_range(figure)[1] < 40
    drawn(figure, scene_of([0, 1, 2, 9], [10, 20, 30, 900], x_span=(0.0, 9.0)))
    assert x_range(figure) == (0, 9)
    assert y_range(figure)[1] > 900


def test_axes_near_nothing_begin_there(figure: Figure) -> None:
    drawn(figure, scene_of([1, 100], [3, 300]))
    assert x_range(figure)[0] <= 0
    assert y_range(figure)[0] <= 0


def test_logarithmic_axes_leave_out_what_has_no_logarithm(figure: Figure) -> None:
    figure.logs[1].setChecked(True)
    drawn(figure, scene_of([0, 1, 2], [0.0, 1.0, 1000.0]))
    low, high = y_range(figure)
    assert -1 < low < 0
    assert 3 < high < 4
    third = figure.place(1.0, np.array([1.0, 10.0, 100.0]))[1]
    assert third[0] - third[1] == pytest.approx(third[1] - third[2])
    assert len(figure.points(QPointF())[0]) == 2


def test_curves_come_change_and_go_without_new_items(figure: Figure) -> None:
    one, many = scene_of([0, 1], [1, 2]), scenes.rate_plot()
    drawn(figure, many)
    assert len(figure.plotItem.listDataItems()) == 3
    kept = figure.plotItem.listDataItems()[0]
    drawn(figure, one)
    assert figure.plotItem.listDataItems() == [kept]
    assert list(kept.getData()[1]) == [1, 2]


def test_the_room_between_the_edges_of_a_band_is_filled(figure: Figure) -> None:
    x = np.arange(4.0)
    edges = [Curve(f"{at}", x, x + 4 * at, "#0072B2", faint=True, banded=at == 0) for at in (0, 1)]
    lone = Curve("mean", x, x + 2, "#E69F00")
    scene = replace(scene_of([0.0], [0.0]), curves=(*edges, lone))
    drawn(figure, scene)
    inside, above = (QPointF(*figure.place(1.5, y)).toPoint() for y in (2.2, 6.8))

    def colours() -> list[str]:
        image = figure.draw().toImage()
        return [image.pixelColor(at).name() for at in (inside, above)]

    panel = QColor(theme.DARK.panel).name()
    filled, bare = colours()
    assert filled != panel
    assert bare == panel
    drawn(figure, replace(scene, curves=(lone, *edges[1:])))
    assert not figure._bands
    drawn(figure, scene)
    assert colours() == [filled, bare]


def test_points_that_move_are_in_the_legend_but_not_in_the_pixmap(figure: Figure) -> None:
    scene = scenes.rate_plot()
    live = [replace(curve, live=curve.style == "points") for curve in scene.curves]
    drawn(figure, replace(scene, curves=tuple(live)))
    assert [line.opacity() for line in figure.plotItem.listDataItems()] == [1, 0, 0]
    assert [label.text for _, label in figure._legend.items] == [curve.name for curve in live]


def test_a_curve_hidden_by_its_legend_is_not_read(figure: Figure) -> None:
    drawn(figure, scenes.psnr_plot())
    place = QPointF(*figure.place(2.0, float(scenes.psnr_plot().curves[0].y[2])))
    point = figure.nearest(place)
    assert point is not None
    assert point[0].name == "RGB"
    figure.plotItem.listDataItems()[0].setVisible(False)
    point = figure.nearest(place)
    assert point is not None
    assert point[0].name == "Y"


def test_the_legend_has_the_colours_of_curves_that_have_no_data_yet(figure: Figure) -> None:
    none = Curve(
        "live", np.array([0.5]), np.array([np.nan]), "#009E73", symbol="d", style="points", live=True
    )
    drawn(
        figure, scene_of([0, 1], [0, 1], curves=(Curve("c", np.arange(2.0), np.arange(2.0), "#D55E00"), none))
    )
    line = figure.plotItem.listDataItems()[1]
    assert QColor(line.opts["symbolBrush"]) == curve_colour(none)
    assert line.opts["symbol"] == "d"
    assert line.opts["pen"] is None


def test_long_lines_keep_their_extremes(figure: Figure) -> None:
    x = np.arange(100_000.0)
    y = np.sin(x / 900)
    y[54_321], y[77_777] = 9, -9
    drawn(figure, scene_of(x, y, curves=(Curve("c", x, y, "#009E73"),)))
    drawn_x, drawn_y = figure.plotItem.listDataItems()[0].getData()
    assert drawn_x.size < 20_000
    assert (drawn_y.min(), drawn_y.max()) == (-9, 9)


def test_zooming_and_panning_hold_until_all_is_shown_again(figure: Figure) -> None:
    drawn(figure, scene_of([0, 10], [0, 10]))
    first = x_range(figure)
    figure.look(0, 0, 2)
    near = x_range(figure)
    assert near[1] - near[0] == pytest.approx((first[1] - first[0]) / 2)
    figure.look(0.1, 0, 1)
    drawn(figure, scene_of([0, 100], [0, 10]))  # numbers as wide as before: so is the room between the axes
    assert x_range(figure) == pytest.approx([end + 0.1 * (near[1] - near[0]) for end in near])
    figure.fit()
    drawn(figure, scene_of([0, 10], [0, 10]))
    assert x_range(figure) == pytest.approx(first, abs=0.005)  # an axis keeps some room for wider numbers
