"""What the pictures' view paints, held against kept renderings; words are left out, as fonts differ."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.types import PATCH
from tests.support import scenes
from tests.support.looks import in_dark
from tests.viewer.golden import compare as golden
from viewer.model.scene.picture import OverlayScene, PatchScene
from viewer.model.scene.view import ViewScene
from viewer.model.session.choices import Mode
from viewer.panes.canvas.view import PanesView

Shot = tuple[Mode, PatchScene | None, Callable[[], OverlayScene], ViewScene, float, int]
"""Mode, patch, overlay, what lies over the pictures, zoom in per cent (0: fit), pictures."""

BARE = ViewScene(minimap=False, pixels=False)
SHOTS: dict[str, Shot] = {
    "side-fit": (Mode.SIDE, scenes.patch(), scenes.no_overlay, BARE, 0, 3),
    "side-near-grid": (Mode.SIDE, scenes.patch(), scenes.grid, BARE, 400, 3),
    "side-minimap": (Mode.SIDE, None, scenes.no_overlay, ViewScene(minimap=True, pixels=False), 300, 2),
    "side-gain": (Mode.SIDE, None, scenes.gain_overlay, BARE, 100, 2),
    "side-bits": (Mode.SIDE, scenes.patch(pinned=True), scenes.bits_overlay, BARE, 200, 1),
    "wipe": (Mode.WIPE, None, scenes.no_overlay, BARE, 0, 2),
    "wipe-patch": (Mode.WIPE, scenes.patch(), scenes.no_overlay, BARE, 200, 3),
    "one-far": (Mode.SIDE, None, scenes.no_overlay, BARE, 25, 1),
    "pixels": (Mode.SIDE, scenes.patch(), scenes.no_overlay, BARE, 1600, 2),
}


@pytest.fixture(autouse=True)
def wordless(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    in_dark(qapp)
    monkeypatch.setattr(QPainter, "drawText", lambda *_: None)
    monkeypatch.setattr("viewer.panes.canvas.pictures.draw_roles", lambda *_: None)  # as large as its words


def render(qtbot: QtBot, shot: Shot, marks: bool = True) -> NDArray[np.uint8]:
    """Device pixels of the pictures, without the strips around them. marks: with those of the patch."""
    mode, patch, overlay, over, percent, count = shot
    view = PanesView()
    qtbot.addWidget(view)
    view.resize(640, 320)
    view.set_scene(scenes.panes()[-count:], mode, patch if marks else None, overlay())
    view.set_view(over)
    if percent:
        view.zoom_to(percent)
    if percent and patch is not None:  # in the middle
        height, width = scenes.photograph().shape[:2]
        x, y = (PATCH * (place + 0.5) for place in (patch.column, patch.row))
        view.restore({**view.state(), "x": x / width, "y": y / height})
    view.show()
    pixels = golden.pixels_of(view.grab().toImage())
    top = 40
    return np.ascontiguousarray(pixels[top : len(pixels) - top])


@pytest.mark.parametrize("name", SHOTS)
def test_pictures_look_as_they_did(name: str, qtbot: QtBot) -> None:
    golden.check(render(qtbot, SHOTS[name]), name)


@pytest.mark.parametrize("name", [name for name, shot in SHOTS.items() if shot[1] is not None])
def test_a_missing_mark_is_seen(name: str, qtbot: QtBot, tmp_path: Path) -> None:
    marked, bare = (render(qtbot, SHOTS[name], marks) for marks in (True, False))
    Image.fromarray(marked).save(tmp_path / "p.png")
    golden.check(marked, "p", tmp_path, tmp_path)
    with pytest.raises(pytest.fail.Exception, match="p: differs"):
        golden.check(bare, "p", tmp_path, tmp_path)


def test_a_difference_is_seen_and_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(golden.RENEW, raising=False)
    picture = scenes.photograph(96, 64)
    kept, failures = tmp_path / "kept", tmp_path / "failures"
    with pytest.raises(pytest.fail.Exception, match="isn't kept yet"):
        golden.check(picture, "p", kept, failures)
    monkeypatch.setenv(golden.RENEW, "1")
    golden.check(picture, "p", kept, failures)
    monkeypatch.delenv(golden.RENEW)
    golden.check(picture, "p", kept, failures)
    assert not failures.exists()
    moved = np.roll(picture, 1, axis=1)
    with pytest.raises(pytest.fail.Exception, match=r"p: differs by \d+\.\d+ levels on average"):
        golden.check(moved, "p", kept, failures)
    saved = {path.name for path in failures.iterdir()}
    assert saved == {"p-result.png", "p-expected.png", "p-difference.png"}
    with pytest.raises(pytest.fail.Exception, match="64×64, expected 96×64"):
        golden.check(np.ascontiguousarray(picture[:, :64]), "p", kept, failures)
