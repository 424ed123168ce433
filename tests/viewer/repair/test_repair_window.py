"""The Repair page in a window: files in, before and after, files out, by mouse and by keyboard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.support import repair_files as files
from tests.support.pictures import pixels_in
from tests.support.repair_window import add, idle, repairer
from tests.support.viewer_engine import Engine, picture, smoothed
from viewer.model.facts.repair import FileState
from viewer.model.session import repair_changes as changes
from viewer.model.session.choices import Page
from viewer.model.session.looks import set_text_scale, set_theme
from viewer.model.session.repair import RepairView
from viewer.model.session.state import Session
from viewer.shell.window import MainWindow
from viewer.ui import theme


def states(window: MainWindow) -> list[FileState]:
    return [each.state for each in repairer(window).facts.files]


def run(qtbot: QtBot, window: MainWindow) -> None:
    repairer(window).start()
    qtbot.waitUntil(lambda: not repairer(window).facts.running, timeout=20_000)
    idle(qtbot, window)


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_the_page_opens_and_closes_by_its_key(window: MainWindow) -> None:
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window, Qt.Key.Key_R, keys)
    assert window.controller.session.page is Page.REPAIR
    assert window.parts.repair.isVisible()
    assert not window.toolbar.isVisible()
    assert window.parts.repair.hint.isVisible()
    assert not window.parts.repair.start.isEnabled()
    assert window.menus.by_id["repair"].isChecked()
    assert not window.menus.by_id["mode.wipe"].isEnabled()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.controller.session.page is Page.PICTURES
    assert window.toolbar.isVisible()
    assert window.menus.by_id["mode.wipe"].isEnabled()
    assert not window.menus.by_id["repair.add"].isEnabled()


def test_a_dropped_folder_is_listed_and_looked_at(qtbot: QtBot, page: MainWindow, pictures: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(pictures))])
    view = page.parts.repair
    drop = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                      Qt.KeyboardModifier.NoModifier)  # fmt: skip
    view.dropEvent(drop)
    assert drop.isAccepted()
    idle(qtbot, page)
    facts = repairer(page).facts
    assert [each.path.name for each in facts.files] == ["a.jpg", "b.jpg", "c.jpg"]
    assert all(each.findings is not None and each.findings.quality == 20 for each in facts.files)
    thumbs = [each.thumb for each in facts.files]
    assert [thumb is not None and thumb.shape[0] > thumb.shape[1] for thumb in thumbs] == [False, True, False]
    assert view.files.count() == 3
    assert [view.files.item(row).isSelected() for row in range(3)] == [True, False, False]
    assert view.files.item(0).text() == "a.jpg\nQuality 20"
    assert view.caption.text() == "a.jpg · 120 × 96"
    assert view.findings.text().startswith("JPEG, quality 20 · ")
    assert page.controller.session.picture is None  # nothing was opened behind it


@pytest.mark.parametrize("at", [0, 1])
def test_before_and_after_show_the_same_place_upright(
    qtbot: QtBot, page: MainWindow, pictures: Path, at: int
) -> None:
    add(qtbot, page, pictures)
    repairer(page).select(at)
    idle(qtbot, page)
    shown = repairer(page).facts.shown
    assert shown is not None
    assert shown.before is not None
    source = sorted(pictures.iterdir())[at]
    expected = files.received_upright(source)
    assert np.array_equal(shown.before, expected)
    ((box, after),) = shown.tiles.items()
    assert box == (0, 0, *expected.shape[:2])
    assert not np.array_equal(after, expected)
    run(qtbot, page)
    assert np.array_equal(pixels_in(pictures / "repaired" / f"{source.stem}.png"), after)


def test_the_view_paints_before_left_and_after_right(qtbot: QtBot, page: MainWindow, pictures: Path) -> None:
    add(qtbot, page, pictures / "a.jpg")
    view, shown = page.parts.repair.picture, repairer(page).facts.shown
    assert shown is not None
    (after,) = shown.tiles.values()
    for mode in RepairView:
        page.controller.change(lambda session, mode=mode: changes.set_view(session, mode))
        view.set_divider(0.5)
        image = view.grab().toImage()
        for half, side, pixels in zip(view.panes(), (-20, 20), (shown.before, after), strict=True):
            x = side + (half.center().x() if mode is RepairView.SIDE else view.width() // 2)
            y = view.height() // 2 + 7
            place = view.picture_at(half, QPointF(x + 0.5, y + 0.5))
            assert pixels is not None
            wanted = pixels[int(place.y()), int(place.x())]
            assert image.pixelColor(x, y).getRgb()[:3] == tuple(int(each) for each in wanted)


def test_what_is_not_yet_repaired_is_seen_to_be_so(
    qtbot: QtBot, page: MainWindow, pictures: Path, engine: Engine
) -> None:
    engine.hold()
    repairer(page).add([pictures / "a.jpg"])
    view = page.parts.repair.picture
    qtbot.waitUntil(lambda: page.controller.scene.repair.picture.before is not None)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: not view.settling())
    veiled = view.grab().toImage()
    engine.release()
    idle(qtbot, page)
    clear = view.grab().toImage()
    right = view.panes()[1].center()
    assert veiled.pixelColor(right) != clear.pixelColor(right)
    left = view.panes()[0].center()
    assert veiled.pixelColor(left) == clear.pixelColor(left)


def test_strength_changes_what_is_seen_and_saved(
    qtbot: QtBot, page: MainWindow, pictures: Path, engine: Engine
) -> None:
    add(qtbot, page, pictures / "a.jpg")
    page.controller.change(lambda session: changes.set_strength(session, 40))
    idle(qtbot, page)
    assert engine.decoders["sweep"].runs[-1][1].strength == 0.4
    run(qtbot, page)
    assert engine.decoders["sweep"].runs[-1][1].strength == 0.4
    assert engine.decoders["sweep"].runs[-1][1].orientations == 1
    qtbot.mouseClick(page.parts.repair.options.thorough, Qt.MouseButton.LeftButton)
    idle(qtbot, page)
    assert engine.decoders["sweep"].runs[-1][1].orientations == 8
    run(qtbot, page)
    assert engine.decoders["sweep"].runs[-1][1].orientations == 8
    assert "40 %" in page.parts.repair.options.strength.findChildren(type(page.parts.repair.hint))[-1].text()


def test_all_files_are_saved_once_and_told(qtbot: QtBot, page: MainWindow, pictures: Path) -> None:
    (pictures / "bad.jpg").write_bytes(b"\xff\xd8\xffnothing")
    add(qtbot, page, pictures)
    run(qtbot, page)
    assert states(page) == [FileState.DONE, FileState.DONE, FileState.FAILED, FileState.DONE]
    assert written(pictures / "repaired") == ["a.png", "b.png", "c.png"]
    view = page.parts.repair
    assert view.summary.text() == f"3 files repaired, 1 not · in {pictures / 'repaired'}"
    lines = [view.files.item(row).text() for row in range(4)]
    assert lines[0] == "a.jpg\n✓ Repaired"
    assert lines[2].startswith("bad.jpg\n✗ Not repaired\n")
    page.repair.copy_report()
    report = QGuiApplication.clipboard().text().splitlines()
    assert len(report) == 5
    assert report[3].split("\t")[1] == "failed"
    with Image.open(pictures / "repaired" / "b.png") as image:
        assert image.getexif()[files.ORIENTATION] == 1
        assert image.getexif()[files.MAKE] == "Camera"
    before = {path: path.stat().st_mtime_ns for path in (pictures / "repaired").iterdir()}
    run(qtbot, page)  # only the bad one is tried again
    assert {path: path.stat().st_mtime_ns for path in (pictures / "repaired").iterdir()} == before
    assert states(page).count(FileState.DONE) == 3


def test_nothing_is_replaced_unasked(qtbot: QtBot, page: MainWindow, pictures: Path) -> None:
    there = pictures / "repaired" / "a.png"
    there.parent.mkdir()
    there.write_bytes(b"before")
    add(qtbot, page, pictures / "a.jpg")
    run(qtbot, page)
    assert states(page) == [FileState.FAILED]
    assert there.read_bytes() == b"before"
    page.parts.repair.options.overwrite.click()
    run(qtbot, page)
    assert states(page) == [FileState.DONE]
    assert there.read_bytes() != b"before"
    page.save_settings()
    assert not page.settings.load_session(Session()).repair.overwrite  # another day it has to be asked again


def test_cancelling_leaves_whole_files_only(
    qtbot: QtBot, page: MainWindow, pictures: Path, engine: Engine
) -> None:
    add(qtbot, page, pictures)
    worker = repairer(page)
    gate, saved = engine.decoders["sweep"], pictures / "repaired"
    worker.start()
    qtbot.waitUntil(lambda: (saved / "a.png").exists(), timeout=20_000)
    gate.gate.clear()
    qtbot.waitUntil(lambda: FileState.WORKING in states(page) or not worker.facts.running, timeout=20_000)
    running = worker.facts.running
    assert not running or page.parts.repair.cancel.isVisible()
    page.acts.escape()
    qtbot.waitUntil(lambda: not worker.facts.running, timeout=20_000)
    engine.release()
    assert all(Image.open(path).load() is not None for path in saved.iterdir())
    assert not [path for path in saved.iterdir() if path.suffix != ".png"]
    assert FileState.WORKING not in states(page)
    assert page.controller.session.page is Page.REPAIR
    if running:
        assert page.parts.repair.summary.text().startswith("Stopped · ")


def test_formats_names_and_folders_by_keyboard(
    qtbot: QtBot, page: MainWindow, pictures: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Everything from opening the list to saving, without a mouse."""
    names = ([str(pictures / "a.jpg"), str(pictures / "b.jpg")], "")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: names)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(page, Qt.Key.Key_A, both)
    idle(qtbot, page)
    view, options = page.parts.repair, page.parts.repair.options
    view.files.setFocus()
    QTest.keyClick(view.files, Qt.Key.Key_Down)
    assert repairer(page).facts.selected == 1
    options.kind.setFocus()
    QTest.keyClicks(options.kind, "JPEG")
    assert page.controller.session.repair.kind == "jpeg"
    assert options.quality.isVisible()
    options.quality.setFocus()
    options.quality.selectAll()
    QTest.keyClicks(options.quality, "80")
    options.pattern.setFocus()
    options.pattern.selectAll()
    QTest.keyClicks(options.pattern, "{name}-w{who}")
    assert "unknown placeholder {who}" in options.example.text()
    assert not view.start.isEnabled()
    options.pattern.selectAll()
    QTest.keyClicks(options.pattern, "{number} wipe {name}")
    assert options.example.text() == f"b.jpg → {pictures / 'repaired' / '002 wipe b.jpg'}"
    assert page.controller.session.repair.pattern == "{number} wipe {name}"
    page.repair.ask_target()
    QTest.keyClick(page, Qt.Key.Key_Return, both)
    qtbot.waitUntil(lambda: not repairer(page).facts.running, timeout=20_000)
    assert written(tmp_path / "out") == ["001 wipe a.jpg", "002 wipe b.jpg"]
    with Image.open(tmp_path / "out" / "001 wipe a.jpg") as image:
        assert image.format == "JPEG"
    QTest.keyClick(page, Qt.Key.Key_Delete)
    assert [each.path.name for each in repairer(page).facts.files] == ["a.jpg"]


