"""Undo, sessions, playlists, looks and the net below the window, as a person meets them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile, QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from tests.support.viewer_engine import picture, png
from tests.support.windows import Make, complete, drop
from viewer.documents.session_file import read
from viewer.launch.lifetime import Running
from viewer.model.session.choices import Mode
from viewer.model.session.options import set_quality
from viewer.model.session.view_changes import set_gain, set_mode
from viewer.shell.window import MainWindow
from viewer.ui import theme

Key = Qt.Key
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier,
)  # fmt: skip


def opened(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    window.controller.documents.open_path(path)
    qtbot.waitUntil(lambda: window.controller.session.name == path.name, timeout=5000)
    complete(qtbot, window)


# ---- undo ------------------------------------------------------------------------------------------------


def test_settings_are_undone_by_key_and_named_in_the_menu(shown: MainWindow, qtbot: QtBot) -> None:
    undo, redo = shown.menus.by_id["undo"], shown.menus.by_id["redo"]
    assert (undo.isEnabled(), redo.isEnabled()) == (False, False)
    first = shown.controller.facts.run
    shown.toolbar.quality.slider().setValue(40)
    qtbot.keyClick(shown, Key.Key_G)
    assert undo.text() == "Undo: overlay none → patch grid"
    complete(qtbot, shown)
    qtbot.keyClick(shown, Key.Key_Z, CTRL)
    assert undo.text() == "Undo: quality 15 → 40"
    assert redo.text() == "Redo: overlay none → patch grid"
    qtbot.keyClick(shown, Key.Key_Z, CTRL)
    assert (undo.isEnabled(), undo.text()) == (False, "Undo")
    complete(qtbot, shown)
    assert shown.toolbar.quality.value() == 15
    assert first is not None
    run = shown.controller.facts.run
    assert run is not None
    assert run.refinement.coded.payload == first.refinement.coded.payload
    qtbot.keyClick(shown, Key.Key_Z, CTRL | SHIFT)
    assert shown.toolbar.quality.value() == 40
    complete(qtbot, shown)


def test_playing_and_blinking_leave_no_entries(shown: MainWindow, qtbot: QtBot) -> None:
    shown.controller.playback.toggle_play()
    qtbot.waitUntil(lambda: not shown.controller.session.playing, timeout=10_000)
    assert shown.controller.facts.undo == ""


# ---- sessions --------------------------------------------------------------------------------------------


def test_a_session_is_saved_and_reopened(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(qtbot, window, png(tmp_path / "pictures" / "p.png"))
    window.controller.change(lambda state: set_mode(set_quality(state, 40), Mode.DIFFERENCE))
    complete(qtbot, window)
    window.panes.zoom_to(300)
    zoom = window.panes.zoom()
    file = tmp_path / "a.nrcsession"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a"), ""))
    window.menus.run("session.save")
    qtbot.waitUntil(file.exists, timeout=5000)
    qtbot.waitUntil(lambda: "Saved a.nrcsession" in window.status.message.text(), timeout=5000)
    opened(qtbot, window, png(tmp_path / "q.png", seed=2))
    window.controller.change(lambda state: set_mode(set_quality(state, 10), Mode.SIDE))
    window.panes.fit()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    window.menus.run("session.open")
    qtbot.waitUntil(lambda: window.controller.session.name == "p.png", timeout=5000)
    complete(qtbot, window)
    state = window.controller.session
    assert (state.options.quality, state.mode) == (40, Mode.DIFFERENCE)
    assert window.panes.zoom() == pytest.approx(zoom)
    assert window.controller.facts.undo == ""
    assert window.settings.recent()[0] == file
    assert window.toolbar.quality.value() == 40


def test_a_session_is_named_as_one_and_replaces_none_unasked(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(qtbot, window, png(tmp_path / "p.png"))
    there = tmp_path / "talk 2.1.nrcsession"
    there.write_bytes(b"before")
    asked: list[str] = []
    buttons = QMessageBox.StandardButton

    def question(_window: object, _title: str, text: str, *_: object) -> QMessageBox.StandardButton:
        asked.append(text)
        return buttons.No if len(asked) == 1 else buttons.Yes

    monkeypatch.setattr(QMessageBox, "question", question)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "talk 2.1"), ""))
    window.menus.run("session.save")
    complete(qtbot, window)
    assert there.read_bytes() == b"before"
    window.menus.run("session.save")
    complete(qtbot, window)
    assert read(there).state.image.name == "p.png"
    assert asked == ["talk 2.1.nrcsession is there already. Replace it?"] * 2
    assert not (tmp_path / "talk 2.1").exists()


def test_a_lost_picture_is_told_and_located(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = png(tmp_path / "pictures" / "p.png")
    opened(qtbot, window, path)
    window.sessions.save(tmp_path / "a.nrcsession")
    qtbot.waitUntil((tmp_path / "a.nrcsession").exists, timeout=5000)
    moved = path.rename(tmp_path / "moved.png")
    opened(qtbot, window, png(tmp_path / "q.png", seed=2))
    window.controller.documents.open_path(tmp_path / "a.nrcsession")
    qtbot.waitUntil(window.offer.isVisible, timeout=5000)
    assert window.offer.words.text() == f"a.nrcsession: its picture {path} is not there any more"
    assert window.controller.session.name == "q.png"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    window.offer.accept.click()
    assert window.offer.isVisible()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(moved), ""))
    window.offer.accept.click()
    qtbot.waitUntil(lambda: window.controller.session.name == "moved.png", timeout=5000)
    assert not window.offer.isVisible()
    complete(qtbot, window)


def test_a_broken_session_leaves_all_as_it_is(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.nrcsession").write_text("{}")
    shown.controller.documents.open_path(tmp_path / "a.nrcsession")
    qtbot.waitUntil(shown.error.isVisible, timeout=5000)
    assert shown.error.words.text() == "a.nrcsession: is not an nrc-viewer session"
    assert shown.controller.session.name == "photo.png"


# ---- playlists -------------------------------------------------------------------------------------------


def test_several_files_are_gone_through(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    paths = [png(tmp_path / "x" / "a.png"), tmp_path / "y" / "bad.png", png(tmp_path / "z" / "c.png", seed=2)]
    paths[1].parent.mkdir()
    paths[1].write_bytes(b"nothing")
    drop(window, *paths)
    qtbot.waitUntil(lambda: window.controller.session.name == "a.png", timeout=5000)
    assert window.status.place_field.text() == "1 of 3"
    complete(qtbot, window)
    window.controller.change(lambda state: set_quality(state, 40))
    qtbot.mouseClick(window.status.next, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.controller.session.name == "c.png", timeout=5000)
    assert window.status.place_field.text() == "3 of 3"
    assert window.error.words.text().startswith("Skipped ")
    assert "bad.png" in window.error.words.text()
    assert window.controller.session.options.quality == 40
    complete(qtbot, window)
    qtbot.keyClick(window, Key.Key_Down)
    qtbot.waitUntil(lambda: window.controller.session.name == "a.png", timeout=5000)
    complete(qtbot, window)


def test_a_folder_is_opened(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = png(tmp_path / "f" / "a.png").parent
    png(folder / "b.png", seed=2)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    window.menus.run("open.folder")
    qtbot.waitUntil(lambda: window.controller.session.name == "a.png", timeout=5000)
    assert window.status.place_field.text() == "1 of 2"
    assert window.status.next.isVisible()
    complete(qtbot, window)
    window.controller.documents.open_picture(picture())
    assert not window.status.next.isVisible()
    complete(qtbot, window)


# ---- looks -----------------------------------------------------------------------------------------------


def test_the_desktop_s_theme_is_followed_until_one_is_chosen(
    window: MainWindow, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = qapp.styleHints().colorSchemeChanged
    monkeypatch.setattr(theme, "system_theme", lambda _: theme.LIGHT)
    scheme.emit(Qt.ColorScheme.Light)
    assert theme.current() is theme.LIGHT
    window.menus.run("theme.dark")
    assert theme.current() is theme.DARK
    scheme.emit(Qt.ColorScheme.Light)
    assert theme.current() is theme.DARK
    window.menus.run("undo")
    assert theme.current() is theme.LIGHT
    assert window.menus.by_id["theme.system"].isChecked()
    window.menus.run("theme")
    assert (theme.current(), window.controller.session.theme) == (theme.DARK, "dark")


def test_text_grows_by_key_and_stays_so(shown: MainWindow, qtbot: QtBot, make: Make) -> None:
    before = shown.toolbar.run.fontMetrics().height(), shown.filmstrip.thumbs.height()
    qtbot.keyClick(shown, Key.Key_Plus, CTRL | ALT)
    qtbot.keyClick(shown, Key.Key_Plus, CTRL | ALT)
    assert theme.text_scale() == 150
    assert theme.font().pixelSize() == round(1.5 * theme.FONT_PIXELS)
    after = shown.toolbar.run.fontMetrics().height(), shown.filmstrip.thumbs.height()
    assert all(now > then for now, then in zip(after, before, strict=True))
    qtbot.keyClick(shown, Key.Key_Plus, CTRL | ALT)
    assert theme.text_scale() == 200
    assert not shown.menus.by_id["text.larger"].isEnabled()
    qtbot.keyClick(shown, Key.Key_Minus, CTRL | ALT)
    shown.save_settings()
    assert make().controller.session.text_scale == 150
    qtbot.keyClick(shown, Key.Key_Minus, CTRL | ALT)
    assert theme.text_scale() == 125


# ---- the net below ---------------------------------------------------------------------------------------


@pytest.fixture
def running(shown: MainWindow, tmp_path: Path) -> Iterator[Running]:
    net = Running(shown, tmp_path / "running")
    net.start()
    yield net
    net.end()


def left(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir())


def test_the_session_is_kept_while_the_window_runs_and_gone_after(
    shown: MainWindow, running: Running, qtbot: QtBot, tmp_path: Path
) -> None:
    shown.controller.change(lambda state: set_gain(state, 8))
    running.recovery.write()
    folder = tmp_path / "running"
    qtbot.waitUntil(lambda: left(folder) == [".lock", ".nrcsession"], timeout=5000)
    assert not shown.offer.isVisible()
    running.end()
    assert left(folder) == []


def test_what_a_crash_left_behind_is_offered(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, make: Make
) -> None:
    folder = tmp_path / "running"
    first = Running(shown, folder)
    first.start()
    shown.controller.change(lambda state: set_gain(state, 8))
    first.recovery.write()
    qtbot.waitUntil(lambda: left(folder) == [".lock", ".nrcsession"], timeout=5000)
    lock, kept = sorted(folder.iterdir(), key=lambda path: path.suffix)
    crashed = folder / "crashed.nrcsession"
    crashed.write_bytes(kept.read_bytes())
    older = folder / "older.nrcsession"
    older.write_bytes(b"{}")
    os.utime(older, (1, 1))
    other = make()
    second = Running(other, folder)
    second.start()
    assert not older.exists()
    assert other.offer.isVisible()
    assert "closed unexpectedly" in other.offer.words.text()
    other.offer.accept.click()
    qtbot.waitUntil(lambda: other.controller.session.name == "photo.png", timeout=5000)
    complete(qtbot, other)
    assert other.controller.session.gain == 8
    assert other.settings.recent() == ()
    assert lock.exists()
    second.end()
    first.end()
    assert left(folder) == []


def test_an_offer_that_is_declined_is_not_made_again(shown: MainWindow, tmp_path: Path, make: Make) -> None:
    folder = tmp_path / "running"
    folder.mkdir()
    (folder / "crashed.nrcsession").write_bytes(b"{}")
    net = Running(shown, folder)
    net.start()
    assert shown.offer.isVisible()
    shown.offer.close_button.click()
    assert not shown.offer.isVisible()
    net.end()
    assert left(folder) == []


def test_the_session_of_another_running_window_is_left_alone(shown: MainWindow, tmp_path: Path) -> None:
    folder = tmp_path / "running"
    folder.mkdir()
    (folder / "other.nrcsession").write_bytes(b"{}")
    lock = QLockFile(str(folder / "other.lock"))
    assert lock.tryLock(0)
    net = Running(shown, folder)
    net.start()
    assert not shown.offer.isVisible()
    net.end()
    assert left(folder) == [".lock", ".nrcsession"]
    lock.unlock()


class Faulty(QWidget):
    """Fails in the middle of painting."""

    painted = 0

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        self.painted += 1
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.red)
        raise ValueError("one\ntwo")


@pytest.mark.qt_no_exception_capture
def test_a_fault_while_painting_is_told_once(
    shown: MainWindow, running: Running, qtbot: QtBot, capfd: pytest.CaptureFixture[str]
) -> None:
    hook = sys.excepthook
    faulty = Faulty(shown)
    faulty.resize(40, 40)
    faulty.show()
    qtbot.waitUntil(lambda: shown.error.isVisible(), timeout=5000)
    text = shown.error.words.text()
    assert text.startswith("Internal error while drawing (ValueError: one two, ")
    assert text.endswith("; the program continues")
    count = faulty.painted
    faulty.update()
    qtbot.waitUntil(lambda: faulty.painted > count, timeout=5000)
    said = capfd.readouterr().err
    assert said.count("raise ValueError") == 1
    assert "active painter" not in said
    shown.controller.forget_error()
    qtbot.keyClick(shown, Key.Key_G)
    assert shown.controller.facts.error == ""
    faulty.hide()
    assert sys.excepthook is hook
    running.end()
    assert sys.excepthook is not hook


def test_offers_are_made_where_people_see_them(shown: MainWindow) -> None:
    taken: list[str] = []
    shown.offer.offer("Words", "Take", "Tip", lambda: taken.append("a"))
    shown.offer.offer("Others", "Take", "Tip", lambda: taken.append("b"), lambda: taken.append("c"))
    assert shown.offer.mapTo(shown, QPoint()).y() < shown.panes.mapTo(shown, QPoint()).y()
    shown.offer.accept.click()
    shown.offer.close_button.click()
    assert taken == ["b"]
