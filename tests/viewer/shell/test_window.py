"""The assembled window, driven by signals, keys and the mouse, with a decoder of a few lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QComboBox, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from engine.types import Context
from tests.support.viewer_engine import Engine, FakeDecoder, picture
from tests.support.windows import Make, complete
from viewer.decode import jobs as work
from viewer.documents.settings import Settings
from viewer.model.facts.artefacts import ARTEFACT_OVERLAYS
from viewer.model.session import pages as s
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.options import set_context, set_decoder, set_quality
from viewer.model.session.playback import set_speed
from viewer.model.session.state import Session
from viewer.model.session.view_changes import set_mode
from viewer.shell import wiring
from viewer.shell.controller.controller import Controller
from viewer.shell.key_lists import blocks_of
from viewer.shell.window import MainWindow
from viewer.ui.clipboard import image_from_pixels, picture_from_image

Key = Qt.Key
MAPS = (*ARTEFACT_OVERLAYS, Overlay.SETTLED)


def decoder(engine: Engine, name: str = "sweep") -> FakeDecoder:
    return engine.decoders[name]


def ready(window: MainWindow) -> int:
    run = window.controller.facts.run
    return run.ready if run is not None else -1


def pane_pixels(window: MainWindow) -> list[np.ndarray]:
    return [pane.pixels for pane in window.controller.scene.panes if pane.pixels is not None]


# ---- a run from picture to plots -------------------------------------------------------------------------


def test_a_picture_is_sent_refined_and_measured(shown: MainWindow) -> None:
    scene = shown.controller.scene
    assert [pane.key for pane in scene.panes] == ["original", "standard", "estimate"]
    assert [len(plot.curves) > 0 for plot in scene.plots] == [True] * 4
    assert [curve.name for curve in scene.plots[1].curves] == ["JPEG", "JPEG sent", "sweep, step 3"]
    assert scene.transport.step == 3
    assert "photo.png" in shown.windowTitle()
    assert "step 3 of 3" in shown.windowTitle()
    run = shown.controller.facts.run
    assert run is not None
    assert shown.toolbar.bpp.text() == f"{run.refinement.coded.bits_per_pixel:.3f} bpp"
    assert shown.toolbar.run.text() == "Decode"
    assert not shown.filmstrip.scan.isVisible()


def test_plots_fill_in_while_the_job_runs(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    window.controller.open_picture(picture())
    qtbot.waitUntil(lambda: ready(window) == 0, timeout=5000)
    assert window.toolbar.run.text() == "Stop"
    assert window.status.cancel.isVisible()
    qtbot.waitUntil(lambda: len(window.controller.facts.rate_points) == len(work.CURVE_QUALITIES))
    psnr = window.controller.scene.plots[0].curves[0]
    assert np.isfinite(psnr.y).tolist() == [True, False, False, False]
    engine.release()
    complete(qtbot, window)
    assert np.isfinite(window.controller.scene.plots[0].curves[0].y).all()


def test_a_moving_slider_decodes_only_where_it_rests(
    shown: MainWindow, qtbot: QtBot, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "LINGER_SECONDS", 1.5)  # also where a busy machine lets moves come late
    fake = decoder(engine)
    fake.runs.clear()
    slider = shown.toolbar.quality.slider()
    for value in range(20, 41):
        slider.setValue(value)
        qtbot.wait(5)
    complete(qtbot, shown)
    assert [quality for quality, _ in fake.runs] == [40]
    run = shown.controller.facts.run
    assert run is not None
    assert run.refinement.coded.quality == 40
    assert run.refinement.finished
    assert shown.controller.session.options.quality == 40


def test_the_slider_drops_a_run_in_progress(shown: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    shown.controller.decode()
    qtbot.waitUntil(lambda: len(decoder(engine).runs) == 2, timeout=5000)
    shown.toolbar.quality.slider().setValue(70)
    qtbot.waitUntil(
        lambda: (
            shown.controller.facts.run is not None
            and shown.controller.facts.run.refinement.coded.quality == 70
        )
    )
    engine.release()
    complete(qtbot, shown)
    assert ready(shown) == 3
    assert "Stopped" not in shown.controller.facts.message


def test_a_target_of_bits(shown: MainWindow, qtbot: QtBot) -> None:
    field = shown.toolbar.bpp
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "2,5")
    assert shown.controller.session.solo == ""  # digits are typed, not commands
    qtbot.keyClick(field, Key.Key_Return)
    complete(qtbot, shown)
    run = shown.controller.facts.run
    assert run is not None
    assert shown.controller.session.options.bits_per_pixel == 2.5
    assert abs(run.refinement.coded.bits_per_pixel - 2.5) < 0.3
    assert shown.toolbar.quality.value() == run.refinement.coded.quality
    assert "Asked for 2.500" in field.toolTip()
    assert shown.panes.hasFocus()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "nonsense")
    qtbot.keyClick(field, Key.Key_Return)
    assert field.text().endswith(" bpp")
    assert shown.controller.session.options.bits_per_pixel == 2.5
    shown.controller.quality_by(1)
    assert shown.controller.session.options.quality == run.refinement.coded.quality + 1  # type: ignore[operator]


def test_another_decoder_encodes_nothing_and_is_compared(shown: MainWindow, qtbot: QtBot) -> None:
    before = shown.controller.facts.run
    shown.toolbar.decoder_chosen.emit("raster")
    complete(qtbot, shown)
    after = shown.controller.facts.run
    assert before is not None
    assert after is not None
    assert after.refinement.coded is before.refinement.coded
    assert [curve.name for curve in shown.controller.scene.plots[0].curves] == ["raster", "sweep"]
    shown.toolbar.context_chosen.emit("none")
    complete(qtbot, shown)
    names = [curve.name for curve in shown.controller.scene.plots[0].curves]
    assert names == ["raster none", "raster", "sweep"]
    shown.controller.change(lambda state: set_quality(state, 60))
    complete(qtbot, shown)
    assert [curve.name for curve in shown.controller.scene.plots[0].curves] == ["RGB", "Y"]


def test_options_that_a_model_lacks_are_off_and_say_why(shown: MainWindow, qtbot: QtBot) -> None:
    bar = shown.toolbar
    assert not bar.carry.isEnabled()
    assert "no state to carry" in bar.carry.toolTip()
    assert not bar.context.isEnabled()
    assert "always looks at: both" in bar.context.toolTip()
    assert not shown.menus.by_id["context.none"].isEnabled()
    assert "no context 'none'" in shown.menus.by_id["context.none"].toolTip()
    bar.decoder_chosen.emit("raster")
    complete(qtbot, shown)
    assert bar.carry.isEnabled()
    assert bar.context.isEnabled()
    assert shown.menus.by_id["context.none"].isEnabled()
    assert bar.steps.value() == 2


def test_more_steps_than_trained(shown: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    shown.toolbar.steps.setValue(5)
    complete(qtbot, shown)
    assert decoder(engine).runs[-1][1].steps == 5
    assert ready(shown) == 5
    assert "trained for 3" in shown.toolbar.steps.toolTip()


# ---- stopping, failing, closing --------------------------------------------------------------------------


def test_stopping_keeps_what_is_there(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    window.controller.open_picture(picture())
    qtbot.waitUntil(lambda: bool(decoder(engine).runs), timeout=5000)
    qtbot.mouseClick(window.toolbar.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.controller.facts.job.progress is None, timeout=5000)
    assert window.controller.facts.message == "Stopped after step 0 of 3"
    assert len(window.controller.scene.thumbs) == 1
    engine.release()
    qtbot.mouseClick(window.toolbar.run, Qt.MouseButton.LeftButton)
    complete(qtbot, window)
    assert ready(window) == 3


def test_a_decoder_that_breaks_says_so_in_one_line(shown: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    decoder(engine).fail = RuntimeError("shape mismatch\nTraceback: somewhere deep")
    shown.controller.decode()
    qtbot.waitUntil(lambda: bool(shown.controller.facts.error), timeout=5000)
    assert shown.error.isVisible()
    assert shown.error.words.text() == "RuntimeError: shape mismatch Traceback: somewhere deep"
    assert ready(shown) == 0
    decoder(engine).fail = None
    qtbot.keyClick(shown, Key.Key_F5)
    complete(qtbot, shown)
    assert not shown.error.isVisible()
    assert ready(shown) == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [("text.png", b"not a picture"), ("empty.jpg", b""), ("cut.png", b"\x89PNG\r\n\x1a\n")],
)
def test_bad_files_leave_everything_as_it_was(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    before = shown.controller.session.picture
    for received in (False, True):
        shown.controller.open_path(path, received)
        qtbot.waitUntil(lambda: bool(shown.controller.facts.error), timeout=5000)
        assert name in shown.error.words.text()
        assert "\n" not in shown.error.words.text()
        assert shown.controller.session.picture is before
        qtbot.keyClick(shown, Key.Key_Escape)
        assert not shown.error.isVisible()
    assert shown.controller.complete()
    assert shown.settings.recent() == ()


def test_folders_and_missing_files(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.jpg"):
        for received in (False, True):
            shown.controller.forget_error()
            shown.controller.open_path(path, received)
            qtbot.waitUntil(lambda: bool(shown.controller.facts.error), timeout=5000)
            assert path.name in shown.controller.facts.error


def test_closing_in_the_middle_of_a_run(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    window.controller.open_picture(picture())
    qtbot.waitUntil(lambda: bool(decoder(engine).runs), timeout=5000)
    window.close()
    assert not window.isVisible()
    assert not window.controller.refining.busy()


def test_closing_waits_for_a_file_to_be_written(shown: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "late.png"
    shown.controller.save_picture(path)
    shown.close()
    with Image.open(path) as saved:
        assert saved.size == (70, 45)


# ---- keys ------------------------------------------------------------------------------------------------


def test_arrows_space_home_and_end(shown: MainWindow, qtbot: QtBot) -> None:
    step = lambda: shown.controller.scene.transport.step  # noqa: E731
    seen = []
    for key in (Key.Key_Left, Key.Key_Left, Key.Key_Right, Key.Key_Home, Key.Key_Left, Key.Key_End):
        qtbot.keyClick(shown, key)
        seen.append(step())
    assert seen == [2, 1, 2, 0, 0, 3]
    shown.controller.change(lambda state: set_speed(state, 8.0))
    qtbot.keyClick(shown, Key.Key_Space)
    assert step() == 0
    assert shown.controller.session.playing
    qtbot.waitUntil(lambda: step() == 2, timeout=3000)
    qtbot.keyClick(shown, Key.Key_Left)
    assert not shown.controller.session.playing
    assert step() == 1
    qtbot.keyClick(shown, Key.Key_Space)
    qtbot.waitUntil(lambda: step() == 3 and not shown.controller.session.playing, timeout=3000)


def test_keys_of_the_view(shown: MainWindow, qtbot: QtBot) -> None:
    control = shown.controller
    qtbot.keyClick(shown, Key.Key_D)
    assert control.session.mode is Mode.DIFFERENCE
    qtbot.keyClick(shown, Key.Key_W)
    assert [pane.key for pane in control.scene.panes] == ["standard", "estimate"]
    qtbot.keyClick(shown, Key.Key_S)
    assert [pane.key for pane in control.scene.panes] == ["estimate", "standard"]
    for key, place in ((Key.Key_1, 0.0), (Key.Key_3, 1.0), (Key.Key_2, 0.5)):
        qtbot.keyClick(shown, key)
        assert shown.panes.wipe() == place
    qtbot.keyClick(shown, Key.Key_W)
    qtbot.keyClick(shown, Key.Key_3)
    assert [pane.key for pane in control.scene.panes] == ["estimate"]
    qtbot.keyClick(shown, Key.Key_0)
    assert len(control.scene.panes) == 3
    qtbot.keyClick(shown, Key.Key_G)
    assert control.session.overlay is Overlay.GRID
    assert shown.viewbar.overlay.currentData() is Overlay.GRID
    assert shown.menus.by_id["overlay.grid"].isChecked()
    qtbot.keyClick(shown, Key.Key_G)
    assert control.session.overlay is Overlay.NONE
    qtbot.keyClick(shown, Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert shown.panes.zoom() == pytest.approx(100)
    assert "100 %" in control.scene.status.zoom
    qtbot.keyClick(shown, Key.Key_Plus)
    assert shown.panes.zoom() == pytest.approx(200)
    qtbot.keyClick(shown, Key.Key_Minus)
    qtbot.keyClick(shown, Key.Key_Minus)
    assert shown.panes.zoom() == pytest.approx(50)
    qtbot.keyClick(shown, Key.Key_F)
    assert shown.panes.zoom() != pytest.approx(50)


def test_escape_leaves_full_screen_last(shown: MainWindow, qtbot: QtBot) -> None:
    shown.showMaximized()
    qtbot.keyClick(shown, Key.Key_F11)
    assert shown.isFullScreen()
    shown.controller.change(lambda state: s.solo_pane(state, 1))
    qtbot.keyClick(shown, Key.Key_Escape)
    assert shown.controller.session.solo == ""
    assert shown.isFullScreen()
    qtbot.keyClick(shown, Key.Key_Escape)
    assert not shown.isFullScreen()
    assert shown.isMaximized()


def test_holding_a_key_peeks(shown: MainWindow, qtbot: QtBot) -> None:
    original = shown.controller.session.picture
    assert original is not None
    own = [id(pixels) for pixels in pane_pixels(shown)]
    qtbot.keyPress(shown.panes, Key.Key_O)
    assert [id(pixels) for pixels in pane_pixels(shown)] == [id(original.pixels)] * 3
    qtbot.keyRelease(shown.panes, Key.Key_O)
    assert [id(pixels) for pixels in pane_pixels(shown)] == own
    qtbot.keyPress(shown.panes, Key.Key_R)
    assert shown.controller.session.peek == "standard"
    shown.menus.let_go()  # as when another window takes the keyboard
    assert shown.controller.session.peek == ""
    shown.menus.run("peek.original")  # from the menu: on, and off again
    assert shown.controller.session.peek == "original"
    shown.menus.run("peek.original")
    assert shown.controller.session.peek == ""


def test_blinking(shown: MainWindow, qtbot: QtBot) -> None:
    _, standard, own = (id(pixels) for pixels in pane_pixels(shown))
    qtbot.keyClick(shown, Key.Key_B)
    assert [id(pixels) for pixels in pane_pixels(shown)] == [standard]
    qtbot.waitUntil(lambda: id(pane_pixels(shown)[0]) == own, timeout=3000)
    qtbot.waitUntil(lambda: id(pane_pixels(shown)[0]) == standard, timeout=3000)
    qtbot.keyClick(shown, Key.Key_2)
    assert id(pane_pixels(shown)[0]) == own
    assert not shown.controller.session.blinking
    qtbot.keyClick(shown, Key.Key_V)
    assert id(pane_pixels(shown)[0]) == standard
    qtbot.keyClick(shown, Key.Key_B)
    assert len(pane_pixels(shown)) == 3


def test_a_control_reached_by_tab_keeps_its_keys(shown: MainWindow, qtbot: QtBot) -> None:
    slider = shown.toolbar.quality.slider()
    assert slider.focusPolicy() == Qt.FocusPolicy.TabFocus
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    step, quality = shown.controller.scene.transport.step, slider.value()
    qtbot.keyClick(slider, Key.Key_Right)
    assert slider.value() == quality + 1
    assert shown.controller.scene.transport.step == step
    complete(qtbot, shown)
    shown.toolbar.carry.setFocus()
    shown.panes.setFocus()
    qtbot.keyClick(shown.panes, Key.Key_Left)
    assert shown.controller.scene.transport.step == step - 1


def test_all_keys_and_palette(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, "?")
    assert shown.keys_overlay.isVisible()
    words = " ".join(label.text() for label in shown.keys_overlay.findChildren(QLabel))
    for _, lines in blocks_of(shown.menus.table):
        assert all(text in words and key in words for key, text in lines)
    qtbot.keyClick(shown.keys_overlay, Key.Key_Left)
    assert shown.controller.scene.transport.step == 3  # nothing happens behind
    qtbot.keyClick(shown.keys_overlay, Key.Key_Escape)
    assert not shown.keys_overlay.isVisible()
    assert shown.panes.hasFocus()
    shown.menus.run("palette")
    qtbot.keyClicks(shown.palette_box.search, "difference")
    qtbot.keyClick(shown.palette_box.search, Key.Key_Return)
    qtbot.waitUntil(lambda: shown.controller.session.mode is Mode.DIFFERENCE, timeout=2000)
    assert not shown.palette_box.isVisible()
    shown.menus.run("palette")
    qtbot.keyClicks(shown.palette_box.search, "context")
    items = [shown.palette_box.list.item(at) for at in range(shown.palette_box.list.count())]
    off = [item.text() for item in items if not item.flags() & Qt.ItemFlag.ItemIsEnabled]
    assert off == ["Decode: Context none", "Decode: Context causal", "Decode: Context non-causal"]
    assert shown.palette_box.list.currentItem().text() == "Decode: Context both"
    qtbot.keyClick(shown.palette_box.search, Key.Key_Down)
    assert shown.palette_box.list.currentItem().text() == "Decode: Context both"
    qtbot.mouseClick(shown.palette_box, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert not shown.palette_box.isVisible()


def test_every_command_can_be_run(shown: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of them fails, whatever the state they are called in."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    monkeypatch.setattr("viewer.lessons.save_dialog.LessonDialog.exec", lambda _: 0)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    monkeypatch.setattr("viewer.shell.window_commands.QMessageBox.about", lambda *_: None)
    monkeypatch.setattr(MainWindow, "show_export", lambda _: None)
    monkeypatch.setattr(Controller, "open_neighbour", lambda *_: None)
    monkeypatch.setattr(MainWindow, "close_window", lambda _: None)
    for name in ("sweep", "raster"):
        shown.controller.change(lambda state, name=name: set_decoder(state, name))
        complete(qtbot, shown)
        for command in shown.menus.table:
            shown.menus.run(command.id)
            if command.release is not None:
                shown.menus.run(command.id)
        shown.keys_overlay.close_veil()
        shown.palette_box.close_veil()
        shown.showNormal()
        shown.controller.set_codec("jpeg")  # the last codec's model may not be there
        complete(qtbot, shown)
    assert shown.controller.facts.error in ("", "The clipboard holds no picture")


# ---- mouse -----------------------------------------------------------------------------------------------


def test_hovering_links_picture_plot_and_inspector(shown: MainWindow, qtbot: QtBot) -> None:
    at = shown.panes.image_position(17, 9).toPoint()
    qtbot.mouseMove(shown.panes, at + QPoint(1, 0))
    qtbot.mouseMove(shown.panes, at)
    scene = shown.controller.scene
    assert scene.status.cursor == "x 17, y 9"
    assert scene.patch is not None
    assert (scene.patch.row, scene.patch.column) == (1, 2)
    assert scene.plots[2].marker == 11
    assert shown.figures.currentIndex() == 1
    qtbot.mouseClick(shown.panes, Qt.MouseButton.LeftButton, pos=at)
    assert shown.controller.session.pinned == (1, 2)
    shown.panes.left.emit()
    assert shown.controller.scene.patch is not None
    qtbot.keyClick(shown, Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert shown.controller.session.pinned == (1, 3)
    qtbot.keyClick(shown, Key.Key_Escape)
    assert shown.controller.scene.patch is None
    assert shown.figures.currentIndex() == 0


def test_clicking_plots(shown: MainWindow, qtbot: QtBot) -> None:
    shown.plots.clicked.emit("psnr", 1.2)
    assert shown.controller.scene.transport.step == 1
    shown.plots.clicked.emit("bits", 11.4)
    assert shown.controller.session.pinned == (1, 2)
    points = shown.controller.facts.rate_points
    shown.plots.clicked.emit("rate", points[-1].bits_per_pixel + 0.01)
    complete(qtbot, shown)
    assert shown.controller.session.options.quality == points[-1].quality


def test_scanning_with_the_raster_decoder(shown: MainWindow, qtbot: QtBot) -> None:
    shown.toolbar.decoder_chosen.emit("raster")
    complete(qtbot, shown)
    assert shown.filmstrip.scan.isVisible()
    shown.filmstrip.scan_chosen.emit(20)
    assert shown.controller.scene.panes[2].title == "Scan, step 2"
    qtbot.keyClick(shown, Key.Key_Period)
    assert shown.controller.session.scan == 21
    shown.controller.change(lambda state: set_speed(state, 8.0))
    qtbot.keyClick(shown, Key.Key_P)
    assert shown.controller.session.playing
    qtbot.waitUntil(lambda: (shown.controller.session.scan or 0) > 3, timeout=3000)
    qtbot.keyClick(shown, Key.Key_Space)
    assert not shown.controller.session.playing
    qtbot.keyClick(shown, Key.Key_Escape)
    assert shown.controller.session.scan is None
    shown.plots.clicked.emit("bits", 7.0)
    assert shown.controller.session.scan == 7


@pytest.mark.parametrize("overlay", [each for each in MAPS if each is not Overlay.RINGING])
def test_maps_are_measured_in_the_background(shown: MainWindow, qtbot: QtBot, overlay: Overlay) -> None:
    """All but ringing, which the noise of this picture hides."""
    shown.viewbar.overlay_chosen.emit(overlay)
    qtbot.waitUntil(lambda: shown.controller.scene.overlay.values is not None, timeout=5000)
    values = shown.controller.scene.overlay.values
    assert values is not None
    assert values.shape == (6, 9)
    complete(qtbot, shown)
    shown.controller.choose_step(1)
    complete(qtbot, shown)
    assert shown.controller.scene.overlay.values is not None
    shown.controller.change(lambda state: set_quality(state, 5))
    complete(qtbot, shown)
    assert shown.controller.scene.overlay.values is not None
    assert shown.controller.scene.overlay.values is not values


# ---- files and clipboard ---------------------------------------------------------------------------------


def jpeg_file(folder: Path, name: str = "received.jpg", seed: int = 3) -> Path:
    path = folder / name
    Image.fromarray(picture(seed=seed).pixels).save(path, quality=30, progressive=name.startswith("prog"))
    return path


def test_a_jpeg_file_can_be_taken_both_ways(shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = jpeg_file(tmp_path)
    shown.controller.open_path(path)
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
    shown.controller.open_path(jpeg_file(tmp_path, "progressive.jpg"), received=True)
    qtbot.waitUntil(lambda: shown.controller.session.stream is not None, timeout=5000)
    complete(qtbot, shown)
    shown.controller.change(lambda state: s.set_overlay(state, Overlay.BITS))
    assert shown.controller.scene.overlay.values is None
    assert "progressive" in shown.controller.scene.overlay.note.lower()
    assert "progressive" in shown.controller.scene.plots[2].note.lower()


def test_saving_and_copying(
    shown: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([str(tmp_path / "picture"), str(tmp_path / "stream")])
    asked: list[str] = []

    def ask(_: QWidget, title: str, proposal: str, kinds: str) -> tuple[str, str]:
        asked.append(Path(proposal).name)
        return next(answers), kinds.split(";;")[0]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    shown.controller.choose_step(2)
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
    for save in (shown.controller.save_picture, shown.controller.save_stream):
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
    shown.controller.open_path(path, received=True)
    complete(qtbot, shown)
    assert "not turned as its EXIF orientation (6) says" in shown.banner.words.text()
    shown.controller.save_picture(tmp_path / "repaired.png")
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
    shown.controller.open_path(tmp_path / "b.jpg")
    qtbot.waitUntil(lambda: shown.controller.session.name == "b.jpg", timeout=5000)
    for key, name in ((Key.Key_Down, "c.png"), (Key.Key_Down, "A.jpg"), (Key.Key_Up, "c.png")):
        qtbot.keyClick(shown, key)
        qtbot.waitUntil(lambda name=name: shown.controller.session.name == name, timeout=5000)  # type: ignore[misc]
    complete(qtbot, shown)
    monkeypatch.setattr("engine.data.samples.sample_names", lambda: ("one", "two"))
    monkeypatch.setattr("engine.data.samples.load_sample", lambda name: picture(name=name))
    shown.controller.open_sample("one")
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


# ---- settings, looks, sizes ------------------------------------------------------------------------------


def test_choices_and_layout_persist(make: Make, qtbot: QtBot) -> None:
    first = make()
    first.controller.open_picture(picture())
    complete(qtbot, first)
    first.controller.change(lambda state: set_context(set_decoder(state, "raster"), Context.CAUSAL))
    first.controller.change(lambda state: set_quality(state, 33))
    first.viewbar.overlay_chosen.emit(Overlay.BITS)
    first.menus.run("show.film")
    first.menus.run("theme")
    first.split.setSizes([700, 580])
    sizes = first.split.sizes()
    complete(qtbot, first)
    first.close()
    second = make()
    options = second.controller.session.options
    assert (options.decoder, options.context, options.quality) == ("raster", Context.CAUSAL, 33)
    assert second.controller.session.overlay is Overlay.BITS
    assert second.controller.session.theme == "light"
    assert second.filmstrip.isHidden()
    assert second.split.sizes() == pytest.approx(sizes, abs=2)
    assert second.toolbar.quality.value() == 33
    assert second.toolbar.context.currentData() == "causal"


def test_the_theme_changes_everywhere(shown: MainWindow) -> None:
    def corner() -> int:
        return shown.grab().toImage().pixelColor(4, 60).lightness()

    dark = corner()
    shown.menus.run("theme")
    assert corner() > dark + 100
    shown.menus.run("theme")
    assert corner() == dark


@pytest.mark.parametrize(
    ("width", "height"),
    [(1280, 800), (1600, 900), (1280, 720), (1067, 600), (1024, 640), (853, 533)],
    ids=["1280x800", "1600x900", "1600x900 at 125 %", "1600x900 at 150 %", "1280x800 at 125 %", "at 150 %"],
)
@pytest.mark.parametrize("mode", [Mode.SIDE, Mode.DIFFERENCE])
def test_no_words_are_cut_off(shown: MainWindow, qtbot: QtBot, width: int, height: int, mode: Mode) -> None:
    shown.controller.change(lambda state: s.set_overlay(set_mode(state, mode), Overlay.SETTLED))
    complete(qtbot, shown)
    shown.resize(width, height)
    qtbot.wait(20)
    assert (shown.width(), shown.height()) == (width, height)
    for bar in (shown.toolbar, shown.viewbar):
        for kind in (QLabel, QAbstractButton, QComboBox):
            for widget in bar.findChildren(kind):
                if widget.isVisible() and widget.width() > 0:
                    name = widget.accessibleName() or widget.text()
                    assert widget.width() >= widget.minimumSizeHint().width(), name
                    place = widget.rect().translated(widget.mapTo(bar, QPoint()))
                    assert bar.rect().contains(place), name
    assert shown.panes.height() >= 120
    assert shown.rect().contains(shown.status.rect().translated(shown.status.mapTo(shown, QPoint())))


def test_a_window_without_any_model(
    qtbot: QtBot, engine: Engine, store: QSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = MainWindow(Controller(Session()), Settings(store))
    qtbot.addWidget(window)
    window.show()
    window.controller.open_picture(picture())
    complete(qtbot, window)
    assert ready(window) == 0
    assert window.controller.scene.panes[1].pixels is not None
    assert not window.toolbar.decoder.isEnabled()
    window.close()


def test_scrubbing_is_fast(window: MainWindow, qtbot: QtBot) -> None:
    """From the change to the painted frame; the bar on an idle machine is 16 ms, processor time here."""
    import time

    window.resize(1600, 900)
    window.controller.open_picture(picture(512, 768))
    complete(qtbot, window)
    taken = []
    for number in range(40):
        start = time.process_time()
        window.controller.choose_step(number % 4)
        window.panes.repaint()
        taken.append(1000 * (time.process_time() - start))
    assert sorted(taken)[38] < 32
