"""Linked panes: what they show pixel by pixel, and what the mouse says in image pixels."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.types import frozen
from tests.support import scenes
from tests.support.pane_views import point, shown_panes, two, wheel
from tests.support.pictures import noise
from tests.support.widgets import screen
from viewer.model.scene.palette import CAUSAL, NONCAUSAL, SELF, VIRIDIS, rgb
from viewer.model.scene.picture import OverlayScene, PaneScene, PatchScene
from viewer.model.session.choices import Mode, Overlay
from viewer.panes.canvas.strips import BAR, STRIP, fit_words
from viewer.ui import theme

LEFT = Qt.MouseButton.LeftButton

pytestmark = pytest.mark.usefixtures("dark")


@pytest.mark.parametrize("percent", [100, 300, 725])
def test_magnified_panes_show_exactly_the_pixels_of_their_pictures(qtbot: QtBot, percent: int) -> None:
    panes = two(200, 300)
    view = shown_panes(qtbot, panes)
    view.zoom_to(percent)
    pixels = screen(view)
    scale = percent / 100
    for number, pane in enumerate(panes):
        assert pane.pixels is not None
        corner = view.image_position(0, 0, number) - QPointF(scale / 2, scale / 2)
        left, top = round(corner.x()), round(corner.y())
        cell = view.places.cells[number]
        checked = 0
        for y in range(cell.top, cell.top + cell.depth, 7):
            for x in range(cell.x, cell.x + cell.width, 7):
                column = int((x - left + 0.5) / scale + 1e-9)
                row = int((y - top + 0.5) / scale + 1e-9)
                if x >= left and y >= top and column < 300 and row < 200:
                    assert tuple(pixels[y, x]) == tuple(pane.pixels[row, column])
                    checked += 1
        assert checked > 200


_AT_SCALE = """
import sys
sys.path[:0] = {paths!r}
import numpy as np
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from engine.types import frozen
from viewer.ui import theme
from viewer.model.scene.picture import OverlayScene, PaneScene
from viewer.model.session.choices import Mode, Overlay
from viewer.panes.canvas.view import PanesView

app = QApplication([])
theme.apply(app, theme.DARK)
box = QWidget()
column = QVBoxLayout(box)
column.setContentsMargins(7, 3, 0, 0)  # an odd place: a fraction of a device pixel
view = PanesView()
column.addWidget(view)
box.resize(777, 413)
pixels = frozen(np.random.default_rng(3).integers(0, 256, (90, 120, 3), np.uint8))
view.set_scene((PaneScene("a", "A", "", pixels),), Mode.SIDE, None, OverlayScene(Overlay.NONE, None))
box.show()
app.processEvents()
for percent in (100, 200):
    view.zoom_to(percent)
    image = box.grab().toImage()
    ratio = image.devicePixelRatio()
    assert ratio == {ratio}, ratio
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    there = rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)[..., 2::-1]
    k = percent // 100
    wanted = pixels.repeat(k, axis=0).repeat(k, axis=1)
    h, w = wanted.shape[:2]
    hits = [
        (y, x)
        for y in range(there.shape[0] - h + 1)
        for x in np.flatnonzero((there[y, : there.shape[1] - w + 1] == wanted[0, 0]).all(axis=1))
        if (there[y : y + h, x : x + w] == wanted).all()
    ]
    assert len(hits) == 1, (percent, hits)
    at = view.mapTo(box, view.image_position(0, 0).toPoint())
    assert abs(at.x() * ratio - hits[0][1] - k / 2) <= 2 * ratio
    assert abs(at.y() * ratio - hits[0][0] - k / 2) <= 2 * ratio
