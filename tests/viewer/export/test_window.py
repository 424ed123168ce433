"""Exports as a person makes them: by command and dialog; the files against what was shown."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from engine.types import Pixels
from tests.support.pictures import pixels_in
from tests.support.viewer_engine import Engine
from tests.support.windows import complete
from viewer.core import jobs
from viewer.export.choice import AnimationChoice, AnimationKind
from viewer.export.view import painted, pixels_of
from viewer.model.session import pages as s
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.view_changes import set_mode, set_wipe
from viewer.shell.window import MainWindow
from viewer.ui.clipboard import picture_from_image

Choose = Callable[..., None]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Choose:
    """The dialog answers with this file, and the kind at this place."""

    def answer(path: Path | None, kind: int = 0) -> None:
        def dialog(_window: object, _title: str, _proposal: str, kinds: str) -> tuple[str, str]:
            return (str(path), kinds.split(";;")[kind]) if path is not None else ("", "")

        monkeypatch.setattr(QFileDialog, "getSaveFileName", dialog)

    return answer


def shown_now(window: MainWindow, key: str) -> Pixels:
    pixels = window.controller.documents.shown_pixels(key)
    assert pixels is not None
    return pixels


# ---- pictures --------------------------------------------------------------------------------------------


def test_a_saved_picture_is_exact_or_its_losses_are_told(
    shown: MainWindow, qtbot: QtBot, out: Path, choose: Choose
) -> None:
    shown.controller.playback.choose_step(2)
    for name, note in (("a.png", ""), ("a.webp", ""), ("a.jpg", " (not exact: JPEG of quality 95, 4:4:4)")):
        choose(out / name)
        shown.menus.run("save.picture")
        complete(qtbot, shown)
        assert np.array_equal(pixels_in(out / name), shown_now(shown, "estimate")) == (not note)
        assert shown.controller.facts.message == f"Saved {name}{note}"


def test_the_single_pane_is_saved_also_a_difference(
    shown: MainWindow, qtbot: QtBot, out: Path, choose: Choose
) -> None:
    shown.controller.change(lambda state: s.solo_pane(state, 1))
    choose(out / "one.png")
    shown.menus.run("save.picture")
    complete(qtbot, shown)
    original = shown.controller.session.picture
    assert original is not None
    assert np.array_equal(pixels_in(out / "one.png"), original.pixels)
    shown.controller.change(lambda state: set_mode(state, Mode.DIFFERENCE))
    complete(qtbot, shown)
    pane = shown.controller.scene.panes[0]
    assert pane.pixels is not None
    shown.exports.ask_save_pane(pane.key)
    complete(qtbot, shown)
    assert np.array_equal(pixels_in(out / "one.png"), pane.pixels)


def test_a_name_without_an_ending_gets_one_and_replacing_is_asked(
    shown: MainWindow, qtbot: QtBot, out: Path, choose: Choose, monkeypatch: pytest.MonkeyPatch
) -> None:
    (out / "a.png").write_bytes(b"before")
    asked: list[str] = []
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]

    def question(_window: object, _title: str, text: str, *_: object) -> QMessageBox.StandardButton:
        asked.append(text)
        return answers[len(asked) - 1]

    monkeypatch.setattr(QMessageBox, "question", question)
    choose(out / "a")
    shown.menus.run("save.picture")
    complete(qtbot, shown)
    assert (out / "a.png").read_bytes() == b"before"
    shown.menus.run("save.picture")
    complete(qtbot, shown)
    assert np.array_equal(pixels_in(out / "a.png"), shown_now(shown, "estimate"))
    assert asked == ["a.png is there already. Replace it?"] * 2


def test_what_cannot_be_written_is_told_in_one_line(
    shown: MainWindow, qtbot: QtBot, out: Path, choose: Choose
) -> None:
    for name, expected in (
        ("a.xyz", "a.xyz: unknown ending '.xyz' for a picture"), ("none/a.png", "its folder does not exist"),
    ):  # fmt: skip
        shown.controller.forget_error()
        choose(out / name)
        shown.menus.run("save.picture")
        qtbot.waitUntil(lambda: bool(shown.controller.facts.error), timeout=5000)
        assert expected in shown.controller.facts.error
        assert "\n" not in shown.controller.facts.error
        assert list(out.iterdir()) == []


def test_nothing_happens_when_the_dialog_is_closed(shown: MainWindow, choose: Choose) -> None:
    choose(None)
    for name in ("save.picture", "save.view", "export.report", "export.steps", "export.patches"):
        shown.menus.run(name)
    assert not shown.exports.exporter.busy()


# ---- the view --------------------------------------------------------------------------------------------


def test_the_view_at_any_scale(shown: MainWindow, qtbot: QtBot, out: Path, choose: Choose) -> None:
    width, height = shown.panes.width(), shown.panes.height()
    on_screen = picture_from_image(shown.panes.grab().toImage()).pixels
    for place, scale in enumerate((1, 2, 4)):
        choose(out / f"{scale}.png", place)
        shown.menus.run("save.view")
        complete(qtbot, shown)
        with Image.open(out / f"{scale}.png") as image:
            assert image.size == (scale * width, scale * height)
            assert image.info["dpi"] == pytest.approx((96 * scale, 96 * scale), abs=0.1)
    assert np.array_equal(pixels_in(out / "1.png"), on_screen)


def test_drawing_finer_changes_nothing_on_screen(shown: MainWindow, qtbot: QtBot) -> None:
    zooms: list[float] = []
    for mode, zoom in ((Mode.SIDE, 731), (Mode.WIPE, 55), (Mode.DIFFERENCE, 12_000)):
        shown.controller.change(lambda state, mode=mode: s.set_overlay(set_mode(state, mode), Overlay.GRID))  # type: ignore[misc]
        complete(qtbot, shown)
        shown.panes.zoom_to(zoom)
        before, look = shown.panes.grab().toImage(), shown.panes.viewport()
        shown.panes.zoom_changed.connect(zooms.append)
        fine = painted(shown.panes, 3)
        shown.panes.zoom_changed.disconnect(zooms.append)
        assert fine.width() == 3 * shown.panes.width()
        assert shown.panes.viewport() == look
        assert "devicePixelRatioF" not in vars(shown.panes)
        assert shown.panes.grab().toImage() == before
    assert zooms == []


def test_pictures_in_a_finer_drawing_are_sampled_anew(shown: MainWindow) -> None:
    """At twice the scale a zoom of 100 % shows each pixel as exactly two by two."""
    shown.controller.change(lambda state: s.solo_pane(state, 3))
    shown.panes.zoom_to(100)
    fine = pixels_of(painted(shown.panes, 2))
    estimate = shown_now(shown, "estimate")
    height, width = estimate.shape[:2]
    wanted = estimate.repeat(2, axis=0).repeat(2, axis=1)
    strip = 2 * 28
    top = strip + (fine.shape[0] - strip - 2 * height) // 2
    left = (fine.shape[1] - 2 * width) // 2
    places = [
        (y, x)
        for y in range(top - 2, top + 3)
        for x in range(left - 2, left + 3)
        if np.array_equal(fine[y : y + 2 * height, x : x + 2 * width], wanted)
    ]
    assert len(places) == 1


def test_the_view_is_copied_as_it_is_seen(shown: MainWindow) -> None:
    shown.menus.run("copy.view")
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (shown.panes.width(), shown.panes.height())
    assert "Copied the view" in shown.controller.facts.message


def test_the_right_button_copies_and_saves_the_picture_under_it(
    shown: MainWindow, qtbot: QtBot, out: Path, choose: Choose
) -> None:
    panes, menu = shown.panes, shown.exports._menu
    assert menu is not None
    standard = shown_now(shown, "standard")
    made = menu.menu(panes.image_position(20, 20, 1))
    assert made is not None
    copy, save = made.actions()[:2]
    assert copy.text() == "Copy: JPEG q15"
    copy.trigger()
    copied = picture_from_image(QGuiApplication.clipboard().image())
    assert np.array_equal(copied.pixels, standard)
    choose(out / "under.png")
    save.trigger()
    complete(qtbot, shown)
    assert np.array_equal(pixels_in(out / "under.png"), standard)
    made.deleteLater()
    shown.controller.change(lambda state: set_wipe(state, "standard", "estimate"))
    panes.set_wipe(0.5)
    keys = [panes.pane_at(panes.image_position(x, 20)) for x in (5, 60)]
    assert [pane.key for pane in keys if pane is not None] == ["standard", "estimate"]


# ---- animations, numbers, report -------------------------------------------------------------------------


def test_an_animation_is_chosen_and_written(
    shown: MainWindow, qtbot: QtBot, out: Path, choose: Choose
) -> None:
    shown.menus.run("export.animation")
    panel = shown.exports._panel
    assert panel is not None
    assert panel.isVisible()
    assert not panel.kind.button("scan").isEnabled()
    panel.delay.setValue(0.3)
    assert panel.words.text() == "4 frames, 70 × 72 pixels, 1.5 s"
    panel.beside.setChecked(True)
    assert panel.words.text().startswith("4 frames, 148 × ")
    choose(out / "a.gif")
    qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)
    assert not panel.isVisible()
    complete(qtbot, shown)
    with Image.open(out / "a.gif") as image:
        assert image.n_frames == 4  # type: ignore[attr-defined]
        assert image.info["duration"] == 300
    assert shown.controller.facts.message.startswith("Saved a.gif (4 frames, ")


def test_the_seen_part_and_the_scan_of_a_raster_decoder(
    shown: MainWindow, qtbot: QtBot, out: Path, choose: Choose
) -> None:
    shown.toolbar.decoder_chosen.emit("raster")
    complete(qtbot, shown)
    shown.panes.zoom_to(3200)
    region = shown.panes.visible_region()
    assert region is not None
    shown.menus.run("export.animation")
    panel = shown.exports._panel
    assert panel is not None
    assert panel.part.count() == 2
    panel.part.setCurrentIndex(1)
    panel.kind.button("scan").click()
    panel.format.button("mp4").click()
    panel.stride.setValue(9)
    assert panel.choice() == AnimationChoice(".mp4", AnimationKind.SCAN, False, region, 1.0, 0.04, 9)
    choose(out / "b.mp4")
    qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)
    complete(qtbot, shown)
    assert (out / "b.mp4").stat().st_size > 500
    qtbot.keyClick(
        shown, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert panel.isVisible()
    qtbot.keyClick(panel.delay, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_numbers_and_report_are_those_of_the_run(
    shown: MainWindow, qtbot: QtBot, out: Path, choose: Choose
) -> None:
    for command, name in (
        ("export.steps", "s.csv"), ("export.patches", "p.csv"), ("export.report", "r.html"),
    ):  # fmt: skip
        choose(out / name)
        shown.menus.run(command)
    complete(qtbot, shown)
    run = shown.controller.facts.run
    assert run is not None
    last = (out / "s.csv").read_text().splitlines()[-1].split(",")
    assert last[10] == repr(run.scores(3).psnr_rgb_db)
    assert len((out / "p.csv").read_text().splitlines()) == 1 + 4 * 54
    text = (out / "r.html").read_text(encoding="utf-8")
    assert "Rate–distortion" in text
    assert f"<td>{run.scores(3).psnr_rgb_db:.2f}</td>" in text
    assert " IMAGE --codec jpeg --quality 15" in text


def test_exports_wait_for_the_last_step(shown: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    shown.controller.decode()
    qtbot.waitUntil(lambda: shown.controller.facts.job.progress is not None, timeout=5000)
    qtbot.waitUntil(lambda: not shown.menus.by_id["export.report"].isEnabled(), timeout=5000)
    assert "still going on" in shown.menus.by_id["export.report"].toolTip()
    engine.release()
    complete(qtbot, shown)
    assert shown.menus.by_id["export.report"].isEnabled()


# ---- progress, cancelling, closing -----------------------------------------------------------------------


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Animations wait before their second frame until they are cancelled or this is set."""
    from viewer.export.frames import RunFrames

    go_on = threading.Event()
    make = RunFrames.__getitem__

    def slow(frames: RunFrames, index: int) -> object:
        if index:
            go_on.wait(10)
        return make(frames, index)

    monkeypatch.setattr(RunFrames, "__getitem__", slow)
    monkeypatch.setattr(jobs, "_PASS_SECONDS", 60.0)  # it waits as if it computed
    return go_on


