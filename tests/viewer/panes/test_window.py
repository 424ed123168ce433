"""Comparing in a whole window: panes from the menu, decoders beside, blinking, slots, zoom by keys."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.viewer_engine import Engine, picture
from tests.support.windows import Make, complete
from viewer.model.facts.differences import make_differences
from viewer.model.session import panes as p
from viewer.model.session.choices import Mode, Scale
from viewer.model.session.compare import Entry
from viewer.model.session.options import set_quality
from viewer.panes.resolve.difference import difference_look
from viewer.panes.worker import Beside
from viewer.shell.window import MainWindow

Key, Ctrl, Shift = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
RASTER = p.decoder_key(Entry("raster"))


def keys(window: MainWindow) -> list[str]:
    return [pane.key for pane in window.controller.scene.panes]


def test_panes_are_ticked_in_a_menu_that_stays_open(shown: MainWindow, qtbot: QtBot) -> None:
    button = shown.viewbar.panes
    assert button.text() == "Panes: 3"
    menu = button.menu()
    menu.popup(QPoint(40, 40))
    ticks = button.menu_actions()
    assert ticks["original"].isChecked()
    assert not ticks["step/1"].isChecked()
    place = menu.actionGeometry(ticks["change"]).center()
    qtbot.mouseClick(menu, LEFT, pos=place)
    assert menu.isVisible()
    assert ticks["change"].isChecked()
    menu.setActiveAction(ticks["original"])
    qtbot.keyClick(menu, Key.Key_Space)
    assert menu.isVisible()
    assert keys(shown) == ["standard", "estimate", "change"]
    ticks["step/1"].trigger()
    assert keys(shown) == ["standard", "estimate", "change", "step/1"]
    qtbot.keyClick(menu, Key.Key_Escape)
    assert not menu.isVisible()
    assert button.text() == "Panes: 4"
    shown.menus.run("panes.reset")
    assert keys(shown) == ["original", "standard", "estimate"]


def test_the_menu_of_panes_opens_by_its_key_and_waits_for_nobody(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, Key.Key_J)
    menu = shown.viewbar.panes.menu()
    assert menu.isVisible()
    qtbot.keyClick(menu, Key.Key_Space)
    assert keys(shown) == ["standard", "estimate"]
    qtbot.keyClick(menu, Key.Key_Escape)
    assert not menu.isVisible()


def test_the_step_that_is_shown_is_kept_by_a_key(shown: MainWindow, qtbot: QtBot) -> None:
    shown.controller.playback.choose_step(1)
    qtbot.keyClick(shown, Key.Key_K)
    shown.controller.playback.choose_step(3)
    assert keys(shown)[-1] == "step/1"
    run = shown.controller.facts.run
    assert run is not None
    assert shown.controller.scene.panes[-1].pixels is run.pixels(1)


def test_another_decoder_is_run_beside_and_follows_the_stream(
    shown: MainWindow, qtbot: QtBot, engine: Engine
) -> None:
    control, raster = shown.controller, engine.decoders["raster"]
    control.change(lambda session: p.toggle_pane(session, RASTER))
    qtbot.waitUntil(lambda: control.scene.panes[-1].pixels is not None, timeout=60_000)
    complete(qtbot, shown)
    pane = control.scene.panes[-1]
    assert pane.title == "Step 2 · Raster"
    assert " dB" in pane.detail
    assert len(raster.runs) == 1
    assert len(engine.decoders["sweep"].runs) == 1  # nothing was decoded twice
    control.playback.choose_step(1)
    assert control.scene.panes[-1].title == "Step 1 · Raster"
    control.change(lambda session: set_quality(session, 60))
    qtbot.waitUntil(lambda: len(raster.runs) == 2, timeout=60_000)
    complete(qtbot, shown)
    assert raster.runs[-1][0] == 60
    run = control.facts.run
    assert run is not None
    beside = control.worker(Beside).facts.runs[Entry("raster")]
    assert beside.refinement.coded is run.refinement.coded
    control.change(p.reset_panes)
    complete(qtbot, shown)
    assert not control.worker(Beside).facts.runs  # its pictures took memory


def test_a_decoder_beside_is_kept_while_another_mode_is_looked_at(
    shown: MainWindow, qtbot: QtBot, engine: Engine
) -> None:
    control, raster = shown.controller, engine.decoders["raster"]
    control.change(lambda session: p.toggle_pane(session, RASTER))
    complete(qtbot, shown)
    for key in (Key.Key_W, Key.Key_B):
        qtbot.keyClick(shown, key)
        complete(qtbot, shown)
        qtbot.keyClick(shown, key)
        assert control.scene.panes[-1].key == RASTER
        assert control.scene.panes[-1].pixels is not None
    complete(qtbot, shown)
    assert len(raster.runs) == 1


def test_a_decoder_beside_is_stopped_and_goes_on(shown: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    control, raster = shown.controller, engine.decoders["raster"]
    raster.gate.clear()
    control.change(lambda session: p.toggle_pane(session, RASTER))
    qtbot.waitUntil(lambda: len(raster.runs) == 1, timeout=60_000)
    qtbot.waitUntil(lambda: control.scene.status.progress is not None, timeout=5000)
    assert "beside" in control.scene.status.job or "Starting" in control.scene.status.job
    qtbot.keyClick(shown, Key.Key_Escape)
    qtbot.waitUntil(lambda: not control.worker(Beside).busy(), timeout=60_000)
    assert "stopped" in control.scene.panes[-1].message
    raster.gate.set()
    qtbot.keyClick(shown, Key.Key_F5)
    qtbot.waitUntil(lambda: control.scene.panes[-1].pixels is not None, timeout=60_000)
    complete(qtbot, shown)


def test_a_decoder_beside_that_fails_says_so(shown: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.decoders["raster"].fail = RuntimeError("no weights")
    shown.controller.change(lambda session: p.toggle_pane(session, RASTER))
    qtbot.waitUntil(lambda: "no weights" in shown.controller.scene.panes[-1].message, timeout=60_000)
    complete(qtbot, shown)


def test_differences_of_a_large_picture_come_from_a_job(make: Make, qtbot: QtBot) -> None:
    window = make()
    window.controller.documents.open_picture(picture(600, 1100))
    complete(qtbot, window)
    made_on: list[str] = []
    window.controller.worker(Beside).changed.connect(lambda: made_on.append(threading.current_thread().name))
    qtbot.keyClick(window, Key.Key_D)
    assert all(pane.pixels is None for pane in window.controller.scene.panes)
    assert window.grab().width() > 0
    complete(qtbot, window)
    panes = window.controller.scene.panes
    pairs = [pane.between for pane in panes if pane.between is not None]
    expected = make_differences(pairs, difference_look(window.controller.session))
    for pane, pixels in zip(panes, expected.pictures, strict=True):
        assert (pane.pixels == pixels).all()
    assert made_on == ["MainThread"]  # told on the window's thread, once


def test_blinking_by_the_bar(shown: MainWindow, qtbot: QtBot) -> None:
    control, bar = shown.controller, shown.viewbar
    qtbot.mouseClick(bar.mode.button(Mode.BLINK.value), LEFT)
    assert control.session.mode is Mode.BLINK
    assert bar.rate.isVisible()
    bar.rate.activated.emit(bar.rate.findData(5.0))
    assert control.playback.clocks.blinker.interval() == 200
    qtbot.waitUntil(lambda: control.session.looking.second, timeout=3000)
    qtbot.mouseClick(bar.running, LEFT)
    assert not control.session.blinking
    bar.first.activated.emit(bar.first.findData("original"))
    qtbot.keyClick(shown, Key.Key_1)
    assert control.scene.panes[0].title == "Original"
    qtbot.mouseClick(bar.mode.button(Mode.SIDE.value), LEFT)
    assert not bar.rate.isVisible()


def test_scales_of_differences_by_bar_and_keys(shown: MainWindow, qtbot: QtBot) -> None:
    control, bar = shown.controller, shown.viewbar
    assert not bar.gain.isVisible()
    qtbot.keyClick(shown, Key.Key_D)
    assert bar.gain.isVisible()
    bar.gain.activated.emit(bar.gain.findData(64))
    assert control.session.gain == 64
    bar.gain.activated.emit(bar.gain.findData(Scale.ADAPTIVE))
    assert control.session.looking.scale is Scale.ADAPTIVE
    assert bar.gain.currentText() == "adaptive"
    qtbot.keyClick(shown, Key.Key_Y)
    assert bar.luma.isChecked()
    legend = control.scene.view.legend
    assert legend is not None
    assert "luma" in legend.note
    qtbot.keyClick(shown, Key.Key_Y, Shift)
    assert control.session.looking.scale is Scale.ROOT
    qtbot.keyClick(shown, Key.Key_BracketRight, Ctrl)
    assert (control.session.looking.scale, control.session.gain) == (Scale.FIXED, 64)
    assert bar.gain.currentText() == "×64"


def test_slots_by_keys_and_by_clicks(shown: MainWindow, qtbot: QtBot) -> None:
    control, slots = shown.controller, shown.viewbar.slots
    qtbot.keyClick(shown, Key.Key_W)
    shown.panes.zoom_to(800)
    shown.panes.set_wipe(0.25)
    control.playback.choose_step(1)
    state = shown.panes.state()
    qtbot.keyClick(shown, Key.Key_2, Ctrl | Shift)
    assert slots.buttons[1].filled
    assert "wipe" in slots.buttons[1].toolTip()
    assert "800 %" in slots.buttons[1].toolTip()
    qtbot.keyClick(shown, Key.Key_W)
    qtbot.keyClick(shown, Key.Key_F)
    control.playback.choose_step(3)
    shown.panes.set_wipe(0.5)
    qtbot.keyClick(shown, Key.Key_2, Ctrl)
    assert (control.session.mode, control.session.step) == (Mode.WIPE, 1)
    assert shown.panes.state() == pytest.approx(state)
    assert "Slot 2" in control.scene.status.message
    qtbot.keyClick(shown, Key.Key_W)
    qtbot.mouseClick(slots.buttons[4], LEFT)  # empty: saves
    assert slots.buttons[4].filled
    qtbot.mouseClick(slots.buttons[1], LEFT)  # filled: shows
    assert control.session.mode is Mode.WIPE
    qtbot.mouseClick(slots.buttons[4], LEFT, Shift)  # saves over it
    assert "wipe" in slots.buttons[4].toolTip()
    menu = slots.buttons[4].menu_for()
    menu.actions()[2].trigger()
    menu.close()
    assert not slots.buttons[4].filled
    qtbot.mouseClick(slots.buttons[1], LEFT)
    assert not shown.menus.by_id["slot.recall.5"].isEnabled()
    assert shown.menus.by_id["slot.recall.2"].isEnabled()


def test_zoom_in_powers_of_two_and_looking_around_by_keys(shown: MainWindow, qtbot: QtBot) -> None:
    shown.panes.zoom_to(300)
    seen = []
    for key in (Key.Key_Plus, Key.Key_Plus, Key.Key_Minus, Key.Key_Minus, Key.Key_Minus):
        qtbot.keyClick(shown, key)
        seen.append(shown.panes.zoom())
    assert seen == pytest.approx([400, 800, 400, 200, 100])
    for _ in range(12):
        qtbot.keyClick(shown, Key.Key_Plus)
    assert shown.panes.zoom() == 12_800
    before = shown.panes.state()
    qtbot.keyClick(shown, Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    after = shown.panes.state()
    assert after["x"] > before["x"]
    assert after["y"] == before["y"]


def test_the_zoom_box_follows_the_mouse(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown, Key.Key_Z)
    assert shown.controller.scene.view.box is None
    at = shown.panes.image_position(30, 20, 1).toPoint()
    QTest.mouseMove(shown.panes, at)
    box = shown.controller.scene.view.box
    assert box is not None
    assert box.pixel == (30, 20)
    with_box = shown.panes.grab().toImage()
    qtbot.keyClick(shown, Key.Key_Z)
    assert shown.panes.grab().toImage() != with_box
    assert shown.controller.scene.view.box is None
