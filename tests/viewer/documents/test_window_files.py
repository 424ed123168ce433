"""Files, folders and the clipboard in the assembled window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.support.viewer_engine import picture
from tests.support.windows import complete, ready
from viewer.model.session import pages as s
from viewer.model.session.choices import Overlay
from viewer.model.session.options import set_decoder
from viewer.shell.window import MainWindow
from viewer.ui.clipboard import image_from_pixels, picture_from_image

Key = Qt.Key


# ---- files and clipboard ---------------------------------------------------------------------------------


def jpeg_file(folder: Path, name: str = "received.jpg", seed: int = 3) -> Path:
    path = folder / name
    Image.fromarray(picture(seed=seed).pixels).save(path, quality=30, progressive=name.startswith("prog"))
    return path


def test_a_jpeg_file_can_be_taken_both_ways(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = jpeg_file(tmp_path)
    shown.controller.documents.open_path(path)
    complete(qtbot, shown)
    assert shown.banner.isVisible()
    assert shown.controller.session.picture is not None
    qtbot.mouseClick(shown.banner.other, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.controller.session.stream is not None, timeout=5000)
    complete(qtbot, shown)
    assert [pane.key for pane in shown.controller.scene.panes] == ["standard", "estimate"]
    run = shown.controller.facts.run
    assert run is not None
    assert run.refinement.coded.payload == path.read_bytes()
    assert run.refinement.original is None
    assert not shown.toolbar.quality.isVisible()
    assert shown.toolbar.bpp.isReadOnly()
    assert shown.menus.by_id["received"].isChecked()
    shown.controller.change(lambda state: set_decoder(state, "raster"))
    complete(qtbot, shown)
    assert ready(shown) == 2
    qtbot.keyClick(shown, Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown.controller.session.picture is not None, timeout=5000)
    complete(qtbot, shown)
    assert shown.toolbar.quality.isVisible()
    qtbot.mouseClick(shown.banner.close_button, Qt.MouseButton.LeftButton)
    assert not shown.banner.isVisible()
    assert shown.settings.recent() == (path,)


def test_bits_that_cannot_be_counted(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    shown.controller.documents.open_path(jpeg_file(tmp_path, "progressive.jpg"), received=True)
    qtbot.waitUntil(lambda: shown.controller.session.stream is not None, timeout=5000)
    complete(qtbot, shown)
    shown.controller.change(lambda state: s.set_overlay(state, Overlay.BITS))
    assert shown.controller.scene.overlay.values is None
    assert "progressive" in shown.controller.scene.overlay.note.lower()
    (bits,) = (each for each in shown.controller.scene.plots if each.key == "bits")
    assert "progressive" in bits.note.lower()


def test_saving_and_copying(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([str(tmp_path / "picture"), str(tmp_path / "stream")])
    asked: list[str] = []

    def ask(_: QWidget, title: str, proposal: str, kinds: str) -> tuple[str, str]:
        asked.append(Path(proposal).name)
        return next(answers), kinds.split(";;")[0]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    shown.controller.playback.choose_step(2)
    shown.menus.run("save.picture")
    complete(qtbot, shown)
    shown.menus.run("save.stream")
    complete(qtbot, shown)
    run = shown.controller.facts.run
    assert run is not None
    assert asked == ["photo-step-2.png", "photo-sent.jpg"]
    with Image.open(tmp_path / "picture.png") as saved:
        assert np.array_equal(np.asarray(saved), run.pixels(2))
    assert (tmp_path / "stream.jpg").read_bytes() == run.refinement.coded.payload
    assert shown.controller.facts.message == "Saved stream.jpg"
    shown.menus.run("copy.picture")
    image = QGuiApplication.clipboard().image()
    assert np.array_equal(picture_from_image(image).pixels, run.pixels(2))
    qtbot.keyClick(shown, Key.Key_2)
    shown.menus.run("copy.picture")
    assert np.array_equal(picture_from_image(QGuiApplication.clipboard().image()).pixels, run.pixels(0))
    shown.menus.run("copy.window")
    assert QGuiApplication.clipboard().image().width() == round(1280 * shown.devicePixelRatioF())


def test_saving_where_one_cannot(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    for save in (shown.controller.documents.save_picture, shown.controller.documents.save_stream):
        shown.controller.forget_error()
        save(tmp_path / "no" / "such" / "folder.png")
        qtbot.waitUntil(lambda: bool(shown.controller.facts.error), timeout=5000)
        assert "folder" in shown.error.words.text()


def test_a_turned_received_file_is_told_and_saved_upright(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    path = tmp_path / "turned.jpg"
    Image.fromarray(picture(seed=3).pixels).save(path, quality=30, exif=exif)
    shown.controller.documents.open_path(path, received=True)
    complete(qtbot, shown)
    assert "turned upright, as its EXIF orientation (6) says" in shown.banner.words.text()
    shown.controller.documents.save_picture(tmp_path / "repaired.png")
    qtbot.waitUntil((tmp_path / "repaired.png").exists, timeout=5000)
    complete(qtbot, shown)
    with Image.open(tmp_path / "repaired.png") as saved:
        assert saved.size == (45, 70)


def test_pasting(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    other = picture(30, 40, seed=8)
    QGuiApplication.clipboard().setImage(image_from_pixels(other.pixels))
    shown.menus.run("paste")
    complete(qtbot, shown)
    pasted = shown.controller.session.picture
    assert pasted is not None
    assert pasted.name == "clipboard"
    assert np.array_equal(pasted.pixels, other.pixels)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(jpeg_file(tmp_path)))])
    QGuiApplication.clipboard().setMimeData(data)
    shown.menus.run("paste")
    qtbot.waitUntil(lambda: shown.controller.session.name == "received.jpg", timeout=5000)
    QGuiApplication.clipboard().setText("words")
    shown.menus.run("paste")
    assert shown.error.words.text() == "The clipboard holds no picture"
    complete(qtbot, shown)


def test_dropping_a_file(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.png"), QUrl.fromLocalFile(str(jpeg_file(tmp_path)))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    shown.dragEnterEvent(enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    shown.dropEvent(drop)
    qtbot.waitUntil(lambda: shown.controller.session.name == "received.jpg", timeout=5000)
    complete(qtbot, shown)
    words = QMimeData()
    words.setText("words")
    refused = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, words, buttons, keys)
    refused.ignore()
    shown.dragEnterEvent(refused)
    assert not refused.isAccepted()


def test_transparent_images_are_composited_on_white() -> None:
    from PySide6.QtGui import QColor, QImage

    image = QImage(5, 3, QImage.Format.Format_ARGB32)
    image.fill(QColor(255, 0, 0, 0))
    image.setPixelColor(1, 1, QColor(10, 20, 30, 255))
    made = picture_from_image(image)
    assert made.pixels[0, 0].tolist() == [255, 255, 255]
    assert made.pixels[1, 1].tolist() == [10, 20, 30]
    assert made.notes


def test_up_and_down_go_through_folder_and_samples(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b.jpg", "A.jpg", "c.png"):
        jpeg_file(tmp_path, name)
    (tmp_path / "notes.txt").write_text("no picture")
    shown.controller.documents.open_path(tmp_path / "b.jpg")
    qtbot.waitUntil(lambda: shown.controller.session.name == "b.jpg", timeout=5000)
    for key, name in ((Key.Key_Down, "c.png"), (Key.Key_Down, "A.jpg"), (Key.Key_Up, "c.png")):
        qtbot.keyClick(shown, key)
        qtbot.waitUntil(lambda name=name: shown.controller.session.name == name, timeout=5000)  # type: ignore[misc]
    complete(qtbot, shown)
    monkeypatch.setattr("engine.data.samples.sample_names", lambda: ("one", "two"))
    monkeypatch.setattr("engine.data.samples.load_sample", lambda name: picture(name=name))
    shown.controller.documents.open_sample("one")
    qtbot.waitUntil(lambda: shown.controller.session.sample == "one", timeout=5000)
    qtbot.keyClick(shown, Key.Key_Up)
    qtbot.waitUntil(lambda: shown.controller.session.sample == "two", timeout=5000)
    complete(qtbot, shown)


def test_open_dialogs_and_menus(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = jpeg_file(tmp_path)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(path)], ""))
    shown.menus.run("open.received")
    qtbot.waitUntil(lambda: shown.controller.session.stream is not None, timeout=5000)
    shown.menus.run("open")
    qtbot.waitUntil(lambda: shown.controller.session.picture is not None, timeout=5000)
    complete(qtbot, shown)
    shown.menus.recent_menu.aboutToShow.emit()
    assert [action.text() for action in shown.menus.recent_menu.actions() if action.text()] == [
        "received.jpg",
        "Forget them",
    ]
    shown.menus.recent_menu.actions()[-1].trigger()
    shown.menus.recent_menu.aboutToShow.emit()
    assert [action.text() for action in shown.menus.recent_menu.actions()] == ["No files yet"]
    shown.menus.sample_menu.aboutToShow.emit()
    assert len(shown.menus.sample_menu.actions()) >= 3
