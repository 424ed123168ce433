"""Looking at compared decoders in the window: panes, plots, tables, pages, the list of decoders."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.support.compared import RTRL, SAB, titles
from tests.support.tables import rows_in
from tests.support.viewer_engine import STUDY_CARDS, Engine
from tests.support.windows import complete
from viewer.model.session import compare_changes as c
from viewer.model.session.choices import Overlay, Page
from viewer.model.session.compare import Axis, ComparePage
from viewer.model.session.looks import set_theme
from viewer.model.session.patch_changes import set_open
from viewer.model.session.place import pin_at
from viewer.model.session.playback import set_speed
from viewer.shell.window import MainWindow
from viewer.ui import theme

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton

pytestmark = pytest.mark.cards(STUDY_CARDS)


# ---- looking ---------------------------------------------------------------------------------------------


def test_one_zoom_and_one_patch_in_all_panes(compared: MainWindow, qtbot: QtBot) -> None:
    compared.panes.zoom_to(200)
    qtbot.wait(50)  # bars take their height
    at = compared.panes.image_position(20, 12, pane=2).toPoint()
    qtbot.mouseMove(compared.panes, at)
    qtbot.waitUntil(lambda: compared.controller.session.cursor is not None)
    patch = compared.controller.scene.patch
    assert patch is not None
    assert (patch.row, patch.column) == (1, 2)
    assert "Best" in compared.inspector.table.accessibleName()
    places = [compared.panes.image_position(20, 12, pane=number) for number in range(5)]
    assert len({round(place.x() - places[0].x()) for place in places}) > 1
    assert compared.controller.scene.status.values.count("BPTT") == 1


def test_holding_x_flips_two_panes(compared: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyPress(compared, Key.Key_X)
    assert titles(compared)[1:3] == ["SAB", "BPTT"]
    qtbot.keyRelease(compared, Key.Key_X)
    assert titles(compared)[1:3] == ["BPTT", "SAB"]
    qtbot.keyClick(compared, Key.Key_BracketRight)
    assert compared.controller.session.compare.pair == (0, 2)
    qtbot.keyClick(compared, Key.Key_2)
    before = compared.panes.grab().toImage()
    qtbot.keyPress(compared, Key.Key_X)
    assert titles(compared) == ["RTRL"]
    assert compared.panes.grab().toImage() != before
    qtbot.keyRelease(compared, Key.Key_X)
    assert titles(compared) == ["BPTT"]
    compared.menus.run("flip")  # from the menu it stays until it is chosen again
    assert compared.controller.session.compare.flipped
    compared.menus.run("flip")
    assert not compared.controller.session.compare.flipped


def test_flip_boxes_choose_the_pair(compared: MainWindow, qtbot: QtBot) -> None:
    bar = compared.comparebar
    assert (bar.first.currentText(), bar.second.currentText()) == ("BPTT", "SAB")
    bar.second.activated.emit(3)
    assert bar.second.currentText() == "UORO"
    bar.first.activated.emit(3)
    assert (bar.first.currentText(), bar.second.currentText()) == ("UORO", "BPTT")
    assert [pane.mark for pane in compared.controller.scene.panes] == ["", "B", "", "", "A"]


def test_who_wins_as_an_overlay(compared: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(compared, Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert compared.controller.scene.overlay.shades is not None
    assert compared.comparebar.overlay.currentText() == "Best decoder per patch"
    assert compared.comparebar.opacity.isVisible()
    qtbot.keyClick(compared, Key.Key_G)
    assert compared.controller.scene.overlay.kind is Overlay.GRID
    assert not compared.menus.by_id["overlay.ringing"].isEnabled()
    assert "single decoder" in compared.menus.by_id["overlay.ringing"].toolTip()
    qtbot.keyClick(compared, Key.Key_C)
    assert compared.controller.session.overlay is Overlay.NONE
    assert not compared.menus.by_id["overlay.winner"].isEnabled()


def test_panes_for_original_and_received(compared: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(compared.comparebar.original, LEFT, pos=QPoint(8, 8))
    assert titles(compared)[:2] == ["Original", "JPEG q15"]
    qtbot.keyClick(compared, Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    assert titles(compared)[:2] == ["Original", "BPTT"]
    qtbot.keyPress(compared, Key.Key_O)
    assert all(title.startswith("Original") for title in titles(compared))
    qtbot.keyRelease(compared, Key.Key_O)


def test_more_steps_than_trained(compared: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    compared.comparebar.steps.setValue(12)
    complete(qtbot, compared)
    assert engine.decoders[SAB.decoder].runs[-1][1].steps == 12
    assert compared.controller.scene.transport.steps_ready == 12
    qtbot.keyClick(compared, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    complete(qtbot, compared)
    assert compared.controller.scene.transport.steps_ready == 11
    assert compared.comparebar.steps.value() == 11


def test_playing_and_stepping(compared: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(compared, Key.Key_Home)
    assert compared.controller.scene.transport.step == 0
    compared.controller.change(lambda state: set_speed(state, 8.0))
    qtbot.keyClick(compared, Key.Key_Space)
    qtbot.waitUntil(lambda: compared.controller.scene.transport.step == 2, timeout=3000)
    compared.plots.clicked.emit("psnr", 1.2)
    assert compared.controller.scene.transport.step == 1


def test_the_hidden_state_by_key(compared: MainWindow, qtbot: QtBot) -> None:
    compared.controller.change(lambda state: pin_at(state, 20, 12))
    qtbot.keyClick(compared, Key.Key_H)
    assert compared.hidden.isVisible()
    compared.hidden.grab()
    assert len(compared.hidden.strip_rects()) == 4
    qtbot.keyClick(compared, Key.Key_C)
    compared.controller.change(lambda state: set_open(state, False))  # it has one of its own
    assert not compared.hidden.isVisible()  # the sweep decoder has none
    assert not compared.figure_switch.isVisible()
    compared.toolbar.decoder_chosen.emit(SAB.decoder)
    complete(qtbot, compared)
    assert compared.hidden.isVisible()
    patch = compared.controller.scene.patch
    assert patch is not None
    assert patch.recalled_in("estimate")
    qtbot.mouseClick(compared.figure_switch.button("figures"), LEFT)
    assert not compared.hidden.isVisible()


# ---- pages -----------------------------------------------------------------------------------------------


def test_the_table_sorts_by_click_and_by_key(compared: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(compared, Key.Key_2, Qt.KeyboardModifier.AltModifier)
    table = compared.pages.table
    assert table.isVisible()
    assert table.hasFocus()
    column = [each.key for each in compared.controller.scene.compare.table.columns].index("gain_db_step_2")  # type: ignore[union-attr]
    header = table.horizontalHeader()
    table.scrollTo(table.model().index(0, column))
    x = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
    qtbot.mouseClick(header.viewport(), LEFT, pos=QPoint(x, header.height() // 2))
    gains = [float(table.text(row, column).replace("−", "-")) for row in range(4)]
    assert gains == sorted(gains)
    assert table.hasFocus()
    table.setCurrentIndex(table.model().index(0, column))
    qtbot.keyClick(table, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [float(table.text(row, column).replace("−", "-")) for row in range(4)] == sorted(gains)[::-1]
    step = compared.controller.scene.transport.step
    qtbot.keyClick(table, Key.Key_Left)
    assert compared.controller.scene.transport.step == step  # arrows move in the table
    qtbot.keyClick(compared, Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert compared.panes.hasFocus()


def test_the_table_as_file_and_on_the_clipboard(
    compared: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    compared.controller.change(lambda state: c.set_page(state, ComparePage.TABLE))
    qtbot.mouseClick(compared.pages.export, LEFT)
    qtbot.waitUntil(lambda: "Saved" in compared.controller.facts.message, timeout=5000)
    read = rows_in(path.with_suffix(".csv"))
    assert [line["entry"] for line in read] == ["BPTT", "SAB", "RTRL", "UORO"]
    assert read[0]["parameters"] == "24000"
    qtbot.mouseClick(compared.pages.copy, LEFT)
    lines = QGuiApplication.clipboard().text().strip().split("\n")
    assert len(lines) == 5
    assert lines[1].split("\t")[0] == "BPTT"


def test_training_and_robustness_pages(compared: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(compared.comparebar.page.button("training"), LEFT)
    assert compared.pages.training.isVisible()
    assert "without a training record" in compared.controller.scene.compare.training[0].note  # type: ignore[union-attr]
    qtbot.mouseClick(compared.pages.axis.button("seconds"), LEFT)
    assert compared.controller.session.compare.axis is Axis.SECONDS
    assert not compared.comparebar.overlay.isVisible()
    qtbot.keyClick(compared, Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert compared.pages.heat.isVisible()
    qtbot.keyClick(compared, Key.Key_C)
    assert compared.panes.isVisible()


def test_a_page_may_be_opened_straight_away(window: MainWindow, qtbot: QtBot) -> None:
    window.menus.run("page.table")
    assert window.controller.session.page is Page.COMPARE
    assert window.pages.table.isVisible()
    complete(qtbot, window)
    assert window.pages.table.model().rowCount() == 4


def test_saving_takes_the_picture_of_a(compared: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    from engine.io.image import load_picture

    compared.controller.change(lambda state: c.set_flip(state, 2, 0))
    compared.controller.documents.save_picture(tmp_path / "rtrl.png")
    complete(qtbot, compared)
    expected = compared.controller.facts.compare.runs[RTRL].pixels(2)
    assert np.array_equal(load_picture(tmp_path / "rtrl.png").pixels, expected)


# ---- the list of decoders --------------------------------------------------------------------------------


def test_the_list_of_decoders_is_grouped(window: MainWindow, qtbot: QtBot) -> None:
    box = window.toolbar.decoder
    lines = [box.itemText(at) for at in range(box.count())]
    assert lines[:4] == ["Main decoders", "Sweep", "Raster", "Study: learners"]
    assert "Study: cells" in lines
    headings = [at for at in range(box.count()) if box.itemData(at) is None]
    assert [lines[at] for at in headings] == ["Main decoders", "Study: learners", "Study: cells"]
    model = box.model()
    assert all(not model.index(at, 0).flags() & Qt.ItemFlag.ItemIsEnabled for at in headings)
    assert box.currentText() == "Sweep"
    window.toolbar.decoder_chosen.emit(SAB.decoder)
    complete(qtbot, window)
    assert box.currentData() == SAB.decoder
    assert window.toolbar.carry.isChecked()
    assert not window.toolbar.carry.isEnabled()
    assert "along 16 patches" in window.toolbar.carry.toolTip()
    assert not window.menus.by_id["carry"].isEnabled()


@pytest.mark.parametrize("tone", [theme.DARK, theme.LIGHT])
def test_every_page_draws_in_both_themes(compared: MainWindow, qtbot: QtBot, tone: theme.Theme) -> None:
    compared.controller.change(lambda state: set_theme(state, tone.name))
    assert theme.current() is tone
    compared.resize(1280, 720)
    for page in ComparePage:
        compared.controller.change(lambda state, page=page: c.set_page(state, page))
        image = compared.grab().toImage()
        assert image.width() == 1280
        assert compared.comparebar.height() < 110
    for widget in (compared.comparebar.choose, compared.comparebar.leave, compared.comparebar.page):
        assert widget.geometry().right() <= widget.parentWidget().width()