@pytest.mark.parametrize("way", ["button", "escape"])
def test_a_long_export_shows_progress_and_can_be_cancelled(
    shown: MainWindow, qtbot: QtBot, out: Path, held: threading.Event, way: str
) -> None:
    line = shown.exports.exporter.line
    assert not line.isVisible()
    shown.exports.save_animation(out / "a.gif", AnimationChoice())
    shown.exports.save_numbers(out / "s.csv", False)
    qtbot.waitUntil(line.isVisible, timeout=5000)
    assert "a.gif" in line.words.text()
    assert "1 more to come" in line.words.text()
    shown.controller.playback.choose_step(1)  # the window stays usable
    assert shown.controller.scene.transport.step == 1
    if way == "button":
        qtbot.mouseClick(line.cancel, Qt.MouseButton.LeftButton)
    else:
        qtbot.keyClick(shown, Qt.Key.Key_Escape)
    held.set()
    complete(qtbot, shown)
    assert not line.isVisible()
    assert list(out.iterdir()) == []
    assert "was not written" in shown.controller.facts.message


def test_what_was_written_before_cancelling_is_not_said_to_be_missing(
    shown: MainWindow, qtbot: QtBot, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.io import write_image as image_files

    started, go_on = threading.Event(), threading.Event()
    write = image_files.save_image

    def slow(path: Path, pixels: Pixels, pixels_per_inch: float | None = None) -> str:
        started.set()
        go_on.wait(10)
        return write(path, pixels, pixels_per_inch)

    monkeypatch.setattr(image_files, "save_image", slow)
    monkeypatch.setattr(jobs, "_PASS_SECONDS", 60.0)
    shown.exports.save_pixels(out / "a.png", shown_now(shown, "estimate"))
    assert started.wait(10)
    shown.exports.exporter.cancel()
    go_on.set()
    complete(qtbot, shown)
    assert (out / "a.png").exists()
    assert shown.controller.facts.message == "Saved a.png"


def test_stopping_a_decode_leaves_exports_alone(
    shown: MainWindow, qtbot: QtBot, out: Path, held: threading.Event, engine: Engine
) -> None:
    shown.exports.save_animation(out / "a.gif", AnimationChoice())
    engine.hold()
    shown.controller.decode()
    qtbot.waitUntil(lambda: shown.controller.facts.job.progress is not None, timeout=5000)
    shown.controller.stop()
    engine.release()
    held.set()
    complete(qtbot, shown)
    assert (out / "a.gif").exists()


def test_closing_in_mid_export_leaves_nothing_half_written(
    shown: MainWindow, out: Path, held: threading.Event
) -> None:
    shown.exports.save_animation(out / "a.gif", AnimationChoice())
    threading.Timer(0.05, held.set).start()
    shown.close()
    assert not shown.exports.exporter.busy()
    assert list(out.iterdir()) == []
