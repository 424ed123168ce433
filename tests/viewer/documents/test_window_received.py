"""Received files that are damaged, or turned, in the assembled window."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from engine.io.orientation import upright
from tests.support.jpeg_damage import cuts
from tests.support.jpeg_pictures import photo
from tests.support.windows import complete
from viewer.export.choice import AnimationChoice
from viewer.export.frames import RunFrames
from viewer.model.session import pages as s
from viewer.model.session.choices import Overlay
from viewer.shell.window import MainWindow


def received(shown: MainWindow, qtbot: QtBot, path: Path) -> None:
    shown.controller.documents.open_path(path, received=True)
    qtbot.waitUntil(lambda: shown.controller.session.name == path.name, timeout=5000)
    complete(qtbot, shown)


def jpeg(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Image.fromarray(photo(40, 60)).save(file, "JPEG", quality=30, exif=exif)
    return file.getvalue()


def test_missing_patches_are_marked_counted_and_told(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(list(cuts(jpeg()))[1])
    (tmp_path / "sound.jpg").write_bytes(jpeg())
    received(shown, qtbot, tmp_path / "cut.jpg")
    stream = shown.controller.session.stream
    assert stream is not None
    words = f"{stream.missing} of 40 patches never came or can't be read"
    assert words in shown.banner.words.text()
    assert shown.controller.session.overlay is Overlay.MISSING
    overlay = shown.controller.scene.overlay
    assert overlay.shades is not None
    assert int((overlay.shades[..., 3] > 0).sum()) == stream.missing
    assert overlay.classes[0][0].startswith(words)
    received(shown, qtbot, tmp_path / "sound.jpg")
    assert shown.controller.session.overlay is Overlay.NONE
    shown.controller.change(lambda state: s.set_overlay(state, Overlay.MISSING))
    assert shown.controller.scene.overlay.note == "nothing of it is missing"
    shown.controller.change(lambda state: s.set_overlay(state, Overlay.BITS))
    received(shown, qtbot, tmp_path / "cut.jpg")
    assert shown.controller.session.overlay is Overlay.BITS  # somebody's choice stays


@pytest.mark.parametrize("orientation", range(2, 9))
def test_turned_files_are_upright_everywhere(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, orientation: int
) -> None:
    (tmp_path / "turned.jpg").write_bytes(jpeg(orientation))
    received(shown, qtbot, tmp_path / "turned.jpg")
    run = shown.controller.facts.run
    assert run is not None
    expected = upright(run.pixels(0), orientation)
    size = (expected.shape[1], expected.shape[0])
    assert shown.panes.places.view.image == size
    pane = shown.panes.places.panes[0].pixels
    assert pane is not None
    np.testing.assert_array_equal(pane, expected)
    assert shown.controller.session.grid == (5, 8)  # the coded one
    frame = RunFrames(run, AnimationChoice())[0]
    assert frame.pixels.shape[:2] == expected.shape[:2]
    np.testing.assert_array_equal(frame.pixels, expected)
    assert shown.filmstrip.thumbs._shape(run.pixels(0)) == size
    shown.files.copy_picture()
    copied = QGuiApplication.clipboard().image()
    assert (copied.width(), copied.height()) == size
    assert f"EXIF orientation ({orientation})" in shown.banner.words.text()


def test_saving_says_what_it_leaves_out(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0132] = "2026:01:02 03:04:05"
    Image.fromarray(photo(40, 60)).save(tmp_path / "dated.jpg", exif=exif, comment=b"hello")
    received(shown, qtbot, tmp_path / "dated.jpg")
    shown.controller.documents.save_picture(tmp_path / "out.png")
    wanted = "Saved out.png, without its EXIF data (date among them) and a comment"
    qtbot.waitUntil(lambda: shown.controller.scene.status.message == wanted, timeout=5000)


def test_a_picture_behind_bytes_of_others_can_be_taken_as_received(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "part.jpg").write_bytes(b"--boundary\r\n\r\n" + jpeg())
    shown.controller.documents.open_path(tmp_path / "part.jpg")
    qtbot.waitUntil(lambda: shown.controller.session.name == "part.jpg", timeout=5000)
    assert shown.controller.session.file_codec == "jpeg"
    assert "begins after 14 bytes" in shown.banner.words.text()
    shown.controller.documents.toggle_received()
    qtbot.waitUntil(lambda: shown.controller.session.stream is not None, timeout=5000)
    complete(qtbot, shown)
