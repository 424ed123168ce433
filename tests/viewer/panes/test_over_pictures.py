"""What lies over pictures: minimap, pixel grid and values, legend, zoom box, and powers of two."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.types import frozen
from tests.support.pane_views import BARE, shown_panes
from tests.support.pictures import noise
from tests.support.widgets import screen
from viewer.model.facts.differences import DifferenceLook
from viewer.model.scene.palette import contrast
from viewer.model.scene.picture import PaneScene
from viewer.model.scene.view import BoxRow, BoxScene, ViewScene
from viewer.model.session.choices import Mode
from viewer.panes.canvas import minimap, pixel_values, strips
from viewer.panes.canvas import zoom_box as zoombox
from viewer.panes.canvas.view import PanesView
from viewer.panes.canvas.viewport import MAX_SCALE, Viewport
from viewer.panes.resolve.difference import legend_of
from viewer.ui import theme

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.usefixtures("dark")
SIZE = (816, 428)


def area(view: PanesView, x: int, y: int, over: ViewScene) -> NDArray[np.uint8]:
    """The device pixels of an image pixel in the first pane."""
    view.set_view(over)
    corner, next_one = view.image_position(x, y), view.image_position(x + 1, y + 1)
    half = (next_one.x() - corner.x()) / 2
    left, top = round(corner.x() - half), round(corner.y() - half)
    side = round(2 * half)
    return screen(view)[top : top + side, left : left + side]


# ---- pixels ------------------------------------------------------------------------------------------------


def test_a_grid_sets_pixels_apart_from_ten_times_on(qtbot: QtBot) -> None:
    grey = frozen(np.full((60, 80, 3), 100, np.uint8))
    view = shown_panes(qtbot, (PaneScene("a", "A", "", grey),), SIZE, over=ViewScene(minimap=False))
    for percent, wanted in ((900, False), (1000, True), (2400, True)):
        view.zoom_to(percent)
        pixel = area(view, 40, 30, ViewScene(minimap=False))
        inner = pixel[2:-2, 2:-2]
        assert (inner == 100).all()
        assert bool((pixel != 100).any()) is wanted
    assert (area(view, 40, 30, BARE) == 100).all()


def test_values_stand_in_the_pixels_from_28_times_on(qtbot: QtBot) -> None:
    pixels = noise(40, 60)
    view = shown_panes(qtbot, (PaneScene("a", "A", "", pixels),), SIZE, over=ViewScene(minimap=False))
    for percent, wanted in ((2700, False), (2842, True), (6400, True)):
        view.zoom_to(percent)
        inner = area(view, 30, 20, ViewScene(minimap=False))[2:-2, 2:-2]
        assert bool((inner != pixels[20, 30]).any()) is wanted, percent
    assert (area(view, 30, 20, BARE) == pixels[20, 30]).all()


def test_values_of_a_difference_are_signed(qtbot: QtBot) -> None:
    one = frozen(np.full((20, 30, 3), 100, np.uint8))
    look = frozen(np.full((20, 30, 3), 20, np.uint8))
    over = ViewScene(minimap=False)
    drawn = []
    for other in (90, 110, 100):
        between = (one, frozen(np.full((20, 30, 3), other, np.uint8)))
        view = shown_panes(qtbot, (PaneScene("a", "A", "", look, between=between),), SIZE, over=over)
        view.zoom_to(6400)
        drawn.append(area(view, 15, 10, over))
    assert (drawn[0] != drawn[1]).any()  # +10 and −10
    assert ((drawn[2] != 20).sum()) < ((drawn[0] != 20).sum())  # 0 has no sign


@pytest.mark.parametrize("level", range(0, 256, 5))
def test_values_can_be_read_on_every_level(level: int) -> None:
    colour = f"#{level:02X}{level:02X}{level:02X}"
    black = bool(pixel_values.on_light(np.full((1, 1, 3), level, np.uint8))[0, 0])
    assert contrast("#000000" if black else "#FFFFFF", colour) >= 4.5


def test_both_halves_of_a_wipe_have_their_values(qtbot: QtBot) -> None:
    one, other = (PaneScene(name, name, "", noise(30, 40, seed)) for seed, name in enumerate("ab"))
    view = shown_panes(qtbot, (one, other), SIZE, over=ViewScene(minimap=False), mode=Mode.WIPE)
    view.zoom_to(6400)
    for fraction, pane in ((1.0, one), (0.0, other)):
        view.set_wipe(fraction)
        assert pane.pixels is not None
        drawn = area(view, 20, 15, ViewScene(minimap=False))
        inner = drawn[2:-2, 2:-2].reshape(-1, 3)
        assert (inner == pane.pixels[15, 20]).all(axis=1).mean() > 0.5
        assert (inner != pane.pixels[15, 20]).any()


# ---- minimap -----------------------------------------------------------------------------------------------


def test_a_minimap_stands_in_the_last_pane_while_not_all_is_in_sight(qtbot: QtBot) -> None:
    panes = [PaneScene(name, name, "", noise(400, 600, 1)) for name in "ab"]
    view = shown_panes(qtbot, panes, SIZE, over=ViewScene())
    assert view.places.minimap_area().isEmpty()
    view.zoom_to(400)
    place = view.places.minimap_area()
    assert view.places.cells[1].holds(place.center().x(), place.center().y())
    assert place.width() / place.height() == pytest.approx(1.5, abs=0.05)
    view.set_view(ViewScene(minimap=False))
    assert view.places.minimap_area().isEmpty()


def test_dragging_in_the_minimap_moves_the_view_and_clicks_nothing(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, (PaneScene("a", "A", "", noise(400, 600, 1)),), SIZE, over=ViewScene())
    view.zoom_to(800)
    told: list[object] = []
    view.clicked.connect(lambda *at: told.append(at))
    view.hovered.connect(lambda *at: told.append(at))
    place = view.places.minimap_area()
    at = QPoint(place.x() + place.width() // 4, place.y() + place.height() // 4)
    QTest.mousePress(view, LEFT, Qt.KeyboardModifier.NoModifier, at)
    assert view.places.view.centre == pytest.approx((150, 100), abs=4)
    QTest.mouseMove(view, at + QPoint(place.width() // 2, place.height() // 2))
    assert view.places.view.centre == pytest.approx((450, 300), abs=4)
    QTest.mouseRelease(view, LEFT, Qt.KeyboardModifier.NoModifier, at)
    assert told == []
    assert view.zoom() == 800
    assert view.pixel_at(QPointF(at)) is None


def test_the_frame_in_the_minimap_is_what_is_in_sight() -> None:
    it = Viewport(image=(600, 400), pane=(300, 200))
    it.look(2.0, (300, 200))
    from PySide6.QtCore import QRect

    frame = minimap.in_sight(it, QRect(10, 20, 150, 100))
    assert (frame.x(), frame.y(), frame.width(), frame.height()) == (66, 58, 38, 25)
    assert minimap.to_image(it, QRect(10, 20, 150, 100), 85, 70) == pytest.approx((300, 200))
    assert minimap.to_image(it, QRect(10, 20, 150, 100), -50, 999) == pytest.approx((0, 400))


# ---- zoom --------------------------------------------------------------------------------------------------


def test_powers_of_two_about_the_centre() -> None:
    it = Viewport(image=(600, 400), pane=(300, 200))
    it.look(0.75, (200, 150))
    seen = []
    for step in (1, 1, 1, -1, -1, -1):
        it.zoom_by_powers(step)
        seen.append(it.scale)
    assert seen == [1.0, 2.0, 4.0, 2.0, 1.0, 0.5]
    it.look(3.0, (200, 150))
    it.zoom_by_powers(2)
    assert (it.scale, it.centre) == (8.0, (200, 150))
    it.zoom_by_powers(20)
    assert it.scale == MAX_SCALE
    assert not it.whole()
    it.fit()
    assert it.whole()


# ---- legend and box ----------------------------------------------------------------------------------------


def test_a_legend_takes_room_and_shows_its_colours(qtbot: QtBot) -> None:
    view = shown_panes(qtbot, (PaneScene("a", "A", "", noise(40, 60)),), SIZE, over=BARE)
    depth = view.places.cells[0].depth
    legend = legend_of(DifferenceLook(gain=4), 63.75)
    assert legend is not None
    view.set_view(ViewScene(legend=legend, minimap=False, pixels=False))
    assert view.places.cells[0].depth == depth - strips.LEGEND
    bottom = screen(view)[-strips.LEGEND :]
    for colour in (legend.colours[2], legend.colours[128], legend.colours[253]):
        assert (np.abs(bottom.astype(int) - colour).max(axis=2) <= 12).any()


def box(rows: int, at: tuple[int, int] = (30, 20)) -> BoxScene:
    each = tuple(BoxRow(f"p{k}", f"Pane {k}", ("1", "2", "3"), "4.0", "5.0", "30.00 dB") for k in range(rows))
    return BoxScene(at, (at[1] // 8, at[0] // 8), each)


@pytest.mark.parametrize("percent", [100, 150])
def test_the_box_and_the_legend_grow_with_the_text(qtbot: QtBot, qapp: object, percent: int) -> None:
    """Everything that is written in the box lies inside it."""
    theme.apply(qapp, theme.LIGHT, percent)  # type: ignore[arg-type]
    panes = [
        PaneScene(f"p{k}", f"Pane {k}", "", frozen(np.full((40, 60, 3), 90, np.uint8))) for k in range(3)
    ]
    view = shown_panes(qtbot, panes, SIZE, over=BARE)
    legend = legend_of(DifferenceLook(), 64)
    view.set_view(ViewScene(legend=legend, minimap=False, pixels=False))
    before = screen(view)
    assert view.places.legend_height() == strips.LEGEND * percent // 100
    view.set_view(ViewScene(legend=legend, box=box(3), minimap=False, pixels=False))
    changed = np.argwhere((before != screen(view)).any(axis=2))
    room = QSizeF(view.size())
    place = zoombox.place(view.box_anchor(), zoombox.size_for(3, room), room).adjusted(-2, -2, 2, 2)
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert place.contains(QRectF(left, top, right - left, bottom - top))
    theme.apply(qapp, theme.DARK)  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", range(1, 7))
@pytest.mark.parametrize("cursor", [(10, 10), (700, 30), (30, 500), (790, 590), (400, 300)])
def test_the_box_stands_beside_the_cursor_inside_the_window(rows: int, cursor: tuple[int, int]) -> None:
    room = QSizeF(800, 600)
    size = zoombox.size_for(rows, room)
    place = zoombox.place(QPointF(*cursor), size, room)
    assert QRectF(QPointF(0, 0), room).contains(place)
    if rows <= 3:
        assert not place.contains(QPointF(*cursor))


def test_the_box_shows_the_pixels_around_the_cursor() -> None:
    pixels = noise(30, 40)
    image = zoombox.around(pixels, (20, 15), 4)
    assert image.width() == image.height() == 4 * (2 * zoombox.REACH + 1)
    for dx, dy in ((0, 0), (-zoombox.REACH, 2), (3, zoombox.REACH)):
        colour = image.pixelColor(4 * (dx + zoombox.REACH) + 2, 4 * (dy + zoombox.REACH) + 2)
        assert colour.getRgb()[:3] == tuple(int(value) for value in pixels[15 + dy, 20 + dx])
    corner = zoombox.around(pixels, (0, 0), 2)
    assert corner.pixelColor(1, 1).alpha() == 0
    assert corner.pixelColor(2 * zoombox.REACH, 2 * zoombox.REACH).alpha() == 255


def test_the_box_is_painted_over_the_pictures(qtbot: QtBot) -> None:
    panes = [PaneScene(f"p{k}", f"Pane {k}", "", noise(40, 60, k)) for k in range(3)]
    view = shown_panes(qtbot, panes, SIZE, over=BARE)
    before = screen(view)
    view.set_view(ViewScene(box=box(3), minimap=False, pixels=False))
    after = screen(view)
    changed = (before != after).any(axis=2)
    assert changed.sum() > 20_000
    assert not changed[:, :20].any()


@pytest.mark.parametrize("width", [70, 110, 160, 240, 400])
def test_decibels_are_never_cut_before_names(width: int) -> None:
    pane = PaneScene("a", "Step 3 · raster-webp", "0.316 bpp · RMSE 9.41 · RGB 28.66 dB (+1.25)", None)
    words = strips.fit_words(pane, width)
    assert "28.66 dB" in words.detail or width < 90
