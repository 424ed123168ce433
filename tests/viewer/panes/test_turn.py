"""Turned pictures: coded places and shown ones, in both directions, for every orientation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect

from engine.io.orientation import upright
from engine.types import PATCH, Pixels
from viewer.model.scene.picture import OverlayScene, PaneScene, PatchScene
from viewer.model.scene.view import ViewScene
from viewer.model.session.choices import Mode, Overlay
from viewer.panes.canvas.turn import Turn, Turner
from viewer.panes.canvas.view import PanesView

ORIENTATIONS = range(1, 9)
WIDTH, HEIGHT = 45, 26
"""No multiples of a patch, so that the grid's cut ends lie somewhere else in each orientation."""


def picture() -> Pixels:
    """Every pixel another colour: its column, its row."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    pixels = np.stack([5 * x, 9 * y, 90 + 0 * x], axis=-1).astype(np.uint8)
    pixels.setflags(write=False)
    return pixels


@pytest.fixture(params=ORIENTATIONS)
def orientation(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def shown(qtbot: object, orientation: int) -> Iterator[PanesView]:
    view = PanesView()
    view.resize(640, 640)
    pane = PaneScene("standard", "JPEG", "", picture())
    view.set_scene((pane,), Mode.SIDE, None, OverlayScene(Overlay.NONE, None))
    view.set_view(ViewScene(orientation=orientation))
    yield view
    view.deleteLater()


def test_points_go_there_and_back(orientation: int) -> None:
    turn = Turn(orientation, (WIDTH, HEIGHT))
    pixels, seen = picture(), upright(picture(), orientation)
    assert turn.shown == (seen.shape[1], seen.shape[0])
    for x, y in ((0, 0), (WIDTH - 1, 0), (3, HEIGHT - 1), (20, 11)):
        across, down = turn.to_shown(x + 0.5, y + 0.5)
        np.testing.assert_array_equal(seen[int(down), int(across)], pixels[y, x])
        assert turn.to_coded(across, down) == (x + 0.5, y + 0.5)
    box = (8, 16, 16, 24)
    assert turn.coded_box(*turn.box(*box)) == box


def test_pictures_are_turned_once(orientation: int) -> None:
    turner, pixels = Turner(), picture()
    pane = PaneScene("standard", "JPEG", "", pixels, between=(pixels, pixels))
    (first,), (second,) = turner.panes((pane,), orientation), turner.panes((pane,), orientation)
    assert first.pixels is not None
    assert second.pixels is first.pixels
    assert first.between is not None
    assert first.between[0] is first.pixels
    np.testing.assert_array_equal(first.pixels, upright(pixels, orientation))
    other = replace(pane, pixels=picture())
    (third,) = turner.panes((other,), orientation)
    assert third.pixels is not first.pixels


def test_the_pixel_under_the_mouse_is_the_coded_one(shown: PanesView) -> None:
    for x, y in ((0, 0), (WIDTH - 1, HEIGHT - 1), (30, 4)):
        assert shown.pixel_at(shown.image_position(x, y)) == (x, y)


def test_what_is_painted_is_upright(shown: PanesView, orientation: int) -> None:
    image = shown.grab().toImage()
    ratio = shown.devicePixelRatioF()
    pixels = picture()
    for x, y in ((1, 1), (WIDTH - 2, 1), (2, HEIGHT - 2), (20, 11)):
        at = shown.image_position(x, y) * ratio
        colour = image.pixelColor(int(at.x()), int(at.y()))
        assert (colour.red(), colour.green(), colour.blue()) == tuple(pixels[y, x].tolist())
    seen = upright(pixels, orientation)
    corner = shown.places.ground().shown.topLeft() + QRect(0, 0, 1, 1).topLeft()
    cell = shown.places.cells[0]
    colour = image.pixelColor(cell.x + corner.x() + 1, cell.top + corner.y() + 1)
    assert (colour.red(), colour.green()) == tuple(seen[0, 0, :2].tolist())


def test_patches_and_their_overlay_lie_where_their_pixels_are(shown: PanesView, orientation: int) -> None:
    rows, columns = -(-HEIGHT // PATCH), -(-WIDTH // PATCH)
    shades = np.zeros((rows, columns, 4), np.uint8)
    place = (rows - 1, 1)
    shades[place] = (255, 0, 0, 255)
    overlay = OverlayScene(Overlay.MISSING, None, shades=shades, classes=(("a", "#ff0000"),))
    patch = PatchScene(*place, (), ())
    pane = PaneScene("standard", "JPEG", "", picture())
    shown.set_scene((pane,), Mode.SIDE, None, overlay)
    image, ratio, ground = shown.grab().toImage(), shown.devicePixelRatioF(), shown.places.ground()
    for row in range(rows):
        for column in range(columns):
            x, y = column * PATCH + 1, row * PATCH + 1
            at = shown.image_position(x, y) * ratio
            colour = image.pixelColor(int(at.x()), int(at.y()))
            assert (colour.getRgb()[:3] == (255, 0, 0)) == ((row, column) == place)
            inside = QPointF(at) - QPointF(shown.places.cells[0].x, shown.places.cells[0].top)
            assert ground.patch_rect(row, column).contains(inside.toPoint())
    shown.set_scene((pane,), Mode.SIDE, patch, overlay)
    shown.grab()  # the patch's frame is painted without a fault


def test_the_grid_has_its_lines_between_coded_patches(shown: PanesView) -> None:
    pane = PaneScene("standard", "JPEG", "", np.full((HEIGHT, WIDTH, 3), 128, np.uint8))
    shown.set_scene((pane,), Mode.SIDE, None, OverlayScene(Overlay.GRID, None))
    shown.zoom_to(800)
    image, ratio = shown.grab().toImage(), shown.devicePixelRatioF()
    for x, line in ((7.98, True), (8.02, True), (4.0, False), (12.0, False)):
        across, down = shown.places.turn.to_shown(x, 11.5)
        left, top = shown.places.view.origin()
        cell, scale = shown.places.cells[0], shown.places.view.scale
        at = (cell.x + left + across * scale, cell.top + top + down * scale)
        near = {
            image.pixelColor(int(at[0]) + dx, int(at[1]) + dy).red() for dx in (-1, 0, 1) for dy in (-1, 0, 1)
        }
        assert (near != {128}) == line, (x, ratio, near)


def test_the_part_in_sight_is_told_in_coded_pixels(shown: PanesView) -> None:
    assert shown.visible_region() is None
    shown.zoom_to(4000)
    shown.look_at(20, 10, 8)
    region = shown.visible_region()
    assert region is not None
    left, top, width, height = region
    assert left <= 20 < left + width
    assert top <= 10 < top + height
    assert left + width <= WIDTH
    assert top + height <= HEIGHT
