"""Spotlight, magnifier and captions over pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from pytestqt.qtbot import QtBot

from engine.types import frozen
from tests.support.pane_views import BARE, shown_panes
from viewer.model.scene.palette import CAUSAL, NONCAUSAL, PREVIOUS
from viewer.model.scene.picture import PaneScene, PatchScene
from viewer.model.scene.presentation import PresentedScene
from viewer.model.scene.view import ViewScene
from viewer.model.session.choices import Mode
from viewer.panes.canvas.captions import columns, figure_of, strip_height, title_for
from viewer.panes.canvas.ground import Ground
from viewer.panes.canvas.spotlight import magnifier_place, spot_radius, surroundings_rect
from viewer.panes.canvas.view import PanesView
from viewer.ui.theme import exact_font

AT = PatchScene(10, 12, (), (), pinned=True)
RASTER = PatchScene(10, 12, ((9, 12), (10, 11)), ((11, 12), (10, 13)), pinned=True)
SWEEP = PatchScene(10, 12, (), (), pinned=True, previous=((9, 12), (10, 11), (11, 12), (10, 13)))


def plain(value: int, shape: tuple[int, int] = (320, 480)) -> PaneScene:
    picture = frozen(np.full((*shape, 3), value, np.uint8))
    return PaneScene(f"p{value}", f"Grey {value}", "RGB 30.00 dB", picture)


def view(qtbot: QtBot, presented: PresentedScene | None, patch: PatchScene = AT, mode: Mode = Mode.SIDE,
         panes: tuple[PaneScene, ...] = (plain(200), plain(120))) -> PanesView:  # fmt: skip
    return shown_panes(qtbot, panes, (1200, 600), mode, patch, over=ViewScene(
        minimap=False, pixels=False, presented=presented))  # fmt: skip


def ground(view: PanesView) -> Ground:
    return view.places.ground()


def lightness(image: QImage, x: float, y: float) -> int:
    return QColor(image.pixel(round(x), round(y))).red()


def test_the_spotlight_dims_all_but_the_place_in_every_pane(qtbot: QtBot) -> None:
    panes = view(qtbot, PresentedScene(spot=True))
    image, cells = panes.grab().toImage(), panes.places.cells
    for cell, value in zip(cells, (200, 120), strict=True):
        here = surroundings_rect(ground(panes), AT).center()
        near = cell.x + here.x() + 30, cell.top + here.y() + 30
        shown = ground(panes).shown
        far = cell.x + shown.right() - 4, cell.top + shown.bottom() - 4
        assert lightness(image, *near) == value
        assert lightness(image, *far) < 0.5 * value
    bare = view(qtbot, PresentedScene()).grab().toImage()
    assert lightness(bare, *far) == 120


def test_nothing_is_dimmed_without_a_pinned_patch(qtbot: QtBot) -> None:
    hovered = PatchScene(10, 12, (), ())
    panes = view(qtbot, PresentedScene(spot=True, magnifier=True), hovered)
    shown, cell = ground(panes).shown, panes.places.cells[0]
    image = panes.grab().toImage()
    assert lightness(image, cell.x + shown.right() - 4, cell.top + shown.bottom() - 4) == 200


@pytest.mark.parametrize(("patch", "there", "gone"), [
    (RASTER, {CAUSAL, NONCAUSAL}, {PREVIOUS}), (SWEEP, {PREVIOUS}, {CAUSAL, NONCAUSAL}),
])  # fmt: skip
def test_the_magnifier_marks_what_the_decoder_sees_in_every_pane(
    qtbot: QtBot, patch: PatchScene, there: set[str], gone: set[str]
) -> None:
    panes = view(qtbot, PresentedScene(magnifier=True), patch)
    image = panes.grab().toImage()
    for cell in panes.places.cells:
        room = QRect(0, 0, cell.width, cell.depth)
        place = magnifier_place(ground(panes), patch, room).translated(cell.x, cell.top)
        across, down = range(place.left(), place.right()), range(place.top(), place.bottom())
        found = {QColor(image.pixel(x, y)).name().upper() for x in across for y in down}
        assert {each.upper() for each in there} <= found
        assert not {each.upper() for each in gone} & found


def test_the_magnifier_shows_the_pixels_of_its_pane(qtbot: QtBot) -> None:
    panes = view(qtbot, PresentedScene(magnifier=True))
    image = panes.grab().toImage()
    for cell, value in zip(panes.places.cells, (200, 120), strict=True):
        place = magnifier_place(ground(panes), AT, QRect(0, 0, cell.width, cell.depth))
        middle = place.center()
        assert lightness(image, cell.x + middle.x(), cell.top + middle.y()) == value
        assert place.width() % 24 == 0
        assert place.width() // 24 > ground(panes).scale


def test_in_a_wipe_each_half_has_a_magnifier(qtbot: QtBot) -> None:
    panes = view(qtbot, PresentedScene(magnifier=True), mode=Mode.WIPE)
    cell = panes.places.cells[0]
    half = cell.width // 2
    image = panes.grab().toImage()
    for room, value in ((QRect(0, 0, half, cell.depth), 200), (QRect(half, 0, half, cell.depth), 120)):
        place = magnifier_place(ground(panes), AT, room)
        assert room.contains(place)
        assert lightness(image, place.center().x(), cell.top + place.center().y()) == value


def test_the_magnifier_leaves_the_spotlight_alone_where_it_can() -> None:
    shown = QRect(0, 40, 480, 320)
    there = Ground((480, 320), 1.0, (0, 40), shown, 1.0)
    room, patch = QRect(0, 0, 480, 400), PatchScene(20, 34, (), (), pinned=True)
    place, radius = magnifier_place(there, patch, room), spot_radius(there, room)
    middle = 40 + 8 * 20 + 4
    assert place.right() < 8 * 34 + 4 - radius or place.left() > 8 * 34 + 4 + radius or (
        place.top() > middle + radius or place.bottom() < middle - radius
    )  # fmt: skip
    assert place.width() >= 96


@pytest.mark.parametrize("column", range(0, 60, 7))
@pytest.mark.parametrize("row", [0, 20, 39])
def test_the_magnifier_never_covers_its_patch(row: int, column: int) -> None:
    shown = QRect(0, 40, 480, 320)
    there = Ground((480, 320), 1.0, (0, 40), shown, 1.0)
    room, patch = QRect(0, 0, 480, 400), PatchScene(row, column, (), (), pinned=True)
    place = magnifier_place(there, patch, room)
    assert room.contains(place)
    assert not place.intersects(surroundings_rect(there, patch))


def test_there_is_none_where_the_picture_is_as_large_itself() -> None:
    room = QRect(0, 0, 480, 320)
    near = Ground((480, 320), 16.0, (-900, -1200), room, 1.0)
    assert magnifier_place(near, AT, room).isEmpty()


def test_the_figure_keeps_its_column() -> None:
    pane = plain(3)
    assert figure_of(pane) == "30.00 dB"
    assert figure_of(PaneScene("a", "A", "0.512 bpp · RGB 31.20 dB (+0.50)", None)) == "31.20 dB"
    size = 40
    rect = QRectF(0, 0, 635, strip_height(size, 635))
    name, figure = columns(rect, size)
    assert name.right() < figure.left()
    assert figure.right() < rect.right()
    narrow = QRectF(0, 0, 300, strip_height(size, 300))
    name, figure = columns(narrow, size)
    assert figure.top() >= name.bottom() - 1


def test_a_name_without_room_keeps_its_first_part_and_its_size(qtbot: QtBot) -> None:
    long = PaneScene("estimate", "Step 4 · A decoder with a long name", "", None)
    metrics = QFontMetricsF(exact_font(30))
    assert title_for(long, metrics, 2000) == long.title
    assert title_for(long, metrics, 200) == "Step 4"
    assert title_for(replace(long, mark="B"), metrics, 200) == "B · Step 4"
    beside = replace(long, key="decoder")  # two of them would otherwise be called the same
    assert title_for(beside, metrics, 200) == long.title


def test_captions_are_there_only_while_somebody_presents(qtbot: QtBot) -> None:
    panes = view(qtbot, None)
    strip = panes.places.cells[0].strip
    panes.set_view(ViewScene(presented=PresentedScene()))
    assert panes.places.cells[0].strip > strip
    panes.set_view(BARE)
    assert panes.places.cells[0].strip == strip