print("exact")
"""


@pytest.mark.parametrize("ratio", [1.25, 1.5, 2.0])
def test_100_percent_is_device_pixels_at_every_screen_scale(ratio: float) -> None:
    program = _AT_SCALE.format(ratio=ratio, paths=[path for path in sys.path if path])
    environment = os.environ | {"QT_SCALE_FACTOR": str(ratio), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, env=environment
    )
    assert done.stdout.strip() == "exact", done.stderr


def test_overlay_rectangles_have_the_colour_of_their_value(qtbot: QtBot) -> None:
    black = frozen(np.zeros((32, 48, 3), np.uint8))
    values = np.linspace(0, 1, 24, dtype=np.float32).reshape(4, 6)
    values[1, 2] = np.nan
    overlay = OverlayScene(Overlay.BITS, values, 0, 1, opacity=0.5, legend="Bits, bits")
    view = shown_panes(qtbot, (PaneScene("a", "A", "", black),), overlay=overlay)
    pixels = screen(view)
    for row in range(4):
        for column in range(6):
            wanted = np.zeros(3)
            if not np.isnan(values[row, column]):
                wanted = VIRIDIS[round(255 * float(values[row, column]))] * 0.5
            for x, y in ((8 * column, 8 * row), (8 * column + 7, 8 * row + 7)):
                at = point(view, x, y)
                assert np.abs(pixels[at.y(), at.x()] - wanted).max() <= 2


def test_a_diverging_overlay_is_symmetric_about_zero(qtbot: QtBot) -> None:
    black = frozen(np.zeros((8, 24, 3), np.uint8))
    values = np.array([[-2, 0, 2]], np.float32)
    overlay = OverlayScene(Overlay.GAIN, values, -1, 4, diverging=True, opacity=1, legend="Gain, dB")
    view = shown_panes(qtbot, (PaneScene("a", "A", "", black),), overlay=overlay)
    pixels = screen(view).astype(int)
    low, zero, high = (pixels[point(view, x, 4).y(), point(view, x, 4).x()] for x in (4, 12, 20))
    assert low[2] > low[0] + 60
    assert high[0] > high[2] + 60
    assert zero.min() > 230


def test_opacity_zero_leaves_the_picture_alone(qtbot: QtBot) -> None:
    values = np.ones((4, 6), np.float32)
    plain = OverlayScene(Overlay.BITS, None, note="can't be counted")
    overlay = OverlayScene(Overlay.BITS, values, opacity=0)
    view = shown_panes(qtbot, two()[:1], overlay=plain)
    before = screen(view)
    view.set_scene(two()[:1], Mode.SIDE, None, overlay)
    after = screen(view)
    height = 400 - BAR
    np.testing.assert_array_equal(before[STRIP:height], after[STRIP:height])
    assert (before[height:] != after[height:]).any()


def test_the_grid_lies_on_patch_boundaries_and_only_where_it_can_be_seen(qtbot: QtBot) -> None:
    grey = frozen(np.full((80, 120, 3), 128, np.uint8))
    view = shown_panes(qtbot, (PaneScene("a", "A", "", grey),), overlay=scenes.grid())
    view.zoom_to(300)
    pixels = screen(view).astype(int)
    for k in range(1, 12):
        at = view.image_position(8 * k, 4)
        x, y = round(at.x() - 1.5), round(at.y())
        assert pixels[y, x].min() > 140
        assert pixels[y, x - 1].max() < 110
        assert tuple(pixels[y, x + 5]) == (128, 128, 128)
    view.zoom_to(60)
    area = screen(view)[STRIP : 400 - BAR]
    grey_ones = (area == 128).all(axis=2).sum()
    assert grey_ones == round(80 * 0.6) * round(120 * 0.6)


def colours_in(pixels: NDArray[np.uint8], colour: str) -> int:
    return int((pixels == np.array(rgb(colour))).all(axis=2).sum())


@pytest.mark.parametrize("percent", [50, 100, 800])
def test_the_patch_and_its_context_light_up_in_every_pane(qtbot: QtBot, percent: int) -> None:
    view = shown_panes(qtbot, two(160, 200), patch=scenes.patch(10, 12))
    view.zoom_to(percent)
    pixels = screen(view)
    for cell in view.places.cells:
        area = pixels[cell.top : cell.top + cell.depth, cell.x : cell.x + cell.width]
        assert min(colours_in(area, colour) for colour in (SELF, CAUSAL, NONCAUSAL)) >= 8
    for (row, column), colour in (((9, 12), CAUSAL), ((11, 12), NONCAUSAL), ((10, 12), SELF)):
        one, two_ = view.image_position(8 * column, 8 * row), view.image_position(8 * column + 7, 8 * row + 7)
        grow = 4
        box = pixels[
            int(one.y()) - grow : int(two_.y()) + grow + 1, int(one.x()) - grow : int(two_.x()) + grow + 1
        ]
        assert colours_in(box, colour) > 0


@pytest.mark.parametrize("level", [0, 255])
def test_marks_stand_out_on_black_and_on_white(qtbot: QtBot, level: int) -> None:
    plain = frozen(np.full((160, 200, 3), level, np.uint8))
    view = shown_panes(qtbot, (PaneScene("a", "A", "", plain),), patch=scenes.patch(10, 12))
    view.zoom_to(400)
    area = screen(view)[STRIP:]
    assert colours_in(area, CAUSAL) > 50
    dark = (area.max(axis=2) < 70).sum()
    assert dark > 400, "no dark halo" if level else ""


def test_a_patch_at_the_edge_ends_with_the_picture(qtbot: QtBot) -> None:
    white = frozen(np.full((20, 27, 3), 255, np.uint8))
    patch = PatchScene(2, 3, ((2, 2), (1, 2), (1, 3)), ())
    view = shown_panes(qtbot, (PaneScene("a", "A", "", white),), patch=patch)
    corner = view.image_position(26, 19)
    pixels = screen(view)
    beyond = pixels[int(corner.y()) + 14 :, int(corner.x()) + 14 :]
    assert colours_in(beyond, SELF) == 0


def test_wipe_shows_one_picture_left_and_the_other_right(qtbot: QtBot) -> None:
    panes = two(100, 160)
    view = shown_panes(qtbot, panes, mode=Mode.WIPE)
    view.zoom_to(200)
    for fraction in (0.0, 0.3, 1.0):
        view.set_wipe(fraction)
        pixels = screen(view)
        for x in range(5, 160, 13):
            if abs(x - fraction * 160) < 9:
                continue
            at = point(view, x, 20)
            pane = panes[0] if x < fraction * 160 else panes[1]
            assert pane.pixels is not None
            assert tuple(pixels[at.y(), at.x()]) == tuple(pane.pixels[20, x])


def test_the_divider_follows_the_mouse_and_says_so(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, two(100, 160), mode=Mode.WIPE)
    told: list[float] = []
    view.wiped.connect(told.append)
    view.set_wipe(0.5)
    assert told == []
    start = point(view, 80, 50)
    QTest.mousePress(view, LEFT, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(view, point(view, 40, 50))
    assert view.wipe() == pytest.approx(0.25, abs=0.01)
    QTest.mouseMove(view, QPoint(-50, 50))
    QTest.mouseRelease(view, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(-50, 50))
    assert told[-1] == 0
    assert view.wipe() == 0


def test_wipe_with_one_picture_is_side_by_side(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, two()[:1], mode=Mode.WIPE)
    assert len(view.places.cells) == 1
    at = point(view, 40, 10)
    pixels = two()[0].pixels
    assert pixels is not None
    assert tuple(screen(view)[at.y(), at.x()]) == tuple(pixels[10, 40])


def test_a_message_stands_in_place_of_a_missing_picture(qtbot: QtBot) -> None:
    missing = PaneScene("o", "Original", "", None, "Nothing to compare with")
    view = shown_panes(qtbot, (missing, two()[0]))
    with_words = screen(view)
    view.set_scene((replace(missing, message=""), two()[0]), Mode.SIDE, None, scenes.no_overlay())
    cell = view.places.cells[0]
    area = (slice(cell.top, cell.top + cell.depth), slice(cell.x, cell.x + cell.width))
    assert (screen(view)[area] == np.array(rgb(theme.DARK.canvas))).all()
    assert (with_words[area] != np.array(rgb(theme.DARK.canvas))).any()


def test_nothing_to_show_and_no_mouse_trouble(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, ())
    QTest.mouseMove(view, QPoint(30, 60))
    QTest.mouseClick(view, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(30, 60))
    wheel(view, QPoint(30, 60), 120)
    assert screen(view).std() > 0


@pytest.mark.parametrize("width", [40, 90, 160, 300, 900])
def test_strips_shorten_words_but_never_overflow(qtbot: QtBot, width: int) -> None:
    pane = PaneScene("a", "raster decoder, LSTM, step 3 of 4", "RGB 28.66 dB (+1.25) · Y 30.02 dB", None)
    words = fit_words(pane, width)
    from PySide6.QtGui import QFont, QFontMetricsF

    used = QFontMetricsF(theme.font(weight=QFont.Weight.DemiBold)).horizontalAdvance(words.title)
    used += QFontMetricsF(theme.font()).horizontalAdvance(words.detail)
    assert used <= width
    assert words.cut == ((words.title, words.detail) != (pane.title, pane.detail))
    assert words.cut == (width < 500)


def test_a_shortened_strip_has_a_tooltip_with_everything(qtbot: QtBot) -> None:
    long = PaneScene("a", "raster decoder, LSTM, step 3 of 4", "RGB 28.66 dB (+1.25)", noise(8, 8))
    view = shown_panes(qtbot, (long, long, long), size=(600, 200))
    assert view.tooltip_at(QPoint(20, 10)) == "raster decoder, LSTM, step 3 of 4 · RGB 28.66 dB (+1.25)"
    wide = shown_panes(qtbot, (long,), size=(900, 200))
    assert wide.tooltip_at(QPoint(20, 10)) == ""


def test_a_new_theme_is_taken_up(qtbot: QtBot, qapp: QApplication) -> None:
    view = shown_panes(qtbot, two()[:1])
    theme.apply(qapp, theme.LIGHT)
    strip = view.grab().toImage().pixelColor(400, 4)
    assert strip == QColor(theme.LIGHT.panel)


def test_pictures_are_let_go_with_the_scene(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, two())
    screen(view)
    old = [weakref.ref(pane.pixels) for pane in view.places.panes]
    view.set_scene(scenes.panes(), Mode.SIDE, None, scenes.no_overlay())
    screen(view)
    gc.collect()
    assert [ref() for ref in old] == [None, None]


def test_a_24_megapixel_picture_is_shown_and_panned(qtbot: QtBot) -> None:
    rows = np.random.default_rng(0).integers(0, 256, (4000, 1, 3), np.uint8)
    large = frozen(np.broadcast_to(rows, (4000, 6000, 3)))
    view = shown_panes(qtbot, (PaneScene("a", "A", "", large),))
    for percent in (100, 30):
        view.zoom_to(percent)
        wheel(view, QPoint(400, 200), 0)
        assert screen(view)[STRIP:].std() > 5
    before = screen(view)
    view.places.view.pan(0, -40)
    after = screen(view)
    # The same pixels, 40 rows further up: large pictures move on a fixed grid.
    np.testing.assert_array_equal(after[STRIP : 400 - 40], before[STRIP + 40 :])


def test_of_other_panes_nothing_is_painted_but_what_they_share_is(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is painted of a change alone makes the picture that painting all of it makes."""
    one, other = two()
    overlay = scenes.no_overlay()
    view = shown_panes(qtbot, (one, other), overlay=overlay)
    before = screen(view)
    asked: list[QRect] = []
    monkeypatch.setattr(view, "update", lambda *area: asked.append(area[0] if area else view.rect()))
    third = PaneScene("b", "B", "three", noise(32, 48, 2))
    view.set_scene((one, third), Mode.SIDE, None, overlay)
    after = screen(view)
    (area,) = asked
    changed = np.argwhere((before != after).any(axis=2))
    inside = QRect(QPoint(*map(int, changed.min(axis=0)[::-1])), QPoint(*map(int, changed.max(axis=0)[::-1])))
    assert area.contains(inside)
    assert area.left() > view.width() // 2 - 8
    asked.clear()
    view.set_scene((one, third), Mode.SIDE, None, overlay)
    assert asked == []
    for panes, mode, patch, over in (
        ((one, third), Mode.SIDE, scenes.patch(1, 1), overlay),
        ((one, third), Mode.SIDE, None, scenes.grid()),
        ((one, third), Mode.WIPE, None, overlay), ((one, other), Mode.WIPE, None, overlay),
        ((other,), Mode.SIDE, None, overlay),
    ):  # fmt: skip
        asked.clear()
        view.set_scene(panes, mode, patch, over)
        assert asked == [view.rect()]