def test_wipe_pan_and_zoom_by_keyboard(qtbot: QtBot, page: MainWindow, tmp_path: Path) -> None:
    large = files.camera_file(tmp_path / "large.jpg", pixels=picture(900, 1400).pixels)
    add(qtbot, page, large)
    view = page.parts.repair.picture
    view.setFocus()
    QTest.keyClick(page, Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
    assert page.controller.session.repair.view is RepairView.WIPE
    before = view.divider()
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.divider() > before
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom() == 2
    idle(qtbot, page)
    centre, shown = view.centre(), repairer(page).facts.shown
    assert shown is not None
    many = len(shown.tiles)
    for _ in range(40):
        QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.centre().x() < centre.x()
    box = view.seen_box()
    assert box is not None
    assert box[1] == 0
    idle(qtbot, page)
    assert len(repairer(page).facts.shown.tiles) > many  # type: ignore[union-attr]


def test_opening_a_picture_shows_it(qtbot: QtBot, page: MainWindow, pictures: Path) -> None:
    add(qtbot, page, pictures)
    page.controller.documents.open_picture(picture())
    qtbot.waitUntil(lambda: page.controller.session.picture is not None)
    assert page.controller.session.page is Page.PICTURES
    qtbot.waitUntil(page.controller.complete, timeout=20_000)
    page.controller.change(changes.open_repair)
    assert page.parts.repair.files.count() == 3  # the list stays


def test_a_folder_without_files_is_told_on_the_page(qtbot: QtBot, page: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    add(qtbot, page, tmp_path / "empty")
    assert page.parts.repair_error.isVisible()
    assert "holds no files to repair" in page.controller.facts.error


def test_smoothing_is_what_the_decoder_here_does(pictures: Path) -> None:
    """The tests' decoder changes pictures, or nothing above could fail."""
    pixels = files.received_upright(pictures / "a.jpg")
    assert not np.array_equal(smoothed(pixels), pixels)


def test_the_list_follows_theme_and_size_of_text(qtbot: QtBot, page: MainWindow, pictures: Path) -> None:
    add(qtbot, page, pictures)
    lines, control = page.parts.repair.files, page.controller

    def looks() -> tuple[str, int]:
        return lines.item(0).foreground().color().name(), lines.visualItemRect(lines.item(0)).height()

    control.change(lambda state: set_theme(state, "dark"))
    dark, low = looks()
    small = lines.item(0).icon().cacheKey()
    control.change(lambda state: set_theme(state, "light"))
    control.change(lambda state: set_text_scale(state, 200))
    qtbot.waitUntil(lambda: looks()[1] >= 3 * lines.fontMetrics().height())
    assert looks()[0] == theme.LIGHT.text != dark
    assert looks()[1] > 1.3 * low
    assert lines.item(0).icon().cacheKey() == small  # small pictures aren't made anew
