"""Marks of a patch that is too small to be outlined, and of decoders that look at different neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.support import scenes
from tests.support.viewer_engine import CARDS, session
from viewer.core.memo import Memo
from viewer.model.scene.palette import CAUSAL, NONCAUSAL, PREVIOUS
from viewer.model.scene.picture import PatchScene
from viewer.model.session.choices import Mode
from viewer.model.session.options import set_decoder
from viewer.model.session.place import pin_at
from viewer.panes.canvas.callout import callout_place, legend_words, surroundings
from viewer.panes.canvas.view import PanesView
from viewer.patch.resolve.inspector import resolve_inspector, resolve_patch


@pytest.mark.parametrize("x", [0, 300, 596])
def test_it_lies_beside_the_patch_in_the_pane(x: int) -> None:
    room, patch = QRect(0, 0, 600, 400), QRect(x, 200, 4, 4)
    place = callout_place(patch, room, 1.0)
    assert room.contains(place)
    assert not place.intersects(patch)
    assert place.width() == place.height() == 120


def test_there_is_none_where_it_has_no_room() -> None:
    assert callout_place(QRect(20, 20, 4, 4), QRect(0, 0, 60, 60), 1.0).isEmpty()


def test_surroundings_are_black_beyond_the_picture() -> None:
    picture = np.full((16, 20, 3), 7, np.uint8)
    found = surroundings(picture, 0, 1)
    assert found.shape == (24, 24, 3)
    assert not found[:8].any()
    assert (found[8:, :20] == 7).all()
    assert not found[8:, 20:].any()


def colours(view: PanesView) -> set[str]:
    image = view.grab().toImage()
    return {
        QColor(image.pixel(x, y)).name().upper()
        for y in range(0, image.height()) for x in range(0, image.width())
    }  # fmt: skip


def test_a_pinned_patch_keeps_its_colours_below_full_size(qtbot: QtBot) -> None:
    view = PanesView()
    qtbot.addWidget(view)
    view.resize(700, 400)
    view.set_scene(scenes.panes()[-1:], Mode.SIDE, scenes.patch(pinned=True), scenes.no_overlay())
    view.zoom_to(50)
    view.show()
    assert {CAUSAL.upper(), NONCAUSAL.upper()} <= colours(view)


def test_a_sweep_decoder_looks_at_all_eight_as_the_step_before_left_them() -> None:
    state = pin_at(session(models=CARDS), 20, 20)
    patch = resolve_patch(state, None)
    assert patch is not None
    assert (patch.causal, patch.noncausal) == ((), ())
    assert len(patch.previous) == 8
    assert legend_words(patch) == [(PREVIOUS, "all eight, previous step")]
    rows = {row.label: row for row in resolve_inspector(state, None, patch, Memo())}
    assert (rows["Neighbours"].value, rows["Neighbours"].role) == ("all 8, previous step", "previous")
    raster = resolve_patch(set_decoder(state, "raster"), None)
    assert raster is not None
    assert (len(raster.causal), len(raster.noncausal), raster.previous) == (4, 4, ())


def test_panes_have_the_neighbours_of_their_decoders() -> None:
    near = (("a", (((0, 0),), (), ())), ("b", ((), ((1, 2),), ())))
    patch = PatchScene(1, 1, (), (), near=near)
    assert (patch.seen_in("a").causal, patch.seen_in("b").noncausal) == (((0, 0),), ((1, 2),))
    assert patch.seen_in("original") is patch