@pytest.mark.parametrize("mode", [Mode.SIDE, Mode.WIPE])
def test_a_half_done_scan_has_a_front_in_its_pane_only(qtbot: QtBot, mode: Mode) -> None:
    grey = frozen(np.full((32, 48, 3), 128, np.uint8))
    one, other = PaneScene("a", "A", "", grey), PaneScene("b", "B", "", grey, scan=1 * 6 + 3)
    view = shown_panes(qtbot, (one, other), mode=mode)
    if mode is Mode.WIPE:
        view.set_wipe(0.0)
    pixels = screen(view)
    pane = 1 if mode is Mode.SIDE else 0

    def found(x: float, y: float, number: int) -> bool:
        """Whether the line's colour is within three pixels of a place of the picture."""
        corner, next_one = view.image_position(0, 0, number), view.image_position(1, 0, number)
        scale = next_one.x() - corner.x()
        at_x, at_y = round(corner.x() + (x - 0.5) * scale), round(corner.y() + (y - 0.5) * scale)
        near = pixels[at_y - 3 : at_y + 4, at_x - 3 : at_x + 4]
        return bool((near == rgb(SELF)).all(axis=2).any())

    for x, y in ((4, 16), (28, 16), (32, 12), (36, 8), (44, 8)):
        assert found(x, y, pane)
    for x, y in ((4, 8), (28, 8), (36, 16), (44, 16), (32, 4), (32, 20)):
        assert not found(x, y, pane)
    if mode is Mode.SIDE:
        assert not found(4, 16, 0)
    else:
        view.set_wipe(1.0)
        assert not (screen(view)[60:] == rgb(SELF)).all(axis=2).any()
