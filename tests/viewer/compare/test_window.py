"""The compare view in the window, driven as a person would: keys, mouse, boxes; decoders of a few lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.types import Context
from tests.support.tables import rows_in
from tests.support.viewer_engine import STUDY_CARDS, Engine, picture
from tests.support.windows import Make, complete
from viewer.model.session import compare_changes as c
from viewer.model.session.choices import Overlay
from viewer.model.session.compare import Axis, Entry, Page
from viewer.model.session.looks import set_theme
from viewer.model.session.options import set_quality
from viewer.model.session.patch_changes import set_open
from viewer.model.session.place import pin_at
from viewer.model.session.playback import set_speed
from viewer.shell.window import MainWindow
from viewer.ui import theme

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
BPTT, RTRL, UORO, SAB = (
    Entry(f"learner-{name}-1") for name in ("bptt", "rtrl", "uoro", "attentive-sab")
)  # fmt: skip
pytestmark = pytest.mark.cards(STUDY_CARDS)


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """RTRL settles after one step."""
    engine.decoders[RTRL.decoder].blurs = 1
    return engine


@pytest.fixture
def window(shown: MainWindow) -> MainWindow:
    """A window with a decoded picture, nothing compared yet."""
    return shown


@pytest.fixture
def compared(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """Four learners compared, all finished."""
    qtbot.keyClick(window, Key.Key_C)
    complete(qtbot, window)
    return window


def titles(window: MainWindow) -> list[str]:
    return [pane.title for pane in window.controller.scene.panes]


def runs(engine: Engine, *entries: Entry) -> list[int]:
    return [len(engine.decoders[entry.decoder].runs) for entry in entries]


# ---- opening, leaving ------------------------------------------------------------------------------------


def test_from_one_key_to_four_results(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    coded = window.controller.facts.run.refinement.coded  # type: ignore[union-attr]
    qtbot.keyClick(window, Key.Key_C)
    complete(qtbot, window)
    assert titles(window) == ["JPEG q15", "BPTT", "SAB", "RTRL", "UORO"]
    facts = window.controller.facts.compare
    assert all(run.refinement.coded is coded for run in facts.runs.values())
    assert all(" dB (" in pane.detail for pane in window.controller.scene.panes[1:])
    assert window.comparebar.isVisible()
    assert not window.viewbar.isVisible()
    assert not window.toolbar.decoder.isVisible()
    assert len(window.controller.scene.plots[0].curves) == 4
    qtbot.mouseClick(window.comparebar.leave, LEFT)
    assert titles(window) == ["Original", "JPEG q15", "Step 3 · sweep"]
    assert window.viewbar.isVisible()
    assert window.toolbar.decoder.isVisible()
    assert runs(engine, Entry("sweep")) == [1]  # coming back decodes nothing
    qtbot.mouseClick(window.viewbar.compare, LEFT)
    assert runs(engine, BPTT, RTRL, UORO, SAB) == [1, 1, 1, 1]
    assert window.controller.complete()


def test_leaving_after_another_quality_decodes_anew(
    compared: MainWindow, qtbot: QtBot, engine: Engine
) -> None:
    compared.controller.change(lambda state: set_quality(state, 40))
    complete(qtbot, compared)
    assert titles(compared)[0] == "JPEG q40"
    assert runs(engine, BPTT, SAB) == [2, 2]
    assert compared.toolbar.quality.value() == 40
    sent = compared.controller.facts.compare.sent
    assert sent is not None
    qtbot.keyClick(compared, Key.Key_C)
    complete(qtbot, compared)
    run = compared.controller.facts.run
    assert run is not None
    assert run.refinement.coded is sent.refinement.coded
    assert titles(compared)[1] == "JPEG q40"


def test_comparing_in_the_middle_of_a_run(make: Make, qtbot: QtBot, engine: Engine) -> None:
    window = make()
    engine.hold()
    window.controller.open_picture(picture())
    qtbot.waitUntil(lambda: bool(engine.decoders["sweep"].runs), timeout=5000)
    qtbot.keyClick(window, Key.Key_C)
    engine.release()
    complete(qtbot, window)
    assert titles(window)[1:] == ["BPTT", "SAB", "RTRL", "UORO"]
    qtbot.keyClick(window, Key.Key_C)
    complete(qtbot, window)
    assert runs(engine, Entry("sweep")) == [2]  # the run that was broken off is done again
    assert titles(window)[2] == "Step 3 · sweep"


def test_escape_leaves_step_by_step(compared: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(compared, Key.Key_2)
    assert titles(compared) == ["BPTT"]
    qtbot.keyClick(compared, Key.Key_Escape)
    assert len(titles(compared)) == 5
    qtbot.keyClick(compared, Key.Key_Escape)
    assert not compared.controller.session.compare.on


# ---- while it runs ---------------------------------------------------------------------------------------


def test_results_come_one_after_the_other(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.decoders[SAB.decoder].gate.clear()
    qtbot.keyClick(window, Key.Key_C)
    facts = lambda: window.controller.facts.compare  # noqa: E731
    qtbot.waitUntil(lambda: bool(engine.decoders[SAB.decoder].runs), timeout=5000)
    qtbot.waitUntil(lambda: BPTT in facts().runs and facts().runs[BPTT].refinement.finished)
    details = [pane.detail for pane in window.controller.scene.panes[1:]]
    assert " dB (" in details[0]
    assert details[1:] == ["starting …", "waiting", "waiting"] or details[1].startswith("decoding")
    assert window.status.job.text() == "SAB, 2 of 4"
    assert window.status.cancel.isVisible()
    qtbot.keyClick(window, Key.Key_Left)  # finished ones can be scrubbed meanwhile
    assert window.controller.scene.transport.step == 1
    engine.release()
    complete(qtbot, window)
    assert not window.status.cancel.isVisible()


def test_stopping_keeps_what_is_there_and_decode_goes_on(
    window: MainWindow, qtbot: QtBot, engine: Engine
) -> None:
    engine.decoders[SAB.decoder].gate.clear()
    qtbot.keyClick(window, Key.Key_C)
    qtbot.waitUntil(lambda: bool(engine.decoders[SAB.decoder].runs), timeout=5000)
    qtbot.mouseClick(window.status.cancel, LEFT)
    complete(qtbot, window)
    scene = window.controller.scene
    assert " dB (" in scene.panes[1].detail
    assert [pane.detail for pane in scene.panes[3:]] == ["stopped", "stopped"]
    engine.release()
    qtbot.keyClick(window, Key.Key_F5)
    complete(qtbot, window)
    assert all(" dB (" in pane.detail for pane in window.controller.scene.panes[1:])


def test_a_broken_decoder_fails_alone(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.decoders[SAB.decoder].fail = RuntimeError("shape mismatch\nsomewhere deep")
    qtbot.keyClick(window, Key.Key_C)
    complete(qtbot, window)
    pane = window.controller.scene.panes[2]
    assert (pane.title, pane.pixels) == ("SAB", None)
    assert pane.message == "RuntimeError: shape mismatch somewhere deep"
    assert all(" dB (" in each.detail for each in window.controller.scene.panes[3:])
    assert not window.error.isVisible()
    runs_before = runs(engine, SAB)
    qtbot.keyClick(window, Key.Key_BracketRight)
    assert runs(engine, SAB) == runs_before  # it isn't tried again and again
    engine.decoders[SAB.decoder].fail = None
    qtbot.keyClick(window, Key.Key_F5)
    complete(qtbot, window)
    assert window.controller.scene.panes[2].pixels is not None


def test_stale_results_are_dropped(compared: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    compared.controller.change(lambda state: set_quality(state, 30))
    qtbot.waitUntil(lambda: len(engine.decoders[BPTT.decoder].runs) == 2, timeout=5000)
    compared.controller.change(lambda state: set_quality(state, 60))
    engine.release()
    complete(qtbot, compared)
    facts = compared.controller.facts.compare
    assert {run.refinement.coded.quality for run in facts.runs.values()} == {60}
    assert len(facts.runs) == 4


def test_another_picture_is_compared_at_once(compared: MainWindow, qtbot: QtBot) -> None:
    compared.controller.open_picture(picture(64, 48, seed=2, name="other.png"))
    complete(qtbot, compared)
    assert "other.png" in compared.windowTitle()
    assert all(pane.pixels.shape == (64, 48, 3) for pane in compared.controller.scene.panes)  # type: ignore[union-attr]


def test_closing_in_the_middle(window: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    engine.hold()
    qtbot.keyClick(window, Key.Key_C)
    qtbot.waitUntil(lambda: bool(engine.decoders[BPTT.decoder].runs), timeout=5000)
    window.close()
    assert not window.controller.comparer.busy()


# ---- choosing --------------------------------------------------------------------------------------------


def test_ticking_a_box_decodes_only_what_is_new(compared: MainWindow, qtbot: QtBot, engine: Engine) -> None:
    qtbot.keyClick(compared, Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    chooser = compared.chooser
    assert chooser.isVisible()
    qtbot.keyClicks(chooser.search, "gru")
    wanted = chooser.item(Entry("cell-gru-1"))
    assert not wanted.isHidden()
    assert chooser.item(BPTT).isHidden()
    qtbot.keyClick(chooser.search, Key.Key_Down)
    assert chooser.tree.currentItem() is wanted
    qtbot.keyClick(chooser.tree, Key.Key_Space)
    complete(qtbot, compared)
    assert chooser.count.text() == "5 of 6 chosen"
    assert runs(engine, BPTT, Entry("cell-gru-1")) == [1, 1]
    chooser.item(SAB).setCheckState(0, Qt.CheckState.Unchecked)
    qtbot.keyClick(chooser.tree, Key.Key_Return)
    assert not chooser.isVisible()
    assert titles(compared)[1:] == ["BPTT", "RTRL", "UORO", "GRU"]
    assert compared.panes.hasFocus()


def test_boxes_beyond_six_or_below_two_are_off(compared: MainWindow, qtbot: QtBot) -> None:
    compared.show_chooser()
    chooser = compared.chooser
    for name in ("cell-gru-1", "cell-lstm-1"):
        chooser.item(Entry(name)).setCheckState(0, Qt.CheckState.Checked)
    enabled = Qt.ItemFlag.ItemIsEnabled
    assert not chooser.item(Entry("sweep")).flags() & enabled
    assert chooser.item(BPTT).flags() & enabled
    assert "take one away" in chooser.count.text()
    compared.controller.change(lambda state: c.set_entries(state, (BPTT, SAB)))
    chooser.show_state(compared.controller.session)
    assert not chooser.item(BPTT).flags() & enabled
    assert chooser.item(Entry("sweep")).flags() & enabled
    assert chooser.item(Entry("raster", Context.CAUSAL)).text(0) == "context causal"
    complete(qtbot, compared)


def test_presets_from_their_menu(compared: MainWindow, qtbot: QtBot) -> None:
    actions = {action.text(): action for action in compared.comparebar.preset.menu().actions()}
    assert {"Learners", "Cells", "Contexts"} <= set(actions)
    actions["Contexts"].trigger()
    complete(qtbot, compared)
    assert titles(compared)[1:] == ["raster none", "raster causal", "raster non-causal", "raster"]
    actions["Cells"].trigger()
    complete(qtbot, compared)
    assert titles(compared)[1:] == ["Elman", "LSTM", "GRU"]
    assert compared.comparebar.first.itemText(2) == "GRU"


def test_the_set_is_remembered(compared: MainWindow, make: Make, qtbot: QtBot) -> None:
    compared.controller.change(lambda state: c.set_entries(state, (SAB, Entry("raster", Context.CAUSAL))))
    complete(qtbot, compared)
    compared.close()
    again = make()
    assert not again.controller.session.compare.on
    assert again.controller.session.compare.entries == (SAB, Entry("raster", Context.CAUSAL))
    again.controller.open_picture(picture())
    complete(qtbot, again)
    qtbot.keyClick(again, Key.Key_C)
    complete(qtbot, again)
    assert titles(again)[1:] == ["SAB", "raster causal"]


@pytest.mark.parametrize(
    "garbage", ['{"compare": 3}', '{"compare": [["x"], [1, 2], "a", ["sweep", []]]}', "{"]
)
def test_garbage_in_the_settings_counts_as_nothing(store: QSettings, make: Make, garbage: str) -> None:
    store.setValue("session", garbage)
    assert make().controller.session.compare.entries == ()


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
    assert "Wins" in compared.inspector.table.accessibleName()
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
    assert compared.comparebar.overlay.currentText() == "Who wins, per patch"
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
    compared.controller.change(lambda state: c.set_page(state, Page.TABLE))
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
    assert window.controller.session.compare.on
    assert window.pages.table.isVisible()
    complete(qtbot, window)
    assert window.pages.table.model().rowCount() == 4


def test_saving_takes_the_picture_of_a(compared: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    from engine.io.image import load_picture

    compared.controller.change(lambda state: c.set_flip(state, 2, 0))
    compared.controller.save_picture(tmp_path / "rtrl.png")
    complete(qtbot, compared)
    expected = compared.controller.facts.compare.runs[RTRL].pixels(2)
    assert np.array_equal(load_picture(tmp_path / "rtrl.png").pixels, expected)


# ---- the list of decoders --------------------------------------------------------------------------------


def test_the_list_of_decoders_is_grouped(window: MainWindow, qtbot: QtBot) -> None:
    box = window.toolbar.decoder
    lines = [box.itemText(at) for at in range(box.count())]
    assert lines[:4] == ["Main decoders", "sweep", "raster", "Study: learners"]
    assert "Study: cells" in lines
    headings = [at for at in range(box.count()) if box.itemData(at) is None]
    assert [lines[at] for at in headings] == ["Main decoders", "Study: learners", "Study: cells"]
    model = box.model()
    assert all(not model.index(at, 0).flags() & Qt.ItemFlag.ItemIsEnabled for at in headings)
    assert box.currentText() == "sweep"
    window.toolbar.decoder_chosen.emit(SAB.decoder)
    complete(qtbot, window)
    assert box.currentText() == SAB.decoder
    assert window.toolbar.carry.isChecked()
    assert not window.toolbar.carry.isEnabled()
    assert "along 16 patches" in window.toolbar.carry.toolTip()
    assert not window.menus.by_id["carry"].isEnabled()


@pytest.mark.parametrize("tone", [theme.DARK, theme.LIGHT])
def test_every_page_draws_in_both_themes(compared: MainWindow, qtbot: QtBot, tone: theme.Theme) -> None:
    compared.controller.change(lambda state: set_theme(state, tone.name))
    assert theme.current() is tone
    compared.resize(1280, 720)
    for page in Page:
        compared.controller.change(lambda state, page=page: c.set_page(state, page))
        image = compared.grab().toImage()
        assert image.width() == 1280
        assert compared.comparebar.height() < 110
    for widget in (compared.comparebar.choose, compared.comparebar.leave, compared.comparebar.page):
        assert widget.geometry().right() <= widget.parentWidget().width()
