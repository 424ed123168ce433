"""The assembled window under keys and mouse, with a decoder of a few lines."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.support.windows import complete
from viewer.documents.controller import Documents
from viewer.model.facts.artefacts import ARTEFACT_OVERLAYS
from viewer.model.session import pages as s
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.options import set_decoder, set_quality
from viewer.model.session.playback import set_speed
from viewer.shell.key_lists import blocks_of
from viewer.shell.window import MainWindow

Key = Qt.Key

MAPS = (*ARTEFACT_OVERLAYS, Overlay.SETTLED)


def pane_pixels(window: MainWindow) -> list[np.ndarray]:
    return [pane.pixels for pane in window.controller.scene.panes if pane.pixels is not None]


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
    qtbot.keyClick(shown, Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
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
    assert shown.overlays.keys.isVisible()
    words = " ".join(label.text() for label in shown.overlays.keys.findChildren(QLabel))
    for _, lines in blocks_of(shown.menus.table):
        assert all(text in words and key in words for key, text in lines)
    qtbot.keyClick(shown.overlays.keys, Key.Key_Left)
    assert shown.controller.scene.transport.step == 3  # nothing happens behind
    qtbot.keyClick(shown.overlays.keys, Key.Key_Escape)
    assert not shown.overlays.keys.isVisible()
    assert shown.panes.hasFocus()
    shown.menus.run("palette")
    qtbot.keyClicks(shown.overlays.palette.search, "difference")
    qtbot.keyClick(shown.overlays.palette.search, Key.Key_Return)
    qtbot.waitUntil(lambda: shown.controller.session.mode is Mode.DIFFERENCE, timeout=2000)
    assert not shown.overlays.palette.isVisible()
    shown.menus.run("palette")
    qtbot.keyClicks(shown.overlays.palette.search, "context")
    items = [shown.overlays.palette.list.item(at) for at in range(shown.overlays.palette.list.count())]
    off = [item.text() for item in items if not item.flags() & Qt.ItemFlag.ItemIsEnabled]
    assert off == ["Decode: Context none", "Decode: Context causal", "Decode: Context non-causal"]
    assert shown.overlays.palette.list.currentItem().text() == "Decode: Context both"
    qtbot.keyClick(shown.overlays.palette.search, Key.Key_Down)
    assert shown.overlays.palette.list.currentItem().text() == "Help: Raster scan, animated"
    qtbot.mouseClick(shown.overlays.palette, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert not shown.overlays.palette.isVisible()


def test_every_command_can_be_run(shown: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of them fails, whatever the state they are called in."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: "")
    monkeypatch.setattr("viewer.lessons.save_dialog.LessonDialog.exec", lambda _: 0)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_, **__: ([], ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: ("", ""))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda *_: True)
    monkeypatch.setattr("viewer.shell.window_commands.QMessageBox.about", lambda *_: None)
    monkeypatch.setattr(shown.toolbar.export, "showMenu", lambda: None)
    monkeypatch.setattr(Documents, "open_sample", lambda *_: None)
    for name in ("sweep", "raster"):
        shown.controller.change(lambda state, name=name: set_decoder(state, name))
        complete(qtbot, shown)
        with monkeypatch.context() as patch:
            patch.setattr(shown, "close", lambda: None)
            for command in shown.menus.table:
                shown.menus.run(command.id)
                if command.release is not None:
                    shown.menus.run(command.id)
        shown.overlays.keys.close_veil()
        shown.overlays.palette.close_veil()
        shown.acts.escape()  # the first one in the table has ended the presentation
        shown.showNormal()
        shown.controller.sending.set_codec("jpeg")  # the last codec's model may not be there
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
    shown.controller.playback.choose_step(1)
    complete(qtbot, shown)
    assert shown.controller.scene.overlay.values is not None
    shown.controller.change(lambda state: set_quality(state, 5))
    complete(qtbot, shown)
    assert shown.controller.scene.overlay.values is not None
    assert shown.controller.scene.overlay.values is not values
