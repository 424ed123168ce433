"""Linked panes under the mouse: what it says in image pixels, zoom, panning, what outlives a change."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support import scenes
from tests.support.pane_views import point, shown_panes, two, wheel
from viewer.model.session.choices import Mode

LEFT = Qt.MouseButton.LeftButton

pytestmark = pytest.mark.usefixtures("dark")


@pytest.mark.parametrize("percent", [100, 400, 1600])
def test_the_mouse_speaks_in_image_pixels_in_every_pane(qtbot: QtBot, percent: int) -> None:
    view = shown_panes(qtbot, two(64, 96))
    view.zoom_to(percent)
    told: list[tuple[int, int]] = []
    view.hovered.connect(lambda x, y: told.append((x, y)))
    for pane in (0, 1):
        QTest.mouseMove(view, QPoint(1, 1))
        QTest.mouseMove(view, point(view, 50, 31, pane))
        assert told[-1] == (50, 31)
        with qtbot.waitSignal(view.clicked) as clicked:
            QTest.mouseClick(view, LEFT, Qt.KeyboardModifier.NoModifier, point(view, 47, 33, pane))
        assert clicked.args == [47, 33]


def test_hover_is_told_once_a_pixel_and_leaving_once(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, two(8, 8))
    told: list[object] = []
    view.hovered.connect(lambda x, y: told.append((x, y)))
    view.left.connect(lambda: told.append("left"))
    at = point(view, 3, 3)
    for shift in (0, 1, 2):
        QTest.mouseMove(view, at + QPoint(shift, 0))
    assert told == [(3, 3)]
    QTest.mouseMove(view, QPoint(2, 2))
    QTest.mouseMove(view, QPoint(4, 2))
    assert told == [(3, 3), "left"]


def test_leaving_the_widget_is_leaving_the_picture(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, two())
    QTest.mouseMove(view, point(view, 5, 5))
    with qtbot.waitSignal(view.left):
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))


def test_the_wheel_zooms_about_the_cursor(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, two(400, 600))
    view.zoom_to(300)
    at = point(view, 310, 190, 1)
    before = view.pixel_at(QPointF(at))
    zooms: list[float] = []
    view.zoom_changed.connect(zooms.append)
    for _ in range(3):
        wheel(view, at, 120)
    assert view.zoom() == pytest.approx(300 * 1.25**3)
    assert zooms == pytest.approx([300 * 1.25**k for k in (1, 2, 3)])
    assert view.pixel_at(QPointF(at)) == before
    wheel(view, at, -360)
    assert view.zoom() == pytest.approx(300)


def test_the_wheel_stops_at_100_percent_on_its_way(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, two(400, 600))
    view.zoom_to(90)
    at = point(view, 300, 200)
    wheel(view, at, 120)
    assert view.zoom() == 100
    wheel(view, at, 120)
    assert view.zoom() == pytest.approx(125)


def test_dragging_pans_every_pane_and_is_no_click(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, two(400, 600))
    view.zoom_to(400)
    clicks: list[tuple[int, int]] = []
    view.clicked.connect(lambda x, y: clicks.append((x, y)))
    start = point(view, 300, 200)
    other = view.pixel_at(QPointF(point(view, 300, 200, 1)))
    assert other == (300, 200)
    fixed = point(view, 300, 200, 1)
    QTest.mousePress(view, LEFT, Qt.KeyboardModifier.NoModifier, start)
    for shift in (20, 40, 60):
        QTest.mouseMove(view, start + QPoint(shift, shift // 2))
    QTest.mouseRelease(view, LEFT, Qt.KeyboardModifier.NoModifier, start + QPoint(60, 30))
    assert view.pixel_at(QPointF(start + QPoint(60, 30))) == (300, 200)
    assert view.pixel_at(QPointF(fixed + QPoint(60, 30))) == (300, 200)
    assert clicks == []


def test_a_double_click_fits(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, two())
    fitted = view.zoom()
    view.zoom_to(1600)
    QTest.mouseDClick(view, LEFT, Qt.KeyboardModifier.NoModifier, point(view, 24, 16))
    assert view.zoom() == pytest.approx(fitted)


def test_fit_follows_the_size_until_somebody_zooms(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, two())
    with qtbot.waitSignal(view.zoom_changed):
        view.resize(500, 300)
    view.zoom_to(200)
    view.resize(700, 400)
    assert view.zoom() == 200


def test_state_survives_restore_and_nonsense_is_ignored(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, two(400, 600))
    view.zoom_to(500)
    wheel(view, point(view, 290, 190), 120)
    view.set_wipe(0.25)
    state = view.state()
    other = shown_panes(qtbot, two(400, 600))
    other.restore(state)
    assert other.state() == pytest.approx(state)
    assert other.wipe() == 0.25
    for nonsense in ({}, {"zoom": "much", "x": None}, {"zoom": -3, "x": 9, "y": 1, "wipe": "left"}):
        other.restore(nonsense)
        assert other.wipe() == 0.25
        assert other.state()["fit"] is True


def test_another_step_keeps_zoom_and_place_and_another_size_is_fitted(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, two(64, 96))
    view.zoom_to(900)
    state = view.state()
    view.set_scene(two(64, 96), Mode.SIDE, None, scenes.no_overlay())
    assert view.state() == state
    view.set_scene(two(50, 50), Mode.SIDE, None, scenes.no_overlay())
    assert view.state()["fit"] is True
